"""Points as people write them, and how shares become hundredths."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.schemes.rules import Rounding, parse_points, points_text, to_hundredths


@given(st.fractions(), st.sampled_from(list(Rounding)))
def test_rounding_is_stated_and_symmetric(value: Fraction, rounding: Rounding) -> None:
    whole = to_hundredths(value, rounding)
    off = abs(value) * 100 - abs(whole)
    if rounding == Rounding.HALF_UP:
        assert Fraction(-1, 2) <= off < Fraction(1, 2)
        assert off != Fraction(1, 2)
    else:
        assert 0 <= off < 1
    assert to_hundredths(-value, rounding) == -whole


@given(st.integers(0, 999_999))
def test_points_text_and_back(hundredths: int) -> None:
    text = points_text(hundredths)
    assert parse_points(text) == hundredths
    assert not (("." in text) and text.endswith("0"))


@pytest.mark.parametrize(
    ("text", "hundredths"),
    [("4", 400), ("2.5", 250), ("4分", 400), ("0", 0), (" 7.50 ", 750), (".5", 50), ("-0", 0)],
)
def test_points_that_are_numbers(text: str, hundredths: int) -> None:
    assert parse_points(text) == hundredths


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("abc", "分值请填数字"),
        ("", "分值请填数字"),
        ("NaN", "分值请填数字"),
        ("1e3", "分值请填数字"),
        ("四", "分值请填数字"),
        ("1,000", "分值请填数字"),
        ("-1", "分值不能是负数"),
        ("2.555", "分值最多两位小数"),
        ("10000", "分值不能超过9999.99"),
    ],
)
def test_points_that_are_none(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_points(text)
