"""Persons' figures, in parallel to the units'.

A fact names its author when it is about an item of this system: the person who owns the item
(撰稿人; a hand-over moves unfinished ones to the successor). Only the share of the item's own
unit counts for the author, so a joint item gives its author what it gives the unit. What was
imported without an item has no author and stands in the units' ranking alone.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import F, Sum

from infoflow.units.models import GroupMembership, Unit, UnitGroup, User
from infoflow.units.permissions import unit_ids_of
from scoring.adoptions.models import FactLine
from scoring.adoptions.rules import FactKind
from scoring.ledger.models import Entry
from scoring.schemes.rules import points_text

from .permissions import sees_all_rankings
from .rules import RATE_PLACES, Period, competition_ranks, rate_text
from .tables import UNGROUPED, ungrouped_name

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS = (FactKind.SUBMISSION, FactKind.ADOPTION, FactKind.INSTRUCTION)


@dataclass(slots=True)
class PersonFigures:
    """What counts for one person at one unit."""

    counted: dict[str, int] = field(default_factory=dict)
    hundredths: int = 0


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person's place in the group of the unit."""

    rank: int
    person: str
    unit_id: int
    unit: str
    submitted: int
    adopted: int
    rate: str
    instructed: int
    points: str


@dataclass(frozen=True, slots=True)
class PersonTable:
    """The persons of a group; `of` is how many have a rank, shown or not."""

    group_id: int
    name: str
    rows: tuple[PersonRow, ...]
    of: int


def person_tables(
    period: Period, user: User, *, group_id: int | None = None, places: int = RATE_PLACES
) -> list[PersonTable]:
    """Return the persons ranked by points within their units' groups; six queries at most.

    Unit people see those of their own units, with their rank among all of the group: the
    names of other units' people are not theirs to read.
    """
    found = _figures(period)
    units = {unit for _person, unit in found}
    names = dict(User.objects.filter(pk__in={p for p, _u in found}).values_list("pk", "name"))
    titles = dict(Unit.objects.filter(pk__in=units).values_list("pk", "name"))
    seats = dict(
        GroupMembership.objects.filter(year=period.end.year, unit__in=units)
        .order_by()
        .values_list("unit_id", "group_id")
    )
    groups = dict(UnitGroup.objects.values_list("pk", "name")) | {UNGROUPED: ungrouped_name()}
    by_group: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for person, unit in found:
        by_group[seats.get(unit, UNGROUPED)].append((person, unit))
    own = None if sees_all_rankings(user) else unit_ids_of(user)
    tables = []
    for pk, name in groups.items():
        if group_id not in (None, pk):
            continue
        rows = _rows(by_group.get(pk, []), found, names, titles, places)
        seen = tuple(row for row in rows if own is None or row.unit_id in own)
        if seen:
            tables.append(PersonTable(pk, name, seen, len(rows)))
    return tables


def _figures(period: Period) -> dict[tuple[int, int], PersonFigures]:
    """Return the figures by person and unit."""
    found: defaultdict[tuple[int, int], PersonFigures] = defaultdict(PersonFigures)
    days = (period.start, period.end)
    lines = (
        FactLine.objects.filter(
            date__range=days,
            kind__in=KINDS,
            fact__item__unit=F("unit"),
            fact__item__owner__isnull=False,
        )
        .order_by()
        .values_list("fact__item__owner_id", "unit_id", "kind")
        .annotate(n=Sum("quantity"))
    )
    for person, unit, kind, number in lines:
        found[person, unit].counted[kind] = number
    entries = (
        Entry.objects.filter(
            date__range=days, fact__item__unit=F("unit"), fact__item__owner__isnull=False
        )
        .order_by()
        .values_list("fact__item__owner_id", "unit_id")
        .annotate(n=Sum("hundredths"))
    )
    for person, unit, number in entries:
        found[person, unit].hundredths = number
    return {
        key: figures
        for key, figures in found.items()
        if figures.hundredths or any(figures.counted.values())
    }


def _rows(
    seats: list[tuple[int, int]],
    found: Mapping[tuple[int, int], PersonFigures],
    names: Mapping[int, str],
    units: Mapping[int, str],
    places: int,
) -> list[PersonRow]:
    ranks = competition_ranks([found[seat].hundredths for seat in seats])
    rows = []
    for rank, (person, unit) in zip(ranks, seats, strict=True):
        figures = found[person, unit]
        submitted = figures.counted.get(FactKind.SUBMISSION, 0)
        adopted = figures.counted.get(FactKind.ADOPTION, 0)
        rows.append(
            PersonRow(
                rank=rank,
                person=names.get(person, ""),
                unit_id=unit,
                unit=units[unit],
                submitted=submitted,
                adopted=adopted,
                rate=rate_text(adopted, submitted, places),
                instructed=figures.counted.get(FactKind.INSTRUCTION, 0),
                points=points_text(figures.hundredths),
            )
        )
    return sorted(rows, key=lambda row: (row.rank, row.unit_id, row.person))
