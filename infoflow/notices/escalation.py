"""The sweep's job for chains: whoever is next is told while nobody has acknowledged."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from .actions import tell
from .models import Escalation, Notice
from .sweep import Outcome

SHARE = 200


def run(now: datetime, dry: bool) -> Outcome:
    """Tell the people of every step that has come, in order, each step once."""
    due = Escalation.objects.filter(told_at=None, stopped_at=None, at__lte=now)
    waiting = list(due.order_by("at", "notice", "step").values_list("pk", "notice_id")[:SHARE])
    if dry:
        return Outcome(done=len(waiting))
    done = sum(take_step(pk, notice_id, now) for pk, notice_id in waiting)
    return Outcome(done=done, more=len(waiting) == SHARE)


@transaction.atomic
def take_step(pk: int, notice_id: int, now: datetime) -> bool:
    """Tell the people of one step unless it was told or stopped meanwhile.

    The notice is held, as in `acknowledge`: whoever comes first, nothing is told after it.
    """
    notice = Notice.objects.select_for_update(no_key=True).get(pk=notice_id)
    taken = Escalation.objects.filter(pk=pk, told_at=None, stopped_at=None)
    if not taken.update(told_at=now):
        return False
    step = Escalation.objects.get(pk=pk)
    tell(notice, step.people, at=now, step=step.step)
    return True
