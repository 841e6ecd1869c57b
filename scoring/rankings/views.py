"""Pages of the ranking: the table with its chart, the Excel file, what is behind a number."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from cms.bulletins.models import Bulletin
from infoflow.units.models import Unit, User
from infoflow.units.permissions import unit_ids_of
from scoring.adoptions.rules import FactKind
from scoring.objections.queries import marks_for
from scoring.schemes.rules import points_text

from . import queries
from .assessment import Assessment, assessment
from .charts import Chart, chart
from .forms import Choice, ChoiceForm, ExportForm, named_periods
from .permissions import opens_details_of, sees_all_rankings, sees_rankings
from .rules import Period, months_around
from .tables import UNGROUPED, Figures, GroupTable, Ranking

# Above this many units all groups at once make a page that no one reads.
ROWS_MAX = 300
PAGE_SIZE = 50

View = Callable[..., HttpResponseBase]


def for_readers(view: View) -> View:
    """Let in only those who see rankings (permissions.sees_rankings)."""

    @login_required
    @require_GET
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not sees_rankings(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return inner


@dataclass(frozen=True, slots=True)
class Asked:
    """A read request: the form with its messages, the choice, all groups, the chosen ones."""

    form: ChoiceForm
    choice: Choice
    everything: Ranking
    shown: Ranking


def ask(request: HttpRequest) -> Asked:
    """Read the form and fetch the ranking that it asks for."""
    user = user_of(request)
    form = ChoiceForm(request.GET, today=timezone.localdate())
    period = form.choice().period
    everything = queries.ranking(period.start, period.end, user=user)
    groups = [(table.group_id, table.name) for table in everything.groups]
    form = ChoiceForm(request.GET, today=timezone.localdate(), groups=groups)
    choice = form.choice()
    shown = everything
    if choice.group_id is not None:
        shown = everything.only(choice.group_id)
    return Asked(form, choice, everything, shown)


def user_of(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _query(period: Period, group_id: int | None = None) -> str:
    asked = {"start": period.start.isoformat(), "end": period.end.isoformat()}
    if group_id is not None:
        asked["group"] = str(group_id)
    return urlencode(asked)


@dataclass(frozen=True, slots=True)
class ShownTable:
    """One group on the page."""

    table: GroupTable
    chart: Chart | None
    lines: list[dict[str, Any]]
    totals: list[int]


def _adopted(ranking: Ranking, figures: Figures) -> list[int]:
    """Return the adoptions in each column."""
    return [figures.adopted.get(column.bulletin_id, 0) for column in ranking.columns]


def _shown(ranking: Ranking, tables: Iterable[GroupTable], user: User) -> list[ShownTable]:
    own = unit_ids_of(user)
    columns = [column.bulletin_id for column in ranking.columns]
    return [
        ShownTable(
            table=table,
            chart=chart(table.rows),
            lines=[
                {
                    "row": row,
                    "own": row.unit_id in own,
                    "opens": opens_details_of(user, row.unit_id),
                    "cells": list(zip(columns, _adopted(ranking, row.figures), strict=True)),
                }
                for row in table.rows
            ],
            totals=_adopted(ranking, table.totals),
        )
        for table in tables
    ]


@for_readers
def ranking_page(request: HttpRequest) -> HttpResponse:
    """Show the ranking of a period; wrong dates get a message at their field."""
    asked = ask(request)
    user = user_of(request)
    tables = list(asked.shown.groups)
    units = sum(len(table.rows) for table in tables)
    too_many = len(tables) > 1 and units > ROWS_MAX
    sees_all = sees_all_rankings(user)
    return render(
        request,
        "rankings/ranking.html",
        {
            "form": asked.form,
            "ranking": asked.shown,
            "period": asked.choice.period,
            "query": _query(asked.choice.period, asked.choice.group_id),
            "period_query": _query(asked.choice.period),
            "named": [
                {"key": key, "period": period, "chosen": period == asked.choice.period}
                for key, period in named_periods(asked.form.today).items()
            ],
            "tables": _shown(asked.shown, tables[:1] if too_many else tables, user),
            "too_many": too_many,
            "units": units,
            "summary": [(table, _adopted(asked.shown, table.totals)) for table in tables],
            "totals": _adopted(asked.shown, asked.shown.totals),
            "sees_all": sees_all,
            "assessment": _assessment(asked, tables[:1] if too_many else tables, sees_all),
            "export": ExportForm(),
            "export_query": parse_qsl(_query(asked.choice.period, asked.choice.group_id)),
            "latest": None if asked.shown.has_figures else _latest(user),
        },
    )


def _assessment(asked: Asked, tables: Iterable[GroupTable], sees_all: bool) -> Assessment | None:
    """Return the year's conversion of the groups that are shown whole.

    Units without a group are not all shown to a unit's people, so they are left out there.
    """
    whole = [table for table in tables if sees_all or table.group_id != UNGROUPED]
    return assessment(asked.choice.period, whole, today=asked.form.today)


def _latest(user: User) -> tuple[Period, str] | None:
    """Return the last year with facts and its query, to offer where there is nothing."""
    day = queries.latest_fact_day(user)
    if day is None:
        return None
    period = months_around(day, 12)
    return period, _query(period)


@for_readers
def ranking_details(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Show the facts and ledger entries behind a number; a stranger's unit is 404."""
    user = user_of(request)
    if not opens_details_of(user, unit_id):
        raise Http404
    unit = get_object_or_404(Unit, pk=unit_id)
    form = ChoiceForm(request.GET, today=timezone.localdate())
    period = form.choice().period
    kind = _kind(request.GET.get("kind", ""))
    bulletin = _bulletin(request.GET.get("bulletin", ""))
    found = queries.details(unit, period.start, period.end, kind, bulletin)
    lines = Paginator(found.lines, PAGE_SIZE).get_page(request.GET.get("facts"))
    entries = Paginator(found.entries, PAGE_SIZE).get_page(request.GET.get("entries"))
    asked = {"kind": kind or "", "bulletin": bulletin.pk if bulletin else ""}
    return render(
        request,
        "rankings/details.html",
        {
            "unit": unit,
            "form": form,
            "period": period,
            "kind": FactKind(kind).label if kind else "",
            "bulletin": bulletin,
            "number": found.number,
            "points": points_text(found.hundredths),
            "lines": lines,
            "entries": entries,
            "clauses": queries.clause_names(entries),
            "marks": marks_for(entries, user),
            "items": queries.open_items(lines, user),
            "back": _query(period),
            "query": f"{_query(period)}&{urlencode({k: v for k, v in asked.items() if v})}",
        },
    )


def _kind(text: str) -> str | None:
    if text and text not in FactKind.values:
        raise Http404
    return text or None


def _bulletin(text: str) -> Bulletin | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Http404
    return get_object_or_404(Bulletin, pk=int(text))
