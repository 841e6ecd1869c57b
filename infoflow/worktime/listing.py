"""A year's list of days off and make-up days from a file: read and looked through. Pure.

Two columns, 日期 and 安排 (放假, 上班), one day a line; UTF-8 or GBK.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from infoflow.uploads import plain

from .rules import ONE_DAY, TOUCHED_FROM, is_fixed_holiday

ROWS_MAX = 400
OFF_WORDS = frozenset({"放假", "休", "休息"})
WORK_WORDS = frozenset({"上班", "调休上班", "调休", "班"})
# First and last day on which 春节, 端午 and 中秋 with their bridges can fall.
_MOON = (((1, 19), (2, 28)), ((5, 25), (6, 28)), ((9, 5), (10, 12)))
_SPRING = _MOON[0]
# What is fixed now holds since 2025-01-01.
_FIXED_SINCE = 2025
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")


@dataclass(frozen=True)
class Fault:
    """What is wrong in a line of the file; line 0 is the file as a whole."""

    row: int
    message: str


@dataclass
class Listing:
    """What a file says; `days` is to be used only when there are no faults."""

    days: dict[date, bool] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def read_listing(data: bytes, year: int) -> Listing:
    """Return the days of a year's list and everything that is wrong with it."""
    listing = Listing()
    text = plain.decoded(data)
    if text is None:
        listing.faults.append(Fault(0, _("文件不是文本，请在表格软件里另存为 CSV 再上传。")))
        return listing
    rows: dict[date, int] = {}
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline="")), 1):
            if number > ROWS_MAX:
                listing.faults.append(Fault(number, _("超过400行，请只留一个年度的放假安排。")))
                break
            _take(listing, rows, number, [cell.strip() for cell in cells], year)
    except csv.Error:
        listing.faults.append(Fault(0, _("文件读不出来，请在表格软件里另存为 CSV 再上传。")))
    if not listing.faults:
        listing.faults += _looked_over(listing.days, rows, year)
    return listing


def _take(
    listing: Listing, rows: dict[date, int], number: int, cells: list[str], year: int
) -> None:
    if not any(cells) or (number == 1 and "日期" in cells[0]):
        return
    day = _date_of(cells[0])
    word = cells[1] if len(cells) > 1 else ""
    fault = ""
    if day is None:
        fault = _("没有“%(text)s”这一天，请按 2027-01-01 填写。") % {"text": cells[0][:20]}
    elif day in rows:
        fault = _("与第%(row)d行是同一天，请只留一行。") % {"row": rows[day]}
    elif word not in OFF_WORDS | WORK_WORDS:
        fault = _("第二列请填“放假”或“上班”。")
    elif day.year != year and not _leads_in(day, year):
        fault = _("%(day)s不在%(year)d年的安排里，请检查年度。") % {"day": day, "year": year}
    elif word in WORK_WORDS and day.weekday() < 5:
        fault = _("%(day)s是周一至周五，本来就上班，不用列；请检查日期。") % {"day": day}
    if day is None or fault:
        listing.faults.append(Fault(number, fault))
        return
    rows[day] = number
    listing.days[day] = word in WORK_WORDS


def _date_of(text: str) -> date | None:
    found = _DATE.fullmatch(text)
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None


def _leads_in(day: date, year: int) -> bool:
    return day.year + 1 == year and (day.month, day.day) >= TOUCHED_FROM


def _looked_over(days: dict[date, bool], rows: dict[date, int], year: int) -> list[Fault]:
    """Return what is wrong with a list whose lines are right one by one."""
    faults = []
    off = sorted(day for day, works in days.items() if not works)
    run: list[date] = []
    for place, day in enumerate(off):
        run.append(day)
        if place + 1 < len(off) and off[place + 1] == day + ONE_DAY:
            continue
        if not any(_may_be_holiday(one) for one in run):
            told = _("%(day)s前后没有法定节假日；临时放假请在“放假和调休日”单独登记。")
            faults.append(Fault(rows[run[0]], told % {"day": run[0]}))
        run = []
    day = date(year, 1, 1)
    while year >= _FIXED_SINCE and day.year == year:
        if is_fixed_holiday(day) and days.get(day, True):
            told = _("缺少法定节假日%(day)s，请补齐全年的安排。")
            faults.append(Fault(0, told % {"day": day}))
        day += ONE_DAY
    if not any(_within(day, _SPRING) for day in off):
        faults.append(Fault(0, _("缺少春节，请补齐全年的安排。")))
    return faults


def _within(day: date, span: tuple[tuple[int, int], tuple[int, int]]) -> bool:
    return span[0] <= (day.month, day.day) <= span[1]


def _may_be_holiday(day: date) -> bool:
    return is_fixed_holiday(day) or any(_within(day, span) for span in _MOON)
