"""Rules of closing a period: which may be closed, what lies between, what a check finds. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from scoring.closings.rules import ClosedSpan, overlapping
from scoring.schemes.periods import PeriodKind, span_of
from scoring.schemes.rules import points_text

NOTE_MAX = 200
ONE_DAY = timedelta(days=1)


def day_text(day: date) -> str:
    """Return a day in a clerk's words."""
    return _("%(y)s年%(m)s月%(d)s日") % {"y": day.year, "m": day.month, "d": day.day}


def span_text(span: ClosedSpan) -> str:
    """Return a period in a clerk's words."""
    return _("%(start)s至%(end)s") % {"start": day_text(span[0]), "end": day_text(span[1])}


def why_not(
    start: date, end: date, *, closed: Iterable[ClosedSpan], today: date, earliest: date
) -> str:
    """Return why a period cannot be closed, in one sentence, or nothing."""
    if start < earliest:
        return _("开始日期早于%(day)s，请检查年份。") % {"day": day_text(earliest)}
    if end < start:
        return _("结束日期早于开始日期，请调整。")
    if end >= today:
        return _("这一期间到%(day)s才结束，第二天起才能结账。") % {"day": day_text(end)}
    other = overlapping(start, end, closed)
    if other is not None:
        return _("%(span)s已经结账，与所选期间重叠；请只选没有结账的日子。") % {
            "span": span_text(other)
        }
    return ""


def gaps(start: date, end: date, closed: Iterable[ClosedSpan]) -> list[ClosedSpan]:
    """Return the days next to a period that would be left open between it and closed ones."""
    spans = sorted(closed)
    before = max((span[1] for span in spans if span[1] < start), default=None)
    after = min((span[0] for span in spans if span[0] > end), default=None)
    found = []
    if before is not None and before + ONE_DAY < start:
        found.append((before + ONE_DAY, start - ONE_DAY))
    if after is not None and end + ONE_DAY < after:
        found.append((end + ONE_DAY, after - ONE_DAY))
    return found


def year_completed(start: date, end: date, closed: Iterable[ClosedSpan]) -> int | None:
    """Return the year of which no day is open any more once this period is closed too.

    The year of the period's last day; None while a day of it stays open.
    """
    year = end.year
    day, last = date(year, 1, 1), date(year, 12, 31)
    for first, until in sorted([*closed, (start, end)]):
        if first <= day <= until:
            if until >= last:
                return year
            day = until + ONE_DAY
    return None


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing in which a closed period is not what it was closed as."""

    what: str


def differing(
    frozen: Mapping[int, Mapping[str, Any]],
    counted: Mapping[int, Mapping[str, Any]],
    names: Mapping[int, str],
    labels: Mapping[str, str],
) -> Iterator[Flaw]:
    """Yield where figures of units differ between a snapshot and the rows of its period.

    Args:
        frozen, counted: unit id → name of a figure → number, or number by bulletin; what is
            missing is zero.
        labels: what the figures are called.
    """
    for unit in sorted({*frozen, *counted}):
        then, now = frozen.get(unit, {}), counted.get(unit, {})
        for figure in sorted({*then, *now}):
            old, new = then.get(figure), now.get(figure)
            if _whole(old) != _whole(new):
                yield Flaw(
                    _("%(unit)s：%(what)s结账时为%(old)s，现在合计%(new)s。")
                    % {
                        "unit": names.get(unit, str(unit)),
                        "what": labels.get(figure, figure),
                        "old": _told(figure, old),
                        "new": _told(figure, new),
                    }
                )


def _whole(value: Any) -> Any:
    """Return a number, or the numbers that are not zero."""
    if isinstance(value, Mapping):
        return {key: number for key, number in value.items() if number} or 0
    return value or 0


def _told(figure: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return str(sum(value.values()))
    return (
        points_text(value or 0) + _("分")
        if figure in ("hundredths", "deducted")
        else str(value or 0)
    )


def next_period(
    closed: Iterable[ClosedSpan], today: date, kind: str = PeriodKind.QUARTER
) -> ClosedSpan:
    """Return the period that is probably closed next: the one after the last closed day, to the
    end of the period that this day lies in, or the last one that has ended.

    Args:
        kind: how long a period is, as the scheme says (计分周期).
    """
    last = max((span[1] for span in closed), default=None)
    if last is None:
        ended = span_of(kind, span_of(kind, today).start - ONE_DAY)
        return ended.start, ended.end
    start = last + ONE_DAY
    return start, span_of(kind, start).end
