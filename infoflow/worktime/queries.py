"""The calendar in force, read from its tables; and what is missing in them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Max, Value
from django.utils.translation import gettext as _

from .models import CalendarYear, ClosingTime, WorkdayOverride
from .rules import Calendar

_TABLES: tuple[Any, ...] = (WorkdayOverride, CalendarYear, ClosingTime)
# The notice for the next year comes out in the first half of November.
ASKED_FROM_MONTH = 11

_kept: tuple[Any, Calendar] | None = None


def _stamp() -> Any:
    """Return what changes with every change of the tables, in one query.

    Every process asks before it uses what it keeps, so a change holds everywhere at once.
    The time stands beside the number because a rolled back number is given again.
    """
    parts = [
        table.history.model.objects.order_by()
        .values(table=Value(place))
        .annotate(number=Max("history_id"), at=Max("history_date"))
        .values_list("table", "number", "at")
        for place, table in enumerate(_TABLES)
    ]
    return tuple(sorted(parts[0].union(*parts[1:], all=True)))


def calendar() -> Calendar:
    """Return the calendar in force; one query unless a table has changed."""
    global _kept
    stamp = _stamp()
    if _kept is None or _kept[0] != stamp:
        _kept = (stamp, _read())
    return _kept[1]


def _read() -> Calendar:
    return Calendar(
        overrides=dict(WorkdayOverride.objects.order_by().values_list("date", "is_workday")),
        years=frozenset(CalendarYear.objects.values_list("year", flat=True)),
        closing_times=tuple(
            ClosingTime.objects.order_by("valid_from").values_list("valid_from", "closes")
        ),
    )


def missing_years(today: date) -> list[int]:
    """Return the years that deadlines need by now and that have no list, in order.

    This year always; the next one from November on, when its notice is out.
    """
    wanted = [today.year]
    if today.month >= ASKED_FROM_MONTH:
        wanted.append(today.year + 1)
    known = set(CalendarYear.objects.filter(year__in=wanted).values_list("year", flat=True))
    return [year for year in wanted if year not in known]


def warning(today: date) -> str:
    """Return one sentence on what is missing and what to do, or nothing."""
    years = missing_years(today)
    if not years:
        return ""
    return _(
        "工作日历缺少%(years)s的放假安排，跨入该年的期限暂按推算。国务院办公厅发布通知后，"
        "请在“工作日历”录入。"
    ) % {"years": "、".join(_("%(year)d年") % {"year": year} for year in years)}
