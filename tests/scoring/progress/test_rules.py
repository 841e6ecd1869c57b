"""Zero, pace and rush: tables of cases and properties."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from scoring.progress.models import days_before
from scoring.progress.rules import (
    SILENT,
    ZeroState,
    due_warning,
    finished_then_silent,
    in_a_row,
    pace,
    rush_index,
    share_text,
    zero_state,
)
from scoring.schemes.periods import Span

QUARTER = Span(date(2026, 1, 1), date(2026, 3, 31))
YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))
DAYS = st.dates(date(2025, 12, 1), date(2027, 1, 31))


@pytest.mark.parametrize(
    ("submitted", "adopted", "reported", "state"),
    [
        (3, 1, False, ZeroState.ACTIVE),
        (3, 0, False, ZeroState.NO_ADOPTION),  # submitted and refused: not 零报送
        (3, 0, True, ZeroState.NO_ADOPTION),
        (0, 0, True, ZeroState.REPORTED),
        (0, 2, True, ZeroState.REPORTED),
        (0, 2, False, ZeroState.NO_SUBMISSION),
        (0, 0, False, ZeroState.BOTH),
    ],
)
def test_three_zeros_are_kept_apart(
    submitted: int, adopted: int, reported: bool, state: ZeroState
) -> None:
    assert zero_state(submitted=submitted, adopted=adopted, reported=reported) == state


A, Z, R, N = ZeroState.ACTIVE, ZeroState.BOTH, ZeroState.REPORTED, ZeroState.NO_ADOPTION


@pytest.mark.parametrize(
    ("states", "number"),
    [([], 0), ([Z], 1), ([A, Z, Z], 2), ([Z, Z, A], 0), ([Z, R, Z], 1), ([Z, N, Z, Z, Z], 3)],
)
def test_periods_in_a_row(states: list[ZeroState], number: int) -> None:
    assert in_a_row(states) == number


@given(st.lists(st.sampled_from(list(ZeroState))))
def test_in_a_row_against_a_slow_count(states: list[ZeroState]) -> None:
    slow = next(
        (n for n in range(len(states)) if states[len(states) - 1 - n] not in SILENT), len(states)
    )
    assert in_a_row(states) == slow


@pytest.mark.parametrize(
    ("today", "due"),
    [
        (date(2026, 3, 20), None),  # 11 days left
        (date(2026, 3, 21), 10),
        (date(2026, 3, 25), 10),  # the job did not run for four days
        (date(2026, 3, 26), 5),
        (date(2026, 3, 30), 1),
        (date(2026, 3, 31), 1),
        (date(2026, 4, 1), None),  # over: too late to warn
        (date(2025, 12, 31), None),
    ],
)
def test_which_warning_is_due(today: date, due: int | None) -> None:
    assert due_warning(QUARTER, today, (10, 5, 1)) == due


@pytest.mark.parametrize(
    ("text", "days"),
    [("10、5、1", (10, 5, 1)), ("1，5, 10", (10, 5, 1)), ("7", (7,)), ("0、0", (0,))],
)
def test_days_are_read(text: str, days: tuple[int, ...]) -> None:
    assert days_before(text) == days


@pytest.mark.parametrize("text", ["", "十", "10、", "-1", "61", "1、2、3、4、5、6、7", "５"])
def test_bad_days_are_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        days_before(text)


@pytest.mark.parametrize(
    ("today", "done", "expected", "forecast", "shortfall", "percent"),
    [
        (date(2025, 12, 31), 0, 0, 0, 9000, "0"),
        (date(2026, 1, 1), 100, 100, 9000, 8900, "1"),  # 90 days: one a day
        (date(2026, 2, 14), 3000, 4500, 6000, 6000, "33"),
        (date(2026, 3, 31), 9000, 9000, 9000, 0, "100"),
        (date(2026, 6, 1), 9500, 9000, 9500, 0, "106"),
    ],
)
def test_pace(
    today: date, done: int, expected: int, forecast: int, shortfall: int, percent: str
) -> None:
    found = pace(target=9000, done=done, span=QUARTER, today=today)
    assert (found.expected, found.forecast) == (expected, forecast)
    assert (found.shortfall, found.percent) == (shortfall, percent)


@pytest.mark.parametrize(
    ("today", "done", "expected", "forecast"),
    [
        (date(2026, 1, 1), 0, 0, 0),  # 12 items in 90 days: none is due on the first day
        (date(2026, 1, 8), 0, 100, 0),
        (date(2026, 2, 14), 500, 600, 1000),
        (date(2026, 2, 20), 600, 600, 1000),  # 6.8 are expected, 10.58 foreseen
        (date(2026, 3, 31), 600, 1250, 600),
    ],
)
def test_pace_of_items_is_whole(today: date, done: int, expected: int, forecast: int) -> None:
    target = 1250 if today == QUARTER.end else 1200
    found = pace(target=target, done=done, span=QUARTER, today=today, step=100)
    assert (found.expected, found.forecast) == (expected, forecast)


@given(st.integers(0, 10_000), st.integers(0, 10_000), DAYS)
def test_pace_never_asks_more_than_the_target(target: int, done: int, today: date) -> None:
    found = pace(target=target, done=done, span=YEAR, today=today)
    assert 0 <= found.expected <= target
    assert found.forecast >= done or today < YEAR.start
    assert found.behind <= found.shortfall or found.expected == target


def test_rush_index_counts_the_last_days() -> None:
    days = [date(2026, 3, 1), date(2026, 12, 1), date(2026, 12, 2), date(2026, 12, 31)]
    assert rush_index(days, YEAR, 30) == Fraction(2, 4)
    assert rush_index(days, YEAR, 31) == Fraction(3, 4)
    assert rush_index([date(2025, 12, 31)], YEAR, 30) is None
    assert (share_text(Fraction(2, 3)), share_text(None)) == ("67%", "—")


@pytest.mark.parametrize(
    ("days", "target", "today", "since"),
    [
        (["2026-01-05", "2026-02-05"], 2, "2026-04-06", "2026-02-05"),
        (["2026-01-05", "2026-02-05"], 2, "2026-04-05", None),  # 59 days
        (["2026-01-05"], 2, "2026-12-01", None),  # never reached
        (["2026-01-05", "2026-02-05", "2026-08-01"], 2, "2026-09-01", None),  # went on
        ([], 0, "2026-12-01", None),
    ],
)
def test_finished_then_silent(days: list[str], target: int, today: str, since: str | None) -> None:
    found = finished_then_silent(
        [date.fromisoformat(day) for day in days],
        target=target,
        span=YEAR,
        today=date.fromisoformat(today),
    )
    assert found == (date.fromisoformat(since) if since else None)


@given(st.lists(DAYS, max_size=12), st.integers(1, 6), DAYS)
def test_silent_only_after_the_target(days: list[date], target: int, today: date) -> None:
    found = finished_then_silent(days, target=target, span=YEAR, today=today)
    if found is not None:
        counted = [day for day in days if YEAR.start <= day <= min(today, YEAR.end)]
        assert len([day for day in counted if day <= found]) >= target
        assert max(counted) + timedelta(days=60) <= today
