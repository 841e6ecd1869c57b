"""Deadlines set, moved, settled, opened again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from infoflow.worktime.actions_dues import move_due, reopen_due, set_due, settle_due
from infoflow.worktime.models import Due, DueChange, DuePoint
from infoflow.worktime.reckoning import moment_rule, term_rule
from infoflow.worktime.rules import CHINA
from infoflow.worktime.terms import Kind, Term
from tests.builders import Office

pytestmark = pytest.mark.django_db

AT = datetime(2026, 7, 8, 17, tzinfo=CHINA)
START = datetime(2026, 7, 3, 9, tzinfo=CHINA)


def given(key: str = "trial:1", **values: Any) -> Due:
    fields: dict[str, Any] = {
        "kind": "trial",
        "unit": None,
        "started": START,
        "rule": term_rule(Term(Kind.WORKING_DAYS, 3), "下达"),
        "at": AT,
        "sentence": "7月3日（周五）下达，3个工作日，7月8日17:00截止",
        "points": [60, -120, 0],
        "now": START,
    }
    return set_due(key=key, **{**fields, **values})


def test_set_twice_changes_nothing(office: Office) -> None:
    first = given(unit=office.unit)
    again = given(unit=office.unit.pk, now=START + timedelta(hours=1))
    assert Due.objects.count() == 1
    assert not DueChange.objects.exists()
    assert (again.pk, again.known_at, again.points) == (first.pk, START, [-120, 0, 60])
    assert again.next_at == AT - timedelta(hours=2)


def test_set_to_another_moment_is_a_recorded_move() -> None:
    given()
    given(at=AT + timedelta(days=1))
    change = DueChange.objects.get()
    assert (change.old_at, change.new_at, change.by) == (AT, AT + timedelta(days=1), None)


def test_moved_by_a_person(office: Office) -> None:
    given()
    later = AT + timedelta(days=2)
    for _time in range(2):
        due = move_due(
            key="trial:1",
            at=later,
            sentence="延期至7月10日",
            why="核实需要",
            by=office.editor,
            now=AT - timedelta(hours=1),
        )
    change = DueChange.objects.get()
    assert (change.old_at, change.new_at, change.why, change.by) == (
        AT,
        later,
        "核实需要",
        office.editor,
    )
    assert due.next_at == later - timedelta(hours=2)
    # The calendar has no say in a moment that a person named.
    assert due.rule == moment_rule("下达")


def test_settled_and_owed_again() -> None:
    given()
    settle_due(key="trial:1", at=AT - timedelta(minutes=5))
    settle_due(key="trial:1", at=AT)
    due = Due.objects.get()
    assert (due.settled_at, due.next_at) == (AT - timedelta(minutes=5), None)
    reopen_due(key="trial:1", now=AT + timedelta(minutes=10))
    due.refresh_from_db()
    # That it is over was never told: once, now.
    assert (due.settled_at, due.next_at) == (None, AT)
    settle_due(key="unknown")
    reopen_due(key="unknown")


def test_overdue_told_before_is_not_told_again_when_opened() -> None:
    due = given()
    DuePoint.objects.create(due=due, offset=0, moment=AT, at=AT)
    settle_due(key="trial:1", at=AT + timedelta(minutes=5))
    reopen_due(key="trial:1", now=AT + timedelta(minutes=10))
    due.refresh_from_db()
    assert due.next_at == AT + timedelta(hours=1)


def test_no_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        given(at=datetime(2026, 7, 8, 17))  # noqa: DTZ001
    with pytest.raises(Due.DoesNotExist):
        move_due(key="unknown", at=AT, sentence="", why="")


def test_the_record_only_grows() -> None:
    due = given()
    point = DuePoint.objects.create(due=due, offset=0, moment=AT, at=AT)
    with pytest.raises(DatabaseError), transaction.atomic():
        DuePoint.objects.filter(pk=point.pk).update(skipped=True)
    with pytest.raises(DatabaseError), transaction.atomic():
        DuePoint.objects.create(due=due, offset=0, moment=AT, at=AT)
