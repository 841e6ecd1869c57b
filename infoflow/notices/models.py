"""Tables of this room."""

from __future__ import annotations

from .models_outbox import Address, Channel, Delivery, DeliveryTry, Feed, Quiet
from .models_sweep import SweepRun
from .models_told import Escalation, Notice, Recipient, RecipientQuerySet

__all__ = [
    "Address",
    "Channel",
    "Delivery",
    "DeliveryTry",
    "Escalation",
    "Feed",
    "Notice",
    "Quiet",
    "Recipient",
    "RecipientQuerySet",
    "SweepRun",
]
