"""Reads of targets."""

from __future__ import annotations

from collections.abc import Iterable

from .models import Target

# unit, measure, kind of period, year → number in hundredths
Targets = dict[tuple[int, str, str, int], int]


def targets_of(units: Iterable[int], years: Iterable[int]) -> Targets:
    """Return the targets of units in years; one query."""
    rows = Target.objects.filter(unit_id__in=list(units), year__in=list(years)).order_by()
    return {
        (unit, measure, per, year): number
        for unit, measure, per, year, number in rows.values_list(
            "unit_id", "measure", "per", "year", "hundredths"
        )
    }
