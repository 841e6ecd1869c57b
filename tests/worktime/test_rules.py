"""Working days against tables of cases and against a slow, obvious second implementation."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from chinese_calendar import constants
from hypothesis import given
from hypothesis import strategies as st

from infoflow.worktime.rules import (
    CHINA,
    DAYS_MAX,
    Calendar,
    add_working_days,
    is_fixed_holiday,
    qingming,
    working_days_between,
)

# domain.md §8 and the notice for 2025; written here once more, by hand.
OFF = {
    2025: "01-01 01-28~02-04 04-04~04-06 05-01~05-05 05-31~06-02 10-01~10-08",
    2026: "01-01~01-03 02-15~02-23 04-04~04-06 05-01~05-05 06-19~06-21 09-25~09-27 10-01~10-07",
}
WORKED = {
    2025: "01-26 02-08 04-27 09-28 10-11",
    2026: "01-04 02-14 02-28 05-09 09-20 10-10",
}


def spans(year: int, text: str) -> set[date]:
    found: set[date] = set()
    for part in text.split():
        first, _, last = part.partition("~")
        day = date.fromisoformat(f"{year}-{first}")
        while day <= date.fromisoformat(f"{year}-{last or first}"):
            found.add(day)
            day += timedelta(days=1)
    return found


def calendar(*years: int) -> Calendar:
    days: dict[date, bool] = {}
    for year in years:
        days |= dict.fromkeys(spans(year, OFF[year]), False)
        days |= dict.fromkeys(spans(year, WORKED[year]), True)
    return Calendar(overrides=days, years=frozenset(years))


BOTH = calendar(2025, 2026)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize("year", [2025, 2026])
def test_every_day_of_the_year_as_the_notice_has_it(year: int) -> None:
    off, worked = spans(year, OFF[year]), spans(year, WORKED[year])
    day = date(year, 1, 1)
    while day.year == year:
        expected = day in worked or (day.weekday() < 5 and day not in off)
        assert BOTH.is_workday(day) is expected, day
        day += timedelta(days=1)
    assert off == {d for d in constants.holidays if d.year == year}
    assert worked == {d for d in constants.workdays if d.year == year}


@pytest.mark.parametrize(
    ("start", "days", "end", "sentence"),
    [
        ("2026-11-25T09:30", 5, "2026-12-02", "11月25日（周三）送达，5个工作日，12月2日17:00截止"),
        # The moment of the day does not count, nor does the day itself.
        ("2026-11-25T00:00", 1, "2026-11-26", "11月25日（周三）送达，1个工作日，11月26日17:00截止"),
        ("2026-11-25T23:59", 1, "2026-11-26", "11月25日（周三）送达，1个工作日，11月26日17:00截止"),
        # From a Friday, and from a day off.
        ("2026-11-27T16:00", 1, "2026-11-30", None),
        ("2026-11-28T16:00", 1, "2026-11-30", None),
        # Spring Festival 2026: 2/14 is worked, 2/15–23 off, 2/28 worked.
        (
            "2026-02-12T10:00",
            2,
            "2026-02-14",
            "2月12日（周四）送达，2个工作日，遇调休，2月14日17:00截止",
        ),
        ("2026-02-13T10:00", 2, "2026-02-24", None),
        (
            "2026-02-13T10:00",
            3,
            "2026-02-25",
            "2月13日（周五）送达，3个工作日，遇节假日和调休，2月25日17:00截止",
        ),
        (
            "2026-02-16T10:00",
            1,
            "2026-02-24",
            "2月16日（周一）送达，1个工作日，遇节假日，2月24日17:00截止",
        ),
        ("2026-02-26T10:00", 2, "2026-02-28", None),
        # National Day 2026: 9/20 and 10/10 are worked.
        ("2026-09-18T10:00", 1, "2026-09-20", None),
        ("2026-09-30T10:00", 3, "2026-10-10", None),
        ("2026-09-30T10:00", 4, "2026-10-12", None),
        # 2025: the day before the festival, and eight days of October.
        ("2025-01-24T10:00", 2, "2025-01-27", None),
        ("2025-01-27T10:00", 1, "2025-02-05", None),
        ("2025-09-30T10:00", 3, "2025-10-11", None),
        # The end of a year whose follower is known.
        (
            "2025-12-30T10:00",
            3,
            "2026-01-05",
            "2025年12月30日（周二）送达，3个工作日，遇节假日和调休，2026年1月5日17:00截止",
        ),
    ],
)
def test_deadlines(start: str, days: int, end: str, sentence: str | None) -> None:
    deadline = add_working_days(at(start), days, BOTH)
    assert deadline.at == datetime.combine(date.fromisoformat(end), time(17), CHINA)
    assert not deadline.provisional
    if sentence is not None:
        assert deadline.sentence == sentence


@pytest.mark.parametrize(
    ("start", "days", "end", "provisional"),
    [
        # The list of 2027 may still move the last week of December 2026.
        ("2026-12-23T10:00", 2, "2026-12-25", False),
        ("2026-12-23T10:00", 3, "2026-12-28", True),
        ("2026-12-31T10:00", 1, "2027-01-04", True),
        # 清明 2027 is 4/5, a Monday; Labour Day and National Day without their swaps.
        ("2027-04-02T10:00", 1, "2027-04-06", True),
        ("2027-04-30T10:00", 1, "2027-05-03", True),
        ("2027-09-30T10:00", 1, "2027-10-04", True),
    ],
)
def test_a_year_without_a_list_is_reckoned_and_marked(
    start: str, days: int, end: str, provisional: bool
) -> None:
    deadline = add_working_days(at(start), days, BOTH)
    assert deadline.at.date() == date.fromisoformat(end)
    assert deadline.provisional is provisional
    assert ("暂按推算" in deadline.sentence) is provisional
    if provisional:
        assert "2027年放假安排未录入" in deadline.sentence


@pytest.mark.parametrize(
    ("year", "day"), [(2024, 4), (2025, 4), (2026, 5), (2027, 5), (2028, 4), (2029, 4), (2044, 4)]
)
def test_qingming(year: int, day: int) -> None:
    assert qingming(year) == date(year, 4, day)


def test_statutory_days_of_known_years_are_off_in_every_list() -> None:
    """The rule for unknown years agrees with what was published since it holds."""
    days = [date(2025, 1, 1) + timedelta(days=n) for n in range(730)]
    assert all(not BOTH.is_workday(day) for day in days if is_fixed_holiday(day))


def test_other_time_zones_mean_the_day_in_china() -> None:
    """2026-11-24 18:00 UTC is already the 25th in Shanghai."""
    moment = datetime(2026, 11, 24, 18, tzinfo=UTC)
    assert add_working_days(moment, 1, BOTH).at == at("2026-11-26T17:00")
    assert add_working_days(moment, 1, BOTH).at.tzinfo is CHINA


def test_closing_time_is_data_with_a_date() -> None:
    summer = Calendar(
        years=frozenset({2026, 2027}),
        closing_times=((date(2004, 1, 1), time(17)), (date(2026, 6, 1), time(18, 30))),
    )
    assert add_working_days(at("2026-05-28T09:00"), 1, summer).at == at("2026-05-29T17:00")
    deadline = add_working_days(at("2026-05-29T09:00"), 1, summer, event="下达")
    assert deadline.sentence == "5月29日（周五）下达，1个工作日，6月1日18:30截止"


@pytest.mark.parametrize("days", [0, -1, DAYS_MAX + 1])
def test_senseless_numbers_of_days_are_refused(days: int) -> None:
    with pytest.raises(ValueError, match="working days"):
        add_working_days(at("2026-11-25T09:00"), days, BOTH)


def test_a_moment_without_time_zone_is_refused() -> None:
    naive = datetime(2026, 11, 25)  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone"):
        add_working_days(naive, 1, BOTH)
    with pytest.raises(ValueError, match="time zone"):
        working_days_between(naive, at("2026-11-26T09:00"), BOTH)


# ---- properties

dates = st.dates(date(2024, 6, 1), date(2028, 6, 1))
moments = st.datetimes(datetime(2024, 6, 1), datetime(2028, 6, 1), timezones=st.just(CHINA))  # noqa: DTZ001
calendars = st.builds(
    Calendar,
    overrides=st.dictionaries(dates, st.booleans(), max_size=60),
    years=st.frozensets(st.integers(2024, 2028)),
)


def slow_end(start: datetime, days: int, known: Calendar) -> date:
    day = start.date()
    while days:
        day += timedelta(days=1)
        days -= known.is_workday(day)
    return day


@given(start=moments, days=st.integers(1, 80), known=calendars)
def test_deadline_is_the_slow_count(start: datetime, days: int, known: Calendar) -> None:
    deadline = add_working_days(start, days, known)
    assert deadline.at.date() == slow_end(start, days, known)
    assert known.is_workday(deadline.at.date())


@given(start=moments, days=st.integers(1, 80), known=calendars, holiday=dates)
def test_a_holiday_more_never_makes_a_deadline_earlier(
    start: datetime, days: int, known: Calendar, holiday: date
) -> None:
    more = Calendar(overrides={**known.overrides, holiday: False}, years=known.years)
    assert add_working_days(start, days, more).at >= add_working_days(start, days, known).at


@given(start=moments, days=st.integers(1, 80), known=calendars)
def test_a_day_more_is_later_and_a_later_start_never_earlier(
    start: datetime, days: int, known: Calendar
) -> None:
    end = add_working_days(start, days, known).at
    assert add_working_days(start, days + 1, known).at > end
    assert add_working_days(start + timedelta(days=1), days, known).at >= end


@given(a=moments, b=moments, known=calendars)
def test_between_is_the_slow_count(a: datetime, b: datetime, known: Calendar) -> None:
    first, last = sorted((a.date(), b.date()))
    slow = sum(
        known.is_workday(first + timedelta(days=n)) for n in range(1, (last - first).days + 1)
    )
    assert working_days_between(a, b, known) == (slow if a.date() <= b.date() else -slow)


@given(start=moments, days=st.integers(1, 80), known=calendars)
def test_between_undoes_adding(start: datetime, days: int, known: Calendar) -> None:
    assert working_days_between(start, add_working_days(start, days, known).at, known) == days
