"""When a step must be done: working days from the settings, with the rule as a sentence."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from infoflow.worktime.actions_calendar import touched_span
from infoflow.worktime.queries import calendar
from infoflow.worktime.rules import add_working_days

from .practice import ReviewSettings
from .rules import Step
from .waiting import OpenTask

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Due:
    """A deadline and the rule that set it; empty where a step has none."""

    at: datetime | None = None
    note: str = ""
    days: int | None = None
    provisional: bool = False


def due_for(step: Step, since: datetime) -> Due:
    """Return the deadline of a step that a text came to at a moment.

    Nothing happens by itself when it passes: the queue and the panels say so.
    """
    return _due(step, since, ReviewSettings.current().days_for(step))


def _due(step: Step, since: datetime, days: int | None) -> Due:
    if days is None:
        return Due()
    event = _("送%(step)s") % {"step": step.label}
    deadline = add_working_days(since, days, calendar(), event=event)
    return Due(deadline.at, deadline.sentence, days, deadline.provisional)


@transaction.atomic
def reckon_again(years: Collection[int]) -> int:
    """Reckon what waits again that runs through days of these years; return how many moved.

    Call it inside the transaction that changed the calendar. Decisions keep the deadline that
    held when they were made.
    """
    first, after = touched_span(years)
    waiting = OpenTask.objects.filter(since__lt=after, due_at__gte=first, due_days__isnull=False)
    moved = 0
    for task in waiting.order_by("pk").select_for_update():
        due = _due(Step(task.step), task.since, task.due_days)
        if (task.due_at, task.due_note, task.provisional) == (due.at, due.note, due.provisional):
            continue
        if task.due_at != due.at:
            moved += 1
            log.info("calendar: task %s moved from %s to %s", task.pk, task.due_at, due.at)
        task.due_at, task.due_note, task.provisional = due.at, due.note, due.provisional
        task.save(update_fields=["due_at", "due_note", "provisional"])
    return moved
