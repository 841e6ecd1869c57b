"""Reads for the unit's own page and the leaders' board; each draws on the rooms below."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count

from infoflow.units.models import Unit
from scoring.adoptions.queries import in_state, instruction_lines
from scoring.adoptions.rules_instructions import AnswerState
from scoring.progress.models import ProgressSettings
from scoring.progress.queries import UnitProgress, progress
from scoring.progress.rules import SILENT
from scoring.rankings.charts import Lines, Series, lines_chart
from scoring.rankings.queries import ranking
from scoring.rankings.tables import UNGROUPED, GroupTable, Ranking, Row
from scoring.schemes.periods import Span, span_of
from scoring.tallies.queries import month_points, month_totals

from .rules import Edge, edges, running

if TYPE_CHECKING:
    from infoflow.units.models import User


@dataclass(frozen=True, slots=True)
class OwnPoints:
    """What a unit's year looks like; `row` and `table` None: the unit is not ranked."""

    unit: Unit
    row: Row | None
    table: GroupTable | None
    months: list[int]
    standing: UnitProgress | None
    span: Span
    chart: Lines | None


def own_points(unit: Unit, year: int, today: date, user: User) -> OwnPoints:
    """Return how a unit stands in a year, as one of its people may see it."""
    found = ranking(date(year, 1, 1), date(year, 12, 31), user=user)
    table, row = _place_of(unit.pk, found)
    months = month_points(year, [unit.pk]).get(unit.pk, [0] * 12)
    kind = ProgressSettings.current().period
    span = span_of(kind, min(today, date(year, 12, 31)))
    standing = progress(span, today, kind=kind, units=[unit.pk])
    seen = today.month if year == today.year else 12
    return OwnPoints(
        unit=unit,
        row=row,
        table=table,
        months=months,
        standing=standing[0] if standing else None,
        span=span,
        chart=lines_chart([Series(str(year), running(months, seen))]),
    )


def _place_of(unit_id: int, found: Ranking) -> tuple[GroupTable | None, Row | None]:
    for table in found.groups:
        for row in table.rows:
            if row.unit_id == unit_id and table.group_id != UNGROUPED:
                return table, row
    return None, None


@dataclass(frozen=True, slots=True)
class Overdue:
    """A unit with instructions that it has not answered in time."""

    unit: str
    number: int


@dataclass(frozen=True, slots=True)
class Board:
    """What leaders see at one glance."""

    ranking: Ranking
    edges: list[Edge]
    span: Span
    silent: list[UnitProgress]
    behind: list[UnitProgress]
    overdue: list[Overdue]
    trend: Lines | None


def board(today: date) -> Board:
    """Return the board of the year up to a day. The number of queries is constant."""
    found = ranking(date(today.year, 1, 1), today)
    kind = ProgressSettings.current().period
    span = span_of(kind, today)
    everyone = progress(span, today, kind=kind)
    return Board(
        ranking=found,
        edges=[edges(table) for table in found.groups if table.group_id != UNGROUPED],
        span=span,
        silent=[row for row in everyone if row.group and row.state in SILENT],
        behind=[row for row in everyone if any(line.pace.behind for line in row.targets)],
        overdue=_overdue(),
        trend=_trend(today),
    )


def _overdue() -> list[Overdue]:
    late = in_state(instruction_lines(), AnswerState.OVERDUE).order_by()
    rows: Iterable[tuple[str, int]] = (
        late.values_list("unit__name").annotate(n=Count("pk")).order_by("-n", "unit__name")
    )
    return [Overdue(name, number) for name, number in rows]


def _trend(today: date) -> Lines | None:
    """Return the points of all units month by month, this year's and last year's."""
    now, before = month_totals(today.year), month_totals(today.year - 1)
    shown = [value if n < today.month else None for n, value in enumerate(now)]
    lines = [Series(str(today.year), shown)]
    if any(before):
        lines.insert(0, Series(str(today.year - 1), before, "before"))
    return lines_chart(lines)
