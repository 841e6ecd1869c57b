"""Rules of numbers in schemes: points as text, hundredths, rounding. Pure and exact."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# 1 point = 100. Most schemes stop at 120 points an item; more digits are a slip.
HUNDRED = 100
POINTS_MAX = 9_999 * HUNDRED + 99
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?|[+-]?\.\d+")
_FACTOR = re.compile(r"-?(\d{1,9}/\d{1,9}|\d{1,9}(\.\d{1,9})?|\.\d{1,9})")


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


class Measure(models.TextChoices):
    """What a target is counted in. Source: domain rules §4.1, targets."""

    SUBMITTED = "submitted", gettext_lazy("报送条数")
    ADOPTED = "adopted", gettext_lazy("采用条数")
    POINTS = "points", gettext_lazy("得分")


class Remainder(models.TextChoices):
    """Who gets what is left over when points are split. Stated in the scheme."""

    FIRST = "first", gettext_lazy("归第一署名单位")
    LAST = "last", gettext_lazy("归最后署名单位")
    NOBODY = "nobody", gettext_lazy("舍去")


def split(hundredths: int, weights: Sequence[int], remainder: Remainder) -> list[int]:
    """Split hundredths by weights; each share is cut to whole hundredths.

    Unless the remainder goes to nobody, the shares add up to the whole. Negative points are
    split like positive ones.

    Raises:
        ValueError: no weight above zero.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights must not be negative, and one of them above zero")
    size = abs(hundredths)
    shares = [size * weight // whole for weight in weights]
    left = size - sum(shares)
    sharing = [place for place, weight in enumerate(weights) if weight]
    if remainder == Remainder.FIRST:
        shares[sharing[0]] += left
    elif remainder == Remainder.LAST:
        shares[sharing[-1]] += left
    return [share if hundredths >= 0 else -share for share in shares]


def parse_signed(text: str) -> int:
    """Return the hundredths of points that may be negative ("-10", "2.5").

    Raises:
        ValueError: as `parse_points`.
    """
    clean = unicodedata.normalize("NFKC", text).strip().replace("−", "-").replace("–", "-")
    if clean.startswith("-"):
        return -parse_points(clean[1:])
    return parse_points(clean)


def parse_factor(text: str) -> Fraction:
    """Return a factor or percentage as written: "2", "0.5", "1/2", "½", "20%".

    Raises:
        ValueError: no such number, negative, or above 1,000.
    """
    # A blank before ½, so that 1½ is not read as 11/2.
    apart = "".join(f" {c}" if "⁄" in unicodedata.normalize("NFKC", c) else c for c in text)
    clean = unicodedata.normalize("NFKC", apart).replace("⁄", "/").strip()
    percent = clean.endswith("%")
    clean = clean.removesuffix("%").removesuffix("倍").strip()
    # Checked before it is read: Fraction would work out 1e999999999.
    if not _FACTOR.fullmatch(clean) or not clean.isascii():
        raise ValueError(_("倍数请填数字，例如 2、0.5、1/2 或 20%。"))
    try:
        value = Fraction(clean)
    except ZeroDivisionError:
        raise ValueError(_("倍数请填数字，例如 2、0.5、1/2 或 20%。")) from None
    if percent:
        value /= 100
    if value < 0 or value > 1_000:
        raise ValueError(_("倍数请填0到1000之间的数字。"))
    return value


def parse_percent(text: str) -> Fraction:
    """Return a percentage as written, with or without its sign: "30", "30%", "33.3％".

    Raises:
        ValueError: no such number, negative, or above 1,000.
    """
    clean = unicodedata.normalize("NFKC", text).strip().removesuffix("%").strip()
    if not _NUMBER.fullmatch(clean) or not clean.isascii():
        raise ValueError(_("百分比请填数字，例如 30 或 33.3。"))
    value = Fraction(clean)
    if not 0 <= value <= 1_000:
        raise ValueError(_("百分比请填0到1000之间的数字。"))
    return value / 100


def factor_text(factor: Fraction) -> str:
    """Return a factor as people write it: 2, 0.5, 1/3."""
    if factor.denominator == 1:
        return str(factor.numerator)
    hundredths = factor * HUNDRED
    if hundredths.denominator == 1:
        return points_text(hundredths.numerator)
    return f"{factor.numerator}/{factor.denominator}"
