"""Tables of this room."""

from __future__ import annotations

from .models_sweep import SweepRun

__all__ = ["SweepRun"]
