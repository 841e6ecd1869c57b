"""The lists that the installed chinesecalendar knows (国务院办公厅通知, 2004 on)."""

from __future__ import annotations

from datetime import date

from chinese_calendar import constants

SOURCE = "国务院办公厅关于%(first)s年部分节假日安排的通知"


def days() -> dict[date, bool]:
    """Return every listed day: True is worked, False is off."""
    return {**dict.fromkeys(constants.holidays, False), **dict.fromkeys(constants.workdays, True)}


def years() -> frozenset[int]:
    """Return the years whose lists are complete: those with a listed day in their own January
    to November, since a December may hold days of the next year's list only."""
    return frozenset(day.year for day in constants.holidays if day.month < 12)


def source_of(year: int) -> str:
    """Return the name of the notice that a year's list comes from."""
    return SOURCE % {"first": year}
