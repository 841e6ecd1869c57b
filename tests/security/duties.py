"""The duty room with what unit B said to it; real actions only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from infoflow.units.models import User
from infoflow.units.roles import Role
from scoring.duty.actions import save_roster
from scoring.duty.actions_log import Call, add_instruction, record_entry
from scoring.duty.actions_notes import leave_note
from scoring.duty.models import DutyInstruction, HandoverNote, LogEntry, Matter, Shift
from scoring.duty.rules import Line, Span, Watch
from tests import builders


@dataclass(frozen=True)
class Duties:
    """One of everything, each with the mark in its text."""

    shift: Shift
    entry: LogEntry
    instruction: DutyInstruction  # on another entry, not answered
    note: HandoverNote  # of a colleague, not taken over
    matter: Matter


def duties(duty: User | None, unit: str, mark: str) -> Duties:
    """Fill the duty room: a colleague has taken the calls and hands over."""
    assert duty is not None
    other = builders.person(Role.DUTY)
    start = timezone.now().replace(second=0, microsecond=0) + timedelta(hours=1)
    span = Span(start, start + timedelta(days=1))
    save_roster(lines=[Line(span, Watch(None, (duty.pk,)))], person=builders.fresh(other))

    def called(key: str) -> LogEntry:
        call = Call(unit, f"来电人{mark}", f"情况{mark}", reported=f"已报{mark}")
        return record_entry(call=call, key=key, person=builders.fresh(other))

    about = called("security:2")
    note = leave_note(
        text=f"正常{mark}", matters=f"待办{mark}", key="security:n", person=builders.fresh(other)
    )
    return Duties(
        shift=Shift.objects.get(),
        entry=called("security:1"),
        instruction=add_instruction(
            entry_id=about.pk,
            leader="县领导",
            text=f"指示{mark}",
            key="security:i",
            person=builders.fresh(other),
        ),
        note=note,
        matter=Matter.objects.get(),
    )
