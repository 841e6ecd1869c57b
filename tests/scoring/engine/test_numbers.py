"""Numbers of schemes: splits, factors, signed points."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.schemes.rules import (
    Remainder,
    factor_text,
    parse_factor,
    parse_points,
    parse_signed,
    points_text,
    split,
)


@pytest.mark.parametrize(
    ("hundredths", "weights", "remainder", "shares"),
    [
        (500, [1, 1], Remainder.FIRST, [250, 250]),
        (1000, [1, 1, 1], Remainder.FIRST, [334, 333, 333]),
        (1000, [1, 1, 1], Remainder.LAST, [333, 333, 334]),
        (1000, [1, 1, 1], Remainder.NOBODY, [333, 333, 333]),
        (500, [3, 2], Remainder.FIRST, [300, 200]),
        (100, [3, 2, 1], Remainder.FIRST, [51, 33, 16]),
        (100, [3, 2, 1], Remainder.LAST, [50, 33, 17]),
        (1, [1, 1], Remainder.FIRST, [1, 0]),
        (1, [1, 1], Remainder.NOBODY, [0, 0]),
        (0, [1, 1], Remainder.FIRST, [0, 0]),
        (-1000, [1, 1, 1], Remainder.FIRST, [-334, -333, -333]),
        (100, [0, 1, 2], Remainder.FIRST, [0, 34, 66]),
        (100, [1, 2, 0], Remainder.LAST, [33, 67, 0]),
        (700, [5], Remainder.FIRST, [700]),
    ],
)
def test_splits_by_hand(
    hundredths: int, weights: list[int], remainder: Remainder, shares: list[int]
) -> None:
    assert split(hundredths, weights, remainder) == shares


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [1, -1], [3, -1]])
def test_split_without_weights_is_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        split(100, weights, Remainder.FIRST)


WEIGHTS = st.lists(st.integers(0, 20), min_size=1, max_size=8).filter(any)


@given(st.integers(-1_000_000, 1_000_000), WEIGHTS, st.sampled_from(list(Remainder)))
def test_splits_add_up(hundredths: int, weights: list[int], remainder: Remainder) -> None:
    shares = split(hundredths, weights, remainder)
    left = abs(hundredths) - abs(sum(shares))
    assert left == 0 if remainder != Remainder.NOBODY else 0 <= left < len(weights)
    assert split(-hundredths, weights, remainder) == [-share for share in shares]
    for share, weight in zip(shares, weights, strict=True):
        exact = Fraction(hundredths * weight, sum(weights))
        assert abs(exact - share) < len(weights)
        assert weight or share == 0


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2", Fraction(2)),
        ("4", Fraction(4)),
        ("0.5", Fraction(1, 2)),
        (".5", Fraction(1, 2)),
        ("1/2", Fraction(1, 2)),
        ("½", Fraction(1, 2)),
        ("１／３", Fraction(1, 3)),
        ("20%", Fraction(1, 5)),
        ("20％", Fraction(1, 5)),
        ("0.5%", Fraction(1, 200)),
        ("2倍", Fraction(2)),
        (" 1.25 ", Fraction(5, 4)),
        ("0", Fraction(0)),
        ("1000", Fraction(1000)),
    ],
)
def test_factors_that_are_numbers(text: str, value: Fraction) -> None:
    assert parse_factor(text) == value


@pytest.mark.parametrize(
    "text",
    ["", "两倍", "1½", "1 1/2", "1/0", "-2", "-1/2", "1001", "nan", "inf", "1e3", "1_0", "2x", "%"],
)
def test_factors_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="倍数请填"):
        parse_factor(text)


def test_huge_exponent_is_not_worked_out() -> None:
    begun = time.perf_counter()
    with pytest.raises(ValueError, match="倍数请填"):
        parse_factor("1e999999999")
    assert time.perf_counter() - begun < 1


@given(st.fractions(0, 1_000, max_denominator=1_000))
def test_factor_text_and_back(factor: Fraction) -> None:
    assert parse_factor(factor_text(factor)) == factor


@pytest.mark.parametrize(
    ("text", "hundredths"),
    [("-10", -1000), ("−2.5", -250), ("－1", -100), ("–0.5分", -50), ("3", 300), ("-0", 0)],
)
def test_signed_points(text: str, hundredths: int) -> None:
    assert parse_signed(text) == hundredths


@pytest.mark.parametrize("text", ["--1", "-", "-1.234", "-10000", "1-2", ""])
def test_signed_points_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="分值"):
        parse_signed(text)


@given(st.integers(-999_999, 999_999))
def test_signed_points_text_and_back(hundredths: int) -> None:
    assert parse_signed(points_text(hundredths)) == hundredths
    if hundredths >= 0:
        assert parse_points(points_text(hundredths)) == hundredths
