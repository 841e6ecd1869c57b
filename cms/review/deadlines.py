"""When a step must be done: working days from the settings, with the rule as a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from infoflow.worktime.queries import calendar
from infoflow.worktime.rules import add_working_days

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
    event = _("送%(step)s") % {"step": step.label}
    deadline = add_working_days(since, days, calendar(), event=event)
    return Due(deadline.at, deadline.sentence)
