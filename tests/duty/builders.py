"""A duty room for tests: its people, and the shortest way to fill it. Real actions only."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from infoflow.units.models import User
from infoflow.units.roles import Role
from scoring.duty.actions import save_roster
from scoring.duty.actions_log import Call, record_entry
from scoring.duty.models import LogEntry, Shift
from scoring.duty.rules import Line, Span, Watch
from tests.builders import fresh, person

_keys = itertools.count(1)


def new_key() -> str:
    return f"test:{next(_keys)}"


class Room:
    """Two people on duty, their leader, an editor."""

    def __init__(self) -> None:
        self.first = person(Role.DUTY, name="冯磊")
        self.second = person(Role.DUTY, name="丁宁")
        self.leader = person(Role.LEADER, name="何山")
        self.editor = person(Role.EDITOR, name="赵晴")

    def shift(
        self, *people: User, start: datetime | None = None, hours: float = 24, **more: Any
    ) -> Shift:
        """A standing shift, by default the present one, begun an hour ago."""
        begins = start or timezone.now().replace(second=0, microsecond=0) - timedelta(hours=1)
        span = Span(begins, begins + timedelta(hours=hours))
        ids = tuple(user.pk for user in people or (self.first,))
        save_roster(
            lines=[Line(span, Watch(more.get("leader", self.leader.pk), ids))],
            person=fresh(self.first),
        )
        return Shift.objects.standing().get(start=begins)

    def entry(self, content: str = "南关镇来电：南街路口积水。", **more: Any) -> LogEntry:
        values = {"unit_name": "南关镇", "caller": "李文", "content": content}
        key = more.pop("key", None) or new_key()
        by = more.pop("person", self.first)
        return record_entry(call=Call(**{**values, **more}), key=key, person=fresh(by))
