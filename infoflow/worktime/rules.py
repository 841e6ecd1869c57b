"""Working days, deadlines and the sentences that explain them. Pure: no ORM, no clock, no settings.

Source: docs/glossary.md 工作日; domain rules on time: working days follow the published list of
days off and make-up days (调休), "n working days" begins with the day after, and a year whose
list is not known is reckoned by weekends and fixed holidays and marked 暂按推算.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

CHINA = ZoneInfo("Asia/Shanghai")
CLOSES = time(17)
DAYS_MAX = 2_000
ONE_DAY = timedelta(days=1)
WEEKDAY_NAMES = "一二三四五六日"
# The list of a year also moves days of the last week before it: 2018-12-29 was worked for the
# New Year of 2019, 2007-12-31 was off for that of 2008.
TOUCHED_FROM = (12, 26)
# 全国年节及纪念日放假办法 (in force 2025-01-01): what is fixed in the solar calendar.
FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


@dataclass(frozen=True)
class Calendar:
    """What is known of working time; handed in, so that a rule can be tried on any."""

    # Days that differ from "Monday to Friday": True is worked, False is off.
    overrides: Mapping[date, bool] = field(default_factory=dict)
    # Years whose list is complete.
    years: frozenset[int] = frozenset()
    # End of working hours by the first day on which it holds, oldest first.
    closing_times: tuple[tuple[date, time], ...] = ()

    @cached_property
    def _days(self) -> list[date]:
        return sorted(self.overrides)

    def overrides_between(self, first: date, last: date) -> list[tuple[date, bool]]:
        """Return the listed days of a span (both ends included), in order."""
        days = self._days[bisect_left(self._days, first) : bisect_right(self._days, last)]
        return [(day, self.overrides[day]) for day in days]

    def knows(self, day: date) -> bool:
        """Tell whether every list that could move this day is here."""
        if day.year not in self.years:
            return False
        return (day.month, day.day) < TOUCHED_FROM or day.year + 1 in self.years

    def is_workday(self, day: date) -> bool:
        """Tell whether a day is worked: as listed, else by weekday and fixed holidays."""
        listed = self.overrides.get(day)
        if listed is not None:
            return listed
        if day.weekday() >= 5:
            return False
        return day.year in self.years or not is_fixed_holiday(day)

    def closes(self, day: date) -> time:
        """Return when working hours end on a day."""
        found = CLOSES
        for since, closes in self.closing_times:
            if since <= day:
                found = closes
        return found


def qingming(year: int) -> date:
    """Return 清明 by the formula of the solar term (holds 2000–2099)."""
    short = year % 100
    return date(year, 4, int(short * 0.2422 + 4.81) - short // 4)


def is_fixed_holiday(day: date) -> bool:
    """Tell whether a day is a statutory holiday that needs no published list.

    春节, 端午 and 中秋 follow the moon and are left out: a deadline reckoned without them is
    early rather than late, and is marked.
    """
    if (day.month, day.day) in FIXED_HOLIDAYS:
        return True
    return 2000 <= day.year <= 2099 and day.month == 4 and day == qingming(day.year)


@dataclass(frozen=True)
class Deadline:
    """A moment, how it was reckoned, and whether a missing list may still move it."""

    at: datetime
    sentence: str
    provisional: bool


def local(moment: datetime) -> datetime:
    """Return an aware moment in China's time.

    Raises:
        ValueError: the moment has no time zone; guessing one would shift the day.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without time zone")
    return moment.astimezone(CHINA)


def _days_after(start: date) -> Iterator[date]:
    day = start
    while True:
        day += ONE_DAY
        yield day


def add_working_days(
    start: datetime, days: int, calendar: Calendar, *, event: str = ""
) -> Deadline:
    """Return when `days` working days end that begin with the day after `start`.

    Args:
        start: an aware moment; only its day in China counts.
        days: how many working days, 1 to DAYS_MAX.
        event: what happened at the start, for the sentence; 送达 when empty.

    Returns:
        The end of working hours of the last day, in Asia/Shanghai.

    Raises:
        ValueError: no time zone, or `days` out of range.
    """
    if not 1 <= days <= DAYS_MAX:
        raise ValueError(f"{days} working days")
    first = local(start).date()
    left, off, made_up = days, False, False
    unknown: set[int] = set()
    last = first
    for day in _days_after(first):
        works = calendar.is_workday(day)
        off |= not works and day.weekday() < 5
        made_up |= works and day.weekday() >= 5
        unknown |= unknown_years(day, calendar)
        left -= works
        if not left:
            last = day
            break
    at = datetime.combine(last, calendar.closes(last), CHINA)
    sentence = _sentence(first, days, at, event or _("送达"), why_words(off, made_up), unknown)
    return Deadline(at=at, sentence=sentence, provisional=bool(unknown))


def unknown_years(day: date, calendar: Calendar) -> set[int]:
    """Return the year whose missing list may still move a day, or nothing."""
    if calendar.knows(day):
        return set()
    return {day.year if day.year not in calendar.years else day.year + 1}


def unknown_words(years: set[int]) -> str:
    """Return the mark of a deadline that a missing list may still move."""
    if not years:
        return ""
    named = "、".join(_("%(year)d年") % {"year": year} for year in sorted(years))
    return _("（%(years)s放假安排未录入，暂按推算）") % {"years": named}


def why_words(off: bool, made_up: bool) -> str:
    """Return what on the way was not Monday to Friday."""
    if off and made_up:
        return _("遇节假日和调休")
    if made_up:
        return _("遇调休")
    return _("遇节假日") if off else ""


def _sentence(first: date, days: int, at: datetime, event: str, why: str, unknown: set[int]) -> str:
    years = first.year != at.year
    parts = [
        f"{day_words(first, with_year=years)}{event}",
        _("%(days)d个工作日") % {"days": days},
        why,
        _("%(day)s%(time)s截止")
        % {
            "day": day_words(at.date(), with_year=years, with_weekday=False),
            "time": f"{at:%H:%M}",
        },
    ]
    return "，".join(part for part in parts if part) + unknown_words(unknown)


def day_words(day: date, *, with_year: bool = False, with_weekday: bool = True) -> str:
    """Return a day as clerks write it: 11月25日（周三）."""
    words = f"{day.month}月{day.day}日"
    if with_year:
        words = f"{day.year}年{words}"
    return f"{words}（周{WEEKDAY_NAMES[day.weekday()]}）" if with_weekday else words


def _weekdays_until(day: date) -> int:
    """Return how many Mondays to Fridays there are from day 1 to a day, both included."""
    weeks, rest = divmod(day.toordinal(), 7)  # day 1 of the count is a Monday
    return weeks * 5 + min(rest, 5)


def working_days_between(a: datetime, b: datetime, calendar: Calendar) -> int:
    """Return the working days after the day of `a` up to the day of `b`; negative if b is earlier.

    The counterpart of add_working_days. The cost grows with the listed days between, not with
    the days, so that a list of two hundred ages is cheap.

    Raises:
        ValueError: a moment without time zone.
    """
    first, last = local(a).date(), local(b).date()
    if last < first:
        return -working_days_between(b, a, calendar)
    count = _weekdays_until(last) - _weekdays_until(first)
    for day, works in calendar.overrides_between(first + ONE_DAY, last):
        count += works - (day.weekday() < 5)
    for year in range(first.year, last.year + 1):
        if year not in calendar.years:
            count -= sum(
                first < day <= last and day.weekday() < 5 and day not in calendar.overrides
                for day in _fixed_holidays_of(year)
            )
    return count


def _fixed_holidays_of(year: int) -> list[date]:
    days = [date(year, month, day) for month, day in FIXED_HOLIDAYS]
    return [*days, qingming(year)] if 2000 <= year <= 2099 else days
