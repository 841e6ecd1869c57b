"""Reads for rankings: one row of the tallies for a unit and a year, ranked in Python."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Max, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from cms.bulletins.models import Bulletin, Level
from cms.items.models import ItemPage
from cms.items.rules import ItemForm
from infoflow.units.models import GroupMembership, Unit, UnitGroup
from infoflow.units.permissions import unit_ids_of
from scoring.adoptions.models import Fact, FactLine
from scoring.adoptions.rules import AdoptionForm
from scoring.closings.models import Closing
from scoring.ledger.models import Entry
from scoring.schemes.models import Scheme
from scoring.tallies.queries import Sums, sums_of
from scoring.tallies.rules import count_tokens, counts_of, read_flags

from .permissions import sees_all_rankings
from .rules import RATE_PLACES, Period, life_text, period_before, period_last_year, year_to
from .snapshots import closed_ranking_for
from .tables import (
    UNGROUPED,
    Column,
    Figures,
    Member,
    More,
    Ranking,
    add,
    figures_of,
    group_tables,
    ranks_then,
    ungrouped_name,
)

if TYPE_CHECKING:
    from infoflow.units.models import User


def ranking(
    start: date,
    end: date,
    group: UnitGroup | None = None,
    user: User | None = None,
    *,
    places: int = RATE_PLACES,
) -> Ranking:
    """Return the ranking of a period (both days included) by group.

    A closed period has the ranking with which it was closed, to the letter; every other is
    counted now (`counted_ranking`).

    Args:
        group: only this group, also when it has no unit.
        user: only the groups that this person may see; everything when None.
        places: decimals of rates.
    """
    frozen = closed_ranking_for(start, end, group=group, user=user)
    return frozen or counted_ranking(start, end, group=group, user=user, places=places)


def counted_ranking(
    start: date,
    end: date,
    group: UnitGroup | None = None,
    user: User | None = None,
    *,
    places: int = RATE_PLACES,
    afresh: bool = False,
) -> Ranking:
    """Count the ranking of a period (both days included) by group.

    Groups are those of the year in which the period ends. Counts and points are by the day on
    which they count. The number of queries does not depend on the data.

    Args:
        group: only this group, also when it has no unit.
        user: only the groups that this person may see; everything when None.
        places: decimals of rates.
        afresh: from the facts and entries themselves, not from the tallies.
    """
    columns = _columns()
    period = Period(start, end)
    before, last_year = period_before(period), period_last_year(period)
    times = (period, year_to(end), before, last_year)
    sums = sums_of((start, end), [(time.start, time.end) for time in times], afresh=afresh)
    figures = _figures(sums, places)
    units = _Units.read({time.end.year for time in (period, before, last_year)})
    members = units.members(period, figures)
    names = dict(UnitGroup.objects.values_list("pk", "name"))
    names[UNGROUPED] = ungrouped_name()
    if user is not None and not sees_all_rankings(user):
        own = unit_ids_of(user)
        seen = {group_id or UNGROUPED for unit_id, _name, group_id in members if unit_id in own}
        names = {pk: name for pk, name in names.items() if pk in seen}
        # Who is in no group and has no figures is not seated (group_tables).
        hidden = {pk for pk, _name, group_id in members if group_id is None and pk not in own}
        figures = {pk: found for pk, found in figures.items() if pk not in hidden}
    if group is not None:
        names = {pk: name for pk, name in names.items() if pk == group.pk}
    more = _more(units, sums, names, period, (before, last_year))
    tables = group_tables(members=members, figures=figures, names=names, more=more)
    kept = tuple(t for t in tables if t.rows or (group is not None and t.group_id == group.pk))
    totals = add(table.totals for table in kept)
    return Ranking(
        period=period,
        schemes=scheme_names(start, end),
        columns=tuple(c for c in columns if c.bulletin_id in totals.adopted),
        groups=kept,
        totals=totals,
        empty_groups=tuple(
            table.name for table in tables if not table.rows and table.group_id != UNGROUPED
        ),
        before=before,
        last_year=last_year,
    )


def _figures(sums: Mapping[int, Sums], places: int) -> dict[int, Figures]:
    """Return the figures of units that have any."""
    found = {}
    for unit, part in sums.items():
        points = part.points[0]
        if part.tokens or points or part.deducted:
            counts = counts_of(count_tokens(part.tokens))
            made = figures_of(counts, points, part.deducted, places)
            if made.something:
                found[unit] = made
    return found


@dataclass(frozen=True, slots=True)
class _Units:
    """All units in their order, with their groups of some years."""

    names: Sequence[tuple[int, str]]
    # Only units that did not always exist: id → first and last day.
    bounded: Mapping[int, tuple[date | None, date | None]]
    groups: Mapping[int, Mapping[int, int]]  # year → unit → group

    @classmethod
    def read(cls, years: Iterable[int]) -> _Units:
        """Three queries."""
        groups: dict[int, dict[int, int]] = {year: {} for year in years}
        memberships = GroupMembership.objects.filter(year__in=list(groups)).order_by()
        for unit, year, group in _fetch(memberships.values_list("unit_id", "year", "group_id")):
            groups[year][unit] = group
        units = Unit.objects.order_by("order", "code")
        bounds = Unit.objects.exclude(active_from=None, active_until=None).order_by()
        return cls(
            _fetch(units.values_list("pk", "name")),
            {
                pk: (since, until)
                for pk, since, until in bounds.values_list("pk", "active_from", "active_until")
            },
            groups,
        )

    def exists(self, unit: int, period: Period) -> bool:
        """Tell whether a unit existed on a day of a period."""
        if unit not in self.bounded:
            return True
        since, until = self.bounded[unit]
        return (since is None or since <= period.end) and (until is None or until >= period.start)

    def members(self, period: Period, counted: Container[int]) -> list[Member]:
        """Return the units that stand in the ranking, in their order, with the year's group:
        those active in the period, and those with figures though closed."""
        groups = self.groups[period.end.year]
        return [
            (pk, name, groups.get(pk))
            for pk, name in self.names
            if pk not in self.bounded or pk in counted or self.exists(pk, period)
        ]

    def seats(self, period: Period, points: Mapping[int, int]) -> Iterator[tuple[int, int]]:
        """Yield units and their groups in another period."""
        for unit, group in self.groups[period.end.year].items():
            if points.get(unit) or unit not in self.bounded or self.exists(unit, period):
                yield unit, group


def _more(
    units: _Units,
    sums: Mapping[int, Sums],
    names: Container[int],
    period: Period,
    compared: Sequence[Period],
) -> dict[int, More]:
    """Return running total, earlier ranks and flags of the units in some groups.

    A rank is compared only with one in the same group.
    """
    ranks: list[dict[int, tuple[int, int]]] = []
    for n, time in enumerate(compared, start=2):
        points = {unit: part.points[n] for unit, part in sums.items()}
        seats = (seat for seat in units.seats(time, points) if seat[1] in names)
        ranks.append(ranks_then(seats, points))
    first, last = period.start.isoformat(), period.end.isoformat()
    groups = units.groups[period.end.year]
    found: dict[int, More] = {}
    for unit, _name in units.names:
        group, part = groups.get(unit), sums.get(unit)
        if group is None and part is None:
            continue
        then = [known.get(unit, (None, None)) for known in ranks]
        before, last_year = (rank if there == group else None for there, rank in then)
        if part is None:
            found[unit] = (0, before, last_year, ())
        else:
            flags = read_flags(part.flags, first, last) if part.flags else ()
            found[unit] = (part.points[1], before, last_year, flags)
    return found


def _fetch(rows: QuerySet[Any, Any]) -> list[Any]:
    """Run a query of numbers and texts through a plain cursor.

    The ORM would convert every value a second time: a fifth of the whole time at twenty
    thousand rows.
    """
    with connection.cursor() as cursor:
        cursor.execute(*rows.query.sql_with_params())
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


def lives_in(period: Period) -> dict[int, str]:
    """Return what is said of the units that did not exist on every day of a period; one query."""
    units = Unit.objects.filter(Q(active_from__gt=period.start) | Q(active_until__lt=period.end))
    rows = units.order_by().values_list("pk", "active_from", "active_until")
    return {pk: life_text(period, since, until) for pk, since, until in rows}


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


@dataclass(frozen=True, slots=True)
class Behind:
    """Which facts and entries of a unit are meant; everything by default."""

    kind: str | None = None  # FactKind
    bulletin: Bulletin | None = None
    merged: bool = False  # carried with others or as one sentence
    level: int | None = None  # of the leader; 0: none named
    mark: str | None = None
    deducted: bool = False  # only entries that took points, and those that gave them back

    def condition(self, fact: str, near: str) -> Q:
        """Return the condition on rows of facts.

        Args:
            fact: prefix under which a row has its fact.
            near: prefix under which it has kind and bulletin; lines carry their own.
        """
        found = Q()
        if self.kind is not None:
            found &= Q(**{f"{near}kind": self.kind})
        if self.bulletin is not None:
            found &= Q(**{f"{near}bulletin": self.bulletin})
        if self.merged:
            # As the tallies count it (tallies.keeping.CODE).
            merged = Q(**{f"{fact}form": AdoptionForm.MERGED})
            found &= merged | Q(**{f"{fact}genre": ItemForm.ONE_LINE})
        if self.level is not None:
            found &= Q(**{f"{fact}level": self.level or None})
        if self.mark is not None:
            found &= Q(**{f"{fact}mark": self.mark})
        return found


def details(unit: Unit, start: date, end: date, behind: Behind | None = None) -> Details:
    """Return what stands behind a number of the ranking.

    The caller has checked the right to this unit (permissions.opens_details_of).
    """
    behind = behind or Behind()
    days: dict[str, Any] = {"unit": unit, "date__range": (start, end)}
    lines = FactLine.objects.filter(behind.condition("fact__", ""), **days)
    entries = Entry.objects.filter(behind.condition("fact__", "fact__"), **days)
    if behind.deducted:
        # As the tallies count it (tallies.keeping.DEDUCTION).
        entries = entries.filter(
            Q(hundredths__lt=0, reverses=None) | Q(hundredths__gt=0, reverses__isnull=False)
        )
        lines = lines.filter(fact__in=entries.values("fact"))
    return Details(
        lines=lines.select_related("fact__bulletin", "fact__reversed_by").order_by("-date", "-pk"),
        entries=entries.select_related("fact__bulletin").order_by("-date", "-pk"),
        number=lines.aggregate(n=Sum("quantity"))["n"] or 0,
        hundredths=entries.aggregate(n=Sum("hundredths"))["n"] or 0,
    )


def closing_of(period: Period) -> tuple[datetime, str] | None:
    """Return when exactly this period was closed, and the digest of its ranking."""
    found: tuple[datetime, str] | None = (
        Closing.objects.filter(start=period.start, end=period.end)
        .values_list("at", "digest")
        .first()
    )
    return found


def clause_names(entries: Iterable[Entry]) -> dict[int, str]:
    """Return for each entry its scheme version and clause ("…第1版 第八条第二款 采用分")."""
    keys = {entry.pk: (entry.scheme_id, entry.block_id, entry.block_type) for entry in entries}
    texts = clause_texts(set(keys.values()))
    return {pk: texts[key] for pk, key in keys.items()}


def clause_texts(keys: Collection[tuple[int, str, str]]) -> dict[tuple[int, str, str], str]:
    """Return the words for clauses, given as scheme, block's id, block's type; one query.

    The clause of the document and the short name, as the scorer wrote them; without them the
    place in the scheme and the kind of clause. A clause that is no longer there has its kind.
    """
    schemes = Scheme.objects.in_bulk({scheme_id for scheme_id, _id, _type in keys}) if keys else {}
    written = {
        (pk, str(block["id"])): (n, block["value"])
        for pk, scheme in schemes.items()
        for n, block in enumerate(scheme.blocks.raw_data, start=1)
    }
    texts = {}
    for scheme_id, block_id, block_type in keys:
        scheme = schemes[scheme_id]
        n, value = written.get((scheme_id, block_id), (0, {}))
        kind = scheme.blocks.stream_block.child_blocks.get(block_type)
        place = value.get("source") or (_("条款%(n)s") % {"n": n} if n else "")
        label = value.get("name") or (str(kind.label) if kind else block_type)
        texts[scheme_id, block_id, block_type] = " ".join(filter(None, (str(scheme), place, label)))
    return texts


def open_items(lines: Iterable[FactLine], user: User) -> dict[int, str]:
    """Return the addresses of those items behind facts that a person may open."""
    ids = {line.fact.item_id for line in lines if line.fact.item_id is not None}
    if not ids:
        return {}
    seen = ItemPage.objects.visible_to(user).filter(pk__in=ids)
    return {pk: reverse("item_detail", args=[pk]) for pk in seen.values_list("pk", flat=True)}
