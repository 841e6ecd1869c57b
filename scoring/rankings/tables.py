"""The ranking as a table: from counted cells to ranked rows. Pure: no ORM, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from scoring.schemes.rules import points_text
from scoring.tallies.rules import Counts

from .rules import RATE_PLACES, Period, competition_ranks, rate_text, top

# A unit with figures but in no group of the year still stands somewhere.
UNGROUPED = 0

# unit, its name, its group in the year if any
Member = tuple[int, str, int | None]
# running total, rank before, rank a year ago, flags
More = tuple[int, int | None, int | None, tuple[str, ...]]

_NONE: Mapping[int, int] = {}
_NO_MARKS: Mapping[str, int] = {}
_NO_MORE: Mapping[int, More] = {}
_NOTHING_MORE: More = (0, None, None, ())


@dataclass(frozen=True, slots=True)
class Column:
    """One bulletin of the table's head."""

    bulletin_id: int
    name: str
    level: str


class Figures(NamedTuple):
    """Counted items and points (hundredths). Mappings hold only what is not zero.

    `merged` is the part of `adopted` that was carried with others or as one sentence;
    `deducted` is the negative part of `hundredths`.
    """

    submitted: int
    forwarded: int
    adopted: Mapping[int, int]
    hundredths: int
    merged: Mapping[int, int] = _NONE
    instructions: Mapping[int, int] = _NONE
    commissions: Mapping[str, int] = _NO_MARKS
    deducted: int = 0
    places: int = RATE_PLACES

    @property
    def adopted_total(self) -> int:
        return sum(self.adopted.values())

    @property
    def rate(self) -> str:
        """Adopted per hundred submitted."""
        return rate_text(self.adopted_total, self.submitted, self.places)

    @property
    def points(self) -> str:
        return points_text(self.hundredths)

    @property
    def instructed(self) -> int:
        return sum(self.instructions.values())

    @property
    def something(self) -> bool:
        """Whether anything was counted or scored."""
        return bool(
            self.submitted
            or self.forwarded
            or self.hundredths
            or self.adopted
            or self.instructions
            or self.commissions
            or self.deducted
        )


class Row(NamedTuple):
    """One unit's place.

    `total` is the running total of the year; `before` and `last_year` are the ranks in the
    same group in the period before and a year ago, None where there was nothing to rank.
    """

    rank: int
    unit_id: int
    unit: str
    figures: Figures
    total: int = 0
    before: int | None = None
    last_year: int | None = None
    flags: tuple[str, ...] = ()
    order: int = 0

    @property
    def total_points(self) -> str:
        return points_text(self.total)


@dataclass(frozen=True, slots=True)
class GroupTable:
    """Units that are ranked with one another."""

    group_id: int
    name: str
    rows: Sequence[Row]
    totals: Figures
    total: int = 0

    @property
    def total_points(self) -> str:
        return points_text(self.total)


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
    before: Period | None = None
    last_year: Period | None = None

    @property
    def total(self) -> int:
        """Running total of the year, hundredths."""
        return sum(table.total for table in self.groups)

    @property
    def total_points(self) -> str:
        return points_text(self.total)

    @property
    def scheme(self) -> str | None:
        return "、".join(self.schemes) or None

    @property
    def has_figures(self) -> bool:
        """Whether anything was counted at all."""
        return any(row.figures.something for table in self.groups for row in table.rows)

    def levels(self) -> list[tuple[str, list[Column]]]:
        """Return the bulletins grouped by level, for the two rows of the head."""
        return [(level, list(part)) for level, part in groupby(self.columns, lambda c: c.level)]

    def only(self, group_id: int) -> Ranking:
        """Return the same ranking with one group; its totals are that group's."""
        kept = tuple(table for table in self.groups if table.group_id == group_id)
        totals = add(table.totals for table in kept)
        columns = tuple(c for c in self.columns if c.bulletin_id in totals.adopted)
        return replace(self, groups=kept, columns=columns, totals=totals)

    def in_unit_order(self) -> Ranking:
        """Return the same ranking with each group in the fixed order of units, not by rank."""
        groups = (
            replace(table, rows=tuple(sorted(table.rows, key=attrgetter("order"))))
            for table in self.groups
        )
        return replace(self, groups=tuple(groups))

    def with_places(self, places: int) -> Ranking:
        """Return the same ranking with rates to so many decimals."""

        def told(figures: Figures) -> Figures:
            return figures._replace(places=places)

        groups = (
            replace(
                table,
                rows=tuple(row._replace(figures=told(row.figures)) for row in table.rows),
                totals=told(table.totals),
            )
            for table in self.groups
        )
        return replace(self, groups=tuple(groups), totals=told(self.totals))


_NOTHING = Figures(0, 0, _NONE, 0)


def best(table: GroupTable, n: int) -> list[Row]:
    """Return the first n places of a group; a tie at the cut lists all, zero is no place."""
    rows = sorted(table.rows, key=attrgetter("rank", "order"))
    scored = [row for row in rows if row.figures.hundredths > 0]
    return scored[: top([row.rank for row in scored], n)]


def add(parts: Iterable[Figures]) -> Figures:
    """Return the sum of figures."""
    submitted = forwarded = hundredths = deducted = 0
    places = RATE_PLACES
    adopted: dict[int, int] = {}
    merged: dict[int, int] = {}
    instructions: dict[int, int] = {}
    commissions: dict[str, int] = {}
    for part in parts:
        submitted += part.submitted
        forwarded += part.forwarded
        hundredths += part.hundredths
        deducted += part.deducted
        places = part.places
        for key, number in part.adopted.items():
            adopted[key] = adopted.get(key, 0) + number
        if part.merged:
            _add_to(merged, part.merged)
        if part.instructions:
            _add_to(instructions, part.instructions)
        if part.commissions:
            _add_to(commissions, part.commissions)
    return Figures(
        submitted,
        forwarded,
        adopted,
        hundredths,
        merged,
        instructions,
        commissions,
        deducted,
        places,
    )


def _add_to(sums: dict[Any, int], part: Mapping[Any, int]) -> None:
    for key, number in part.items():
        sums[key] = sums.get(key, 0) + number


def figures_of(
    counts: Counts, hundredths: int, deducted: int = 0, places: int = RATE_PLACES
) -> Figures:
    """Return the figures of a unit from what was counted and scored."""
    return Figures(
        counts.submitted,
        counts.forwarded,
        counts.adopted,
        hundredths,
        counts.merged,
        counts.instructions,
        counts.commissions,
        deducted,
        places,
    )


def group_tables(
    *,
    members: Iterable[Member],
    figures: Mapping[int, Figures],
    names: Mapping[int, str],
    more: Mapping[int, More] = _NO_MORE,
) -> list[GroupTable]:
    """Return one table per group in the order of `names`, its units ranked by points.

    Every member stands in its group, also with zero; who is in no group stands under
    UNGROUPED, and only with figures. Equal points keep the order of `members`.
    """
    seated: dict[int, list[tuple[Member, Figures, int]]] = {}
    for order, member in enumerate(members):
        unit_id, _name, group_id = member
        found = figures.get(unit_id)
        if found is None and group_id is not None:
            found = _NOTHING
        if found is not None:
            seated.setdefault(group_id or UNGROUPED, []).append((member, found, order))
    tables = []
    for group_id, name in names.items():
        seats = seated.get(group_id, [])
        ranks = competition_ranks([found.hundredths for _member, found, _order in seats])
        rows = [
            Row(rank, member[0], member[1], found, *more.get(member[0], _NOTHING_MORE), order)
            for rank, (member, found, order) in zip(ranks, seats, strict=True)
        ]
        rows.sort(key=itemgetter(0))
        totals = add(found for _member, found, _order in seats)
        tables.append(
            GroupTable(group_id, name, tuple(rows), totals, sum(row.total for row in rows))
        )
    return tables


def ranks_then(
    seats: Iterable[tuple[int, int]], points: Mapping[int, int]
) -> dict[int, tuple[int, int]]:
    """Return unit → (group, rank) in another period.

    Args:
        seats: unit and its group then.
        points: unit → hundredths then.

    A group in which nobody had a point then had no ranks.
    """
    by_group: dict[int, list[int]] = {}
    for unit, group in seats:
        by_group.setdefault(group, []).append(unit)
    found = {}
    for group, units in by_group.items():
        scores = [points.get(unit, 0) for unit in units]
        if any(scores):
            for unit, rank in zip(units, competition_ranks(scores), strict=True):
                found[unit] = (group, rank)
    return found


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
                    {
                        "rank": row.rank,
                        "unit": row.unit,
                        **_figures_json(ranking, row.figures),
                        "total": row.total_points,
                        "rank_before": row.before,
                        "rank_last_year": row.last_year,
                        "flags": list(row.flags),
                    }
                    for row in table.rows
                ],
            }
            for table in ranking.groups
        ],
        "totals": {**_figures_json(ranking, ranking.totals), "total": ranking.total_points},
    }


def _figures_json(ranking: Ranking, figures: Figures) -> dict[str, Any]:
    return {
        "submitted": figures.submitted,
        "forwarded": figures.forwarded,
        "adopted": {c.name: figures.adopted.get(c.bulletin_id, 0) for c in ranking.columns},
        "adopted_total": figures.adopted_total,
        "rate": figures.rate,
        "instructions": {str(level): n for level, n in sorted(figures.instructions.items())},
        "commissions": dict(sorted(figures.commissions.items())),
        "deducted": points_text(figures.deducted),
        "points": figures.points,
    }


def ungrouped_name() -> str:
    """Return the heading under which units without a group stand."""
    return _("未分组")
