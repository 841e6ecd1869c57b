"""The desk's pages of reporting: the list, first report, follow-up, final report, the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cms.review.actions import Refused
from infoflow.desk.keeping import keeps_typing
from infoflow.units.models import Unit, User
from infoflow.units.permissions import person_of, unit_ids_of

from . import actions, queries, showing
from .forms import ContentForm, FinalForm, FirstForm, FollowForm
from .models import Report, UrgentEvent, sees_all_events
from .rules import CHINA, Kind, refusal_of

PAGE_SIZE = 30
# What the unit has told lately stands above the form, so that a colleague does not tell it again.
TOLD_LATELY = timedelta(hours=24)
TOLD_SHOWN = 3


def wants_json(request: HttpRequest) -> bool:
    """Tell whether the page's script asks, which shows the answer itself."""
    return request.headers.get("X-Requested-With") == "fetch"


def own_event(request: HttpRequest, pk: int) -> UrgentEvent:
    """Return an event that a person may read; a stranger's is 404."""
    found: UrgentEvent = get_object_or_404(queries.events_for(person_of(request)), pk=pk)
    return found


def meets_urgent(person: User) -> bool:
    """Tell whether a person has anything to do with urgent events."""
    return bool(unit_ids_of(person)) or sees_all_events(person)


@login_required
@require_GET
def urgent_list(request: HttpRequest) -> HttpResponse:
    """List the events that a person may read: what is open, or all; the newest first."""
    person = person_of(request)
    if not meets_urgent(person):
        raise PermissionDenied
    every = request.GET.get("state") == "all"
    found = queries.events_for(person)
    if not every:
        found = found.open()
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": queries.lines_for(page.object_list),
        "every": every,
        "reports": bool(unit_ids_of(person)),
        "calls": actions.takes_calls(person),
        "many_units": sees_all_events(person) or len(unit_ids_of(person)) > 1,
        "now_ms": now_ms(),
    }
    return render(request, "urgent/list.html", context)


def now_ms() -> int:
    """Return the server's time as browsers count it; pages reckon their clocks from it."""
    return int(timezone.now().timestamp() * 1000)


@login_required
@require_GET
def urgent_now(request: HttpRequest) -> HttpResponse:
    """Tell the server's time, for a page that has slept."""
    return JsonResponse({"now": now_ms()})


@keeps_typing
@require_http_methods(["GET", "POST"])
def urgent_new(request: HttpRequest) -> HttpResponse:
    """报紧急信息: the first report of one's own unit."""
    person = person_of(request)
    units = list(Unit.objects.filter(pk__in=unit_ids_of(person)).order_by("order", "pk"))
    if not units:
        raise PermissionDenied
    mine = UrgentEvent.objects.visible_to(person).open().filter(unit__in=units)
    lately = queries.with_all(mine.filter(opened_at__gt=timezone.now() - TOLD_LATELY))
    told = [e for e in lately if e.reports.all() and not queries.is_hidden(e)][:TOLD_SHOWN]
    return _first(request, units, None, {"waiting": mine.filter(reports=None), "told": told})


@keeps_typing
@require_http_methods(["GET", "POST"])
def urgent_first(request: HttpRequest, pk: int) -> HttpResponse:
    """The first written report of an event that a call or the office has opened."""
    event = own_event(request, pk)
    can = showing.may(event, person_of(request))
    if not can.own and not can.calls:
        raise PermissionDenied
    return _first(request, [event.unit], event, {"waiting": []})


def _first(
    request: HttpRequest, units: list[Unit], event: UrgentEvent | None, context: dict[str, Any]
) -> HttpResponse:
    person, initial = person_of(request), {}
    if event is not None:
        initial = {
            "what": event.what,
            "place": event.place,
            "when": "other",
            "happened_at": event.happened_at,
            "happened_about": event.happened_about,
        }
    posted = request.POST if request.method == "POST" else None
    by_office = units[0].pk not in unit_ids_of(person)
    form = FirstForm(posted, units=units, initial=initial, by_office=by_office)

    def run(key: UUID) -> Report:
        data = form.cleaned_data
        return actions.first_report(
            key=key,
            unit=data["unit"],
            what=data["what"],
            place=data["place"],
            happened_at=data["happened_at"],
            happened_about=data["happened_about"],
            learned_at=data["learned_at"],
            content=form.content,
            person=person,
            event_id=event.pk if event else None,
            **form.channel,
        )

    known = _known(posted, person)
    refusal = ""
    if event is not None and known is None:
        kinds = frozenset(report.kind for report in event.reports.all())
        refusal = refusal_of(Kind.FIRST, kinds, ended=event.ended_at is not None)
    return _taken(
        request, form, run, "urgent/new.html", {**context, "event": event}, refusal, known
    )


@keeps_typing
@require_http_methods(["GET", "POST"])
def urgent_follow(request: HttpRequest, pk: int) -> HttpResponse:
    """续报: what is new; what was told stands beside it."""
    return _later(request, pk, Kind.FOLLOW, FollowForm, actions.follow_up)


@keeps_typing
@require_http_methods(["GET", "POST"])
def urgent_final(request: HttpRequest, pk: int) -> HttpResponse:
    """终报: once, at the end."""
    return _later(request, pk, Kind.FINAL, FinalForm, actions.final_report)


def _later(
    request: HttpRequest,
    pk: int,
    kind: str,
    form_class: type[FollowForm],
    action: Callable[..., Report],
) -> HttpResponse:
    event, person = own_event(request, pk), person_of(request)
    can = showing.may(event, person)
    if not can.own and not can.calls:
        raise PermissionDenied
    posted = request.POST if request.method == "POST" else None
    form = form_class(posted, by_office=not can.own)
    kinds = frozenset(report.kind for report in event.reports.all())

    def run(key: UUID) -> Report:
        return action(
            key=key,
            event_id=event.pk,
            content=form.content,
            person=person,
            **form.channel,
        )

    known = _known(posted, person)
    refusal = "" if known else refusal_of(kind, kinds, ended=event.ended_at is not None)
    context = {
        "event": event,
        "kind": kind,
        "holds": queries.standing_of(event),
        "chain": showing.chain_of(event, person, can),
    }
    return _taken(request, form, run, "urgent/later.html", context, refusal, known)


def _known(posted: Any, person: User) -> Report | None:
    """Return the report that this form has become before, if it was this person's."""
    if posted is None:
        return None
    try:
        key = UUID(str(posted.get("key", "")))
    except ValueError:
        return None
    found: Report | None = (
        Report.objects.select_related("event").filter(key=key, author=person).first()
    )
    return found


def _taken(
    request: HttpRequest,
    form: ContentForm,
    run: Callable[[UUID], Report],
    template: str,
    context: dict[str, Any],
    refusal: str,
    known: Report | None,
) -> HttpResponse:
    """Show a form of a report, or take it in; to the page's script the answer is JSON."""
    if known is not None:
        return _received(request, known, again=True)
    if request.method == "POST" and not refusal and form.is_valid():
        begun = timezone.now()
        try:
            report = run(form.cleaned_data["key"])
        except Refused as error:
            refusal = error.message
        except ValidationError as error:
            form.take(error.message_dict)
        else:
            return _received(request, report, again=report.recorded_at < begun)
    if request.method == "POST" and wants_json(request):
        errors = {name: [str(e) for e in found] for name, found in form.errors.items()}
        return JsonResponse(
            {"ok": False, "errors": errors, "message": refusal or _("有几处须改正，见红字。")},
            status=400,
        )
    context = {**context, "form": form, "refusal": refusal, "now_ms": now_ms()}
    return render(request, template, context, status=200)


def _received(request: HttpRequest, report: Report, *, again: bool) -> HttpResponse:
    at = report.recorded_at.astimezone(CHINA)
    event = report.event
    told = _("已收到 %(at)s，%(number)s%(label)s。") % {
        "at": f"{at:%H:%M:%S}",
        "number": event.number_label,
        "label": report.label,
    }
    if again:
        told += _("这份先前已经收到，没有重复登记；此后改动的内容请用续报报送。")
    url = reverse("urgent_event", args=[event.pk])
    if wants_json(request):
        return JsonResponse({"ok": True, "message": told, "url": url, "at": f"{at:%H:%M:%S}"})
    messages.success(request, told)
    return redirect(url)
