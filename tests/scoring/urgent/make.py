"""Urgent events for tests, through the real actions."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from infoflow.units.models import User
from infoflow.units.roles import Role
from scoring.urgent import actions, actions_calls
from scoring.urgent.content import Content
from scoring.urgent.models import Report, UrgentEvent, UrgentRule
from scoring.urgent.presets import presets
from tests.builders import Office, fresh, person

WHAT, PLACE = "山体滑坡，埋压房屋两间", "南关镇桥头村"


def ago(minutes: float) -> datetime:
    """Return the moment some minutes ago."""
    return timezone.now() - timedelta(minutes=minutes)


def rules(code: str = "province-2021") -> None:
    """Load a published table: by default 15 min phone and 35 min written for 重大, follow-ups
    before 08:00 and 17:00."""
    preset = presets()[code]
    UrgentRule.objects.bulk_create(UrgentRule.of(row) for row in preset.rules)


def duty_officer() -> User:
    """Make a duty officer."""
    return person(Role.DUTY)


def first(office: Office, *, key: uuid.UUID | None = None, **more: Any) -> Report:
    """Report an event of ten minutes ago, learned of five minutes ago."""
    values: dict[str, Any] = {
        "unit": office.unit,
        "what": WHAT,
        "place": PLACE,
        "happened_at": ago(10),
        "happened_about": True,
        "learned_at": ago(5),
        "content": Content(source="村（社区）"),
        "person": fresh(more.pop("person", office.officer)),
    } | more
    return actions.first_report(key=key or uuid.uuid4(), **values)


def follow(office: Office, event: UrgentEvent, facts: str = "正在搜救", **more: Any) -> Report:
    """Report what is new."""
    return actions.follow_up(
        key=more.pop("key", None) or uuid.uuid4(),
        event_id=event.pk,
        content=more.pop("content", Content(facts=facts)),
        person=fresh(more.pop("person", office.officer)),
        **more,
    )


def final(office: Office, event: UrgentEvent, **more: Any) -> Report:
    """Report the result."""
    return actions.final_report(
        key=more.pop("key", None) or uuid.uuid4(),
        event_id=event.pk,
        content=more.pop("content", Content(result="处置完毕，无人员伤亡")),
        person=fresh(more.pop("person", office.officer)),
        **more,
    )


def missing(office: Office, who: User, **more: Any) -> UrgentEvent:
    """Open an event of an hour ago that nobody has reported."""
    values: dict[str, Any] = {
        "key": uuid.uuid4(),
        "unit": office.unit,
        "what": WHAT,
        "place": PLACE,
        "happened_at": ago(60),
        "why": "网上已有视频",
    } | more
    return actions_calls.open_missing(person=fresh(who), **values)
