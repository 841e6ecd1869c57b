"""A row that is entered, corrected or taken out by hand moves deadlines as a whole list does."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any

from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver
from django.utils import timezone

from .actions_calendar import reckon_years_again
from .models import CalendarYear, ClosingTime, WorkdayOverride
from .signals import years_loaded

log = logging.getLogger(__name__)

Row = CalendarYear | ClosingTime | WorkdayOverride


@receiver(pre_save, sender=CalendarYear)
@receiver(pre_save, sender=WorkdayOverride)
@receiver(pre_save, sender=ClosingTime)
def row_changing(instance: Row, raw: bool = False, **kwargs: Any) -> None:
    """Look how the row stood: a day that is moved to another year touches both."""
    known = not raw and instance.pk is not None
    was = type(instance)._default_manager.filter(pk=instance.pk).first() if known else None
    instance._was = was  # type: ignore[union-attr]


@receiver([post_save, post_delete], sender=CalendarYear)
@receiver([post_save, post_delete], sender=WorkdayOverride)
@receiver([post_save, post_delete], sender=ClosingTime)
def row_changed(instance: Row, raw: bool = False, **kwargs: Any) -> None:
    """Tell the rooms above; bulk loading tells for itself and passes by here."""
    if raw:
        return
    years = _years_of(instance)
    log.info("calendar changed by hand: %s", years)
    years_loaded.send(sender=CalendarYear, years=years)


def _years_of(row: Row) -> list[int]:
    """Return the years that a change touches: of the row as it is and as it was before."""
    was: Row | None = getattr(row, "_was", None)
    stand: list[Row] = [row, was] if was is not None else [row]
    if any(isinstance(one, ClosingTime) for one in stand):
        # It holds from a day on. Limits of working days end within 2,000 of them.
        first = min(_year(one) for one in stand)
        return list(range(first, max(first, timezone.localdate().year) + 10))
    return sorted({_year(one) for one in stand})


def _year(row: Row) -> int:
    if isinstance(row, CalendarYear):
        return row.year
    return (row.valid_from if isinstance(row, ClosingTime) else row.date).year


@receiver(years_loaded)
def open_deadlines_move(years: Collection[int], **kwargs: Any) -> None:
    """Reckon open deadlines again, in the transaction that changed the calendar."""
    reckon_years_again(years)
