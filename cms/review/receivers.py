"""What this room hears from the rooms below it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.dispatch import receiver

from infoflow.worktime.signals import years_loaded

from . import deadlines


@receiver(years_loaded)
def calendar_changed(years: Collection[int], **kwargs: Any) -> None:
    """Deadlines of what waits move with the calendar, inside its transaction."""
    if years:
        deadlines.reckon_again(years)
