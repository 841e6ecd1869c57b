"""Arithmetic of the flow's numbers: periods, how long things lay, shares. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LONGEST_DAYS = 366 * 3
_HOUR, _DAY = 60, 24 * 60


class BadPeriod(Exception):
    """A typed period that cannot be counted; the message says why."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Period:
    """Days that are counted, both ends included."""

    start: date
    end: date

    @property
    def label(self) -> str:
        """The period as a clerk writes it."""
        days = {"start": self.start.isoformat(), "end": self.end.isoformat()}
        return _("%(start)s 至 %(end)s") % days

    def months(self) -> list[tuple[int, int]]:
        """Return the months that the period touches: (year, month), oldest first."""
        first = self.start.year * 12 + self.start.month - 1
        last = self.end.year * 12 + self.end.month - 1
        return [(n // 12, n % 12 + 1) for n in range(first, last + 1)]


def parts_of(period: Period, over: date) -> tuple[list[Period], list[Period]]:
    """Return the whole months of a period that end before a day, and what is left of it."""
    whole: list[Period] = []
    rest: list[Period] = []
    for year, number in period.months():
        month = _month(year, number)
        if period.start <= month.start and month.end <= period.end and month.end < over:
            whole.append(month)
            continue
        part = Period(max(month.start, period.start), min(month.end, period.end))
        if rest and rest[-1].end + timedelta(days=1) == part.start:
            part = Period(rest.pop().start, part.end)
        rest.append(part)
    return whole, rest


def _month(year: int, month: int, length: int = 1) -> Period:
    """Return whole months from the first day of one; months outside 1–12 count on."""
    start_at, end_at = year * 12 + month - 1, year * 12 + month - 1 + length
    start = date(start_at // 12, start_at % 12 + 1, 1)
    end = date(end_at // 12, end_at % 12 + 1, 1) - timedelta(days=1)
    return Period(start, end)


def named_periods(today: date) -> dict[str, Period]:
    """Return the periods that one press chooses; those that run end today."""
    quarter = (today.month - 1) // 3 * 3 + 1
    running = {
        "month": date(today.year, today.month, 1),
        "quarter": date(today.year, quarter, 1),
        "year": date(today.year, 1, 1),
    }
    return {
        "month": Period(running["month"], today),
        "last-month": _month(today.year, today.month - 1),
        "quarter": Period(running["quarter"], today),
        "last-quarter": _month(today.year, quarter - 3, 3),
        "year": Period(running["year"], today),
        "last-year": _month(today.year - 1, 1, 12),
    }


PERIOD_LABELS: Mapping[str, Any] = {
    "month": gettext_lazy("本月"),
    "last-month": gettext_lazy("上月"),
    "quarter": gettext_lazy("本季度"),
    "last-quarter": gettext_lazy("上季度"),
    "year": gettext_lazy("本年"),
    "last-year": gettext_lazy("上年"),
}
DEFAULT_PERIOD = "quarter"


def typed_period(start: str, end: str) -> Period:
    """Return the period of two typed dates (YYYY-MM-DD).

    Raises:
        BadPeriod: not dates, the wrong way round, or longer than three years.
    """
    try:
        period = Period(date.fromisoformat(start), date.fromisoformat(end))
    except ValueError:
        raise BadPeriod(_("请把开始和结束日期都填成“2026-01-31”这样的日期。")) from None
    if period.end < period.start:
        raise BadPeriod(_("结束日期不能早于开始日期。"))
    if (period.end - period.start).days >= LONGEST_DAYS:
        raise BadPeriod(_("一次最多统计三年，请缩短期间。"))
    return period


@dataclass(frozen=True, slots=True)
class Spread:
    """How long things lay: how many, the middle one, and what nine of ten stayed within."""

    count: int
    median: int  # minutes
    ninety: int  # minutes


def spread(minutes: npt.ArrayLike) -> Spread | None:
    """Return the spread of how long things lay, in any order; None when there are none.

    The value at rank ceil(n × share): always one that really happened, also for even counts.
    """
    values = np.asarray(minutes)
    count = len(values)
    if count == 0:
        return None
    half, ninety = (-(-count * percent // 100) - 1 for percent in (50, 90))
    sorted_there = np.partition(values, (half, ninety))
    return Spread(count, int(sorted_there[half]), int(sorted_there[ninety]))


def spell(minutes: int) -> str:
    """Return a length of time in words with at most two units: 35分钟、3小时10分、2天5小时."""
    if minutes < _HOUR:
        return _("%(m)d分钟") % {"m": minutes}
    if minutes < _DAY:
        hours, rest = divmod(minutes, _HOUR)
        if rest == 0:
            return _("%(h)d小时") % {"h": hours}
        return _("%(h)d小时%(m)d分") % {"h": hours, "m": rest}
    days, rest = divmod(minutes, _DAY)
    hours = rest // _HOUR
    if hours == 0:
        return _("%(d)d天") % {"d": days}
    return _("%(d)d天%(h)d小时") % {"d": days, "h": hours}


def percent(part: int, whole: int) -> str:
    """Return a share with one decimal, half up, without a trailing zero; of nothing it is —."""
    if whole == 0:
        return "—"
    tenths = (part * 2000 + whole) // (2 * whole)
    return f"{tenths // 10}%" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}%"
