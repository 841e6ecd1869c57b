"""Rules of recurring duties (定期报送): when the next is due, when it is sent. Pure.

Source: domain rules on commissions: weekly and monthly key-work briefs are the same mechanism as
commissions. The house's own reading: a slot on a day off is put off to the next working day at
the same hour, as "第 n 日前" is; an explicit 零报告 is an answer and counts neither for nor
against the unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from infoflow.worktime.rules import CHINA, WEEKDAY_NAMES, Calendar, local
from infoflow.worktime.terms import next_monthly, next_weekly

AHEAD_MAX = 20
# Days off in a row are never more than this.
_OFF_MAX = 30


class Rhythm(models.TextChoices):
    """How often it is due."""

    WEEKLY = "weekly", gettext_lazy("每周")
    MONTHLY = "monthly", gettext_lazy("每月")


@dataclass(frozen=True, slots=True)
class Slots:
    """The moments at which a duty is due."""

    rhythm: Rhythm
    day: int  # 1 to 7 from Monday on, or the day of the month
    at: time

    @property
    def words(self) -> str:
        """The rhythm as clerks say it."""
        hour = f"{self.at:%H:%M}"
        if self.rhythm == Rhythm.WEEKLY:
            return _("每周%(day)s %(at)s") % {"day": WEEKDAY_NAMES[self.day - 1], "at": hour}
        return _("每月%(day)d日 %(at)s") % {"day": self.day, "at": hour}

    def after(self, moment: datetime) -> datetime:
        """Return the first slot strictly after a moment, before days off are looked at."""
        if self.rhythm == Rhythm.WEEKLY:
            return next_weekly(moment, self.day - 1, self.at)
        return next_monthly(moment, self.day, self.at)


def put_off(slot: datetime, calendar: Calendar) -> datetime:
    """Return a slot, or the same hour of the next working day when it lies on a day off."""
    here = local(slot)
    for days in range(_OFF_MAX):
        day = here.date() + timedelta(days=days)
        if calendar.is_workday(day):
            return datetime.combine(day, here.time(), CHINA)
    return here


def slots_to_send(
    slots: Slots, *, since: datetime, now: datetime, ahead: int, calendar: Calendar
) -> list[tuple[datetime, datetime]]:
    """Return slots whose day of sending has come since the last one, with their deadlines.

    Args:
        since: the newest slot that was dealt with, or when the duty began.
        ahead: how many natural days before the deadline it is sent.
    """
    found: list[tuple[datetime, datetime]] = []
    slot = slots.after(since)
    while True:
        due = put_off(slot, calendar)
        if due - timedelta(days=ahead) > now:
            return found
        found.append((slot, due))
        slot = slots.after(slot)


def period_words(slots: Slots, slot: datetime) -> str:
    """Return what a slot is about, for the title: the month, or the week up to a day."""
    day: date = local(slot).date()
    if slots.rhythm == Rhythm.MONTHLY:
        return _("%(year)d年%(month)d月") % {"year": day.year, "month": day.month}
    return _("%(month)d月%(day)d日一周") % {"month": day.month, "day": day.day}
