"""Writing an item at the desk: new, changed, refused."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cms.review.actions import Refused
from infoflow.units.permissions import person_of, unit_ids_of
from infoflow.units.roles import Role

from . import actions, queries, text
from .forms import WriteForm
from .models import ItemPage
from .views_shared import item_of


@login_required
def item_new(request: HttpRequest) -> HttpResponse:
    """Write a new item; save it as a draft, or save and submit it."""
    if not unit_ids_of(person_of(request), Role.OFFICER):
        raise PermissionDenied
    form = WriteForm(request.POST if request.method == "POST" else None, person=person_of(request))
    if request.method == "POST" and form.is_valid():
        try:
            item = actions.create_item(
                unit=form.cleaned_data["unit"],
                person=person_of(request),
                draft=form.draft(),
                form_key=form.cleaned_data["form_key"],
                submit=form.submits,
            )
        except Refused as refused:
            return _refused_new(request, form, refused)
        return _saved(request, form, item)
    return render(request, "items/write.html", {"form": form})


def _refused_new(request: HttpRequest, form: WriteForm, refused: Refused) -> HttpResponse:
    """Answer a form that was refused: the same form sent twice leads to what it made."""
    key = form.cleaned_data["form_key"]
    made = ItemPage.objects.visible_to(person_of(request)).filter(
        form_key=key, owner=person_of(request)
    )
    item = made.first() if key else None
    if item is not None and not queries.standing(item).editable:
        messages.info(request, refused.message)
        return redirect("item_detail", item.pk)
    form.add_error(None, refused.message)
    return render(request, "items/write.html", {"form": form}, status=409)


def _saved(request: HttpRequest, form: WriteForm, item: ItemPage) -> HttpResponse:
    """Go on after saving, and tell what cleaning took out of the body."""
    parts = "、".join(form.removed)
    if form.submits:
        messages.success(
            request,
            _("稿件已提交，等待%(name)s审签。审签之前可以撤回修改。") % {"name": item.signatory},
        )
        if parts:
            messages.warning(
                request, _("粘贴内容中的%(parts)s已去除，请核对正文。") % {"parts": parts}
            )
        return redirect("item_detail", item.pk)
    messages.success(request, _("草稿已保存。"))
    address = reverse("item_edit", args=[item.pk])
    return redirect(f"{address}?removed=1" if parts else address)


def _initial(item: ItemPage) -> dict[str, Any]:
    return {
        "title": item.title,
        "form": item.form,
        "body": text.to_text(item.body),
        "contact": item.contact,
        "signatory": item.signatory_id,
        "revision": item.latest_revision_id,
    }


@login_required
def item_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft or a returned item."""
    item = item_of(request, pk)
    if item.unit_id not in unit_ids_of(person_of(request), Role.OFFICER):
        raise PermissionDenied
    if request.method != "POST":
        now = queries.standing(item)
        if not now.editable:
            messages.error(request, _("稿件已提交或已办结，不能修改；需要修改请先撤回。"))
            return redirect("item_detail", pk)
        form = WriteForm(initial=_initial(item), person=person_of(request), item=item)
        context = {"form": form, "item": item, "now": now, "removed": "removed" in request.GET}
        return render(request, "items/write.html", context)
    form = WriteForm(request.POST, person=person_of(request), item=item)
    if not form.is_valid():
        return render(request, "items/write.html", {"form": form, "item": item})
    try:
        actions.save_item(
            item_id=pk,
            person=person_of(request),
            draft=form.draft(),
            seen_revision=form.cleaned_data["revision"],
            submit=form.submits,
        )
    except Refused as refused:
        return _refused_edit(request, form, pk, refused)
    return _saved(request, form, item_of(request, pk))


def _refused_edit(request: HttpRequest, form: WriteForm, pk: int, refused: Refused) -> HttpResponse:
    """Answer a change that came too late; nothing typed is lost."""
    item = item_of(request, pk)
    now = queries.standing(item)
    if not now.editable and not form.draft().write_to(item):
        messages.info(request, _("稿件已经提交，不用重复提交。"))
        return redirect("item_detail", pk)
    if isinstance(refused, actions.Stale):
        data = request.POST.copy()
        data["revision"] = str(item.latest_revision_id)
        form.data = data
    form.add_error(None, refused.message)
    context = {"form": form, "item": item_of(request, pk), "now": now}
    return render(request, "items/write.html", context, status=409)
