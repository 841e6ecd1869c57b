"""A list loaded, a day corrected, a closing time changed: open deadlines move, told once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from cms.review.models import OpenTask
from infoflow.worktime import actions, due_kinds, queries
from infoflow.worktime.actions_calendar import reckon_provisional_again
from infoflow.worktime.actions_dues import move_due, set_due, settle_due
from infoflow.worktime.models import (
    CalendarYear,
    ClosingTime,
    Due,
    DueChange,
    WorkdayOverride,
)
from infoflow.worktime.reckoning import day_rule, moment_rule, reckon, term_rule
from infoflow.worktime.rules import CHINA
from infoflow.worktime.terms import Kind, Term
from tests.builders import Office

pytestmark = pytest.mark.django_db

START = datetime(2026, 12, 25, 9, tzinfo=CHINA)
FIVE = term_rule(Term(Kind.WORKING_DAYS, 5), "下达")
# Imagined lists: the fourth to the sixth of January off as well, the third worked.
LIST = {
    date(2027, 1, 1): False,
    date(2027, 1, 2): False,
    date(2027, 1, 3): True,
    date(2027, 1, 4): False,
    date(2027, 1, 5): False,
}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, datetime, datetime]]:
    """What the owner of the kind "trial" is told of moves."""
    seen: list[tuple[str, datetime, datetime]] = []
    monkeypatch.setattr(due_kinds, "_kinds", {})
    due_kinds.register_due_kind(
        "trial",
        label="试",
        remind=lambda *args: None,
        moved=lambda due, change: seen.append((due.key, change.old_at, change.new_at)),
    )
    return seen


def given(key: str, rule: dict[str, Any] = FIVE, start: datetime = START) -> Due:
    found = reckon(start, rule, queries.calendar())
    at = found.at if found else start + timedelta(days=14)
    return set_due(
        key=key,
        kind="trial",
        unit=None,
        started=start,
        rule=rule,
        at=at,
        sentence=found.sentence if found else "约定",
        provisional=found.provisional if found else False,
        points=[-1440, 0],
        now=start,
    )


def load(days: dict[date, bool] = LIST) -> None:
    actions.load_years(days=days, years=frozenset({2027}), source="通知", replace=True)


def day(month: int, number: int) -> date:
    return date(2027, month, number)


def test_a_list_moves_open_deadlines_only(told: list[Any], office: Office) -> None:
    open_due, met, person = (given(key) for key in ("open", "met", "person"))
    named = given("named", moment_rule("约定"))
    settle_due(key="met")
    extended = datetime(2027, 1, 6, 3, tzinfo=CHINA)
    move_due(key="person", at=extended, sentence="延期", why="核实", by=office.editor, now=START)
    assert open_due.provisional
    assert "暂按推算" in open_due.sentence
    assert open_due.at.date() == day(1, 4)
    load()
    for due in (open_due, met, named, person):
        due.refresh_from_db()
    # 28日、29日、30日、31日, then 3日 which is worked: a day earlier than without the list.
    assert (open_due.at.date(), open_due.provisional) == (day(1, 3), False)
    assert "暂按推算" not in open_due.sentence
    assert "遇节假日和调休" in open_due.sentence
    assert open_due.next_at == open_due.at - timedelta(days=1)
    assert (met.at.date(), met.provisional) == (day(1, 4), True)
    assert named.at == START + timedelta(days=14)
    assert person.at == extended
    change = DueChange.objects.get(due=open_due)
    assert change.why == "工作日历变更（2027年），期限重新推算"
    assert change.by is None
    assert told == [("open", change.old_at, change.new_at)]
    load()
    assert reckon_provisional_again() == 0
    assert len(told) == 1


def test_the_mark_goes_even_when_the_deadline_stays(told: list[Any]) -> None:
    due = given("open", term_rule(Term(Kind.WORKING_DAYS, 3), "下达"))
    assert due.provisional  # 30 December may belong to the list of 2027
    load()
    assert not Due.objects.get(pk=due.pk).provisional
    assert not told
    assert not DueChange.objects.exists()


def by_hand_day() -> None:
    WorkdayOverride.objects.create(date=date(2026, 7, 7), is_workday=False, source="停电")


def by_hand_deleted() -> None:
    WorkdayOverride.objects.get(date=date(2026, 6, 19)).delete()


def by_hand_corrected() -> None:
    row = WorkdayOverride.objects.get(date=date(2026, 6, 19))
    row.date = date(2025, 6, 19)
    row.save()


def by_hand_closing() -> None:
    ClosingTime.objects.create(valid_from=date(2026, 6, 1), closes=time(18), source="夏令")


def by_hand_year_gone() -> None:
    CalendarYear.objects.get(year=2026).delete()


@pytest.mark.parametrize(
    ("change", "start", "before", "after"),
    [
        (by_hand_day, (7, 3), (7, 8, 17), (7, 9, 17)),
        (by_hand_deleted, (6, 17), (6, 23, 17), (6, 22, 17)),
        (by_hand_corrected, (6, 17), (6, 23, 17), (6, 22, 17)),
        (by_hand_closing, (7, 3), (7, 8, 17), (7, 8, 18)),
        (by_hand_year_gone, (7, 3), (7, 8, 17), (7, 8, 17)),
    ],
)
def test_one_row_by_hand_has_the_same_effect(
    told: list[Any],
    change: Callable[[], None],
    start: tuple[int, int],
    before: tuple[int, int, int],
    after: tuple[int, int, int],
) -> None:
    due = given(
        "open",
        term_rule(Term(Kind.WORKING_DAYS, 3), "下达"),
        datetime(2026, *start, 9, tzinfo=CHINA),
    )
    assert due.at == datetime(2026, *before, tzinfo=CHINA)
    change()
    due.refresh_from_db()
    assert due.at == datetime(2026, *after, tzinfo=CHINA)
    assert due.provisional is (change is by_hand_year_gone)
    assert len(told) == (before != after)


def test_a_named_day_that_becomes_a_holiday_is_put_off(told: list[Any]) -> None:
    due = given("open", day_rule(day(1, 4), "下达"))
    load()
    due.refresh_from_db()
    assert due.at == datetime(2027, 1, 6, 17, tzinfo=CHINA)


def test_a_broken_rule_keeps_no_list_out(told: list[Any]) -> None:
    broken, good = given("broken"), given("open")
    Due.objects.filter(pk=broken.pk).update(rule={"kind": "term", "unit": "moons", "amount": 1})
    load()
    good.refresh_from_db()
    assert not good.provisional
    assert Due.objects.get(pk=broken.pk).provisional


def test_what_waits_in_the_queues_moves_as_well(office: Office) -> None:
    item = office.screened()
    task = OpenTask.objects.get(page_id=item.pk)
    assert task.due_days == 5
    assert task.due_at is not None
    today = timezone.localdate(task.since)
    WorkdayOverride.objects.filter(date__gt=today).delete()
    ClosingTime.objects.create(valid_from=today, closes=time(18), source="夏令")
    task.refresh_from_db()
    assert timezone.localtime(task.due_at).time() == time(18)
    before, year = task.due_at, task.due_at.year
    CalendarYear.objects.filter(year__gte=today.year).delete()
    task.refresh_from_db()
    assert task.provisional
    assert "暂按推算" in task.due_note
    WorkdayOverride.objects.create(date=timezone.localdate(before), is_workday=False, source="停电")
    task.refresh_from_db()
    assert task.due_at > before
    actions.load_years(days={}, years=frozenset({today.year, year, year + 1}), source="通知")
    task.refresh_from_db()
    assert not task.provisional
