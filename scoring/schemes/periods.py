"""Periods of a scheme: month, 1–2月 as one, quarter, half-year, year. Pure date arithmetic."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class PeriodKind(models.TextChoices):
    """How long a scheme's period is. Source: domain rules §4.4."""

    MONTH = "month", gettext_lazy("月（1—12月各为一期）")
    MONTH_MERGED = "month_merged", gettext_lazy("月（1—2月合并为一期）")
    QUARTER = "quarter", gettext_lazy("季度")
    HALF = "half", gettext_lazy("半年")
    YEAR = "year", gettext_lazy("年")


# The last months of the periods of a year.
_ENDS: dict[str, tuple[int, ...]] = {
    PeriodKind.MONTH: tuple(range(1, 13)),
    PeriodKind.MONTH_MERGED: tuple(range(2, 13)),
    PeriodKind.QUARTER: (3, 6, 9, 12),
    PeriodKind.HALF: (6, 12),
    PeriodKind.YEAR: (12,),
}


class Span(NamedTuple):
    """Days from start to end, both included."""

    start: date
    end: date

    @property
    def months(self) -> int:
        """How many calendar months it touches."""
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1

    @property
    def text(self) -> str:
        """The span in a clerk's words: 2026年, 2026年第一季度, 2026年1—2月, 2026年3月."""
        year = self.start.year
        first, last = self.start.month, self.end.month
        if self.months == 12 and first == 1:
            return _("%(year)s年") % {"year": year}
        if self.months == 6:
            return _("%(year)s年%(half)s半年") % {
                "year": year,
                "half": "上" if first == 1 else "下",
            }
        if self.months == 3:
            return _("%(year)s年第%(n)s季度") % {"year": year, "n": "一二三四"[first // 3]}
        if first != last:
            return _("%(year)s年%(first)s—%(last)s月") % {
                "year": year,
                "first": first,
                "last": last,
            }
        return _("%(year)s年%(month)s月") % {"year": year, "month": first}


@lru_cache(maxsize=256)
def spans_of_year(kind: str, year: int) -> tuple[Span, ...]:
    """Return the periods of a year in order; they cover it without gap or overlap."""
    found = []
    first = 1
    for last in _ENDS[kind]:
        end = date(year, last, calendar.monthrange(year, last)[1])
        found.append(Span(date(year, first, 1), end))
        first = last + 1
    return tuple(found)


@lru_cache(maxsize=256)
def _ends_by_month(kind: str, year: int) -> tuple[Span, ...]:
    return tuple(
        next(span for span in spans_of_year(kind, year) if span.end.month >= month)
        for month in range(1, 13)
    )


def span_of(kind: str, day: date) -> Span:
    """Return the period that a day lies in."""
    return _ends_by_month(kind, day.year)[day.month - 1]


def spans_between(kind: str, start: date, end: date) -> Iterator[Span]:
    """Yield the periods whose last day lies between two days (both included), in order."""
    for year in range(start.year, end.year + 1):
        for span in spans_of_year(kind, year):
            if start <= span.end <= end:
                yield span
