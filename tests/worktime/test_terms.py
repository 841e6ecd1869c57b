"""Every kind of limit against tables of cases, and what must hold for all of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infoflow.worktime.rules import CHINA, Calendar
from infoflow.worktime.terms import (
    Kind,
    Term,
    before_day,
    deadline_of,
    extended,
    next_monthly,
    next_slot,
    next_weekly,
)

from .test_rules import BOTH, at, calendars, dates, moments


@pytest.mark.parametrize(
    ("start", "kind", "amount", "end", "sentence"),
    [
        ("2026-10-01T23:50", Kind.MINUTES, 35, "2026-10-02T00:25", None),
        ("2025-12-31T23:30", Kind.HOURS, 2, "2026-01-01T01:30", None),
        ("2026-07-03T09:05", Kind.HOURS, 1, "2026-07-03T10:05",
         "7月3日（周五）09:05获悉，1小时，7月3日10:05截止"),
        ("2026-09-30T10:00", Kind.DAYS, 3, "2026-10-03T17:00",
         "9月30日（周三）获悉，3日，10月3日17:00截止"),
        ("2026-07-03T10:00", Kind.WORKING_DAYS, 3, "2026-07-08T17:00",
         "7月3日（周五）获悉，3个工作日，7月8日17:00截止"),
        # Working hours: noon, evening, weekend, make-up day 2/14, festival 2/15 to 2/23.
        ("2026-07-03T11:30", Kind.WORKING_HOURS, 1, "2026-07-03T14:00", None),
        ("2026-07-03T16:30", Kind.WORKING_HOURS, 1, "2026-07-06T09:00", None),
        ("2026-07-03T20:00", Kind.WORKING_HOURS, 7, "2026-07-06T17:00", None),
        ("2026-02-13T16:30", Kind.WORKING_HOURS, 1, "2026-02-14T09:00",
         "2月13日（周五）16:30获悉，1个工作小时，遇调休，2月14日09:00截止"),
        ("2026-02-14T17:00", Kind.WORKING_HOURS, 1, "2026-02-24T09:30", None),
        ("2026-07-03T03:00", Kind.WORKING_HOURS, 1, "2026-07-03T09:30", None),
    ],
)  # fmt: skip
def test_limits(start: str, kind: Kind, amount: int, end: str, sentence: str | None) -> None:
    deadline = deadline_of(at(start), Term(kind, amount), BOTH, event="获悉")
    assert deadline.at == at(end)
    assert not deadline.provisional
    if sentence is not None:
        assert deadline.sentence == sentence


def test_natural_time_needs_no_list_and_working_hours_are_marked() -> None:
    start = at("2027-03-01T10:00")
    assert not deadline_of(start, Term(Kind.HOURS, 6), BOTH).provisional
    marked = deadline_of(start, Term(Kind.WORKING_HOURS, 2), BOTH)
    assert marked.provisional
    assert "2027年放假安排未录入，暂按推算" in marked.sentence


@pytest.mark.parametrize(
    ("start", "last", "end", "words"),
    [
        ("2026-07-01T10:00", "2026-07-10", "2026-07-10T17:00",
         "7月1日（周三）下达，7月10日前，7月10日17:00截止"),
        ("2026-07-01T10:00", "2026-07-12", "2026-07-13T17:00", "遇休息日顺延"),
        ("2026-09-21T10:00", "2026-10-05", "2026-10-08T17:00", "遇休息日顺延"),
        ("2026-09-28T10:00", "2026-10-10", "2026-10-10T17:00", "10月10日17:00截止"),
        ("2026-10-03T10:00", "2026-10-03", "2026-10-08T17:00", "遇休息日顺延"),
    ],
)  # fmt: skip
def test_before_a_day(start: str, last: str, end: str, words: str) -> None:
    deadline = before_day(at(start), date.fromisoformat(last), BOTH, event="下达")
    assert deadline.at == at(end)
    assert words in deadline.sentence


@pytest.mark.parametrize(
    ("after", "end"),
    [
        ("2026-10-01T07:59", "2026-10-01T08:00"),
        ("2026-10-01T08:00", "2026-10-01T17:00"),
        ("2026-12-31T17:00", "2027-01-01T08:00"),
    ],
)
def test_daily_slots_never_stop(after: str, end: str) -> None:
    assert next_slot(at(after)) == at(end)
    assert next_slot(at(after).astimezone(UTC)) == at(end)


def test_weekly_and_monthly() -> None:
    nine = time(9)
    assert next_weekly(at("2026-11-26T10:00"), 4, nine) == at("2026-11-27T09:00")
    assert next_weekly(at("2026-11-27T09:00"), 4, nine) == at("2026-12-04T09:00")
    assert next_monthly(at("2026-01-31T10:00"), 31, nine) == at("2026-02-28T09:00")
    assert next_monthly(at("2028-02-01T10:00"), 30, nine) == at("2028-02-29T09:00")
    assert next_monthly(at("2026-12-25T09:00"), 25, nine) == at("2027-01-25T09:00")


def test_senseless_rules_are_refused() -> None:
    for kind in Kind:
        for amount in (0, -1, 10**7):
            with pytest.raises(ValueError, match=kind):
                Term(kind, amount)
    with pytest.raises(ValueError, match="no slots"):
        next_slot(at("2026-11-26T10:00"), ())
    with pytest.raises(ValueError, match="weekday"):
        next_weekly(at("2026-11-26T10:00"), 7, time(9))
    with pytest.raises(ValueError, match="day 0"):
        next_monthly(at("2026-11-26T10:00"), 0, time(9))
    with pytest.raises(ValueError, match="is before"):
        before_day(at("2026-11-26T10:00"), date(2026, 11, 25), BOTH)
    with pytest.raises(ValueError, match="time zone"):
        deadline_of(datetime(2026, 11, 26), Term(Kind.HOURS, 1), BOTH)  # noqa: DTZ001


terms = st.builds(Term, st.sampled_from(Kind), st.integers(1, 60))


@given(start=moments, term=terms, known=calendars, holiday=dates)
def test_a_holiday_more_never_makes_a_limit_earlier(
    start: datetime, term: Term, known: Calendar, holiday: date
) -> None:
    more = Calendar(overrides={**known.overrides, holiday: False}, years=known.years)
    assert deadline_of(start, term, more).at >= deadline_of(start, term, known).at


@given(start=moments, ahead=st.integers(0, 60), known=calendars, holiday=dates)
def test_a_holiday_more_never_brings_a_named_day_forward(
    start: datetime, ahead: int, known: Calendar, holiday: date
) -> None:
    last = start.date() + timedelta(days=ahead)
    more = Calendar(overrides={**known.overrides, holiday: False}, years=known.years)
    assert before_day(start, last, more).at >= before_day(start, last, known).at


@given(start=moments, hours=st.integers(1, 60), known=calendars)
def test_working_hours_are_the_slow_count(start: datetime, hours: int, known: Calendar) -> None:
    """Second implementation: minute by minute."""
    start = start.replace(second=0, microsecond=0)
    moment, left = start, hours * 60
    while left:
        clock = moment.time()
        open_now = time(8, 30) <= clock < time(12) or time(13, 30) <= clock < time(17)
        moment += timedelta(minutes=1)
        if open_now:
            left -= known.is_workday((moment - timedelta(minutes=1)).date())
        elif clock == time(17):
            moment += timedelta(hours=15)
    assert deadline_of(start, Term(Kind.WORKING_HOURS, hours), known).at == moment


@given(old=moments, new=moments)
def test_an_extension_never_shortens(old: datetime, new: datetime) -> None:
    assert extended(old, new) >= old
    assert extended(old, new) in (old, new)


@given(start=moments, term=terms, known=calendars)
def test_the_zone_of_asking_changes_nothing(start: datetime, term: Term, known: Calendar) -> None:
    assert deadline_of(start.astimezone(UTC), term, known) == deadline_of(start, term, known)
    assert deadline_of(start, term, known).at.tzinfo is CHINA
