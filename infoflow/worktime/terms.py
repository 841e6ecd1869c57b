"""Every kind of limit, reckoned and told: natural time, working time, recurring slots. Pure.

Source: domain rules on urgent reports, commissions and time. Natural time never stops for nights
or holidays; working time follows the calendar that is handed in. Everything is Asia/Shanghai.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

from .rules import (
    CHINA,
    DAYS_MAX,
    ONE_DAY,
    Calendar,
    Deadline,
    add_working_days,
    day_words,
    local,
    unknown_words,
    unknown_years,
    why_words,
)

# What a limit of working hours counts, besides the end of the day that the calendar gives.
OPENS = time(8, 30)
NOON_FROM = time(12)
NOON_TO = time(13, 30)
SLOTS = (time(8), time(17))
MAXIMA = {"minutes": 527_040, "hours": 8_784, "days": DAYS_MAX, "working_hours": 4_000}


class Kind(StrEnum):
    """What a limit is counted in; the value is what a table stores."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"


@dataclass(frozen=True)
class Term:
    """A limit as a rule names it: 35 minutes, 3 working days."""

    kind: Kind
    amount: int

    def __post_init__(self) -> None:
        if not 1 <= self.amount <= MAXIMA.get(self.kind, DAYS_MAX):
            raise ValueError(f"{self.amount} {self.kind}")

    @property
    def words(self) -> str:
        """Return the limit as clerks write it."""
        texts = {
            Kind.MINUTES: _("%(n)d分钟"),
            Kind.HOURS: _("%(n)d小时"),
            Kind.DAYS: _("%(n)d日"),
            Kind.WORKING_HOURS: _("%(n)d个工作小时"),
            Kind.WORKING_DAYS: _("%(n)d个工作日"),
        }
        return texts[self.kind] % {"n": self.amount}


def deadline_of(start: datetime, term: Term, calendar: Calendar, *, event: str = "") -> Deadline:
    """Return when a limit ends that begins with `start`.

    Minutes and hours run from the moment itself; days begin with the day after and end with
    working hours of the last day, natural days as well.

    Raises:
        ValueError: the moment has no time zone.
    """
    begun, told = local(start), event or _("送达")
    if term.kind is Kind.WORKING_DAYS:
        return add_working_days(start, term.amount, calendar, event=told)
    if term.kind is Kind.WORKING_HOURS:
        return _working_hours(begun, term, calendar, told)
    if term.kind is Kind.DAYS:
        last = begun.date() + timedelta(days=term.amount)
        end = datetime.combine(last, calendar.closes(last), CHINA)
        return Deadline(end, _told(begun, term, end, told, clock=False), False)
    unit = timedelta(minutes=1) if term.kind is Kind.MINUTES else timedelta(hours=1)
    end = begun + unit * term.amount
    return Deadline(end, _told(begun, term, end, told), False)


def _working_spans(day: date, calendar: Calendar) -> list[tuple[datetime, datetime]]:
    if not calendar.is_workday(day):
        return []
    pairs = ((OPENS, NOON_FROM), (NOON_TO, calendar.closes(day)))
    return [
        (datetime.combine(day, a, CHINA), datetime.combine(day, b, CHINA))
        for a, b in pairs
        if a < b
    ]


def _working_hours(begun: datetime, term: Term, calendar: Calendar, event: str) -> Deadline:
    """Count the time inside working hours, from the moment on."""
    left, day = timedelta(hours=term.amount), begun.date()
    off = made_up = False
    unknown: set[int] = set()
    while True:
        works = calendar.is_workday(day)
        off |= not works and day.weekday() < 5
        made_up |= works and day.weekday() >= 5
        unknown |= unknown_years(day, calendar)
        for opens, closes in _working_spans(day, calendar):
            room = closes - max(opens, begun)
            if room >= left:
                end = max(opens, begun) + left
                told = _told(begun, term, end, event, why_words(off, made_up))
                return Deadline(end, told + unknown_words(unknown), bool(unknown))
            left -= max(room, timedelta())
        day += ONE_DAY


def before_day(start: datetime, last: date, calendar: Calendar, *, event: str = "") -> Deadline:
    """Return the end of working hours of a named day, or of the first working day after it.

    "7月10日前" includes 7月10日. A last day that is off is put off to the working day after it,
    so a holiday more never makes it earlier. Both are the house's own reading: the domain rules
    do not say.

    Raises:
        ValueError: the named day is over before it begins, or no time zone.
    """
    begun, day = local(start), last
    if last < begun.date():
        raise ValueError(f"{last} is before {begun.date()}")
    unknown = unknown_years(day, calendar)
    while not calendar.is_workday(day):
        day += ONE_DAY
        unknown |= unknown_years(day, calendar)
    end = datetime.combine(day, calendar.closes(day), CHINA)
    years = begun.year != end.year
    parts = [
        day_words(begun.date(), with_year=years) + (event or _("送达")),
        _("%(day)s前") % {"day": day_words(last, with_year=years, with_weekday=False)},
        _("遇休息日顺延") if day != last else "",
        _ends(end, years),
    ]
    told = "，".join(part for part in parts if part)
    return Deadline(end, told + unknown_words(unknown), bool(unknown))


def next_slot(after: datetime, slots: Sequence[time] = SLOTS) -> datetime:
    """Return the first of the daily slots strictly after a moment; holidays do not stop it.

    Raises:
        ValueError: no slots, or no time zone.
    """
    if not slots:
        raise ValueError("no slots")
    moment = local(after)
    days = (moment.date(), moment.date() + ONE_DAY)
    return min(m for d in days for s in slots if (m := datetime.combine(d, s, CHINA)) > moment)


def next_weekly(after: datetime, weekday: int, at: time) -> datetime:
    """Return the first moment strictly after `after` on a weekday (Monday is 0)."""
    if not 0 <= weekday <= 6:
        raise ValueError(f"weekday {weekday}")
    moment = local(after)
    day = moment.date() + timedelta(days=(weekday - moment.weekday()) % 7)
    found = datetime.combine(day, at, CHINA)
    return found if found > moment else found + timedelta(days=7)


def next_monthly(after: datetime, day: int, at: time) -> datetime:
    """Return the first moment strictly after `after` on day n of a month.

    A month that has no such day has its last day instead: no month is left out.
    """
    if not 1 <= day <= 31:
        raise ValueError(f"day {day}")
    moment = local(after)
    year, month = moment.year, moment.month
    while True:
        found = datetime.combine(date(year, month, min(day, monthrange(year, month)[1])), at, CHINA)
        if found > moment:
            return found
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def extended(old: datetime, new: datetime) -> datetime:
    """Return the later of two deadlines: an extension never shortens."""
    return max(local(old), local(new))


def _ends(end: datetime, years: bool) -> str:
    day = day_words(end.date(), with_year=years, with_weekday=False)
    return _("%(day)s%(time)s截止") % {"day": day, "time": f"{end:%H:%M}"}


def _told(
    begun: datetime, term: Term, end: datetime, event: str, why: str = "", *, clock: bool = True
) -> str:
    years = begun.year != end.year
    first = day_words(begun.date(), with_year=years) + (f"{begun:%H:%M}" if clock else "")
    return "，".join(part for part in (first + event, term.words, why, _ends(end, years)) if part)
