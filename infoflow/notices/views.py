"""A person's notices on the desk: the list, opening one, marking all as read, acknowledging."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from infoflow.units.models import User
from infoflow.units.permissions import person_of

from . import actions, queries
from .models import Recipient

PAGE_SIZE = 50
OFFICE = "office"


def listed(person: User, number: str | None) -> dict[str, Any]:
    """Return what both faces show: one page of a person's notices."""
    page: Page[Recipient] = Paginator(queries.notices_of(person), PAGE_SIZE).get_page(number)
    rows = list(page)
    queries.add_troubles(rows, person)
    return {
        "page": page,
        "rows": rows,
        "unread": queries.unread_of(person),
        "newest": max((row.pk for row in rows), default=0),
    }


@login_required
@require_GET
def notice_list(request: HttpRequest) -> HttpResponse:
    """Show a person's notices, unread first."""
    return render(request, "notices/list.html", listed(person_of(request), request.GET.get("page")))


@login_required
@require_GET
def notice_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to the page that a notice is about; it is read from now on. Another's is 404."""
    person = person_of(request)
    row = Recipient.objects.visible_to(person).select_related("notice").filter(notice_id=pk).first()
    if row is None:
        raise Http404
    actions.mark_read(pk, person)
    return redirect(row.notice.url)


def _back(request: HttpRequest) -> HttpResponse:
    """Return to the list that the form stood on; no address is taken from the request."""
    return redirect("notices_office" if request.POST.get("back") == OFFICE else "notices")


@login_required
@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark as read what the list has shown; what came meanwhile stays unread."""
    newest = request.POST.get("newest", "")
    up_to = int(newest) if newest.isdecimal() and len(newest) <= 18 else None
    count = actions.mark_all_read(person_of(request), up_to=up_to)
    if count:
        messages.success(request, _("%(n)s条消息已标为已读。") % {"n": count})
    else:
        messages.info(request, _("没有未读的消息。"))
    return _back(request)


@login_required
@require_POST
def notice_acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an urgent notice on: nobody else is told of it from now on. Another's is 404."""
    person = person_of(request)
    if not Recipient.objects.visible_to(person).filter(notice_id=pk).exists():
        raise Http404
    if actions.acknowledge(pk, person):
        messages.success(request, _("已记下您知悉的时间，不再逐级提醒他人。"))
    else:
        messages.info(request, _("您此前已经点过“已知悉”。"))
    return _back(request)
