"""Periods: tables of cases, and that they cover every day once."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.schemes.periods import PeriodKind, Span, span_of, spans_between, spans_of_year

KINDS = st.sampled_from(PeriodKind.values)


@pytest.mark.parametrize(
    ("kind", "day", "start", "end", "text"),
    [
        ("month", (2024, 2, 29), (2, 1), (2, 29), "2024年2月"),
        ("month", (2026, 12, 31), (12, 1), (12, 31), "2026年12月"),
        ("month_merged", (2026, 1, 31), (1, 1), (2, 28), "2026年1—2月"),
        ("month_merged", (2024, 2, 1), (1, 1), (2, 29), "2024年1—2月"),
        ("month_merged", (2026, 3, 1), (3, 1), (3, 31), "2026年3月"),
        ("quarter", (2026, 3, 31), (1, 1), (3, 31), "2026年第一季度"),
        ("quarter", (2026, 4, 1), (4, 1), (6, 30), "2026年第二季度"),
        ("quarter", (2026, 9, 30), (7, 1), (9, 30), "2026年第三季度"),
        ("quarter", (2026, 10, 9), (10, 1), (12, 31), "2026年第四季度"),
        ("half", (2026, 6, 30), (1, 1), (6, 30), "2026年上半年"),
        ("half", (2026, 7, 1), (7, 1), (12, 31), "2026年下半年"),
        ("year", (2026, 7, 1), (1, 1), (12, 31), "2026年"),
    ],
)
def test_period_of_a_day(
    kind: str, day: tuple[int, int, int], start: tuple[int, int], end: tuple[int, int], text: str
) -> None:
    year = day[0]
    span = span_of(kind, date(*day))
    assert span == Span(date(year, *start), date(year, *end))
    assert span.text == text


@given(KINDS, st.integers(1, 9999))
def test_periods_cover_the_year_once(kind: str, year: int) -> None:
    spans = spans_of_year(kind, year)
    assert spans[0].start == date(year, 1, 1)
    assert spans[-1].end == date(year, 12, 31)
    for before, after in pairwise(spans):
        assert before.end + timedelta(days=1) == after.start
    assert sum(span.months for span in spans) == 12


@given(KINDS, st.dates(date(1949, 10, 1), date(2100, 12, 31)))
def test_a_day_lies_in_its_period(kind: str, day: date) -> None:
    span = span_of(kind, day)
    assert span.start <= day <= span.end
    assert span in spans_of_year(kind, day.year)


@given(KINDS, st.dates(date(2020, 1, 1), date(2026, 1, 1)), st.integers(0, 900))
def test_periods_between_are_those_that_end_there(kind: str, start: date, days: int) -> None:
    """The slow way: walk through the days and look which are a last day."""
    end = start + timedelta(days=days)
    walked = (start + timedelta(days=n) for n in range(days + 1))
    expected = [span_of(kind, day) for day in walked if span_of(kind, day).end == day]
    assert list(spans_between(kind, start, end)) == expected
