"""Spans, rotations and what people type, as tables; the rotation against a slow twin."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infoflow.worktime.rules import CHINA
from scoring.duty.rules import (
    Span,
    Watch,
    changes_of,
    continued,
    days_of,
    lacking,
    matters_of,
    overlapping,
    spans_of_day,
    why_no_span,
)

START = datetime(2026, 7, 3, 8, 30, tzinfo=CHINA)


def span(hours: float, start: datetime = START) -> Span:
    return Span(start, start + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("hours", "told"),
    [(24, ""), (0.5, ""), (72, ""), (73, "超过3天"), (0, "不晚于开始时间"), (-1, "不晚于开始时间")],
)
def test_a_shift_ends_after_it_starts_and_is_no_week(hours: float, told: str) -> None:
    why = why_no_span(span(hours))
    assert told in why
    assert bool(why) == bool(told)


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("08:30", ("08:30",)),
        ("20:30、8:30", ("08:30", "20:30")),
        ("8：00 16 0", ("00:00", "08:00", "16:00")),
    ],
)
def test_times_of_change(typed: str, wanted: tuple[str, ...]) -> None:
    assert changes_of(typed) == wanted


@pytest.mark.parametrize("typed", ["", "早上", "25:00", "8:30 08:30", "1 2 3 4 5", "8:61"])
def test_what_is_no_time_of_change(typed: str) -> None:
    with pytest.raises(ValueError, match=r"时刻|4班"):
        changes_of(typed)


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        (("08:30",), ["7月3日08:30至7月4日08:30"]),
        (("20:00", "08:00"), ["7月3日08:00至7月3日20:00", "7月3日20:00至7月4日08:00"]),
    ],
)
def test_the_shifts_of_a_day_fill_it(changes: tuple[str, ...], wanted: list[str]) -> None:
    assert [found.label for found in spans_of_day(date(2026, 7, 3), changes)] == wanted


def test_the_shifts_of_a_year_leave_no_gap_and_never_meet() -> None:
    changes = ("00:00", "08:00", "16:00")
    days = [day for month in range(1, 13) for day in days_of(2026, month)]
    found = [one for day in days for one in spans_of_day(day, changes)]
    assert len(found) == 365 * 3
    assert all(a.end == b.start for a, b in itertools.pairwise(found))


@pytest.mark.parametrize(
    ("past", "count", "wanted"),
    [
        ("", 3, ""),
        ("甲", 2, "甲甲"),
        ("甲乙丙甲乙丙甲", 4, "乙丙甲乙"),  # the rotation goes on where it stopped
        ("甲乙甲乙", 0, ""),
        ("甲甲乙丙丁戊己甲甲乙丙丁戊丙", 3, "甲甲乙"),  # none: two whole weeks again
        ("甲乙丙", 4, "甲乙丙甲"),  # shorter than a week: all of it
    ],
)
def test_a_roster_is_carried_on(past: str, count: int, wanted: str) -> None:
    assert "".join(continued(past, count)) == wanted


@given(st.lists(st.sampled_from("甲乙丙丁戊"), min_size=1, max_size=6), st.integers(2, 4))
def test_a_rotation_goes_on_as_if_it_had_never_been_cut(turn: list[str], times: int) -> None:
    whole = turn * (times + 2)
    cut = len(turn) * times
    assert continued(whole[:cut], len(turn) * 2) == whole[cut:]


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)), max_size=8),
)
def test_overlaps_are_found_as_by_comparing_all_with_all(shifts: list[tuple[int, int]]) -> None:
    spans = [span(length, START + timedelta(hours=start)) for start, length in shifts]
    found = overlapping(list(zip(spans, range(len(spans)), strict=True)))
    slow = any(a.overlaps(b) for n, a in enumerate(spans) for b in spans[n + 1 :])
    assert bool(found) == slow
    assert all(spans[a].overlaps(spans[b]) for a, b in found)


def test_the_code_of_a_watch_tells_order_and_emptiness() -> None:
    assert Watch().code == ""
    codes = {Watch(1, (2, 3)).code, Watch(1, (3, 2)).code, Watch(None, (1, 2, 3)).code}
    assert len(codes) == 3


def test_what_a_call_lacks() -> None:
    assert lacking(caller="李某", unit="南关镇", post=" ", phone="") == ["职务", "电话"]
    assert lacking(caller="李某", unit="南关镇", post="镇长", phone="1") == []


def test_open_matters_are_lines() -> None:
    assert matters_of("等水务局回话\n\n  明早催民政局  \n") == ["等水务局回话", "明早催民政局"]
    for text in ("字" * 301, "一\n" * 21):
        with pytest.raises(ValueError, match=r"字|最多"):
            matters_of(text)
