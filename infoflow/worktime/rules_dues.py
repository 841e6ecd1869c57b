"""Which reminder of a deadline is due, which are passed over, when to look next. Pure.

A deadline has points: minutes relative to it, −120 two hours before, 0 at the moment itself,
60 an hour after. When nobody looked for a while and several points have gone by, only the newest
is told and the others are recorded as passed over: three at once tell a person less than one.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

# From here on a reminder says that it is late. A timer of one minute is still in time.
LATE_FROM = timedelta(minutes=2)
POINT_MAX = 366 * 24 * 60
POINTS_MAX = 40
_INSTANT = timedelta(microseconds=1)
_MINUTE = timedelta(minutes=1)
_HOUR, _DAY = 60, 24 * 60


@dataclass(frozen=True, order=True)
class Stage:
    """One reminder point of one deadline: its moment, and its minutes relative to the deadline."""

    at: datetime
    offset: int


@dataclass(frozen=True)
class Look:
    """What a look at a deadline finds."""

    # The newest point that has come and was not handled; None when nothing has come.
    told: Stage | None
    late: bool
    # Older ones that came while nobody looked, oldest first.
    skipped: tuple[Stage, ...]
    # When to look again; None when no point is left.
    next_at: datetime | None


def checked_points(points: Iterable[int]) -> list[int]:
    """Return points in order, each once.

    Raises:
        ValueError: more than POINTS_MAX, or further than POINT_MAX minutes from the deadline.
    """
    found = sorted(set(points))
    if len(found) > POINTS_MAX or any(abs(point) > POINT_MAX for point in found):
        raise ValueError(f"{len(found)} reminder points")
    return found


def stages(at: datetime, points: Iterable[int]) -> list[Stage]:
    """Return the points of a deadline in the order of their moments."""
    return sorted(Stage(at + timedelta(minutes=p), p) for p in set(points))


def handled_at_start(
    at: datetime, points: Iterable[int], now: datetime, told: Set[Stage] = frozenset()
) -> datetime:
    """Return up to which moment a deadline set, moved or opened again `now` counts as handled.

    What lay before is left out: the news of the deadline itself has told it. Only that the
    deadline is over must still be said, once, when it was over already.
    """
    over = [stage for stage in stages(at, points) if stage.offset >= 0 and stage.at <= now]
    if over and over[-1] not in told:
        return over[-1].at - _INSTANT
    return now


def look(
    at: datetime, points: Iterable[int], handled: datetime, since: datetime, now: datetime
) -> Look:
    """Return what is to be told of a deadline at a moment.

    Args:
        at: the deadline.
        handled: points up to this moment are done with.
        since: when this deadline became known; nobody could be reminded before.
    """
    # In whole minutes: a point of p minutes has come when p is not above them.
    done, gone = (handled - at) // _MINUTE, (now - at) // _MINUTE
    left = sorted({point for point in points if point > done})
    come = [Stage(at + timedelta(minutes=point), point) for point in left if point <= gone]
    told = come[-1] if come else None
    late = told is not None and now - max(told.at, since) > LATE_FROM
    ahead = at + timedelta(minutes=left[len(come)]) if len(left) > len(come) else None
    return Look(told, late, tuple(come[:-1]), ahead)


def late_words(stage: Stage, now: datetime) -> str:
    """Return how late a reminder comes: （晚了25分钟提醒）; nothing when it is in time."""
    minutes = int((now - stage.at).total_seconds() // 60)
    if now - stage.at <= LATE_FROM:
        return ""
    if minutes < _HOUR:
        return _("（晚了%(n)d分钟提醒）") % {"n": minutes}
    if minutes < 2 * _DAY:
        return _("（晚了%(n)d小时提醒）") % {"n": minutes // _HOUR}
    return _("（晚了%(n)d天提醒）") % {"n": minutes // _DAY}


def point_words(offset: int) -> str:
    """Return a reminder point as clerks say it: 到期前2小时, 到期, 逾期1天."""
    if not offset:
        return _("到期")
    size = abs(offset)
    if size % _DAY == 0:
        span = _("%(n)d天") % {"n": size // _DAY}
    elif size % _HOUR == 0:
        span = _("%(n)d小时") % {"n": size // _HOUR}
    else:
        span = _("%(n)d分钟") % {"n": size}
    return (_("到期前%(span)s") if offset < 0 else _("逾期%(span)s")) % {"span": span}
