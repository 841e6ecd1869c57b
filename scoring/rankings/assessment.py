"""年度考核折算: a year's ranking as points of the annual assessment, by the scheme's clause.

The closing with which a year is closed to its last day freezes the conversion as well: targets,
groups and names may change afterwards, the assessment of that year does not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Sum
from django.db.models.functions import ExtractMonth

from scoring.closings.models import Closing
from scoring.ledger.models import Entry
from scoring.schemes.engine import conversion_of
from scoring.schemes.models import Scheme
from scoring.schemes.periods import PeriodKind
from scoring.schemes.rules import Measure, points_text
from scoring.schemes.specs import spec_of
from scoring.tallies.queries import month_points
from scoring.targets.queries import targets_of

from .rules import Period
from .snapshots import conversion_in, digest_of
from .tables import UNGROUPED, GroupTable

_kept: dict[tuple[int, str], Assessment] = {}


@dataclass(frozen=True, slots=True)
class AssessedUnit:
    """A unit's points of the year and what they come to; None: it has no target."""

    unit_id: int
    unit: str
    points: str
    assessed: str | None


@dataclass(frozen=True, slots=True)
class AssessedGroup:
    """A group's units in the order of the ranking."""

    group_id: int
    name: str
    units: tuple[AssessedUnit, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """The conversion of one scheme, its rule in words, and every group."""

    scheme: str
    lines: tuple[str, ...]
    groups: tuple[AssessedGroup, ...]
    frozen: bool = False  # as the year was closed


def year_of(period: Period) -> int | None:
    """Return the year that a period is, from its first day to its last."""
    year = period.end.year
    return year if (period.start, period.end) == (date(year, 1, 1), date(year, 12, 31)) else None


def assessment(
    period: Period, tables: Sequence[GroupTable], *, today: date, afresh: bool = False
) -> Assessment | None:
    """Return what the year's points come to now; None unless a whole year and such a clause.

    The scheme in force on the year's last day decides. Each table must be a whole group:
    what a unit gets may depend on the others.

    Args:
        afresh: months from the entries themselves, not from the tallies.
    """
    year = year_of(period)
    if year is None:
        return None
    scheme = Scheme.objects.in_force_on(period.end).first()
    conversion = conversion_of(spec_of(scheme)) if scheme else None
    if scheme is None or conversion is None:
        return None
    ids = [row.unit_id for table in tables for row in table.rows]
    targets = {
        unit: number
        for (unit, measure, per, _year), number in targets_of(ids, [year]).items()
        if (measure, per) == (Measure.POINTS, PeriodKind.YEAR)
    }
    counted = _counted_months(scheme, year, today)
    read = _months_afresh if afresh else month_points
    whole: Mapping[int, Sequence[int]] = read(year, ids) if ids else {}
    # Nothing booked in a month is 0.
    months = {
        unit: [whole[unit][month - 1] if unit in whole else 0 for month in counted] for unit in ids
    }
    groups = []
    for table in tables:
        totals = {row.unit_id: row.figures.hundredths for row in table.rows}
        found = conversion.converted(totals, months, targets) if totals else {}
        groups.append(
            AssessedGroup(
                table.group_id,
                table.name,
                tuple(
                    AssessedUnit(
                        row.unit_id,
                        row.unit,
                        points_text(row.figures.hundredths),
                        points_text(found[row.unit_id]) if row.unit_id in found else None,
                    )
                    for row in table.rows
                ),
            )
        )
    return Assessment(str(scheme), tuple(conversion.describe()), tuple(groups))


def _counted_months(scheme: Scheme, year: int, today: date) -> range:
    """Return the months of a year that count: the scheme is in force in them, and they have
    begun."""
    first = scheme.valid_from.month if scheme.valid_from.year == year else 1
    last = today.month if today.year == year else 12
    return range(first, max(first, last) + 1)


def _months_afresh(year: int, units: Collection[int]) -> dict[int, list[int]]:
    """Return the hundredths of units in each month of a year; one query."""
    wanted = set(units)
    found: defaultdict[int, list[int]] = defaultdict(lambda: [0] * 12)
    entries = Entry.objects.filter(date__range=(date(year, 1, 1), date(year, 12, 31)))
    months = entries.order_by().values_list("unit_id", ExtractMonth("date"))
    for unit, month, hundredths in months.annotate(sum=Sum("hundredths")):
        if unit in wanted:
            found[unit][month - 1] = hundredths
    return dict(found)


def plain_of(found: Assessment, year: int) -> dict[str, Any]:
    """Return a conversion as it stands in a closing's snapshot."""
    return {
        "year": year,
        "scheme": found.scheme,
        "lines": list(found.lines),
        "groups": [
            [group.group_id, group.name, [[u.unit_id, u.unit, u.points, u.assessed] for u in units]]
            for group in found.groups
            for units in (group.units,)
        ],
    }


def _read(stored: Mapping[str, Any]) -> Assessment:
    return Assessment(
        stored["scheme"],
        tuple(stored["lines"]),
        tuple(
            AssessedGroup(pk, name, tuple(AssessedUnit(*unit) for unit in units))
            for pk, name, units in stored["groups"]
        ),
        frozen=True,
    )


def frozen_assessment(year: int) -> Assessment | None:
    """Return the conversion with which a year was closed; None: it is open, or has none.

    One small query, and one more the first time in a process. A snapshot that no longer has its
    digest is not shown, as in `snapshots.closed_ranking`.
    """
    days = (date(year, 1, 1), date(year, 12, 31))
    found = Closing.objects.filter(start__lte=days[1], end__gte=days[0])
    key: tuple[int, str] | None = (
        found.filter(converted_year=year).values_list("pk", "digest").first()
    )
    if key is None:
        return None
    if key not in _kept:
        text = Closing.objects.values_list("snapshot", flat=True).get(pk=key[0])
        if digest_of(text) != key[1]:
            return None
        stored = conversion_in(text)
        if stored["year"] != year:
            return None
        _kept[key] = _read(stored)
    return _kept[key]


def shown_assessment(
    period: Period,
    tables: Sequence[GroupTable],
    *,
    today: date,
    own: Collection[int] | None,
    narrowed: bool,
) -> Assessment | None:
    """Return the conversion that a person sees beside these tables: the frozen one, or the
    present one.

    Args:
        tables: whole groups, those that the person sees.
        own: units of a person who sees only the groups of these; everything when None. Units
            without a group are not all shown to them, so they are left out.
        narrowed: only the groups of these tables were asked for.
    """
    year = year_of(period)
    if year is None:
        return None
    kept = frozen_assessment(year)
    if kept is None:
        whole = [table for table in tables if own is None or table.group_id != UNGROUPED]
        return assessment(period, whole, today=today)
    asked = {table.group_id for table in tables}
    groups = tuple(
        group
        for group in kept.groups
        if (not narrowed or group.group_id in asked) and _is_seen(group, own)
    )
    return replace(kept, groups=groups)


def _is_seen(group: AssessedGroup, own: Collection[int] | None) -> bool:
    if own is None:
        return True
    return group.group_id != UNGROUPED and any(unit.unit_id in own for unit in group.units)
