"""Cells as people write them: numbers with units of count, dates in six ways. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

# What people write where there is nothing.
_NOTHING = {"", "-", "--", "—", "——", "/", "\\", "无", "零", "○", "〇"}
_COUNT = re.compile(r"([+-]?\d[\d,]*)(?:\.0*)?(?:条|篇|件|次|期|个|份)?")
_POINTS = re.compile(r"([+-]?(?:\d+(?:\.\d+)?|\.\d+))分?")
_FULL = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?"
)
_SHORT = re.compile(r"(\d{1,2})(?:月|[-/.])(\d{1,2})[日号]?")
_EIGHT = re.compile(r"(\d{4})(\d{2})(\d{2})")
# Excel counts days from here; its 1900 had a 29 February.
_EXCEL_START = date(1899, 12, 30)
_EXCEL_DAYS = range(18_264, 80_000)  # 1950 to 2119


def text_of(cell: Any) -> str:
    """Return a cell as text on one line; whole numbers without a point, dates as ISO."""
    if isinstance(cell, str):
        return " ".join(cell.split()) if "\n" in cell or "  " in cell else cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def folded(cell: Any) -> str:
    """Return a cell as text with full-width letters and digits made plain."""
    return unicodedata.normalize("NFKC", text_of(cell)).strip()


def count_of(cell: Any) -> int | None:
    """Return the number of pieces in a cell: "１２", "12条", 12.0 → 12; None where nothing is.

    Raises:
        ValueError: what is wrong, for the person.
    """
    if isinstance(cell, datetime | date):
        raise ValueError(_("这里是日期，应为条数。请把单元格格式改为“常规”再填数字。"))
    if isinstance(cell, float) and not cell.is_integer():
        raise ValueError(_("条数要是整数，这里是%(value)s。") % {"value": cell})
    words = folded(cell).replace(" ", "")
    if words in _NOTHING:
        return None
    found = _COUNT.fullmatch(words)
    if found is None:
        raise ValueError(_("“%(value)s”不是条数，请填整数；没有的留空。") % {"value": words[:20]})
    number = int(found[1].replace(",", ""))
    if number < 0:
        raise ValueError(_("条数不能是负数。"))
    return number


def points_of(cell: Any) -> int | None:
    """Return the hundredths of a point in a cell; None where nothing is.

    Raises:
        ValueError: no number, or more than two decimals.
    """
    words = folded(cell).replace(" ", "")
    if not words:
        return None
    found = _POINTS.fullmatch(words)
    if found is None:
        raise ValueError(_("分值请填数字，例如 4 或 -2.5。"))
    value = Decimal(found[1]) * 100
    if value != value.to_integral_value():
        raise ValueError(_("分值最多两位小数，例如 2.55。"))
    if abs(value) > 10**8:
        raise ValueError(_("分值太大，请检查是否多写了数字。"))
    return int(value)


def day_of(cell: Any, year: int) -> tuple[date | None, bool]:
    """Return the day in a cell, and whether its year was not written but taken from `year`.

    Takes Excel's dates, their bare numbers, 2026-03-05, 2026/3/5, 2026.3.5, 2026年3月5日,
    20260305, and 3月5日 without a year.

    Raises:
        ValueError: no date, or one that no calendar has.
    """
    if isinstance(cell, datetime):
        return cell.date(), False
    if isinstance(cell, date):
        return cell, False
    words = folded(cell)
    if not words:
        return None, False
    if words.isdigit() and int(words) in _EXCEL_DAYS:
        return _EXCEL_START + timedelta(days=int(words)), False
    squeezed = words if ":" in words else words.replace(" ", "")
    for pattern in (_FULL, _EIGHT):
        if found := pattern.fullmatch(squeezed):
            return _date(int(found[1]), int(found[2]), int(found[3]), words), False
    if found := _SHORT.fullmatch(squeezed):
        return _date(year, int(found[1]), int(found[2]), words), True
    raise ValueError(_("“%(value)s”不是日期，请按“2026-01-31”的格式填写。") % {"value": words[:20]})


def _date(year: int, month: int, day: int, words: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(
            _("没有“%(value)s”这一天，请检查月和日。") % {"value": words[:20]}
        ) from None
