"""A row that is entered or corrected in the office moves deadlines as a whole list does."""

from __future__ import annotations

import logging
from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from .models import CalendarYear, WorkdayOverride
from .signals import years_loaded

log = logging.getLogger(__name__)


@receiver(post_save, sender=CalendarYear)
@receiver(post_save, sender=WorkdayOverride)
def row_saved(instance: CalendarYear | WorkdayOverride, raw: bool = False, **kwargs: Any) -> None:
    """Tell the rooms above; bulk loading tells for itself and passes by here."""
    if raw:
        return
    year = instance.year if isinstance(instance, CalendarYear) else instance.date.year
    log.info("calendar changed by hand: %s", year)
    years_loaded.send(sender=CalendarYear, years=[year])
