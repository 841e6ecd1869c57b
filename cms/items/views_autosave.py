"""The address to which the write page sends unsaved typing; answers in JSON."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cms.review.actions import Refused
from infoflow.units.permissions import person_of

from . import actions_autosave as autosave
from .views_shared import item_of


def _number(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 18 else None


@require_POST
def item_autosave(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Keep what stands in an open form for its writer."""
    if not request.user.is_authenticated:
        if request.headers.get("X-Requested-With") != "fetch":
            return redirect_to_login(request.path)
        message = _("登录已过期，没有自动保存。请在新窗口登录，再回到这里保存。")
        return JsonResponse({"ok": False, "message": message}, status=403)
    person = person_of(request)
    try:
        key = uuid.UUID(request.POST.get("form_key", ""))
    except ValueError:
        message = _("页面不完整，没有自动保存，请点“保存草稿”。")
        return JsonResponse({"ok": False, "message": message}, status=409)
    try:
        row = autosave.keep(
            person=person,
            form_key=key,
            data=request.POST.dict(),
            item_id=item_of(request, pk).pk if pk is not None else None,
            base_revision=_number(request.POST.get("revision", "")),
        )
    except Refused as refused:
        return JsonResponse({"ok": False, "message": refused.message}, status=409)
    at = timezone.localtime(row.at).strftime("%H:%M") if row else ""
    return JsonResponse({"ok": True, "at": at})


@login_required
@require_POST
def autosave_drop(request: HttpRequest) -> HttpResponse:
    """Give up unsaved typing; only one's own."""
    try:
        key = uuid.UUID(request.POST.get("form_key", ""))
    except ValueError:
        return redirect("item_list")
    row = autosave.of_form(person_of(request), key)
    if row is None:
        return redirect("item_list")
    autosave.drop(person=person_of(request), form_key=key)
    messages.success(request, _("没有保存的内容已放弃。"))
    return redirect("item_edit", row.item_id) if row.item_id else redirect("item_new")
