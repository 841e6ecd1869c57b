"""What this room does when another room tells it something."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from infoflow.units.models import Unit
from infoflow.units.signals import units_created

from .queries import lock_new_units


@receiver(units_created, sender=Unit)
def wait_for_closings(**kwargs: Any) -> None:
    """Let a closing that is under way end before a new unit exists."""
    lock_new_units()
