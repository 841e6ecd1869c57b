"""值班室: the screen that refreshes itself, and the form for a call beside it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cms.review.actions import Refused
from infoflow.desk.keeping import keeps_typing
from infoflow.units.models import Unit
from infoflow.units.permissions import person_of

from . import actions_log, hooks
from . import screen as screens
from .forms import CallForm
from .permissions import reads_duty, writes_log

View = Callable[..., HttpResponse]


def for_readers(view: View) -> View:
    """Let in who may see the duty room."""

    @login_required
    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not reads_duty(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return inside


def for_writers(view: View) -> View:
    """Let in who may write the log; what somebody typed outlives their login."""

    @keeps_typing
    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not writes_log(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return inside


def unit_names() -> list[str]:
    """Return the names that are proposed for the calling unit."""
    active = Unit.objects.active_on(timezone.localdate())
    return list(active.order_by("order", "name").values_list("name", flat=True))


def _saved(request: HttpRequest, form: CallForm) -> bool:
    try:
        entry = actions_log.record_entry(
            call=form.call, key=form.key, about=form.subject, person=person_of(request)
        )
    except Refused as refused:
        form.add_error(None, refused.message)
        return False
    told = _("已记入值班日志 %(at)s。") % {"at": f"{timezone.localtime(entry.at):%H:%M:%S}"}
    if entry.lacking:
        told += _("还缺：%(names)s，问到后点开这一条更正。") % {"names": "、".join(entry.lacking)}
    messages.success(request, told)
    return True


@keeps_typing
@require_http_methods(["GET", "POST"])
def screen(request: HttpRequest) -> HttpResponse:
    """Show the duty room; a POST writes an entry, or draws the page anew with what was typed."""
    if not reads_duty(request.user):
        raise PermissionDenied
    person = person_of(request)
    writes = writes_log(person)
    form = CallForm(person=person)
    night = request.GET.get("night") == "1"
    if request.method == "POST":
        if not writes:
            raise PermissionDenied
        if request.POST.get("act") == "refresh":
            form = CallForm.keeping(request.POST.dict(), person=person)
        else:
            form = CallForm(request.POST, person=person)
            if form.is_valid() and _saved(request, form):
                query = {"saved": str(form.cleaned_data["form_id"])} | (
                    {"night": "1"} if night else {}
                )
                return redirect(f"{reverse('duty')}?{urlencode(query)}")
    parts = screens.regions(request)
    context = {
        "parts": parts,
        "version": screens.version_of(parts),
        "every": screens.REFRESH_SECONDS,
        "form": form if writes else None,
        "units": unit_names() if writes else [],
        "night": night,
        "at": timezone.now(),
        "sheets": hooks.assets(".css"),
        "scripts": hooks.assets(".js"),
        "saved": request.GET.get("saved", ""),
    }
    return render(request, "duty/screen.html", context)


@for_readers
@require_GET
def live(request: HttpRequest) -> HttpResponse:
    """Answer with the screen's parts, or 304 when the browser has them."""
    parts = screens.regions(request)
    etag = f'"{screens.version_of(parts)}"'
    response: HttpResponse
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        response = JsonResponse({"parts": parts})
    response["ETag"] = etag
    response["X-Duty-At"] = f"{timezone.localtime():%H:%M:%S}"
    response["Cache-Control"] = "no-store"
    return response


@for_readers
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """Take note of the log up to an entry."""
    asked = request.POST.get("entry", "")
    if asked.isascii() and asked.isdigit() and len(asked) <= 18:
        actions_log.mark_seen(entry_id=int(asked), person=person_of(request))
    night = "?night=1" if request.POST.get("night") else ""
    return redirect(f"{reverse('duty')}{night}")
