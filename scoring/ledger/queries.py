"""Reads of the ledger: facts as the engine takes them, and what stands booked."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from infoflow.prepared import PreparedRead
from infoflow.units.models import GroupMembership, Unit
from scoring.adoptions.models import Fact, FactLine
from scoring.schemes.engine import FactView, SchemeFault, UnitView
from scoring.schemes.facts import Asked
from scoring.schemes.models import Scheme
from scoring.schemes.specs import spec_of

from .models import Entry
from .rules import Place, Standing

logger = logging.getLogger(__name__)

_FACT_COLUMNS = (
    "fact_id",
    "unit_id",
    "position",
    "parties",
    "kind",
    "happened",
    "bulletin_id",
    "bulletin__name",
    "bulletin__level",
    "fact__level",
    "fact__form",
    "fact__title",
    "fact__genre",
    "fact__mark",
    "fact__check_item",
    "fact__leader",
    "fact__note",
    "fact__subject",
    "fact__words",
    "fact__hundredths",
    "fact__traits",
    "fact__reverses",
    "fact__reversed_by",
)

_ENTRY_COLUMNS = (
    "pk",
    "scheme_id",
    "block_id",
    "about",
    "unit_id",
    "date",
    "earned",
    "hundredths",
    "block_type",
    "fact_id",
    "flag",
    "reverses",
    "reversed_by",
)


# Asked at every single booking.
_FACTS = PreparedRead(
    lambda units, start, end: (
        FactLine.objects.filter(unit_id__in=units)
        .filter(happened__range=(start, end))
        .order_by()
        .values_list(*_FACT_COLUMNS)
    )
)
_ENTRIES = PreparedRead(
    lambda units, start, end: (
        Entry.objects.filter(unit_id__in=units)
        .filter(earned__range=(start, end))
        .order_by()
        .values_list(*_ENTRY_COLUMNS)
    )
)
_PARTIES = PreparedRead(
    lambda facts: (
        FactLine.objects.filter(fact_id__in=facts)
        .order_by("fact_id", "position")
        .values_list("fact_id", "unit_id")
    )
)
_UNITS = PreparedRead(
    lambda units: (
        Unit.objects.filter(pk__in=units)
        .order_by("pk")
        .values_list("pk", "name", "kind", "parent_id", "active_from", "active_until")
    )
)


class _Traits(dict[str, frozenset[str]]):
    """Traits by the text that stands for them; the same few come again and again."""

    def __missing__(self, text: str) -> frozenset[str]:
        found = self[text] = frozenset(filter(None, text.split(",")))
        return found


def _view(row: Sequence[Any], units: tuple[int, ...], traits: frozenset[str]) -> FactView:
    # By place, in the order of the fields: names cost a third of the call.
    return FactView(
        row[0],
        row[4],
        row[5],
        row[6],
        row[7] or "",
        row[8] if row[9] is None else row[9],
        row[10],
        row[11],
        units,
        row[12],
        row[13],
        row[14],
        row[15],
        row[16],
        row[17],
        row[18],
        row[19],
        traits,
    )


def fact_rows(units: Iterable[int], start: date, end: date) -> Iterator[Sequence[Any]]:
    """Yield the standing lines of units and days (both included) as `_FACT_COLUMNS`; one query.

    Withdrawals are left out here and not by the database: without statistics SQLite takes the
    unique index on `reverses_id` for the narrowest and reads every fact that reverses nothing.
    """
    for row in _FACTS.rows(FactLine, list(units), start, end):
        if row[-1] is None and row[-2] is None:
            yield row


def facts_of(units: Iterable[int], start: date, end: date) -> list[FactView]:
    """Return the standing facts of units that happened in a period (both ends included).

    One query, and one more when some are joint.
    """
    found: list[FactView] = []
    joint: dict[int, Sequence[Any]] = {}
    traits = _Traits()
    for row in fact_rows(units, start, end):
        if row[3] > 1:
            joint[row[0]] = row
        else:
            found.append(_view(row, (row[1],), traits[row[20]]))
    if joint:
        parties: defaultdict[int, list[int]] = defaultdict(list)
        for fact_id, unit_id in _PARTIES.rows(FactLine, list(joint)):
            parties[fact_id].append(unit_id)
        for fact_id, row in joint.items():
            found.append(_view(row, tuple(parties[fact_id]), traits[row[20]]))
    return found


def units_of(ids: Iterable[int], years: Iterable[int]) -> dict[int, UnitView]:
    """Return units as the engine takes them, with their groups of some years.

    One query, and another one when somebody asks for a group.
    """
    ids, years = list(ids), list(years)

    @cache
    def groups() -> dict[int, dict[int, int]]:
        found: defaultdict[int, dict[int, int]] = defaultdict(dict)
        memberships = GroupMembership.objects.filter(unit_id__in=ids, year__in=years).order_by()
        for unit, year, group in memberships.values_list("unit_id", "year", "group_id"):
            found[unit][year] = group
        return dict(found)

    def groups_of(pk: int) -> Asked[int, int]:
        return Asked(lambda: groups().get(pk, {}))

    return {
        pk: UnitView(pk, name, kind, parent, groups_of(pk), since, until)
        for pk, name, kind, parent, since, until in _UNITS.rows(Unit, ids)
    }


def credited_children(parents: Iterable[int], kinds: Iterable[str]) -> list[int]:
    """Return the units of some kinds whose parent is one of these; one query."""
    children = Unit.objects.filter(parent_id__in=list(parents), kind__in=list(kinds))
    return list(children.order_by("pk").values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class Booked:
    """What the ledger holds for units and a time: standing entries, and how often each place
    was ever booked."""

    standing: Mapping[Place, Standing]
    generations: Mapping[Place, int]


def booked(units: Iterable[int], start: date, end: date) -> Booked:
    """Return what is booked for units and days earned (both ends included); one query.

    Entries that take another back are left out here, as in `fact_rows`.
    """
    standing: dict[Place, Standing] = {}
    generations: Counter[Place] = Counter()
    for (
        pk,
        scheme,
        block,
        about,
        unit,
        day,
        earned,
        points,
        kind,
        fact,
        flag,
        reverses,
        gone,
    ) in _ENTRIES.rows(Entry, list(units), start, end):
        if reverses is not None:
            continue
        place = (scheme, block, about, unit)
        generations[place] += 1
        if gone is None:
            standing[place] = Standing(pk, place, day, earned, points, kind, fact, flag)
    return Booked(standing, generations)


def scheme_faults(start: date, end: date) -> Iterator[str]:
    """Yield what keeps a period from being scored: schemes that cannot be read or overlap."""
    last: Scheme | None = None
    for scheme in Scheme.objects.in_force_between(start, end).order_by("valid_from", "pk"):
        try:
            spec_of(scheme)
        except (SchemeFault, ValueError, KeyError, TypeError):
            logger.exception("scheme %s cannot be read", scheme.pk)
            yield _("《%(scheme)s》的条款无法读取，请计分员核对条款或新建版本。") % {
                "scheme": scheme
            }
        if last is not None and (last.valid_until or date.max) >= scheme.valid_from:
            yield _("《%(a)s》与《%(b)s》同时施行，请先给其中一个设截止日期。") % {
                "a": last,
                "b": scheme,
            }
        last = scheme


def reasons_of_withdrawal(facts: Iterable[int]) -> dict[int, str]:
    """Return those of some facts that were withdrawn, with the reasons; one query."""
    gone = Fact.objects.filter(reverses_id__in=list(facts)).order_by()
    return dict(gone.values_list("reverses_id", "note"))


def points_of(fact: Fact) -> dict[str, Any]:
    """Return what stands booked for a fact, and if nothing does, what may be the reason."""
    entries = list(Entry.objects.filter(fact=fact).standing().select_related("unit"))
    if entries:
        return {"entries": entries}
    return {
        "entries": [],
        "taken_back": Entry.objects.filter(fact=fact).exists(),
        "scheme": Scheme.objects.in_force_on(fact.date).first(),
    }
