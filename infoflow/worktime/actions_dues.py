"""Changes of deadlines, each inside the transaction of its cause."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from infoflow.units.models import Unit

from .models_dues import Due, DueChange
from .reckoning import moment_rule
from .rules import local
from .rules_dues import checked_points, handled_at_start, look

if TYPE_CHECKING:
    from infoflow.units.models import User


@transaction.atomic
def set_due(
    *,
    key: str,
    kind: str,
    unit: Unit | int | None,
    started: datetime,
    rule: dict[str, Any],
    at: datetime,
    sentence: str,
    provisional: bool = False,
    points: Sequence[int],
    url: str = "",
    now: datetime | None = None,
) -> Due:
    """Set a deadline; a second call with the same values changes nothing.

    With another moment for a known key it moves the deadline, recorded; with other points the
    ones that lie ahead hold.

    Args:
        rule: from reckoning.py (`term_rule`, `day_rule`, `moment_rule`).
        points: reminders in minutes relative to `at`: −1440, −120, 0, 60.
        now: the moment of the call, for tests and imports.

    Raises:
        ValueError: a moment without time zone, or points out of bounds.
    """
    now, wanted = now or timezone.now(), checked_points(points)
    local(started), local(at)
    fields = {
        "kind": kind,
        "unit_id": unit.pk if isinstance(unit, Unit) else unit,
        "started": started,
        "rule": rule,
        "at": at,
        "sentence": sentence,
        "provisional": provisional,
        "points": wanted,
        "url": url,
    }
    handled = handled_at_start(at, wanted, now)
    armed = {
        "known_at": now,
        "handled_to": handled,
        "next_at": look(at, wanted, handled, now, handled).next_at,
    }
    due, made = Due.objects.select_for_update().get_or_create(key=key, defaults={**fields, **armed})
    if made or all(getattr(due, name) == value for name, value in fields.items()):
        return due
    if due.at != at:
        DueChange.objects.create(due=due, at=now, old_at=due.at, new_at=at, why=_("重新设定期限"))
    for name, value in fields.items():
        setattr(due, name, value)
    _arm(due, now)
    return due


@transaction.atomic
def move_due(
    *,
    key: str,
    at: datetime,
    sentence: str,
    why: str,
    by: User | None = None,
    rule: dict[str, Any] | None = None,
    provisional: bool = False,
    now: datetime | None = None,
) -> Due:
    """Move a deadline (extension, correction), recorded; to where it stands, nothing happens.

    Without a rule the new deadline is a moment that a person named: no change of the calendar
    moves it any more.

    Raises:
        Due.DoesNotExist: no such deadline.
        ValueError: a moment without time zone.
    """
    local(at)
    due = Due.objects.select_for_update().get(key=key)
    if due.at == at and rule in (None, due.rule):
        return due
    now = now or timezone.now()
    if rule is None:
        rule = moment_rule(str(due.rule.get("event", "")))
    move(due, at=at, sentence=sentence, provisional=provisional, rule=rule, why=why, by=by, now=now)
    return due


def move(
    due: Due,
    *,
    at: datetime,
    sentence: str,
    provisional: bool,
    rule: dict[str, Any],
    why: str,
    now: datetime,
    by: User | None = None,
) -> DueChange:
    """Move a locked deadline and record it."""
    change: DueChange = DueChange.objects.create(
        due=due, at=now, old_at=due.at, new_at=at, why=why[:200], by=by
    )
    due.at, due.sentence, due.provisional, due.rule = at, sentence, provisional, rule
    _arm(due, now)
    return change


@transaction.atomic
def settle_due(*, key: str, at: datetime | None = None) -> None:
    """Say that what was owed has come: no reminder any more. Unknown or settled: nothing."""
    due = Due.objects.select_for_update().filter(key=key, settled_at=None).first()
    if due is None:
        return
    due.settled_at, due.next_at = at or timezone.now(), None
    due.save(update_fields=["settled_at", "next_at"])


@transaction.atomic
def reopen_due(*, key: str, now: datetime | None = None) -> None:
    """Say that it is owed again: what lies ahead is told, and once that it is over.

    Unknown or open: nothing.
    """
    due = Due.objects.select_for_update().filter(key=key).exclude(settled_at=None).first()
    if due is not None:
        due.settled_at = None
        _arm(due, now or timezone.now())


def _arm(due: Due, now: datetime) -> None:
    """Reckon from when on points are told, and store the row."""
    told = {point.stage for point in due.told.all()}
    due.known_at = now
    due.handled_to = handled_at_start(due.at, due.points, now, told)
    due.failures = 0
    start = due.handled_to
    due.next_at = None if due.settled_at else look(due.at, due.points, start, now, start).next_at
    due.save()
