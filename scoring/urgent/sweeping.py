"""The sweep's job: open events whose next follow-up has no deadline yet get one."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from infoflow.notices.sweep import Outcome

from . import following
from .models import UrgentEvent
from .rules import Kind

NAME = "urgent"
# Events that are looked at together.
BATCH = 100


def run(now: datetime, dry: bool) -> Outcome:
    """Have the deadlines of every open event be those of its clocks at a moment."""
    events = UrgentEvent.objects.open().exclude(reports__kind=Kind.FINAL).order_by("pk")
    ids = list(events.values_list("pk", flat=True))
    if dry:
        return Outcome(lines=(f"open events: {len(ids)}",))
    done = 0
    for start in range(0, len(ids), BATCH):
        for event_id in following.out_of_step(ids[start : start + BATCH], now):
            with transaction.atomic():
                held = UrgentEvent.objects.select_for_update(of=("self",), no_key=True)
                if held.filter(pk=event_id).first() is not None:
                    done += following.sync_dues(event_id, now)
    return Outcome(done=done)
