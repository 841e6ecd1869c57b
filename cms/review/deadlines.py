"""When a step must be done: working days from the settings, with the rule as a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from .practice import ReviewSettings
from .rules import Step


@dataclass(frozen=True)
class Due:
    """A deadline and the rule that set it; both empty where a step has none."""

    at: datetime | None = None
    note: str = ""


def due_for(step: Step, since: datetime) -> Due:
    """Return the deadline of a step that a text came to at a moment.

    Nothing happens by itself when it passes: the queue and the panels say so.
    """
    days = ReviewSettings.current().days_for(step)
    if days is None:
        return Due()
    return Due(None, _("%(step)s限%(days)d个工作日") % {"step": step.label, "days": days})
