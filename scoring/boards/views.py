"""我单位的分 on the desk, and the leaders' board."""

from __future__ import annotations

import calendar
from datetime import date

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from infoflow.units.models import EARLIEST_DATE, Unit
from infoflow.units.permissions import person_of, unit_ids_of
from scoring.objections.queries import marks_for
from scoring.rankings.permissions import sees_all_rankings
from scoring.rankings.queries import Behind, clause_names, details
from scoring.rankings.rules import Period
from scoring.rankings.shown import change_of
from scoring.schemes.rules import points_text

from . import queries
from .rules import gap_to_next

PAGE_SIZE = 50
YEARS_SHOWN = 5


@login_required
@require_GET
def own_points(request: HttpRequest) -> HttpResponse:
    """Show a unit's person where the unit's points come from, month by month."""
    user = person_of(request)
    units = list(Unit.objects.filter(pk__in=unit_ids_of(user)).order_by("order", "code"))
    if not units:
        raise PermissionDenied
    today = timezone.localdate()
    unit = next((u for u in units if str(u.pk) == request.GET.get("unit")), units[0])
    year = _number(request.GET.get("year"), EARLIEST_DATE.year, today.year) or today.year
    month = _number(request.GET.get("month"), 1, 12)
    found = queries.own_points(unit, year, today, user)
    period = _period(year, month)
    behind = details(unit, period.start, period.end, Behind())
    entries = Paginator(behind.entries, PAGE_SIZE).get_page(request.GET.get("entries"))
    base = f"unit={unit.pk}&year={year}"
    gap = gap_to_next(found.row, found.table) if found.row and found.table else None
    return render(
        request,
        "boards/own_points.html",
        {
            "found": found,
            "units": units,
            "year": year,
            "years": range(today.year, today.year - YEARS_SHOWN, -1),
            "month": month,
            "months": list(enumerate(found.months, start=1)),
            "period": period,
            "whole": _period(year, None),
            "gap": gap,
            "last_year": found.row
            and change_of(
                found.row.rank, found.row.last_year, ranked=found.row.last_year is not None
            ),
            "entries": entries,
            "points": points_text(behind.hundredths),
            "clauses": clause_names(entries),
            "marks": marks_for(entries, user),
            "base": base,
            "query": f"{base}&month={month}" if month else base,
        },
    )


def _number(text: str | None, least: int, most: int) -> int | None:
    """Return a number that an address gives; None for what is none, or out of bounds."""
    if text and text.isascii() and text.isdigit() and len(text) <= 4:
        number = int(text)
        return number if least <= number <= most else None
    return None


def _period(year: int, month: int | None) -> Period:
    first, last = (month, month) if month else (1, 12)
    return Period(date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]))


@login_required
@require_GET
def leaders_board(request: HttpRequest) -> HttpResponse:
    """Show leaders the year at one glance."""
    if not sees_all_rankings(request.user):
        raise PermissionDenied
    today = timezone.localdate()
    return render(request, "boards/leaders.html", {"board": queries.board(today), "today": today})
