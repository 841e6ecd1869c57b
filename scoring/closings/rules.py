"""Rules of closed periods. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

# First and last day, both included.
ClosedSpan = tuple[date, date]


def counted_on(day: date, closed: Iterable[ClosedSpan], today: date) -> date:
    """Return the day on which something of a day counts: that day, while its period is open.

    What comes after its period was closed counts today (补计); when today is closed as well, on
    the first open day after it. A closed period never changes.
    """
    spans = sorted(closed)
    if not any(start <= day <= end for start, end in spans):
        return day
    counted = today
    for start, end in spans:
        if start <= counted <= end:
            counted = end + timedelta(days=1)
    return counted


def overlapping(start: date, end: date, closed: Iterable[ClosedSpan]) -> ClosedSpan | None:
    """Return the first closed period that shares a day with a period, if any."""
    for span in sorted(closed):
        if span[0] <= end and start <= span[1]:
            return span
    return None
