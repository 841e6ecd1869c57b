"""年度考核折算: a year's ranking as points of the annual assessment, by the scheme's clause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from scoring.schemes.engine import conversion_of
from scoring.schemes.models import Scheme
from scoring.schemes.periods import PeriodKind
from scoring.schemes.rules import Measure, points_text
from scoring.schemes.specs import spec_of
from scoring.tallies.queries import month_points
from scoring.targets.queries import targets_of

from .rules import Period
from .tables import GroupTable


@dataclass(frozen=True, slots=True)
class AssessedUnit:
    """A unit's points of the year and what they come to; None: it has no target."""

    unit: str
    points: str
    assessed: str | None


@dataclass(frozen=True, slots=True)
class AssessedGroup:
    """A group's units in the order of the ranking."""

    name: str
    units: tuple[AssessedUnit, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """The conversion of one scheme, its rule in words, and every group."""

    scheme: str
    lines: tuple[str, ...]
    groups: tuple[AssessedGroup, ...]


def assessment(period: Period, tables: Sequence[GroupTable], *, today: date) -> Assessment | None:
    """Return what the year's points come to; None unless a whole year and such a clause.

    The scheme in force on the year's last day decides. Each table must be a whole group:
    what a unit gets may depend on the others.
    """
    year = period.end.year
    if (period.start, period.end) != (date(year, 1, 1), date(year, 12, 31)):
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
    whole = month_points(year, ids) if ids else {}
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
                table.name,
                tuple(
                    AssessedUnit(
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
