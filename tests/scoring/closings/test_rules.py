"""Which periods may be closed, and which is next."""

from __future__ import annotations

from datetime import date

import pytest

from scoring.settling.rules import gaps, next_period, why_not

Q1, Q2 = (date(2026, 1, 1), date(2026, 3, 31)), (date(2026, 4, 1), date(2026, 6, 30))
MAY = (date(2026, 5, 1), date(2026, 5, 31))


@pytest.mark.parametrize(
    ("start", "end", "closed", "told"),
    [
        (*Q1, [], ""),
        (*Q2, [Q1], ""),
        (*Q1, [Q1], "已经结账"),
        (date(2026, 3, 31), date(2026, 4, 30), [Q1], "已经结账"),
        (date(2025, 1, 1), date(2026, 6, 30), [Q1], "已经结账"),
        (date(2026, 7, 1), date(2026, 7, 9), [], "才结束"),
        (date(2026, 7, 1), date(2026, 7, 8), [], ""),
        (date(2026, 3, 31), date(2026, 3, 1), [], "早于开始日期"),
        (date(1900, 1, 1), date(2026, 3, 1), [], "检查年份"),
    ],
)
def test_which_periods_may_be_closed(start: date, end: date, closed: list, told: str) -> None:
    found = why_not(start, end, closed=closed, today=date(2026, 7, 9), earliest=date(1949, 10, 1))
    assert (told in found) if told else found == ""


def test_gaps_are_said() -> None:
    assert gaps(*Q2, [Q1]) == []
    assert gaps(*MAY, [Q1]) == [(date(2026, 4, 1), date(2026, 4, 30))]
    assert gaps(*Q1, [MAY]) == [(date(2026, 4, 1), date(2026, 4, 30))]
    assert gaps(*Q1, []) == []


def test_the_next_period_is_offered() -> None:
    assert next_period([], date(2026, 7, 9)) == Q2
    assert next_period([], date(2026, 1, 9)) == (date(2025, 10, 1), date(2025, 12, 31))
    assert next_period([Q1], date(2026, 7, 9)) == Q2
    assert next_period([(date(2025, 10, 1), date(2025, 12, 31))], date(2026, 7, 9)) == Q1


@pytest.mark.parametrize(
    ("closed", "kind", "start", "end"),
    [
        ([], "month", date(2026, 6, 1), date(2026, 6, 30)),
        ([], "month_merged", date(2026, 6, 1), date(2026, 6, 30)),
        ([], "half", date(2026, 1, 1), date(2026, 6, 30)),
        ([], "year", date(2025, 1, 1), date(2025, 12, 31)),
        ([Q1], "half", date(2026, 4, 1), date(2026, 6, 30)),
        ([Q1], "year", date(2026, 4, 1), date(2026, 12, 31)),
        ([(date(2025, 12, 1), date(2025, 12, 31))], "month_merged", Q1[0], date(2026, 2, 28)),
    ],
)
def test_the_next_period_is_as_long_as_the_schemes(
    closed: list[tuple[date, date]], kind: str, start: date, end: date
) -> None:
    assert next_period(closed, date(2026, 7, 9), kind) == (start, end)
