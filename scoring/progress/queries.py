"""Reads of progress: who is silent, since when, and how targets stand. Few queries each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from django.db.models import Count, Q, Sum

from cms.items.rules import ItemForm
from infoflow.units.models import GroupMembership, Unit, UnitGroup
from scoring.adoptions.models import Fact, FactLine
from scoring.adoptions.rules import FactKind
from scoring.ledger.models import Entry
from scoring.schemes.periods import Span, span_of, spans_of_year
from scoring.schemes.rules import HUNDRED, Measure
from scoring.targets.models import Target

from .models import ProgressSettings, ZeroReport, ZeroWarning
from .rules import (
    Pace,
    ZeroState,
    finished_then_silent,
    in_a_row,
    pace,
    rush_index,
    zero_state,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from infoflow.units.models import User

PLAIN_FORMS = (ItemForm.NEWS, ItemForm.BRIEF, ItemForm.ONE_LINE)


@dataclass(frozen=True, slots=True)
class TargetLine:
    """One target of a unit with how it stands."""

    target: Target
    span: Span
    pace: Pace

    @property
    def bar(self) -> str:
        """Done in per cent of the target, for a bar of 100; never longer."""
        return _hundred(self.pace.done, self.pace.target)

    @property
    def mark(self) -> str:
        """Where it should be today, for a bar of 100."""
        return _hundred(self.pace.expected, self.pace.target)


def _hundred(part: int, whole: int) -> str:
    return str(min(max(100 * part // whole, 0), 100)) if whole > 0 else "0"


@dataclass(frozen=True, slots=True)
class UnitProgress:
    """One unit in a period."""

    unit_id: int
    unit: str
    group: str
    submitted: int
    adopted: int
    state: ZeroState
    in_a_row: int
    reason: str  # of a 零报告
    warned: int
    targets: tuple[TargetLine, ...]
    rush: Fraction | None
    plain: Fraction | None
    finished_on: date | None  # reached the year's number of items then, and fell silent


def _submissions(start: date, end: date, units: Iterable[int] | None) -> dict[int, list[date]]:
    lines = FactLine.objects.filter(kind=FactKind.SUBMISSION, date__range=(start, end)).order_by()
    if units is not None:
        lines = lines.filter(unit_id__in=list(units))
    days: defaultdict[int, list[date]] = defaultdict(list)
    totals = lines.values_list("unit_id", "date").annotate(n=Sum("quantity"))
    for unit, day, number in totals.iterator():
        days[unit].extend([day] * max(number, 0))
    return days


def _adoptions(
    start: date, end: date, units: Iterable[int] | None
) -> dict[int, list[tuple[date, int]]]:
    lines = FactLine.objects.filter(kind=FactKind.ADOPTION, date__range=(start, end)).order_by()
    if units is not None:
        lines = lines.filter(unit_id__in=list(units))
    found: defaultdict[int, list[tuple[date, int]]] = defaultdict(list)
    totals = lines.values_list("unit_id", "date").annotate(n=Sum("quantity"))
    for unit, day, number in totals.iterator():
        found[unit].append((day, number))
    return found


def _plain_shares(start: date, end: date) -> dict[int, Fraction]:
    """Return the share of plain 动态, 简讯 and 一句话 among a unit's submitted items."""
    standing = Fact.objects.standing().filter(kind=FactKind.SUBMISSION)
    rows = (
        standing.filter(lines__date__range=(start, end))
        .order_by()
        .values_list("lines__unit_id")
        .annotate(all=Count("pk"), plain=Count("pk", filter=Q(genre__in=PLAIN_FORMS)))
    )
    return {unit: Fraction(plain, number) for unit, number, plain in rows}


def _reported(year: int) -> dict[tuple[int, date], str]:
    rows = ZeroReport.objects.filter(end__year=year).order_by()
    return {(unit, end): text for unit, end, text in rows.values_list("unit_id", "end", "reason")}


def _within(days: Iterable[date], span: Span) -> int:
    return sum(1 for day in days if span.start <= day <= span.end)


def progress(
    span: Span, today: date, *, kind: str, units: Iterable[int] | None = None
) -> list[UnitProgress]:
    """Return every unit of the period's year with how it stands, in the units' order.

    Args:
        span: the period; its states are counted back over the year's periods of `kind`.
        units: only these; all that existed in the period when None.
    """
    settings = ProgressSettings.current()
    year = span.end.year
    whole = Span(date(year, 1, 1), date(year, 12, 31))
    wanted = Unit.objects.active_between(span.start, span.end).order_by("order", "code")
    if units is not None:
        wanted = wanted.filter(pk__in=list(units))
    names = dict(wanted.values_list("pk", "name"))
    memberships = GroupMembership.objects.filter(year=year, unit_id__in=names).order_by()
    groups = dict(memberships.values_list("unit_id", "group__name"))
    submitted, adopted = _submissions(*whole, units), _adoptions(*whole, units)
    plain, reported = _plain_shares(*whole), _reported(year)
    warnings = dict(
        ZeroWarning.objects.filter(start=span.start, end=span.end)
        .order_by()
        .values_list("unit_id")
        .annotate(n=Count("pk"))
    )
    targets = _targets(names, year)
    points = _points(names, whole) if any(targets.values()) else {}
    spans = [s for s in spans_of_year(kind, year) if s.end <= span.end]
    if span not in spans:
        spans.append(span)
    found = []
    for pk, name in names.items():
        days, carried = submitted.get(pk, []), adopted.get(pk, [])

        def state(s: Span, pk: int = pk) -> ZeroState:
            return zero_state(
                submitted=_within(submitted.get(pk, []), s),
                adopted=sum(n for day, n in adopted.get(pk, []) if s.start <= day <= s.end),
                reported=(pk, s.end) in reported,
            )

        lines = _lines(targets.get(pk, []), days, carried, points.get(pk, []), today, span)
        yearly = next(
            (
                line.target.hundredths // HUNDRED
                for line in lines
                if line.target.measure == Measure.SUBMITTED and line.span == whole
            ),
            0,
        )
        found.append(
            UnitProgress(
                unit_id=pk,
                unit=name,
                group=groups.get(pk, ""),
                submitted=_within(days, span),
                adopted=sum(n for day, n in carried if span.start <= day <= span.end),
                state=state(span),
                in_a_row=in_a_row([state(s) for s in spans]),
                reason=reported.get((pk, span.end), ""),
                warned=warnings.get(pk, 0),
                targets=lines,
                rush=rush_index(days, whole, settings.rush_days),
                plain=plain.get(pk),
                finished_on=finished_then_silent(
                    days, target=yearly, span=whole, today=today, silent=settings.silent_days
                ),
            )
        )
    return found


def _targets(units: Mapping[int, str], year: int) -> dict[int, list[Target]]:
    found: defaultdict[int, list[Target]] = defaultdict(list)
    for target in Target.objects.filter(year=year, unit_id__in=units).order_by("per", "measure"):
        found[target.unit_id].append(target)
    return found


def _points(units: Mapping[int, str], span: Span) -> dict[int, list[tuple[date, int]]]:
    rows = (
        Entry.objects.filter(unit_id__in=units, date__range=span)
        .order_by()
        .values_list("unit_id", "date")
        .annotate(sum=Sum("hundredths"))
    )
    found: defaultdict[int, list[tuple[date, int]]] = defaultdict(list)
    for unit, day, sum_ in rows.iterator():
        found[unit].append((day, sum_))
    return found


def _lines(
    targets: Iterable[Target],
    submitted: Iterable[date],
    adopted: Iterable[tuple[date, int]],
    points: Iterable[tuple[date, int]],
    today: date,
    span: Span,
) -> tuple[TargetLine, ...]:
    """Return a unit's targets in those of their periods that the shown one ends in."""
    submitted, adopted, points = list(submitted), list(adopted), list(points)
    found = []
    for target in targets:
        own = span_of(target.per, span.end)
        if target.measure == Measure.SUBMITTED:
            done = _within(submitted, own) * HUNDRED
        elif target.measure == Measure.ADOPTED:
            done = sum(n for day, n in adopted if own.start <= day <= own.end) * HUNDRED
        else:
            done = sum(n for day, n in points if own.start <= day <= own.end)
        step = 1 if target.measure == Measure.POINTS else HUNDRED
        standing = pace(target=target.hundredths, done=done, span=own, today=today, step=step)
        found.append(TargetLine(target, own, standing))
    return tuple(found)


def groups_in_order() -> list[str]:
    """Return the names of the groups in their order."""
    return list(UnitGroup.objects.order_by("order", "name").values_list("name", flat=True))


def silent_units(span: Span) -> list[tuple[int, str]]:
    """Return the units that have neither submitted nor reported in a period; three queries."""
    busy = FactLine.objects.filter(kind=FactKind.SUBMISSION, date__range=span).order_by()
    sums = busy.values_list("unit_id").annotate(n=Sum("quantity"))
    answered = {unit for unit, number in sums if number > 0}
    answered.update(
        ZeroReport.objects.filter(start=span.start, end=span.end).values_list("unit_id", flat=True)
    )
    # A unit of no group of the year is not counted as silent: nobody ranks it.
    ranked = GroupMembership.objects.filter(year=span.end.year).values("unit_id")
    units = Unit.objects.active_between(*span).filter(pk__in=ranked).exclude(pk__in=answered)
    return list(units.order_by("order", "code").values_list("pk", "name"))


def warnings_for(user: User | AnonymousUser, today: date) -> list[ZeroWarning]:
    """Return the newest warning of each of a person's units for a period that still runs and
    in which nothing has come since."""
    kept: dict[int, ZeroWarning] = {}
    rows = ZeroWarning.objects.visible_to(user).filter(start__lte=today, end__gte=today)
    for warning in rows.select_related("unit").order_by("at"):
        kept[warning.unit_id] = warning
    still = {
        unit
        for span in {Span(w.start, w.end) for w in kept.values()}
        for unit, _name in silent_units(span)
    }
    return [warning for unit, warning in kept.items() if unit in still]
