"""Rules of duty: spans of shifts, rotations, what a roster's rows say, what a call lacks. Pure."""

from __future__ import annotations

import calendar
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from django.utils.translation import gettext as _

from infoflow.worktime.rules import CHINA

T = TypeVar("T")

TEXT_MAX = 2000
SHORT_MAX = 50
WHY_MAX = 200
MATTERS_MAX = 20
MATTER_MAX = 300
PERSONS_MAX = 4
# A shift over a long holiday may last some days; longer is a slip of the keyboard.
SHIFT_LONGEST = timedelta(days=3)
# When nobody has said otherwise: one shift a day, changed at 08:30.
CHANGES = ("08:30",)
CHANGES_MAX = 4
ROWS_MAX = 200
# A rotation is looked for among so many shifts at most.
ROTATION_MAX = 62
_WEEK = 7


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From when to when a shift lasts; the end belongs to the next one."""

    start: datetime
    end: datetime

    @property
    def label(self) -> str:
        """The span as people say it: "7月3日08:30至7月4日08:30"."""
        start, end = self.start.astimezone(CHINA), self.end.astimezone(CHINA)
        return _("%(start)s至%(end)s") % {"start": moment_text(start), "end": moment_text(end)}

    def overlaps(self, other: Span) -> bool:
        """Tell whether both hold a common moment."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is on duty: the leader of the shift (带班) and the people (值班). Ids of accounts."""

    leader: int | None = None
    persons: tuple[int, ...] = ()

    @property
    def is_empty(self) -> bool:
        return self.leader is None and not self.persons

    @property
    def code(self) -> str:
        """What a form carries, to see later whether somebody has changed the shift meanwhile."""
        told = f"{self.leader or ''}:{','.join(map(str, self.persons))}"
        return "" if self.is_empty else hashlib.sha256(told.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a roster that is to be saved.

    Attributes:
        seen: the code of what stood there when the form was drawn; None: whatever stands there.
        row: its number in a table, 0 without one.
    """

    span: Span
    watch: Watch
    seen: str | None = None
    row: int = 0


def moment_text(moment: datetime) -> str:
    """Return a moment without its year: "7月3日08:30"."""
    local = moment.astimezone(CHINA)
    return f"{local.month}月{local.day}日{local:%H:%M}"


def why_no_span(span: Span) -> str:
    """Return why a shift cannot have this span; "" when it can."""
    if span.end <= span.start:
        return _("班次的结束时间（%(end)s）不晚于开始时间（%(start)s），请检查。") % {
            "start": moment_text(span.start),
            "end": moment_text(span.end),
        }
    if span.end - span.start > SHIFT_LONGEST:
        return _("%(span)s超过3天，请分成几个班次。") % {"span": span.label}
    return ""


def changes_of(text: str) -> tuple[str, ...]:
    """Read the times of day at which shifts change: "8:30 20:30" → ("08:30", "20:30").

    Raises:
        ValueError: none, too many, twice the same, or no time of day; the message says which.
    """
    found: list[str] = []
    for word in text.replace("、", " ").replace("，", " ").replace(",", " ").split():
        hours, _colon, minutes = word.replace("：", ":").partition(":")
        try:
            found.append(f"{time(int(hours), int(minutes or 0)):%H:%M}")
        except ValueError:
            told = _("“%(word)s”不是时刻，请按 08:30 填写，几个时刻用空格分开。")
            raise ValueError(told % {"word": word[:10]}) from None
    if not found:
        raise ValueError(_("请填写交接班时刻，如 08:30。"))
    if len(found) > CHANGES_MAX:
        raise ValueError(_("一天最多4班。"))
    if len(set(found)) < len(found):
        raise ValueError(_("有两个相同的时刻，请检查。"))
    return tuple(sorted(found))


def spans_of_day(day: date, changes: Sequence[str]) -> list[Span]:
    """Return the shifts that begin on a day, each until the next change."""
    starts = [datetime.combine(day, time.fromisoformat(c), CHINA) for c in sorted(changes)]
    next_day = datetime.combine(day + timedelta(days=1), starts[0].timetz().replace(tzinfo=None))
    ends = [*starts[1:], next_day.replace(tzinfo=CHINA)]
    return [Span(start, end) for start, end in zip(starts, ends, strict=True)]


def days_of(year: int, month: int) -> list[date]:
    """Return the days of a month."""
    return [date(year, month, n + 1) for n in range(calendar.monthrange(year, month)[1])]


def month_before(year: int, month: int) -> tuple[int, int]:
    """Return the month before."""
    return (year - 1, 12) if month == 1 else (year, month - 1)


def month_after(year: int, month: int) -> tuple[int, int]:
    """Return the month after."""
    return (year + 1, 1) if month == 12 else (year, month + 1)


def continued(past: Sequence[T], count: int, *, a_day: int = 1) -> list[T]:
    """Carry a roster on: the next `count` shifts after `past`, oldest first.

    The shortest rotation that explains all of `past` at least twice goes on. Without one the
    last whole weeks are repeated, so that weekdays keep their people.

    Args:
        a_day: shifts a day.
    """
    known = list(past[-ROTATION_MAX * a_day :])
    if not known or count <= 0:
        return []
    length = _rotation(known)
    if length is None:
        week = _WEEK * a_day
        length = len(known) // week * week or len(known)
    turn = known[-length:]
    return [turn[n % length] for n in range(count)]


def _rotation(known: Sequence[object]) -> int | None:
    for length in range(1, len(known) // 2 + 1):
        if all(known[n] == known[n - length] for n in range(length, len(known))):
            return length
    return None


def lacking(*, caller: str, unit: str, post: str, phone: str) -> list[str]:
    """Return which of a call's elements are not known, in the form's order."""
    told = ((unit, _("单位")), (caller, _("姓名")), (post, _("职务")), (phone, _("电话")))
    return [name for text, name in told if not text.strip()]


def matters_of(text: str) -> list[str]:
    """Return the open matters that somebody typed, one a line.

    Raises:
        ValueError: too many or too long; the message says which.
    """
    found = [line.strip() for line in text.splitlines() if line.strip()]
    if len(found) > MATTERS_MAX:
        raise ValueError(_("一次最多交接%(max)s件未办结事项。") % {"max": MATTERS_MAX})
    if any(len(line) > MATTER_MAX for line in found):
        raise ValueError(_("每件未办结事项不超过%(max)s字。") % {"max": MATTER_MAX})
    return found


def overlapping(spans: Iterable[tuple[Span, T]]) -> list[tuple[T, T]]:
    """Return pairs of things whose spans hold a common moment, neighbours by start only."""
    ordered = sorted(spans, key=lambda pair: (pair[0].start, pair[0].end))
    found: list[tuple[T, T]] = []
    longest: tuple[Span, T] | None = None
    for span, thing in ordered:
        if longest is not None and longest[0].overlaps(span):
            found.append((longest[1], thing))
        if longest is None or span.end > longest[0].end:
            longest = (span, thing)
    return found
