"""What the clocks of urgent events are reckoned from, and what comes out. Pure.

Used by way of rules_clocks, which reckons.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from infoflow.worktime.rules import local
from infoflow.worktime.terms import Kind, Term

from .rules_grades import Grade

NATURAL = frozenset({Kind.MINUTES, Kind.HOURS, Kind.DAYS})
ONE_MINUTE = timedelta(minutes=1)
# `after_step` of a rule that begins with the end of the event.
AFTER_END = "ended"


class Start(models.TextChoices):
    """Which moment starts the clock."""

    HAPPENED = "happened", _("事发")
    LEARNED = "learned", _("获悉")
    RECEIVED = "received", _("接报")


class Channel(models.TextChoices):
    """How the report has to come."""

    PHONE = "phone", _("电话")
    WRITTEN = "written", _("书面")
    ANY = "any", _("电话或书面")


class Step(models.TextChoices):
    """Which report a rule asks for."""

    FIRST = "first", _("首报")
    DETAIL = "detail", _("详细报告")
    FOLLOWUP = "followup", _("续报")
    FINAL = "final", _("终报")


class Verdict(models.TextChoices):
    """What the moments say of a clock; LATE also when the limit is over and nothing has come."""

    ON_TIME = "on_time", _("按时")
    LATE = "late", _("迟报")
    OPEN = "open", _("未到时限")
    UNKNOWN = "unknown", _("待定")


@dataclass(frozen=True)
class RuleRow:
    """One limit of one jurisdiction. Both ends of the validity are included."""

    id: int
    jurisdiction: str
    step: str
    channel: Channel
    limit: Term | None
    start: Start
    valid_from: date
    valid_to: date | None = None
    cls: str = ""  # an event class, or "" for every class
    grade: Grade | None = None  # None: every grade
    sensitive: bool | None = None  # None: sensitive or not
    slots: tuple[time, ...] = ()  # times of the day for follow-ups; without: every `limit`
    incomplete_ok: bool = False
    document: str = ""
    # The step from whose report (or limit, when that is earlier) the limit runs; AFTER_END.
    after_step: str = ""

    def __post_init__(self) -> None:
        if self.limit is not None and self.limit.kind not in NATURAL:
            raise ValueError("an urgent limit counts natural time")
        if self.limit is None and not self.slots:
            raise ValueError("neither limit nor slots")

    def holds_on(self, day: date) -> bool:
        """Tell whether it is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @property
    def length(self) -> timedelta:
        """Return the limit as natural time; a day is 24 hours."""
        if self.limit is None:
            raise ValueError("a rule of slots has no length")
        unit = {Kind.MINUTES: ONE_MINUTE, Kind.HOURS: ONE_MINUTE * 60}
        return unit.get(self.limit.kind, timedelta(days=1)) * self.limit.amount


def whole_seconds(moment: datetime) -> datetime:
    """Return a moment without its part of a second."""
    return moment.replace(microsecond=0)


@dataclass(frozen=True)
class EventFacts:
    """The moments of an event, all aware; what the clocks are reckoned from.

    Of 事发 and 获悉 one may be unknown, as of an event that no unit has reported. Parts of a
    second count nowhere: nobody is late by what no screen shows.
    """

    cls: str
    grade: Grade | None
    sensitive: bool
    happened_at: datetime | None
    happened_about: bool
    learned_at: datetime | None
    received_at: datetime | None = None
    phone_at: datetime | None = None
    written_at: datetime | None = None
    written_incomplete_reason: str = ""
    followups: tuple[datetime, ...] = ()
    final_at: datetime | None = None
    ended_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.happened_at is None and self.learned_at is None:
            raise ValueError("neither 事发 nor 获悉")
        for name, value in list(vars(self).items()):
            if isinstance(value, datetime):
                object.__setattr__(self, name, whole_seconds(value))
        whole = tuple(whole_seconds(moment) for moment in self.followups)
        object.__setattr__(self, "followups", whole)

    @property
    def day(self) -> date:
        """Return the day whose rules decide: of the event, or of learning when it is not known."""
        return local(self.moment(Start.HAPPENED)[1]).date()

    def moment(self, start: Start) -> tuple[Start, datetime]:
        """Return a moment that starts clocks, or the next best one: 获悉, then 事发."""
        known = {
            Start.HAPPENED: self.happened_at,
            Start.LEARNED: self.learned_at,
            Start.RECEIVED: self.received_at,
        }
        for wanted in (start, Start.LEARNED, Start.HAPPENED):
            if (found := known[wanted]) is not None:
                return wanted, found
        raise ValueError("neither 事发 nor 获悉")

    @property
    def first_at(self) -> datetime | None:
        """Return the first report, by whatever channel."""
        given = [moment for moment in (self.phone_at, self.written_at) if moment]
        return min(given, default=None)


@dataclass(frozen=True)
class Clock:
    """One limit of one event: begun, due, met, and the verdict with its sentence.

    The words are put together when somebody reads them: lists of many events show few of them.
    """

    step: str
    channel: str
    rule_id: int
    jurisdiction: str
    starts_at: datetime
    due_at: datetime
    met_at: datetime | None
    verdict: Verdict
    # Whole minutes, rounded up; 0 unless it was met late.
    late_minutes: int = 0
    reckon: Callable[[], str] = field(default=str, compare=False, repr=False)
    tell: Callable[[], str] = field(default=str, compare=False, repr=False)

    @cached_property
    def reckoning(self) -> str:
        """The sentence without what came and the verdict: it never changes with time."""
        return self.reckon()

    @cached_property
    def sentence(self) -> str:
        """The rule with its document, the reckoning, what came, and the verdict."""
        return self.tell()


@dataclass(frozen=True)
class Base:
    """From when a limit runs, what that moment is, and what has to be said about it."""

    at: datetime
    what: str | Promise
    notes: tuple[str | Promise, ...] = ()
