"""Reads for rankings: two GROUP BYs, pivoted and ranked in Python."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import FilteredRelation, Max, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from cms.bulletins.models import Bulletin, Level
from cms.items.models import ItemPage
from infoflow.units.models import Unit, UnitGroup
from infoflow.units.permissions import unit_ids_of
from scoring.adoptions.models import Fact, FactLine
from scoring.adoptions.rules import FactKind
from scoring.ledger.models import Entry
from scoring.schemes.models import Scheme

from .permissions import sees_all_rankings
from .rules import Period
from .snapshots import closed_ranking_for
from .tables import (
    UNGROUPED,
    Column,
    Member,
    Ranking,
    add,
    figures_of_units,
    group_tables,
    ungrouped_name,
)

if TYPE_CHECKING:
    from infoflow.units.models import User


def ranking(
    start: date, end: date, group: UnitGroup | None = None, user: User | None = None
) -> Ranking:
    """Return the ranking of a period (both days included) by group.

    A closed period has the ranking with which it was closed, to the letter; every other is
    counted now (`counted_ranking`).

    Args:
        group: only this group, also when it has no unit.
        user: only the groups that this person may see; everything when None.
    """
    frozen = closed_ranking_for(start, end, group=group, user=user)
    return frozen or counted_ranking(start, end, group=group, user=user)


def counted_ranking(
    start: date, end: date, group: UnitGroup | None = None, user: User | None = None
) -> Ranking:
    """Count the ranking of a period (both days included) by group.

    Groups are those of the year in which the period ends. Points are the ledger's, counted
    by the day of the adoption. The number of queries does not depend on the data.

    Args:
        group: only this group, also when it has no unit.
        user: only the groups that this person may see; everything when None.
    """
    columns = _columns()
    bulletins = [column.bulletin_id for column in columns]
    figures = figures_of_units(_counts(start, end, bulletins), _points(start, end), bulletins)
    members = _members(start, end, figures.keys())
    names = dict(UnitGroup.objects.values_list("pk", "name"))
    names[UNGROUPED] = ungrouped_name()
    if user is not None and not sees_all_rankings(user):
        own = unit_ids_of(user)
        seen = {group_id or UNGROUPED for unit_id, _name, group_id in members if unit_id in own}
        names = {pk: name for pk, name in names.items() if pk in seen}
        members = [m for m in members if m[2] is not None or m[0] in own]
    if group is not None:
        names = {pk: name for pk, name in names.items() if pk == group.pk}
    tables = group_tables(members=members, figures=figures, names=names)
    kept = tuple(t for t in tables if t.rows or (group is not None and t.group_id == group.pk))
    totals = add(table.totals for table in kept)
    return Ranking(
        period=Period(start, end),
        schemes=scheme_names(start, end),
        columns=tuple(c for c in columns if c.bulletin_id in totals.adopted),
        groups=kept,
        totals=totals,
        empty_groups=tuple(
            table.name for table in tables if not table.rows and table.group_id != UNGROUPED
        ),
    )


def _members(start: date, end: date, counted: AbstractSet[int]) -> list[Member]:
    """Return the units that stand in the ranking, in their order, with the year's group.

    These are the units active in the period, and those with figures though closed.
    """
    units = Unit.objects.annotate(
        member=FilteredRelation("memberships", condition=Q(memberships__year=end.year))
    ).order_by("order", "code")
    columns = ("pk", "name", "member__group_id")
    found = list(units.active_between(start, end).values_list(*columns))
    closed = counted - {row[0] for row in found}
    if closed:
        found += units.filter(pk__in=closed).values_list(*columns)
    return found


def _counts(start: date, end: date, bulletins: Iterable[int]) -> list[Sequence[Any]]:
    """Count facts by unit: submitted, forwarded, adopted in each bulletin.

    One row for a unit, with a column for each bulletin: measured a tenth faster than one
    row for each unit, kind and bulletin, of which there are eight times as many.
    """
    kinds = {
        kind: Sum("quantity", filter=Q(kind=kind))
        for kind in (FactKind.SUBMISSION, FactKind.FORWARDING)
    }
    adopted = {
        f"adopted_{pk}": Sum("quantity", filter=Q(bulletin=pk, kind=FactKind.ADOPTION))
        for pk in bulletins
    }
    return _fetch(
        FactLine.objects.filter(date__range=(start, end))
        .order_by()
        .values_list("unit_id")
        .annotate(**kinds, **adopted)
    )


def _points(start: date, end: date) -> list[tuple[int, int]]:
    return _fetch(
        Entry.objects.filter(date__range=(start, end))
        .order_by()
        .values_list("unit_id")
        .annotate(sum=Sum("hundredths"))
    )


def _fetch(aggregate: QuerySet[Any, Any]) -> list[Any]:
    """Run an aggregate of whole numbers through a plain cursor.

    The ORM would convert every sum to int a second time: a fifth of the whole time at
    twenty thousand rows.
    """
    with connection.cursor() as cursor:
        cursor.execute(*aggregate.query.sql_with_params())
        return cursor.fetchall()


def _columns() -> list[Column]:
    """Return all bulletins as columns, by level and order."""
    return [
        Column(pk, name, str(Level(level).label))
        for pk, name, level in Bulletin.objects.values_list("pk", "name", "level")
    ]


def scheme_names(start: date, end: date) -> tuple[str, ...]:
    """Return the scheme versions in force on at least one day of a period, oldest first."""
    found = Scheme.objects.in_force_between(start, end).order_by("valid_from", "name", "version")
    return tuple(str(scheme) for scheme in found.only("name", "version"))


def latest_fact_day(user: User) -> date | None:
    """Return the day of the last fact that a person may see, or None."""
    facts = Fact.objects.visible_to(user).order_by()
    day: date | None = facts.aggregate(day=Max("date"))["day"]
    return day


@dataclass(frozen=True, slots=True)
class Details:
    """The facts and ledger entries behind one number, newest first."""

    lines: QuerySet[FactLine]
    entries: QuerySet[Entry]
    number: int
    hundredths: int


def details(
    unit: Unit,
    start: date,
    end: date,
    kind: str | None = None,
    bulletin: Bulletin | None = None,
) -> Details:
    """Return what stands behind a number of the ranking.

    The caller has checked the right to this unit (permissions.opens_details_of).

    Args:
        kind: only facts of this kind (FactKind) and the entries that they earned.
        bulletin: only facts of this bulletin and the entries that they earned.
    """
    lines = FactLine.objects.filter(unit=unit, date__range=(start, end))
    entries = Entry.objects.filter(unit=unit, date__range=(start, end))
    if kind is not None:
        lines = lines.filter(kind=kind)
        entries = entries.filter(fact__kind=kind)
    if bulletin is not None:
        lines = lines.filter(bulletin=bulletin)
        entries = entries.filter(fact__bulletin=bulletin)
    return Details(
        lines=lines.select_related("fact__bulletin", "fact__reversed_by").order_by("-date", "-pk"),
        entries=entries.select_related("fact__bulletin").order_by("-date", "-pk"),
        number=lines.aggregate(n=Sum("quantity"))["n"] or 0,
        hundredths=entries.aggregate(n=Sum("hundredths"))["n"] or 0,
    )


def clause_names(entries: Iterable[Entry]) -> dict[int, str]:
    """Return for each entry its scheme version and clause ("…第1版 第2条 分值表")."""
    entries = list(entries)
    schemes = Scheme.objects.in_bulk({entry.scheme_id for entry in entries})
    clauses = {
        (pk, str(block["id"])): n
        for pk, scheme in schemes.items()
        for n, block in enumerate(scheme.blocks.raw_data, start=1)
    }
    names = {}
    for entry in entries:
        scheme = schemes[entry.scheme_id]
        n = clauses.get((entry.scheme_id, entry.block_id))
        kind = scheme.blocks.stream_block.child_blocks.get(entry.block_type)
        label = str(kind.label) if kind else entry.block_type
        place = _("第%(n)s条") % {"n": n} if n else ""
        names[entry.pk] = " ".join(filter(None, (str(scheme), place, label)))
    return names


def open_items(lines: Iterable[FactLine], user: User) -> dict[int, str]:
    """Return the addresses of those items behind facts that a person may open."""
    ids = {line.fact.item_id for line in lines if line.fact.item_id is not None}
    if not ids:
        return {}
    seen = ItemPage.objects.visible_to(user).filter(pk__in=ids)
    return {pk: reverse("item_detail", args=[pk]) for pk in seen.values_list("pk", flat=True)}
