"""The sweep's job of this room: warnings before a period ends."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from infoflow.notices.sweep import Outcome, register_job

from .actions import unwarned, warn_silent


def warn(now: datetime, dry: bool) -> Outcome:
    """Warn the units that have submitted nothing, each once for each set day."""
    today = timezone.localdate(now)
    if dry:
        found = unwarned(today)
        return Outcome(done=len(found[2]) if found else 0)
    return Outcome(done=len(warn_silent(today)))


def register() -> None:
    """Register the job; called when the apps are ready."""
    register_job("zero-warnings", warn, label=_("挂零预警"), order=50, every=timedelta(minutes=30))
