"""Rules of urgent events: names of reports, what a report must not say, keys. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

CHINA = ZoneInfo("Asia/Shanghai")
WHAT_MAX, PLACE_MAX, TEXT_MAX, NAME_MAX, LINK_MAX = 200, 100, 2_000, 60, 500
COUNT_MAX = 1_000_000
# A year ago is a slip of the keyboard, not an urgent event.
OLDEST = timedelta(days=366)
# "About 14:00" may have been learned of before 14:00, but not hours before.
ABOUT = timedelta(hours=1)
_DIGITS = "零一二三四五六七八九"


class Kind(models.TextChoices):
    """Which part of the chain a report is. Source: domain rules §7."""

    FIRST = "first", gettext_lazy("首报")
    FOLLOW = "follow", gettext_lazy("续报")
    FINAL = "final", gettext_lazy("终报")


class Origin(models.TextChoices):
    """How an event came to be known here."""

    UNIT = "unit", gettext_lazy("单位首报")
    PHONE = "phone", gettext_lazy("电话报告")
    MISSING = "missing", gettext_lazy("应报未报")


class Via(models.TextChoices):
    """By which way a report came."""

    SYSTEM = "system", gettext_lazy("本系统")
    FAX = "fax", gettext_lazy("传真")
    PAPER = "paper", gettext_lazy("书面送达")
    OTHER = "other", gettext_lazy("其他方式")


class Sign(models.TextChoices):
    """What the unit's leader says of a report that went ahead of the signature."""

    AGREED = "agreed", gettext_lazy("同意上报")
    OBJECTED = "objected", gettext_lazy("有异议，须更正")


class Clear(models.TextChoices):
    """What the confidentiality reviewer says of a report that went ahead of the review."""

    PASSED = "passed", gettext_lazy("可以在本系统流转")
    STOPPED = "stopped", gettext_lazy("不宜在本系统流转")


class Fault(models.TextChoices):
    """What only a person may find, with reason and evidence."""

    OMITTED = "omitted", gettext_lazy("漏报")
    WRONG = "wrong", gettext_lazy("错报")
    FALSE = "false", gettext_lazy("谎报")
    CONCEALED = "concealed", gettext_lazy("瞒报")


class State(models.TextChoices):
    """How an event stands; derived from what was reported, nothing of it is stored."""

    MISSING = "missing", gettext_lazy("应报未报")
    PHONED = "phoned", gettext_lazy("待书面首报")
    OPEN = "open", gettext_lazy("处置中")
    FINAL = "final", gettext_lazy("已终报")
    ENDED = "ended", gettext_lazy("已办结")


def numeral(n: int) -> str:
    """Return 1 to 99 as written in 续报一, 续报十二; larger ones in figures."""
    if not 0 < n < 100:
        return str(n)
    tens, ones = divmod(n, 10)
    head = "" if not tens else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones else "")


def label_of(kind: str, n: int) -> str:
    """Return what a report is called: 首报, 续报二, 终报."""
    label = str(Kind(kind).label)
    return label + numeral(n) if kind == Kind.FOLLOW else label


def number_text(year: int, number: int) -> str:
    """Return an event's number as the outside may show it."""
    return f"紧急〔{year}〕{number}号"


def state_of(*, origin: str, kinds: frozenset[str], ended: bool) -> State:
    """Return how an event stands, from the kinds of its reports and whether it was ended."""
    if ended:
        return State.ENDED
    if Kind.FINAL in kinds:
        return State.FINAL
    if Kind.FIRST in kinds:
        return State.OPEN
    return State.PHONED if origin == Origin.PHONE else State.MISSING


def clock_text(moment: datetime, *, gap: str = "") -> str:
    """Return a moment as a message names it, 11月26日14:03; a list has a gap before the time."""
    local = moment.astimezone(CHINA)
    return f"{local.month}月{local.day}日{gap}{local:%H:%M}"


class Happened(NamedTuple):
    """When an event happened: at a moment, or about then."""

    at: datetime
    about: bool = False

    @property
    def earliest(self) -> datetime:
        """The moment before which nobody can have known of it."""
        return self.at - ABOUT if self.about else self.at


def faults_of_times(
    happened: Happened, *, learned_at: datetime | None, now: datetime
) -> Iterator[tuple[str, str]]:
    """Yield (field, message) for every moment that cannot be."""
    if happened.at > now:
        yield (
            "happened_at",
            _("事发时间晚于现在（%(now)s），请检查日期和钟点。") % {"now": clock_text(now)},
        )
    elif now - happened.at > OLDEST:
        yield "happened_at", _("事发时间在一年以前，请检查年份。")
    if learned_at is None:
        return
    if learned_at > now:
        yield (
            "learned_at",
            _("获悉时间晚于现在（%(now)s），请检查日期和钟点。") % {"now": clock_text(now)},
        )
    if learned_at < happened.earliest <= now:
        told = _(
            "获悉时间（%(learned)s）早于事发时间（%(happened)s），请改正其中一个%(hint)s。"
        ) % {
            "learned": clock_text(learned_at),
            "happened": clock_text(happened.at),
            "hint": "" if happened.about else _("；事发时间记不准的，请勾选“大约”"),
        }
        yield "learned_at", told


def faults_of_moment(
    moment: datetime, *, field: str, name: str, happened: Happened, now: datetime
) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a moment that must lie between the event and now."""
    if moment > now:
        yield (
            field,
            _("%(name)s晚于现在（%(now)s），请检查日期和钟点。")
            % {"name": name, "now": clock_text(now)},
        )
    elif moment < happened.earliest:
        yield (
            field,
            _("%(name)s早于事发时间（%(happened)s），请检查；事发时间有误的，请先在续报中更正。")
            % {"name": name, "happened": clock_text(happened.at)},
        )


def refusal_of(kind: str, kinds: frozenset[str], *, ended: bool) -> str:
    """Return why a report of a kind cannot come now, or nothing."""
    if kind == Kind.FIRST:
        return _("首报已经报过，请用“续报”补充情况。") if Kind.FIRST in kinds else ""
    if ended:
        return _("这件事已经办结，不能再报；情况有变化的，请联系信息科另行登记。")
    if Kind.FIRST not in kinds:
        return _("还没有书面首报，请先报首报；首报只要时间、地点、事件几项。")
    if Kind.FINAL in kinds:
        if kind == Kind.FINAL:
            return _("终报已经报过，不能再报一次。")
        return _("已经报了终报，不能再续报；情况有变化的，请联系信息科另行登记。")
    return ""


def verdict_key(event_id: int, decision_id: int, piece_id: int = 0) -> str:
    """Return the key of the fact "reported in time or late", under one decision on the grade
    and one word on the item that carries the event."""
    return f"urgent:{event_id}:verdict:{decision_id}" + (f":{piece_id}" if piece_id else "")


def finding_key(finding_id: int, piece_id: int = 0) -> str:
    """Return the key of the fact that a finding leads to."""
    return f"urgent:finding:{finding_id}" + (f":{piece_id}" if piece_id else "")
