"""Reads of urgent events: what holds now, the clocks, lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from .content import SENSITIVE, latest
from .models import (
    Check,
    Ending,
    GradeDecision,
    PhoneReport,
    Report,
    SeenOnline,
    UrgentEvent,
    UrgentEventQuerySet,
)
from .models_rules import rule_rows, threshold_rows
from .rules import Clear, Happened, Kind, State, clock_text
from .rules_clocks import Clock, EventFacts, RuleRow, clocks_of
from .rules_grades import EventClass, Grade, Measure, Suggestion, suggest

if TYPE_CHECKING:
    from infoflow.units.models import User


def kinds_of(event: UrgentEvent) -> frozenset[str]:
    """Return which kinds of report an event has; asks the database now."""
    return frozenset(
        Report.objects.filter(event=event).order_by().values_list("kind", flat=True).distinct()
    )


def is_ended(event: UrgentEvent) -> bool:
    """Tell whether an event was ended; asks the database now."""
    return Ending.objects.filter(event=event).exists()


def happened_at(event: UrgentEvent) -> datetime:
    """Return when it happened, as corrected last."""
    found: datetime | None = (
        Report.objects.filter(event=event)
        .exclude(happened_at=None)
        .order_by("-pk")
        .values_list("happened_at", flat=True)
        .first()
    )
    return found or event.happened_at


def happened(event: UrgentEvent) -> Happened:
    """Return when it happened, as corrected last; a corrected moment is no longer about."""
    at = happened_at(event)
    return Happened(at, event.happened_about and at == event.happened_at)


def with_all(events: UrgentEventQuerySet) -> UrgentEventQuerySet:
    """Have events bring what their state and clocks are derived from; a few queries for all."""
    found: UrgentEventQuerySet = events.select_related("unit", "ending").prefetch_related(
        Prefetch(
            "reports",
            Report.objects.select_related("take", "signature")
            .prefetch_related(Prefetch("checks", Check.objects.order_by("pk")))
            .order_by("pk"),
        ),
        Prefetch("phones", PhoneReport.objects.select_related("taken_by").order_by("at", "pk")),
        Prefetch("grades", GradeDecision.objects.select_related("by").order_by("pk")),
        Prefetch("seen", SeenOnline.objects.order_by("first_seen", "pk")),
    )
    return found


@dataclass(frozen=True)
class Standing:
    """What holds of an event after all that was told and decided."""

    place: str
    happened_at: datetime
    happened_about: bool
    learned_at: datetime | None  # None: the unit has not said so yet
    event_class: str
    grade: str
    graded: bool  # by a person of the office
    sensitive: bool
    told: dict[str, Any]  # field → what was said last

    @property
    def grade_label(self) -> str:
        """The grade in words."""
        return str(Grade(self.grade).label) if self.grade in Grade.values else ""

    @property
    def class_label(self) -> str:
        """The class in words."""
        known = self.event_class in EventClass.values
        return str(EventClass(self.event_class).label) if known else ""


def standing_of(event: UrgentEvent, chain: Sequence[Report] | None = None) -> Standing:
    """Return what holds of an event; reads what `with_all` has brought.

    Args:
        chain: the event's reports, where the caller has them at hand.
    """
    reports = list(event.reports.all()) if chain is None else chain
    told = latest(reports)
    grades = list(event.grades.all())
    decided: GradeDecision | None = grades[-1] if grades else None
    learned = next((r.learned_at for r in reversed(reports) if r.learned_at), event.learned_at)
    corrected = told.get("happened_at")
    moved = corrected is not None and corrected != event.happened_at
    return Standing(
        place=told.get("place") or event.place,
        happened_at=corrected or event.happened_at,
        happened_about=event.happened_about and not moved,
        learned_at=learned,
        event_class=(decided.event_class if decided else "") or told.get("event_class", ""),
        grade=decided.grade if decided else told.get("grade", ""),
        graded=decided is not None,
        sensitive=decided.sensitive
        if decided
        else any(told.get(name, False) for name in SENSITIVE),
        told=told,
    )


def facts_of(
    event: UrgentEvent, standing: Standing | None = None, chain: Sequence[Report] | None = None
) -> EventFacts:
    """Return the moments from which the clocks are reckoned."""
    reports = list(event.reports.all()) if chain is None else chain
    holds = standing or standing_of(event, reports)
    by_kind: dict[str, list[Report]] = {}
    for report in reports:
        by_kind.setdefault(report.kind, []).append(report)
    first = next(iter(by_kind.get(Kind.FIRST, [])), None)
    final = next(iter(by_kind.get(Kind.FINAL, [])), None)
    phone_at = min((phone.at for phone in event.phones.all()), default=None)
    written_at = first.received_at if first else None
    return EventFacts(
        cls=holds.event_class,
        grade=Grade(holds.grade) if holds.grade in Grade.values else None,
        sensitive=holds.sensitive,
        happened_at=holds.happened_at,
        happened_about=holds.happened_about,
        learned_at=holds.learned_at,
        received_at=min((m for m in (phone_at, written_at) if m), default=None),
        phone_at=phone_at,
        written_at=written_at,
        written_incomplete_reason=first.incomplete_because if first else "",
        followups=tuple(sorted(r.received_at for r in by_kind.get(Kind.FOLLOW, []))),
        final_at=final.received_at if final else None,
        ended_at=event.ended_at,
    )


def clocks_for(
    event: UrgentEvent, rules: Sequence[RuleRow], now: datetime | None = None
) -> list[Clock]:
    """Return an event's clocks as they stand at a moment (now)."""
    return clocks_of(facts_of(event), rules, as_of=now or timezone.now())


def suggestion_for(event: UrgentEvent, holds: Standing) -> Suggestion | None:
    """Return which grade the numbers suggest; None while no number is known."""
    numbers = {
        Measure.DEAD: holds.told.get("dead"),
        Measure.SEVERE: holds.told.get("serious"),
        Measure.LOSS: holds.told.get("loss"),
        Measure.PEOPLE: holds.told.get("gathered"),
        Measure.EVACUATED: holds.told.get("evacuated"),
    }
    if all(value is None for value in numbers.values()):
        return None
    day = timezone.localtime(holds.happened_at).date()
    return suggest(numbers, threshold_rows(), cls=holds.event_class, day=day)


def online_gap(event: UrgentEvent, at: datetime | None) -> int | None:
    """Return by how many minutes the internet was ahead of the first report; None: it was not.

    Args:
        at: when the first report came, by whatever channel; None: none has come.
    """
    first = min((seen.first_seen for seen in event.seen.all()), default=None)
    if first is None or (at is not None and at <= first):
        return None
    return int(((at or timezone.now()) - first).total_seconds() // 60)


def is_stopped(report: Report) -> bool:
    """Tell whether the reviewer's latest word is that a report must not go about here."""
    check = report.check_result
    return check is not None and check.verdict == Clear.STOPPED


def is_hidden(event: UrgentEvent, chain: Sequence[Report] | None = None) -> bool:
    """Tell whether an event's own words are kept back, because its first report was stopped."""
    reports = event.reports.all() if chain is None else chain
    return any(is_stopped(report) for report in reports if report.kind == Kind.FIRST)


@dataclass(frozen=True)
class Line:
    """One event as a list shows it."""

    event: UrgentEvent
    state: State
    standing: Standing
    last: Report | None
    clock: Clock | None  # the next one that is open, else the worst that is over
    untaken: int
    unsigned: int
    hidden: bool

    @property
    def late(self) -> int:
        """Minutes late of the clock shown, 0 when in time."""
        return self.clock.late_minutes if self.clock else 0

    @property
    def due_words(self) -> str:
        """When the clock shown is due."""
        return (
            _("%(at)s到期") % {"at": clock_text(self.clock.due_at, gap=" ")} if self.clock else ""
        )

    @property
    def due_seconds(self) -> int:
        """The same moment as the page's countdown takes it."""
        return int(self.clock.due_at.timestamp()) if self.clock else 0

    @property
    def meta(self) -> list[str]:
        """What stands below the title: where, when, how grave, what came last."""
        holds, last = self.standing, self.last
        found = [] if self.hidden else [holds.place]
        found.append(_("%(at)s发生") % {"at": clock_text(holds.happened_at, gap=" ")})
        if holds.grade_label:
            found.append(holds.grade_label)
        if last is not None:
            found.append(f"{last.label} {clock_text(last.received_at, gap=' ')}")
        if self.unsigned:
            found.append(_("待补签"))
        return found


def next_clock(clocks: Iterable[Clock]) -> Clock | None:
    """Return the clock that a list shows: what is overdue first, then what is due next."""
    unmet = [clock for clock in clocks if clock.met_at is None]
    return min(unmet, key=lambda clock: clock.due_at, default=None)


def line_of(event: UrgentEvent, rules: Sequence[RuleRow], now: datetime) -> Line:
    """Return an event with its state and next clock; asks nothing of the database."""
    reports = list(event.reports.all())
    holds = standing_of(event, reports)
    clocks = clocks_of(facts_of(event, holds, reports), rules, as_of=now)
    return Line(
        event=event,
        state=event.state(reports),
        standing=holds,
        last=reports[-1] if reports else None,
        clock=None if event.ended_at else next_clock(clocks),
        untaken=sum(getattr(report, "take", None) is None for report in reports),
        unsigned=sum(
            getattr(report, "signature", None) is None and report.via == "system"
            for report in reports
        ),
        hidden=is_hidden(event, reports),
    )


def events_for(user: User) -> UrgentEventQuerySet:
    """Return the events that a person may read, with all that their pages show."""
    seen: UrgentEventQuerySet = UrgentEvent.objects.visible_to(user)
    return with_all(seen)


def lines_for(events: Iterable[UrgentEvent], now: datetime | None = None) -> list[Line]:
    """Return list lines of events; the table of limits is read once."""
    rules, moment = rule_rows(), now or timezone.now()
    return [line_of(event, rules, moment) for event in events]
