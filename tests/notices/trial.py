"""A kind of deadline for tests: it tells people through the real outbox."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from infoflow.notices.actions import Announcement, announce_all
from infoflow.notices.kinds import register_kind
from infoflow.notices.models import Notice
from infoflow.units.models import User
from infoflow.worktime.actions_dues import set_due
from infoflow.worktime.due_kinds import Reminder, register_due_kind
from infoflow.worktime.models import Due
from infoflow.worktime.reckoning import moment_rule
from infoflow.worktime.rules_dues import late_words, point_words

KIND = "trial"
# The name of those who are told.
ASKED = "收件人"
POINTS = (-1440, -120, 0, 60)


def remind(reminders: Sequence[Reminder], now: datetime) -> None:
    """Tell of points. A key has a running number: a second telling would be a second row."""
    for one in reminders:
        if one.due.key.startswith("broken"):
            raise KeyError(one.due.key)
    asked = list(User.objects.filter(name=ASKED).values_list("pk", flat=True))
    before = Counter(key.rpartition("|")[0] for key in Notice.objects.values_list("key", flat=True))
    announce_all(
        Announcement(
            key=f"{one.due.key}|{before[one.due.key]}",
            kind=KIND,
            people=asked,
            number="试〔2026〕1号",
            text=f"{point_words(one.stage.offset)}{late_words(one.stage, now)}",
            url="/",
            due_at=one.due.at,
        )
        for one in reminders
    )


def register() -> None:
    """Make the kind known to deadlines and notices."""
    register_kind(KIND, "试")
    register_due_kind(KIND, label="试", remind=remind)


def due(
    key: str, at: datetime, *, known: timedelta = timedelta(days=9), points: Iterable[int] = POINTS
) -> Due:
    """Set a deadline that was known so long before it."""
    return set_due(
        key=key,
        kind=KIND,
        unit=None,
        started=at - known,
        rule=moment_rule("下达"),
        at=at,
        sentence="约定",
        points=list(points),
        now=at - known,
    )


def told(key: str) -> list[str]:
    """Return what was told of a deadline, in order."""
    rows = Notice.objects.filter(key__startswith=f"{key}|").order_by("pk")
    return list(rows.values_list("text", flat=True))


def minutes_ago(number: float) -> datetime:
    """Return a moment so many minutes before now."""
    return timezone.now() - timedelta(minutes=number)
