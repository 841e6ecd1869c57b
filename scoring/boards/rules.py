"""Rules of the boards: first and last places, running sums. Pure: no ORM, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scoring.rankings.tables import GroupTable, Row, best

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Edge:
    """A group's first and last units; a tie at the cut lists all."""

    group_id: int
    group: str
    units: int
    first: tuple[Row, ...]
    last: tuple[Row, ...]
    zero: int  # units without a point


def edges(table: GroupTable) -> Edge:
    """Return the first and last places of a group.

    Units without a point are counted and not listed among the last; who stands among the
    first is not listed among the last.
    """
    first = best(table, SHOWN)
    scored = [row for row in table.rows if row.figures.hundredths != 0]
    rest = [row for row in scored if row not in first]
    last: list[Row] = []
    if rest:
        bar = sorted(row.figures.hundredths for row in rest)[min(SHOWN, len(rest)) - 1]
        last = [row for row in rest if row.figures.hundredths <= bar]
    return Edge(
        table.group_id,
        table.name,
        len(table.rows),
        tuple(first),
        tuple(last),
        sum(1 for row in table.rows if row.figures.hundredths == 0),
    )


def gap_to_next(row: Row, table: GroupTable) -> int | None:
    """Return how many hundredths a unit lacks to the place above; None for the first."""
    above = [
        other.figures.hundredths
        for other in table.rows
        if other.figures.hundredths > row.figures.hundredths
    ]
    return min(above) - row.figures.hundredths if above else None


def running(months: Sequence[int], seen: int) -> list[int | None]:
    """Return the sums up to each month; None for months that have not begun."""
    total, found = 0, list[int | None]()
    for n, value in enumerate(months):
        total += value
        found.append(total if n < seen else None)
    return found
