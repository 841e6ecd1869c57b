"""Rules of numbers in schemes: points as text, hundredths, rounding. Pure and exact."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# 1 point = 100. Most schemes stop at 120 points an item; more digits are a slip.
HUNDRED = 100
POINTS_MAX = 9_999 * HUNDRED + 99
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?|[+-]?\.\d+")


class Rounding(models.TextChoices):
    """How a share of a point becomes hundredths. Stated in the scheme, never assumed."""

    HALF_UP = "half_up", gettext_lazy("四舍五入到0.01分")
    DOWN = "down", gettext_lazy("舍去不足0.01分的部分")


def parse_points(text: str) -> int:
    """Return the hundredths that a person wrote as points ("4", "2.5", "0").

    Full-width digits count as digits.

    Raises:
        ValueError: not a number, negative, more than two decimals, or too large; the
            message tells the person what to write.
    """
    clean = unicodedata.normalize("NFKC", text).strip().removesuffix("分").strip()
    if not _NUMBER.fullmatch(clean) or not clean.isascii():
        raise ValueError(_("分值请填数字，例如 4 或 2.5。"))
    value = Decimal(clean) * HUNDRED
    if value < 0:
        raise ValueError(_("分值不能是负数；不计分请填 0。"))
    if value != value.to_integral_value():
        raise ValueError(_("分值最多两位小数，例如 2.55。"))
    if value > POINTS_MAX:
        raise ValueError(_("分值不能超过9999.99，请检查是否多写了数字。"))
    return int(value)


def points_text(hundredths: int) -> str:
    """Return hundredths as decimal text without trailing zeros: 7500 → "75", 250 → "2.5"."""
    sign = "-" if hundredths < 0 else ""
    whole, part = divmod(abs(hundredths), HUNDRED)
    return f"{sign}{whole}.{part:02}".rstrip("0").rstrip(".")


def to_hundredths(points: Fraction, rounding: Rounding) -> int:
    """Return exact points as whole hundredths; halves and remainders go as stated.

    Both ways are symmetric about zero: −x gives the opposite of x.
    """
    size = abs(points) * HUNDRED
    if rounding == Rounding.HALF_UP:
        size += Fraction(1, 2)
    whole = size.numerator // size.denominator
    return whole if points >= 0 else -whole
