"""Numbers of the flow: what waits, how long steps take, what comes back and why.

Everything is counted by the database over bounded groups; no text is read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, Count, IntegerField, Min, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from cms.scanning.models import Refusal
from infoflow.units.models import Unit

from .flow_rules import Period, Spread, spread
from .flow_tally import STEPS, moment, tally
from .models import Decision, OpenTask
from .rules import Step, Verdict

# Verdicts of the office that a unit gets to feel.
SENT_BACK = (Verdict.RETURN, Verdict.CLOSE, Verdict.REFUSE)
# Steps at which the office looks at units' items.
SCREENING = (Step.SCREEN, Step.CLEAR, Step.RECHECK)
UNITS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """What waits at one step now."""

    step: Step
    count: int = 0
    overdue: int = 0
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True)
class StepLine:
    """What one step decided in a period, and how long it took."""

    step: Step
    decided: int
    passed: int
    returned: int
    ended: int
    late: int
    spread: Spread | None


@dataclass(frozen=True, slots=True)
class UnitLine:
    """What the office did with one unit's items in a period."""

    name: str
    screened: int
    returned: int
    ended: int


@dataclass(frozen=True, slots=True)
class MonthLine:
    """One month's ends and refusals."""

    year: int
    month: int
    counts: dict[str, int]


def decisions_in(period: Period) -> QuerySet[Decision]:
    """Return the decisions of a period."""
    found: QuerySet[Decision] = Decision.objects.filter(
        at__gte=moment(period.start), at__lt=moment(period.end + timedelta(days=1))
    ).order_by()
    return found


def waiting_now(now: datetime) -> list[WaitingLine]:
    """Return what waits at each step now; one query."""
    rows = (
        OpenTask.objects.order_by()
        .values("step")
        .annotate(n=Count("pk"), overdue=Count("pk", filter=Q(due_at__lt=now)), old=Min("since"))
    )
    found = {row["step"]: row for row in rows}
    return [
        WaitingLine(step, row["n"], row["overdue"], row["old"])
        if (row := found.get(step.value))
        else WaitingLine(step)
        for step in STEPS
    ]


def step_lines(period: Period, now: datetime) -> list[StepLine]:
    """Return each step's decisions with the time they took."""
    found = tally(period, now)
    return [
        StepLine(
            step=step,
            decided=sum(found.counts[step].values()),
            passed=found.counts[step][Verdict.PASS],
            returned=found.counts[step][Verdict.RETURN],
            ended=found.counts[step][Verdict.CLOSE] + found.counts[step][Verdict.REFUSE],
            late=found.late[step],
            spread=spread(found.minutes(step)),
        )
        for step in STEPS
    ]


def unit_lines(period: Period) -> tuple[list[UnitLine], int]:
    """Return the units whose items came back most, and how many further ones; three queries."""
    sent_back = (
        decisions_in(period)
        .filter(step__in=SCREENING, verdict__in=SENT_BACK)
        # An expression, or SQLite walks the units' index through every decision there is.
        .annotate(of_unit=Coalesce("unit_id", 0))
        .values_list("of_unit", "verdict")
        .annotate(n=Count("pk"))
    )
    returned: dict[int, int] = defaultdict(int)
    ended: dict[int, int] = defaultdict(int)
    for unit_id, verdict, n in sent_back:
        if unit_id:
            (returned if verdict == Verdict.RETURN else ended)[unit_id] += n
    ids = sorted(returned.keys() | ended.keys(), key=lambda pk: (-returned[pk], -ended[pk], pk))
    shown = ids[:UNITS_SHOWN]
    screened = dict(
        decisions_in(period)
        .filter(unit_id__in=shown, step=Step.SCREEN)
        .values_list("unit_id")
        .annotate(n=Count("pk"))
    )
    names = Unit.objects.in_bulk(shown)
    lines = [UnitLine(names[pk].name, screened.get(pk, 0), returned[pk], ended[pk]) for pk in shown]
    return lines, len(ids) - len(shown)


def cause_lines(period: Period) -> list[tuple[str, int]]:
    """Return why texts came back or ended, most frequent first."""
    rows = (
        decisions_in(period)
        .filter(step__in=STEPS, verdict__in=SENT_BACK)
        .values_list("cause")
        .annotate(n=Count("pk"))
    )
    return sorted(rows, key=lambda row: (row[0] == "", -row[1], row[0]))


def month_lines(period: Period) -> list[MonthLine]:
    """Return by month: returned, closed, refused, withdrawn, reopened, turned away at the door."""
    months = period.months()
    verdicts = (*SENT_BACK, Verdict.WITHDRAW, Verdict.REOPEN)
    counts: list[dict[str, int]] = [defaultdict(int) for _month in months]
    decided = decisions_in(period).filter(step__in=list(Step), verdict__in=verdicts)
    for place, verdict, n in (
        decided.annotate(place=_place(months))
        .values_list("place", "verdict")
        .annotate(n=Count("pk"))
    ):
        counts[place][verdict] += n
    refusals = Refusal.objects.filter(
        at__gte=moment(period.start), at__lt=moment(period.end + timedelta(days=1))
    ).order_by()
    for place, n in (
        refusals.annotate(place=_place(months)).values_list("place").annotate(n=Count("pk"))
    ):
        counts[place]["door"] += n
    return [
        MonthLine(year, month, dict(found))
        for (year, month), found in zip(months, counts, strict=True)
    ]


def _place(months: Sequence[tuple[int, int]]) -> Any:
    """Return the place of `at` among the months.

    By comparing bounds: TruncMonth calls Python for every row on SQLite.
    """
    cases = [
        When(at__lt=moment(date(year + month // 12, month % 12 + 1, 1)), then=Value(place))
        for place, (year, month) in enumerate(months)
    ]
    return Case(*cases, output_field=IntegerField())
