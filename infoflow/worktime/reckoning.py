"""The rule of a deadline as data, and the deadline reckoned from it again. Pure.

Only what depends on the calendar can be reckoned again: a limit in working days, hours or days,
and a named day that may be put off. A moment that a person has named holds as it is named, on a
holiday and at three in the morning as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from .rules import Calendar, Deadline
from .terms import Kind, Term, before_day, deadline_of

TERM, DAY, MOMENT = "term", "day", "moment"
# Rules that a change of the calendar may move.
MOVABLE = (TERM, DAY)


def term_rule(term: Term, event: str) -> dict[str, Any]:
    """Return a limit as data; `event` is what began it, for the sentence: 下达."""
    return {"kind": TERM, "unit": term.kind.value, "amount": term.amount, "event": event}


def day_rule(day: date, event: str) -> dict[str, Any]:
    """Return "by that day" as data; a day off puts it off."""
    return {"kind": DAY, "day": day.isoformat(), "event": event}


def moment_rule(event: str = "") -> dict[str, Any]:
    """Return "at the moment that a person named" as data."""
    return {"kind": MOMENT, "event": event}


def reckon(started: datetime, rule: Mapping[str, Any], calendar: Calendar) -> Deadline | None:
    """Return the deadline that a rule gives by a calendar; None when the calendar has no say.

    Raises:
        ValueError: the rule is broken.
    """
    event = str(rule.get("event", ""))
    if rule.get("kind") == TERM:
        term = Term(Kind(rule["unit"]), int(rule["amount"]))
        return deadline_of(started, term, calendar, event=event)
    if rule.get("kind") == DAY:
        return before_day(started, date.fromisoformat(rule["day"]), calendar, event=event)
    return None
