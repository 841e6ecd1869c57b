"""The roster's month page: its rows, last month's roster carried on, what a form says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from infoflow.worktime.queries import calendar
from infoflow.worktime.rules import WEEKDAY_NAMES, Calendar

from . import queries
from .models import DutySettings, Shift
from .permissions import LEADING, ON_DUTY, holders
from .rules import (
    PERSONS_MAX,
    Line,
    Span,
    Watch,
    continued,
    days_of,
    month_before,
    spans_of_day,
)

if TYPE_CHECKING:
    from infoflow.units.models import User

# Selects for people of one shift, at least.
PLACES = 2
ROWS_MAX = 200


@dataclass
class Row:
    """One shift of the month page: as it stands, and as the form shows it."""

    number: int
    span: Span
    shift: Shift | None
    watch: Watch
    now: datetime
    calendar: Calendar
    fault: str = ""

    @property
    def day(self) -> date:
        return timezone.localtime(self.span.start).date()

    @property
    def weekday(self) -> str:
        return WEEKDAY_NAMES[self.day.weekday()]

    @property
    def is_off(self) -> bool:
        return not self.calendar.is_workday(self.day)

    @property
    def is_now(self) -> bool:
        return self.span.start <= self.now < self.span.end

    @property
    def is_editable(self) -> bool:
        """What is over changes on its own page, with a reason."""
        return self.shift is None or self.span.end > self.now

    @property
    def code(self) -> str:
        return self.shift.watch.code if self.shift is not None else ""

    @property
    def places(self) -> list[int | None]:
        """The people as the form's selects show them, with room for one more."""
        people: list[int | None] = list(self.watch.persons)
        room = min(max(PLACES, len(people)), PERSONS_MAX)
        return people + [None] * (room - len(people))


@dataclass
class Month:
    """The month page."""

    year: int
    month: int
    rows: list[Row]
    changes: list[str]
    leaders: list[User] = field(default_factory=list)
    people: list[User] = field(default_factory=list)


def month_of(year: int, month: int, *, copied: bool = False) -> Month:
    """Return the month page: standing shifts, and empty rows where the day is not covered.

    Args:
        copied: fill the empty rows that are not over by carrying last month's roster on.
    """
    changes = list(DutySettings.current().changes)
    start, end = queries.day_bounds(days_of(year, month)[0], days_of(year, month)[-1])
    now, known = timezone.now(), calendar()
    standing = list(queries.shifts().filter(start__lt=end, end__gt=start).order_by("start"))
    ours = {shift.span: shift for shift in standing if shift.start >= start}
    spans = [span for day in days_of(year, month) for span in spans_of_day(day, changes)]
    taken = [shift.span for shift in standing]
    free = [s for s in spans if s not in ours and not any(s.overlaps(t) for t in taken)]
    proposed: dict[Span, Watch] = {}
    if copied:
        turn = continued(_last_month(year, month), len(spans), a_day=len(changes))
        proposed = {span: watch for span, watch in zip(spans, turn, strict=False) if span.end > now}
    rows: list[Row] = []
    for span in sorted([*ours, *free]):
        shift = ours.get(span)
        watch = shift.watch if shift is not None else proposed.get(span, Watch())
        rows.append(Row(len(rows), span, shift, watch, now, known))
    leaders, people = chosen_from(rows)
    return Month(year, month, rows, changes, leaders, people)


def _last_month(year: int, month: int) -> list[Watch]:
    days = days_of(*month_before(year, month))
    start, end = queries.day_bounds(days[0], days[-1])
    found = queries.shifts().filter(start__gte=start, start__lt=end).order_by("start")
    may_lead = set(holders(LEADING).values_list("pk", flat=True))
    may_watch = set(holders(ON_DUTY).values_list("pk", flat=True))
    return [
        Watch(
            shift.watch.leader if shift.watch.leader in may_lead else None,
            tuple(pk for pk in shift.watch.persons if pk in may_watch),
        )
        for shift in found
    ]


def chosen_from(rows: Sequence[Row]) -> tuple[list[User], list[User]]:
    """Return who may be chosen as leaders and as people. Who stands there is among them,
    whatever has become of the account since."""
    leaders, people = list(holders(LEADING)), list(holders(ON_DUTY))
    for row in rows:
        if row.shift is None:
            continue
        if row.shift.leader is not None and row.shift.leader not in leaders:
            leaders.append(row.shift.leader)
        people += [person for person in row.shift.people if person not in people]
    return leaders, people


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def watch_of(data: Mapping[str, str], prefix: str) -> Watch:
    """Return who was chosen in the selects with a prefix; empty selects count as nobody."""
    chosen = [_id(data.get(f"{prefix}p{n}", "")) for n in range(PERSONS_MAX)]
    return Watch(_id(data.get(f"{prefix}l", "")), tuple(pk for pk in chosen if pk is not None))


def moment_of(text: str) -> datetime | None:
    """Return a moment that a form carries, or None; without a zone it is ours."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return timezone.make_aware(found) if timezone.is_naive(found) else found


def lines_of(data: Mapping[str, str]) -> list[Line]:
    """Return the rows that a month's form says, in its order; those that cannot be read are
    left out (nobody but a machine writes them)."""
    found = []
    for n in range(ROWS_MAX):
        start, end = moment_of(data.get(f"{n}-start", "")), moment_of(data.get(f"{n}-end", ""))
        if start is None or end is None:
            continue
        watch = watch_of(data, f"{n}-")
        found.append(Line(Span(start, end), watch, data.get(f"{n}-seen", ""), n + 1))
    return found


def told_by(rows: Sequence[Row], faults: Sequence[tuple[int, str]]) -> list[str]:
    """Put faults to their rows; return those that belong to none."""
    by_number = {row.number + 1: row for row in rows}
    left = []
    for number, why in faults:
        row = by_number.get(number)
        if row is None:
            left.append(why)
        else:
            row.fault = why
    return left


def month_label(year: int, month: int) -> str:
    """Return a month as people say it."""
    return _("%(year)d年%(month)d月") % {"year": year, "month": month}
