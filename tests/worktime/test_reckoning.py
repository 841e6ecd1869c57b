"""A rule kept as data gives the deadline that it gave first; what a person named stays."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infoflow.worktime.reckoning import day_rule, moment_rule, reckon, term_rule
from infoflow.worktime.rules import CHINA, Calendar
from infoflow.worktime.terms import Kind, Term, before_day, deadline_of

DAYS = st.dates(date(2025, 1, 1), date(2028, 12, 31))
STARTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 6, 30)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=CHINA)
)
CALENDARS = st.builds(
    Calendar,
    overrides=st.dictionaries(DAYS, st.booleans(), max_size=30),
    years=st.frozensets(st.integers(2025, 2029)),
)
TERMS = st.builds(Term, st.sampled_from(list(Kind)), st.integers(1, 60))


@given(start=STARTS, term=TERMS, known=CALENDARS)
def test_a_term_comes_back_whole(start: datetime, term: Term, known: Calendar) -> None:
    rule = json.loads(json.dumps(term_rule(term, "下达")))
    assert reckon(start, rule, known) == deadline_of(start, term, known, event="下达")


@given(start=STARTS, ahead=st.integers(0, 60), known=CALENDARS)
def test_a_named_day_comes_back_whole(start: datetime, ahead: int, known: Calendar) -> None:
    last = start.date() + timedelta(days=ahead)
    rule = json.loads(json.dumps(day_rule(last, "下达")))
    assert reckon(start, rule, known) == before_day(start, last, known, event="下达")


def test_a_moment_on_a_holiday_at_three_in_the_morning_holds() -> None:
    """The calendar has no say: the first of October at 03:00 is the first of October at 03:00."""
    known = Calendar(overrides={date(2026, 10, 1): False}, years=frozenset({2026, 2027}))
    start = datetime(2026, 9, 28, 9, tzinfo=CHINA)
    assert reckon(start, moment_rule("下达"), known) is None


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "term", "unit": "moons", "amount": 1},
        {"kind": "term", "unit": "hours", "amount": 0},
        {"kind": "day", "day": "2026-02-30"},
    ],
)
def test_a_broken_rule_is_an_error(rule: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        reckon(datetime(2026, 9, 28, 9, tzinfo=CHINA), rule, Calendar())
