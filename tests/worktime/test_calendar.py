"""The calendar's tables: what a fresh installation holds, loading, the warning."""

from __future__ import annotations

from datetime import date, datetime, time
from io import StringIO
from typing import Any

import pytest
from chinese_calendar import constants
from django.core import checks
from django.core.management import CommandError, call_command
from django.test.utils import CaptureQueriesContext

from infoflow.worktime import actions, queries
from infoflow.worktime.models import CalendarYear, ClosingTime, WorkdayOverride
from infoflow.worktime.rules import CHINA, add_working_days
from infoflow.worktime.signals import years_loaded

pytestmark = pytest.mark.django_db


def load(*arguments: str) -> str:
    out = StringIO()
    call_command("load_holidays", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def test_a_fresh_installation_holds_2025_and_2026() -> None:
    stored = dict(WorkdayOverride.objects.values_list("date", "is_workday"))
    published = {
        **dict.fromkeys(constants.holidays, False),
        **dict.fromkeys(constants.workdays, True),
    }
    assert stored == {day: w for day, w in published.items() if day.year in (2025, 2026)}
    start = datetime(2026, 9, 30, 9, tzinfo=CHINA)
    deadline = add_working_days(start, 1, queries.calendar())
    assert deadline.at == datetime(2026, 10, 8, 17, tzinfo=CHINA)
    assert not deadline.provisional


def test_loading_again_writes_nothing_and_keeps_what_was_entered_by_hand() -> None:
    own = WorkdayOverride.objects.get(date=date(2026, 10, 10))
    own.is_workday = False
    own.save()
    history = WorkdayOverride.history.count()
    assert "新录入0天，改正0天" in load()
    own.refresh_from_db()
    assert not own.is_workday
    assert WorkdayOverride.history.count() == history
    assert "改正1天" in load("--replace")
    assert WorkdayOverride.objects.get(date=date(2026, 10, 10)).is_workday
    assert WorkdayOverride.history.count() == history + 1


def test_a_day_taken_out_by_hand_does_not_come_back() -> None:
    WorkdayOverride.objects.get(date=date(2026, 10, 10)).delete()
    load()
    assert not WorkdayOverride.objects.filter(date=date(2026, 10, 10)).exists()
    assert "新录入1天" in load("--replace")


def test_older_years_are_loaded_on_demand() -> None:
    load("--from", "2004")
    assert set(CalendarYear.objects.values_list("year", flat=True)) == set(range(2004, 2027))
    published = {
        **dict.fromkeys(constants.holidays, False),
        **dict.fromkeys(constants.workdays, True),
    }
    assert dict(WorkdayOverride.objects.values_list("date", "is_workday")) == published


def test_a_year_that_nobody_has_published_is_one_sentence() -> None:
    with pytest.raises(CommandError, match="只到2026年"):
        load("--from", "2027")


def test_the_list_of_a_year_brings_its_december_before() -> None:
    told: list[Any] = []

    def listen(years: list[int], **kwargs: Any) -> None:
        told.append(years)

    years_loaded.connect(listen)
    days = {date(2026, 12, 31): False, date(2027, 1, 1): False, date(2028, 1, 1): False}
    try:
        loaded = actions.load_years(days=days, years=frozenset({2027}), source="通知")
        again = actions.load_years(days=days, years=frozenset({2027}), source="通知")
    finally:
        years_loaded.disconnect(listen)
    assert (loaded.years, loaded.added) == ((2027,), 2)
    assert not again
    assert told == [[2027]]
    assert not queries.calendar().is_workday(date(2026, 12, 31))
    start = datetime(2026, 12, 30, 9, tzinfo=CHINA)
    assert not add_working_days(start, 1, queries.calendar()).provisional


def test_a_change_holds_at_once_and_an_unchanged_calendar_costs_one_query(
    django_assert_num_queries: Any,
) -> None:
    day = date(2026, 11, 26)
    assert queries.calendar().is_workday(day)
    with django_assert_num_queries(1) as asked:
        queries.calendar()
    assert isinstance(asked, CaptureQueriesContext)
    row = WorkdayOverride.objects.create(date=day, is_workday=False, source="停电")
    assert not queries.calendar().is_workday(day)
    row.delete()
    assert queries.calendar().is_workday(day)
    ClosingTime.objects.create(valid_from=day, closes=time(18), source="夏令")
    assert queries.calendar().closes(day) == time(18)


@pytest.mark.parametrize(
    ("today", "missing"),
    [
        (date(2026, 10, 31), []),
        (date(2026, 11, 1), [2027]),
        (date(2026, 12, 31), [2027]),
        (date(2027, 1, 1), [2027]),
        (date(2025, 12, 1), []),
    ],
)
def test_a_missing_year_is_told_from_november_on(today: date, missing: list[int]) -> None:
    assert queries.missing_years(today) == missing
    assert bool(queries.warning(today)) is bool(missing)


def test_the_check_speaks_of_the_database_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain `check`, which builds run with "warnings fail", never turns red by the date."""
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: date(2040, 12, 1))
    plain = {message.id for message in checks.run_checks()}
    asked = {message.id for message in checks.run_checks(databases=["default"])}
    assert "worktime.W001" not in plain
    assert "worktime.W001" in asked


def test_a_row_saved_by_hand_is_told_as_well() -> None:
    told: list[Any] = []

    def listen(years: list[int], **kwargs: Any) -> None:
        told.append(years)

    years_loaded.connect(listen)
    try:
        WorkdayOverride.objects.create(date=date(2027, 1, 1), is_workday=False, source="通知")
        CalendarYear.objects.create(year=2027, source="通知")
    finally:
        years_loaded.disconnect(listen)
    assert told == [[2027], [2027]]
