"""Rules of commissions: states, outcomes, clocks, what a deadline may be. Pure.

Source: docs/glossary.md 约稿; domain rules on commissions. Nothing of a state is stored: it
follows from moments. A piece counts as submitted when its unit signed it for the first time,
whenever it was linked; what is returned and comes again keeps that moment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from infoflow.worktime.rules import Calendar, Deadline, add_working_days, day_words, local
from infoflow.worktime.terms import OPENS

TITLE_MAX = 100
TEXT_MAX = 2000
WORDS_MAX = 300
NAME_MAX = 100
PHONE_MAX = 60
UNITS_MAX = 300
DAYS_MAX = 250
# A deadline further away than this is a slip of the keyboard.
YEARS_AHEAD = 2
# Minutes from the deadline at which people are reminded, unless the office has said otherwise.
REMINDERS = (-1440, -120, 0, 1440)
GRACE_DAYS = 3
MARKS_PER_POINT = 10
KIND = "commission"


class Origin(models.TextChoices):
    """Who wants the piece."""

    OWN = "own", gettext_lazy("本级")
    SUPERIOR = "superior", gettext_lazy("上级")


class State(models.TextChoices):
    """How one asked unit stands with a commission."""

    UNSIGNED = "unsigned", gettext_lazy("未签收")
    SIGNED = "signed", gettext_lazy("已签收")
    WORKING = "working", gettext_lazy("办理中")
    EXTENDED = "extended", gettext_lazy("延期中")
    OVERDUE = "overdue", gettext_lazy("逾期")
    RETURNED = "returned", gettext_lazy("退改")
    SUBMITTED = "submitted", gettext_lazy("已报送")
    LATE = "late", gettext_lazy("逾期报送")
    ADOPTED = "adopted", gettext_lazy("已采用")
    NOTHING = "nothing", gettext_lazy("零报告")
    MISSED = "missed", gettext_lazy("未报")
    CANCELLED = "cancelled", gettext_lazy("撤销")


# States in which the unit still has to do something.
OPEN_STATES = frozenset(
    {
        State.UNSIGNED,
        State.SIGNED,
        State.WORKING,
        State.EXTENDED,
        State.OVERDUE,
        State.RETURNED,
    }
)


class Ruling(models.TextChoices):
    """What the office says to a piece that answers a commission."""

    ACCEPTED = "accepted", gettext_lazy("收用")
    RETURNED = "returned", gettext_lazy("退改")


class Reply(models.TextChoices):
    """What the office says to a unit that asks for more time, or cannot do it."""

    GRANTED = "granted", gettext_lazy("同意")
    SHORTENED = "shortened", gettext_lazy("同意，时间缩短")
    REFUSED = "refused", gettext_lazy("不同意")


class Outcome(models.TextChoices):
    """How it ended for a unit, once that is certain."""

    DONE = "done", gettext_lazy("按时完成")
    LATE = "late", gettext_lazy("迟报")
    MISSED = "missed", gettext_lazy("未报")


class Happening(models.TextChoices):
    """What the log of a commission says; it only grows."""

    CREATED = "created", gettext_lazy("起草")
    SENT = "sent", gettext_lazy("下达")
    PHONED = "phoned", gettext_lazy("电话约稿补登")
    ADDED = "added", gettext_lazy("增加单位")
    CHANGED = "changed", gettext_lazy("修改")
    MOVED = "moved", gettext_lazy("期限调整")
    CANCELLED = "cancelled", gettext_lazy("撤销")
    DROPPED = "dropped", gettext_lazy("撤销对本单位的约稿")
    SIGNED = "signed", gettext_lazy("签收")
    NAMED = "named", gettext_lazy("确定承办人")
    STARTED = "started", gettext_lazy("开始写稿")
    LINKED = "linked", gettext_lazy("关联稿件")
    UNLINKED = "unlinked", gettext_lazy("解除关联")
    SUBMITTED = "submitted", gettext_lazy("稿件报出")
    ASKED_MORE = "asked_more", gettext_lazy("申请延期")
    GRANTED = "granted", gettext_lazy("同意延期")
    REFUSED = "refused", gettext_lazy("不同意延期")
    NOTHING = "nothing", gettext_lazy("零报告")
    UNABLE = "unable", gettext_lazy("提出无法完成")
    UNABLE_REPLY = "unable_reply", gettext_lazy("答复无法完成")
    URGED = "urged", gettext_lazy("催办")
    ACCEPTED = "accepted", gettext_lazy("收用")
    RETURNED = "returned", gettext_lazy("退改")
    ADOPTED = "adopted", gettext_lazy("登记采用")
    UNADOPTED = "unadopted", gettext_lazy("撤销采用登记")
    MISSED = "missed", gettext_lazy("记为未报")
    UNMISSED = "unmissed", gettext_lazy("撤销未报")


@dataclass(frozen=True, slots=True)
class Piece:
    """One item that answers a commission, by moments.

    `left` and `left_again` are the first and the newest signature of its unit, `back` the newest
    return by the office to the unit, `ruling` the newest word of the office on it as an answer.
    """

    left: datetime | None = None
    left_again: datetime | None = None
    back: datetime | None = None
    ruling: str = ""
    ruled: datetime | None = None
    adopted: bool = False

    @property
    def returned(self) -> bool:
        """Whether it lies with the unit again after it had left it."""
        if self.left_again is None or self.ruling == Ruling.ACCEPTED:
            return False
        sent_back = self.ruled if self.ruling == Ruling.RETURNED else None
        return any(moment > self.left_again for moment in (self.back, sent_back) if moment)

    @property
    def accepted(self) -> bool:
        """Whether the office took it as an answer."""
        return self.left is not None and self.ruling == Ruling.ACCEPTED


@dataclass(frozen=True, slots=True)
class Asked:
    """How one unit was asked and what it has done, by moments."""

    due: datetime
    signed: datetime | None = None
    named: bool = False
    extended: bool = False
    missed: datetime | None = None
    dropped: datetime | None = None
    nothing: datetime | None = None
    pieces: tuple[Piece, ...] = ()

    @property
    def submitted(self) -> datetime | None:
        """When the first of the pieces left the unit."""
        return min((piece.left for piece in self.pieces if piece.left), default=None)

    @property
    def accepted(self) -> datetime | None:
        """When the first of the accepted pieces left the unit."""
        accepted = (piece.left for piece in self.pieces if piece.accepted and piece.left)
        return min(accepted, default=None)


def state_of(asked: Asked, now: datetime) -> State:
    """Return how a unit stands at a moment."""
    if asked.dropped is not None:
        return State.CANCELLED
    if any(piece.adopted for piece in asked.pieces):
        return State.ADOPTED
    submitted, accepted = asked.submitted, asked.accepted
    if submitted is not None:
        sent = [piece for piece in asked.pieces if piece.left]
        if accepted is None and all(piece.returned for piece in sent):
            return State.RETURNED
        return State.LATE if (accepted or submitted) > asked.due else State.SUBMITTED
    if asked.missed is not None:
        return State.MISSED
    if asked.nothing is not None:
        return State.NOTHING
    if now > asked.due:
        return State.OVERDUE
    if asked.extended:
        return State.EXTENDED
    if asked.signed is None:
        return State.UNSIGNED
    return State.WORKING if asked.named or asked.pieces else State.SIGNED


def outcome_of(asked: Asked) -> tuple[Outcome, datetime] | None:
    """Return how it ended and when, or None while that is open; no matter when it is asked.

    Dropped without an accepted piece is no outcome, and 零报告 is none: nothing counts for or
    against the unit.
    """
    accepted = asked.accepted
    if accepted is not None:
        return (Outcome.DONE if accepted <= asked.due else Outcome.LATE), accepted
    if asked.missed is not None and asked.dropped is None:
        return Outcome.MISSED, asked.due
    return None


def still_owes(asked: Asked) -> bool:
    """Tell whether reminders go on: not dropped, not missed, nothing with the office."""
    if asked.dropped is not None or asked.missed is not None:
        return False
    if any(piece.adopted for piece in asked.pieces):
        return False
    sent = [piece for piece in asked.pieces if piece.left]
    if not sent and asked.nothing is not None:
        return False
    return not sent or all(piece.returned for piece in sent)


def half_day(moment: datetime) -> tuple[int, bool]:
    """Return the half of a day in China that a moment lies in."""
    here = local(moment)
    return here.toordinal(), here.hour >= 12


def may_urge(last: datetime | None, now: datetime, *, urgent: bool) -> bool:
    """Tell whether a unit may be urged again: once in a half day, unless it is urgent."""
    return urgent or last is None or half_day(last) != half_day(now)


def tally(states: Iterable[State]) -> tuple[tuple[State, int], ...]:
    """Return how many units stand at each state, in the order of `State`; empty ones left out."""
    counts = Counter(states)
    return tuple((state, counts[state]) for state in State if counts[state])


def number_words(year: int, number: int | None) -> str:
    """Return the number as a letter bears it."""
    return f"约稿〔{year}〕{number}号" if number else _("（未下达）")


def moment_words(moment: datetime, *, year: int | None = None) -> str:
    """Return a moment as clerks write it; with the year when it is not the one given."""
    here = local(moment)
    with_year = year is not None and year != here.year
    return f"{day_words(here.date(), with_year=with_year)}{here:%H:%M}"


def reckoned(start: datetime, at: datetime, *, event: str, until: str = "") -> Deadline:
    """Return a deadline that somebody named, with the sentence that tells it."""
    begun, end = local(start), local(at)
    years = begun.year != end.year
    told = _("%(start)s%(event)s，%(end)s截止") % {
        "start": day_words(begun.date(), with_year=years),
        "event": event,
        "end": f"{day_words(end.date(), with_year=years)}{end:%H:%M}",
    }
    return Deadline(end, told + (f"（{until}）" if until else ""), provisional=False)


def deadline_for(
    start: datetime, *, at: datetime | None, days: int | None, calendar: Calendar
) -> Deadline:
    """Return the deadline of what is sent at `start`: a named moment, or working days.

    Raises:
        ValueError: neither is given.
    """
    event = _("下达")
    if days:
        return add_working_days(start, days, calendar, event=event)
    if at is None:
        raise ValueError("neither a moment nor a number of days")
    return reckoned(start, at, event=event)


def fault_of(at: datetime, now: datetime) -> str:
    """Return why a moment cannot be a deadline, or nothing."""
    if at <= now:
        return _("截止时间%(at)s已经过去，请改为以后的时间。") % {
            "at": moment_words(at, year=local(now).year)
        }
    if at > now + timedelta(days=366 * YEARS_AHEAD):
        return _("截止时间太远，请检查年份。")
    return ""


def doubts_of(at: datetime, calendar: Calendar, superior: datetime | None = None) -> Iterator[str]:
    """Yield what should be asked before a moment becomes a deadline; it may be meant so."""
    here = local(at)
    closes = calendar.closes(here.date())
    if not calendar.is_workday(here.date()):
        yield _("%(day)s是休息日") % {"day": day_words(here.date())}
    if here.time() < OPENS or here.time() > closes:
        yield _("%(time)s不在上班时间") % {"time": f"{here:%H:%M}"}
    if superior is not None and at > superior:
        yield _("晚于上级要求的%(at)s") % {"at": moment_words(superior, year=here.year)}


def clock_words(due: datetime, now: datetime) -> str:
    """Return how long there is left, or how long it is over, in the units people think in."""
    over = now > due
    minutes = int(abs((due - now).total_seconds()) // 60)
    if not minutes:
        return _("已到") if over else _("还有不到1分钟")
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days:
        told = (
            _("%(d)d天%(h)d小时") % {"d": days, "h": hours} if hours else _("%(d)d天") % {"d": days}
        )
    elif hours:
        told = _("%(h)d小时%(m)d分钟") % {"h": hours, "m": minutes}
    else:
        told = _("%(m)d分钟") % {"m": minutes}
    return (_("已超过%(told)s") if over else _("还有%(told)s")) % {"told": told}


def points_from(minutes: Iterable[int]) -> list[int]:
    """Return reminder points in order, each once.

    Raises:
        ValueError: too many.
    """
    points = sorted(set(minutes))
    if len(points) > MARKS_PER_POINT:
        raise ValueError("too many")
    return points
