"""Tables of this room."""

from __future__ import annotations

from .models_sweep import SweepRun
from .models_told import Escalation, Notice, Recipient, RecipientQuerySet

__all__ = ["Escalation", "Notice", "Recipient", "RecipientQuerySet", "SweepRun"]
