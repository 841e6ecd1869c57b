"""Rules of rankings: ranks, numbers as text, periods. Pure: no ORM, no clock, no settings."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

_DATE = re.compile(
    r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?"
    r"|([0-9]{4})([0-9]{2})([0-9]{2})"
)
_SHOWN_MAX = 20


def competition_ranks(scores: Sequence[int]) -> list[int]:
    """Return the rank of each score, highest first; equal scores share a rank (1,2,2,4)."""
    first: dict[int, int] = {}
    for place, score in enumerate(sorted(scores, reverse=True), start=1):
        first.setdefault(score, place)
    return [first[score] for score in scores]


RATE_PLACES = 1
RATE_PLACES_MAX = 4


def rate_text(part: int, whole: int, places: int = RATE_PLACES) -> str:
    """Return part of whole in per cent, half-up to so many decimals, trailing zeros dropped.

    0/0 is "0" (a unit that sent nothing); something of nothing has no rate: "—".
    Source: domain rules, published table D.
    """
    if part == 0:
        return "0"
    if part < 0 or whole <= 0:
        return "—"
    scale = 10**places
    units = (200 * scale * part + whole) // (2 * whole)
    if not places:
        return str(units)
    return f"{units // scale}.{units % scale:0{places}}".rstrip("0").removesuffix(".")


def top(ranks: Sequence[int], n: int) -> int:
    """Return how many of the first places to list for "前n名": a tie at the cut lists all.

    Args:
        ranks: competition ranks in order (1, 2, 2, 4).
    """
    return sum(1 for rank in ranks if rank <= n)


class PeriodError(ValueError):
    """A period that cannot be counted.

    Attributes:
        field: "start" or "end", where the message belongs.
        message: one sentence for the clerk, saying what to do.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True)
class Period:
    """Days from start to end, both included."""

    start: date
    end: date

    @property
    def dates_text(self) -> str:
        """The two days in words; the year once when both lie in it."""
        first = _long(self.start)
        if self.start == self.end:
            return first
        last = _long(self.end)
        if self.start.year == self.end.year:
            last = last.partition("年")[2]
        return _("%(first)s至%(last)s") % {"first": first, "last": last}

    @property
    def query(self) -> str:
        """The query string that chooses it on a page."""
        return f"start={self.start.isoformat()}&end={self.end.isoformat()}"

    @property
    def label(self) -> str:
        """The period's short name: 2026年, 2026年第三季度, or its two days."""
        year = self.start.year
        months = self.end.month - self.start.month + 1
        whole = (
            self.start.day == 1
            and self.end.year == year
            and self.end.day == calendar.monthrange(year, self.end.month)[1]
        )
        if not whole or (self.start.month - 1) % months:
            return self.dates_text
        names = {
            1: _("%(year)s年%(month)s月") % {"year": year, "month": self.start.month},
            3: _("%(year)s年第%(n)s季度")
            % {"year": year, "n": "一二三四"[(self.start.month - 1) // 3]},
            6: _("%(year)s年%(half)s半年")
            % {"year": year, "half": "上" if self.start.month == 1 else "下"},
            12: _("%(year)s年") % {"year": year},
        }
        return names.get(months, self.dates_text)


def _long(day: date) -> str:
    return _("%(year)s年%(month)s月%(day)s日") % {
        "year": day.year,
        "month": day.month,
        "day": day.day,
    }


def life_text(period: Period, since: date | None, until: date | None) -> str:
    """Return what a reader has to know of a unit that did not exist all through a period.

    Args:
        since, until: its first and last day; None where it has none.
    """
    begun = since is not None and since > period.start
    ended = until is not None and until < period.end
    if since is not None and begun and until is not None and ended:
        return _("%(first)s至%(last)s在用") % {"first": _long(since), "last": _long(until)}
    if since is not None and begun:
        return _("%(day)s启用") % {"day": _long(since)}
    if until is not None and ended:
        return _("%(day)s停用") % {"day": _long(until)}
    return ""


def _last_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _months_back(day: date, months: int) -> date:
    """Return the same day so many months earlier, or the last day of that month."""
    count = day.year * 12 + day.month - 1 - months
    first = date(count // 12, count % 12 + 1, 1)
    if day == _last_of_month(day):
        return _last_of_month(first)
    return min(
        first.replace(day=min(day.day, 28)) + timedelta(max(day.day - 28, 0)), _last_of_month(first)
    )


def period_before(period: Period) -> Period:
    """Return the period of the same length that ends on the day before.

    Whole months: as many months (1—2月 follows 11—12月). Otherwise: as many days.
    """
    last = period.start - timedelta(days=1)
    if period.start.day == 1 and period.end == _last_of_month(period.end):
        months = (period.end.year - period.start.year) * 12
        months += period.end.month - period.start.month + 1
        return Period(_months_back(period.start, months), last)
    return Period(last - (period.end - period.start), last)


def period_last_year(period: Period) -> Period:
    """Return the same days of the year before; the end of a month stays the end of a month."""
    end = _months_back(period.end, 12)
    return Period(min(_months_back(period.start, 12), end), end)


def year_to(day: date) -> Period:
    """Return the days of a year up to a day, both ends included (累计)."""
    return Period(date(day.year, 1, 1), day)


def months_around(day: date, months: int) -> Period:
    """Return the calendar month (1), quarter (3), half-year (6) or year (12) of a day."""
    first = (day.month - 1) // months * months + 1
    last = first + months - 1
    return Period(
        date(day.year, first, 1), date(day.year, last, calendar.monthrange(day.year, last)[1])
    )


def months_before(day: date, months: int) -> Period:
    """Return the calendar month, quarter, half-year or year before the one of a day."""
    start = months_around(day, months).start
    return months_around(date.fromordinal(start.toordinal() - 1), months)


def read_date(text: str, *, field: str, earliest: date) -> date:
    """Return the day that a person has typed (2026-03-31, 2026/3/31, 2026年3月31日).

    Raises:
        PeriodError: empty, unreadable, no such day, or before `earliest`.
    """
    name = _("开始日期") if field == "start" else _("结束日期")
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        raise PeriodError(field, _("请填写%(name)s。") % {"name": name})
    found = _DATE.fullmatch(plain)
    try:
        if found is None:
            raise ValueError
        day = date(*(int(part) for part in found.groups() if part is not None))
    except ValueError:
        shown = "".join(c for c in plain if c.isprintable())
        shown = shown if len(shown) <= _SHOWN_MAX else f"{shown[:_SHOWN_MAX]}…"
        raise PeriodError(
            field,
            _("%(name)s“%(text)s”无法识别，请按 2026-03-31 的格式填写。")
            % {"name": name, "text": shown},
        ) from None
    if day < earliest:
        raise PeriodError(
            field,
            _("%(name)s %(day)s 早于%(earliest)s，请检查年份。")
            % {"name": name, "day": day.isoformat(), "earliest": _long(earliest)},
        )
    return day


def read_period(start: str, end: str, *, earliest: date) -> Period:
    """Return the period between two typed days.

    Raises:
        PeriodError: a day cannot be read, or the period ends before it starts.
    """
    period = Period(
        read_date(start, field="start", earliest=earliest),
        read_date(end, field="end", earliest=earliest),
    )
    if period.end < period.start:
        raise PeriodError(
            "end",
            _("结束日期 %(end)s 早于开始日期 %(start)s，请调整。")
            % {"end": period.end.isoformat(), "start": period.start.isoformat()},
        )
    return period
