"""The ranking as a table: from counted cells to ranked rows. Pure: no ORM, no clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from scoring.schemes.rules import points_text

from .rules import Period, competition_ranks, rate_text

# A unit with figures but in no group of the year still stands somewhere.
UNGROUPED = 0

# unit, its name, its group in the year if any
Member = tuple[int, str, int | None]


@dataclass(frozen=True, slots=True)
class Column:
    """One bulletin of the table's head."""

    bulletin_id: int
    name: str
    level: str


class Figures(NamedTuple):
    """Counted items and points (hundredths). `adopted` holds only bulletins with a number."""

    submitted: int
    forwarded: int
    adopted: Mapping[int, int]
    hundredths: int

    @property
    def adopted_total(self) -> int:
        return sum(self.adopted.values())

    @property
    def rate(self) -> str:
        """Adopted per hundred submitted."""
        return rate_text(self.adopted_total, self.submitted)

    @property
    def points(self) -> str:
        return points_text(self.hundredths)


class Row(NamedTuple):
    """One unit's place."""

    rank: int
    unit_id: int
    unit: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class GroupTable:
    """Units that are ranked with one another."""

    group_id: int
    name: str
    rows: tuple[Row, ...]
    totals: Figures


@dataclass(frozen=True, slots=True)
class Ranking:
    """All that a ranking says.

    `columns` are the bulletins in which a unit of these groups was adopted, by level and
    order; `empty_groups` names groups without a unit in the year.
    """

    period: Period
    schemes: tuple[str, ...]
    columns: tuple[Column, ...]
    groups: tuple[GroupTable, ...]
    totals: Figures
    empty_groups: tuple[str, ...] = ()

    @property
    def scheme(self) -> str | None:
        return "、".join(self.schemes) or None

    @property
    def has_figures(self) -> bool:
        """Whether anything was counted at all."""
        return any(
            row.figures.submitted
            or row.figures.forwarded
            or row.figures.adopted
            or row.figures.hundredths
            for table in self.groups
            for row in table.rows
        )

    def levels(self) -> list[tuple[str, list[Column]]]:
        """Return the bulletins grouped by level, for the two rows of the head."""
        return [(level, list(part)) for level, part in groupby(self.columns, lambda c: c.level)]

    def only(self, group_id: int) -> Ranking:
        """Return the same ranking with one group; its totals are that group's."""
        kept = tuple(table for table in self.groups if table.group_id == group_id)
        totals = add(table.totals for table in kept)
        columns = tuple(c for c in self.columns if c.bulletin_id in totals.adopted)
        return replace(self, groups=kept, columns=columns, totals=totals)


_NONE: Mapping[int, int] = {}
_NOTHING = Figures(0, 0, _NONE, 0)


def add(parts: Iterable[Figures]) -> Figures:
    """Return the sum of figures."""
    submitted = forwarded = hundredths = 0
    adopted: defaultdict[int, int] = defaultdict(int)
    for part_submitted, part_forwarded, part_adopted, part_hundredths in parts:
        submitted += part_submitted
        forwarded += part_forwarded
        hundredths += part_hundredths
        for bulletin, number in part_adopted.items():
            adopted[bulletin] += number
    return Figures(submitted, forwarded, dict(adopted), hundredths)


def figures_of_units(
    counts: Iterable[Sequence[Any]],
    points: Iterable[tuple[int, int]],
    bulletins: Sequence[int],
) -> dict[int, Figures]:
    """Join counts and sums of points into the figures of each unit that has any.

    Args:
        counts: unit, submitted, forwarded, then adopted in each of `bulletins`; None is zero.
        points: unit, hundredths.
    """
    earned = dict(points)
    figures = {}
    for unit, submitted, forwarded, *adopted in counts:
        carried = {pk: n for pk, n in zip(bulletins, adopted, strict=True) if n}
        figures[unit] = Figures(submitted or 0, forwarded or 0, carried, earned.pop(unit, 0))
    for unit, hundredths in earned.items():
        figures[unit] = Figures(0, 0, {}, hundredths)
    return figures


def group_tables(
    *,
    members: Iterable[Member],
    figures: Mapping[int, Figures],
    names: Mapping[int, str],
) -> list[GroupTable]:
    """Return one table per group in the order of `names`, its units ranked by points.

    Every member stands in its group, also with zero; who is in no group stands under
    UNGROUPED, and only with figures. Equal points keep the order of `members`.
    """
    seated: dict[int, list[tuple[Member, Figures]]] = {}
    for member in members:
        unit_id, _name, group_id = member
        found = figures.get(unit_id)
        if found is None and group_id is not None:
            found = _NOTHING
        if found is not None:
            seated.setdefault(group_id or UNGROUPED, []).append((member, found))
    tables = []
    for group_id, name in names.items():
        seats = seated.get(group_id, [])
        ranks = competition_ranks([found.hundredths for _member, found in seats])
        rows = [
            Row(rank, unit_id, unit, found)
            for rank, ((unit_id, unit, _group), found) in zip(ranks, seats, strict=True)
        ]
        rows.sort(key=itemgetter(0))
        tables.append(GroupTable(group_id, name, tuple(rows), add(f for _m, f in seats)))
    return tables


def as_json(ranking: Ranking) -> dict[str, Any]:
    """Return the ranking in the published JSON form; points are decimal text."""
    return {
        "period": {
            "from": ranking.period.start.isoformat(),
            "to": ranking.period.end.isoformat(),
        },
        "scheme": ranking.scheme,
        "groups": [
            {
                "group": table.name,
                "rows": [
                    {"rank": row.rank, "unit": row.unit, **_figures_json(ranking, row.figures)}
                    for row in table.rows
                ],
            }
            for table in ranking.groups
        ],
        "totals": _figures_json(ranking, ranking.totals),
    }


def _figures_json(ranking: Ranking, figures: Figures) -> dict[str, Any]:
    return {
        "submitted": figures.submitted,
        "forwarded": figures.forwarded,
        "adopted": {c.name: figures.adopted.get(c.bulletin_id, 0) for c in ranking.columns},
        "points": figures.points,
    }


def ungrouped_name() -> str:
    """Return the heading under which units without a group stand."""
    return _("未分组")
