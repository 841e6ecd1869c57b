"""Arithmetic of the flow's numbers: periods, spreads against a slow second way, words."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.review import charts
from cms.review.flow_rules import (
    BadPeriod,
    Period,
    Spread,
    named_periods,
    percent,
    spell,
    spread,
    typed_period,
)


@pytest.mark.parametrize(
    ("today", "key", "start", "end"),
    [
        (date(2026, 1, 15), "month", date(2026, 1, 1), date(2026, 1, 15)),
        (date(2026, 1, 15), "last-month", date(2025, 12, 1), date(2025, 12, 31)),
        (date(2026, 3, 31), "last-month", date(2026, 2, 1), date(2026, 2, 28)),
        (date(2026, 2, 1), "last-quarter", date(2025, 10, 1), date(2025, 12, 31)),
        (date(2026, 12, 31), "quarter", date(2026, 10, 1), date(2026, 12, 31)),
        (date(2026, 5, 2), "last-quarter", date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 5, 2), "year", date(2026, 1, 1), date(2026, 5, 2)),
        (date(2028, 5, 2), "last-year", date(2027, 1, 1), date(2027, 12, 31)),
    ],
)
def test_named_periods(today: date, key: str, start: date, end: date) -> None:
    assert named_periods(today)[key] == Period(start, end)


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1)))
def test_every_named_period_is_in_order(today: date) -> None:
    for period in named_periods(today).values():
        assert period.start <= period.end <= today
        assert period.start.day == 1


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("", ""),
        ("2026-13-01", "2026-12-01"),
        ("2026-02-02", "2026-02-01"),
        ("x", "2026-02-01"),
        ("2020-01-01", "2026-01-01"),
    ],
)
def test_bad_periods_are_told(start: str, end: str) -> None:
    with pytest.raises(BadPeriod):
        typed_period(start, end)


def test_months_of_a_period_across_the_year() -> None:
    period = typed_period("2025-11-30", "2026-02-01")
    assert period.months() == [(2025, 11), (2025, 12), (2026, 1), (2026, 2)]


@given(st.lists(st.integers(min_value=0, max_value=50), min_size=1, max_size=60))
def test_spread_is_that_of_the_sorted_list(minutes: list[int]) -> None:
    ordered = sorted(minutes)

    def at(share: float) -> int:
        return ordered[max(math.ceil(round(len(ordered) * share, 9)), 1) - 1]

    assert spread(minutes) == Spread(len(minutes), at(0.5), at(0.9))


def test_spread_of_nothing() -> None:
    assert spread([]) is None


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "0分钟"),
        (59, "59分钟"),
        (60, "1小时"),
        (190, "3小时10分"),
        (24 * 60, "1天"),
        (2 * 24 * 60 + 5 * 60 + 59, "2天5小时"),
    ],
)
def test_lengths_of_time_in_words(minutes: int, words: str) -> None:
    assert spell(minutes) == words


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(0, 0, "—"), (1, 2, "50%"), (1, 3, "33.3%"), (2, 3, "66.7%"), (7, 7, "100%"), (1, 16, "6.3%")],
)
def test_shares(part: int, whole: int, words: str) -> None:
    assert percent(part, whole) == words


def test_a_chart_of_nothing_is_no_chart() -> None:
    assert charts.chart([]) is None
    assert charts.chart([charts.Datum("初审", 0)]) is None


def test_bars_stay_inside_the_drawing() -> None:
    drawn = charts.chart(
        [charts.Datum("一个名称很长很长很长很长的报送单位", 200, marked=50), charts.Datum("乙", 1)]
    )
    assert drawn is not None
    assert [bar.length for bar in drawn.bars] == [236, 2]
    assert drawn.bars[0].marked == 59
    assert drawn.bars[0].name.endswith("…")
    assert all(bar.value_x + 60 <= drawn.width for bar in drawn.bars)
