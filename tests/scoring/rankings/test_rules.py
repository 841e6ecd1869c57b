"""Ranks, rates, periods: tables of cases and a slow second implementation."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infoflow.papers.widths import text_width
from scoring.rankings.rules import (
    Period,
    PeriodError,
    competition_ranks,
    months_around,
    months_before,
    rate_text,
    read_period,
)
from scoring.schemes.rules import points_text

EARLIEST = date(1949, 10, 1)
DAYS = st.dates(date(1950, 1, 1), date(2099, 12, 31))
LENGTHS = st.sampled_from([1, 3, 6, 12])


@pytest.mark.parametrize(
    ("scores", "ranks"),
    [
        ([500, 250, 250, 0], [1, 2, 2, 4]),
        ([0, 0, 0], [1, 1, 1]),
        ([-20, 100, 0], [3, 1, 2]),
        ([30, 10 + 20], [1, 1]),
        ([], []),
    ],
)
def test_ranks(scores: list[int], ranks: list[int]) -> None:
    assert competition_ranks(scores) == ranks


@given(st.lists(st.integers(-50, 50)))
def test_rank_is_one_more_than_the_number_of_better_scores(scores: list[int]) -> None:
    assert competition_ranks(scores) == [
        1 + sum(other > score for other in scores) for score in scores
    ]


@pytest.mark.parametrize(
    ("hundredths", "text"),
    [
        (7500, "75"),
        (250, "2.5"),
        (-20, "-0.2"),
        (0, "0"),
        (5, "0.05"),
        (-7550, "-75.5"),
        (10, "0.1"),
    ],
)
def test_points(hundredths: int, text: str) -> None:
    assert points_text(hundredths) == text


@given(st.integers(-(10**12), 10**12))
def test_points_text_is_the_exact_decimal(hundredths: int) -> None:
    text = points_text(hundredths)
    assert Decimal(text) * 100 == hundredths
    assert not ("." in text and text[-1] in "0.")


# 西宁城中区 2017-04: domain rules, published table D.
PUBLISHED_RATES = [
    (14, 7, "50"),
    (28, 16, "57.1"),
    (15, 8, "53.3"),
    (33, 12, "36.4"),
    (33, 14, "42.4"),
    (47, 20, "42.6"),
    (14, 4, "28.6"),
    (10, 5, "50"),
    (0, 0, "0"),
    (8, 6, "75"),
    (18, 18, "100"),
    (8, 6, "75"),
    (7, 5, "71.4"),
    (301, 159, "52.8"),
]


@pytest.mark.parametrize(("submitted", "adopted", "rate"), PUBLISHED_RATES)
def test_published_rates(submitted: int, adopted: int, rate: str) -> None:
    assert rate_text(adopted, submitted) == rate


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_rate_is_half_up(part: int, whole: int) -> None:
    exact = (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    assert rate_text(part, whole) == str(exact).removesuffix(".0")


@pytest.mark.parametrize(("part", "whole"), [(3, 0), (-1, 5), (2, -1)])
def test_no_rate_of_nothing(part: int, whole: int) -> None:
    assert rate_text(part, whole) == "—"


@pytest.mark.parametrize(
    ("start", "end", "label", "dates"),
    [
        ((2009, 1, 1), (2009, 9, 30), "2009年1月1日至9月30日", "2009年1月1日至9月30日"),
        ((2023, 1, 1), (2023, 3, 31), "2023年第一季度", "2023年1月1日至3月31日"),
        ((2018, 1, 1), (2018, 2, 28), "2018年1月1日至2月28日", "2018年1月1日至2月28日"),
        ((2018, 2, 1), (2018, 4, 30), "2018年2月1日至4月30日", "2018年2月1日至4月30日"),
        ((2026, 7, 1), (2026, 12, 31), "2026年下半年", "2026年7月1日至12月31日"),
        ((2026, 1, 1), (2026, 12, 31), "2026年", "2026年1月1日至12月31日"),
        ((2024, 2, 1), (2024, 2, 29), "2024年2月", "2024年2月1日至2月29日"),
        ((2025, 7, 1), (2026, 6, 30), "2025年7月1日至2026年6月30日", "2025年7月1日至2026年6月30日"),
        ((2026, 3, 5), (2026, 3, 5), "2026年3月5日", "2026年3月5日"),
    ],
)
def test_period_in_words(start: tuple, end: tuple, label: str, dates: str) -> None:
    period = Period(date(*start), date(*end))
    assert (period.label, period.dates_text) == (label, dates)


@given(DAYS, LENGTHS)
def test_calendar_periods_tile_the_year(day: date, months: int) -> None:
    period = months_around(day, months)
    assert period.start <= day <= period.end
    assert period.start.day == 1
    assert (period.start.month - 1) % months == 0
    assert period.end.month == period.start.month + months - 1
    assert period.end.day == calendar.monthrange(period.end.year, period.end.month)[1]
    before = months_before(day, months)
    assert before.end + timedelta(days=1) == period.start
    assert before == months_around(before.start, months)


@pytest.mark.parametrize(
    "text",
    ["2026-03-31", "2026/3/31", "2026年3月31日", "20260331", " ２０２６-０３-３１ ", "2026.3.31"],
)
def test_readable_dates(text: str) -> None:
    assert read_period(text, text, earliest=EARLIEST) == Period(
        date(2026, 3, 31), date(2026, 3, 31)
    )


@pytest.mark.parametrize(
    ("start", "end", "field", "words"),
    [
        ("1899-01-01", "2026-01-01", "start", "早于1949年10月1日"),
        ("2026-01-01", "1899-01-01", "end", "早于1949年10月1日"),
        ("2026-03-31", "2026-03-01", "end", "早于开始日期 2026-03-31"),
        ("", "2026-03-01", "start", "请填写开始日期"),
        ("2026-03-01", "", "end", "请填写结束日期"),
        ("abc", "2026-03-01", "start", "“abc”无法识别"),
        ("2026-02-30", "2026-03-01", "start", "“2026-02-30”无法识别"),
        ("2026-13-01", "2026-03-01", "start", "无法识别"),
        ("0000-01-01", "2026-03-01", "start", "无法识别"),
        ("2026-03-01", "x\x00\x1by" + "z" * 500, "end", "…”无法识别"),
        ("2026-03-02", "２０２６年３月１日", "end", "早于开始日期"),
    ],
)
def test_unusable_periods_say_what_to_do(start: str, end: str, field: str, words: str) -> None:
    with pytest.raises(PeriodError) as caught:
        read_period(start, end, earliest=EARLIEST)
    assert caught.value.field == field
    assert words in caught.value.message
    assert len(caught.value.message) < 80
    assert caught.value.message.isprintable()


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_gives_a_period_or_a_message(start: str, end: str) -> None:
    try:
        period = read_period(start, end, earliest=EARLIEST)
    except PeriodError as error:
        found: PeriodError | Period = error
    else:
        found = period
    if isinstance(found, Period):
        assert EARLIEST <= found.start <= found.end
    else:
        assert found.field in {"start", "end"}
        assert found.message.isprintable()


def test_width_counts_chinese_twice() -> None:
    assert text_width("甲A1。") == 6
