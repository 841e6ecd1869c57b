"""Changes of the calendar: lists of whole years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from .models import CalendarYear, WorkdayOverride
from .signals import years_loaded


@dataclass(frozen=True)
class Loaded:
    """What loading changed."""

    years: tuple[int, ...]
    added: int
    changed: int

    def __bool__(self) -> bool:
        return bool(self.years or self.added or self.changed)


@transaction.atomic
def load_years(
    *, days: Mapping[date, bool], years: frozenset[int], source: str, replace: bool = False
) -> Loaded:
    """Take over the lists of whole years; a second identical call writes nothing.

    Args:
        days: listed days, True is worked. Those of the Decembers before the years count too.
        years: the years whose lists are complete in `days`.
        replace: also correct days that already stand here with another answer. Without it
            they stay: somebody has entered them by hand.
    """
    wanted = {
        day: works for day, works in days.items() if day.year in years or _leads_in(day, years)
    }
    standing = {row.date: row for row in WorkdayOverride.objects.filter(date__in=wanted)}
    new = [
        WorkdayOverride(date=day, is_workday=works, source=source)
        for day, works in sorted(wanted.items())
        if day not in standing
    ]
    differing = [row for day, row in standing.items() if row.is_workday != wanted[day]]
    if not replace:
        differing = []
    for row in differing:
        row.is_workday, row.source = wanted[row.date], source
    bulk_create_with_history(new, WorkdayOverride)
    if differing:
        bulk_update_with_history(differing, WorkdayOverride, ["is_workday", "source"])
    known = set(CalendarYear.objects.values_list("year", flat=True))
    fresh = sorted(years - known)
    bulk_create_with_history([CalendarYear(year=y, source=source) for y in fresh], CalendarYear)
    loaded = Loaded(years=tuple(fresh), added=len(new), changed=len(differing))
    if loaded:
        years_loaded.send(sender=CalendarYear, years=sorted(years))
    return loaded


def _leads_in(day: date, years: frozenset[int]) -> bool:
    return day.month == 12 and day.year + 1 in years
