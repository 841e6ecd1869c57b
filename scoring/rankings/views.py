"""The page of the ranking: the tables with their charts."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from infoflow.units.models import User
from infoflow.units.permissions import person_of, unit_ids_of
from scoring.tallies.queries import month_points

from . import queries
from .assessment import Assessment, shown_assessment
from .forms import Choice, ChoiceForm, ExportForm
from .permissions import sees_all_rankings
from .rules import Period, months_around
from .shown import TOP, ShownTable, cells_of, compared, fields_of, heads_of, shown_table
from .tables import GroupTable, Ranking
from .views_shared import choice_query, for_readers, named_for

# Above this many units all groups at once make a page that no one reads.
ROWS_MAX = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """A read request: the form with its messages, the choice, all groups, the chosen ones."""

    form: ChoiceForm
    choice: Choice
    everything: Ranking
    shown: Ranking


def ask(request: HttpRequest) -> Asked:
    """Read the form and fetch the ranking that it asks for."""
    user = person_of(request)
    form = ChoiceForm(request.GET, today=timezone.localdate())
    period = form.choice().period
    everything = queries.ranking(period.start, period.end, user=user)
    groups = [(table.group_id, table.name) for table in everything.groups]
    form = ChoiceForm(request.GET, today=timezone.localdate(), groups=groups)
    choice = form.choice()
    shown = everything
    if choice.group_id is not None:
        shown = shown.only(choice.group_id)
    if choice.places is not None:
        shown = shown.with_places(choice.places)
    if choice.fixed:
        shown = shown.in_unit_order()
    return Asked(form, choice, everything, shown)


@for_readers
def ranking_page(request: HttpRequest) -> HttpResponse:
    """Show the ranking of a period; wrong dates get a message at their field."""
    asked = ask(request)
    user, ranking, choice = person_of(request), asked.shown, asked.choice
    tables = list(ranking.groups)
    units = sum(len(table.rows) for table in tables)
    too_many = len(tables) > 1 and units > ROWS_MAX
    fields, sees_all = fields_of(ranking), sees_all_rankings(user)
    return render(
        request,
        "rankings/ranking.html",
        {
            "form": asked.form,
            "choice": choice,
            "ranking": ranking,
            "period": choice.period,
            "query": choice_query(choice),
            "people_query": choice.period.query,
            "named": named_for(choice, asked.form.today),
            "heads": heads_of(fields),
            "width": len(fields) + 3,
            "tables": _shown(ranking, tables[:1] if too_many else tables, user),
            "before": compared(ranking.before, ranking, "before"),
            "last_year": compared(ranking.last_year, ranking, "last_year"),
            "too_many": too_many,
            "units": units,
            "top": TOP,
            "summary": [
                (
                    table,
                    choice_query(choice, group=str(table.group_id)),
                    cells_of(fields, table.totals, table.total),
                )
                for table in tables
            ],
            "totals": cells_of(fields, ranking.totals, ranking.total),
            "sees_all": sees_all,
            "assessment": assessed(asked, user, only=tables[:1] if too_many else None),
            "export": ExportForm(),
            "export_query": parse_qsl(choice_query(choice)),
            "closing": queries.closing_of(choice.period),
            "latest": None if ranking.has_figures else _latest(user),
        },
    )


def _shown(ranking: Ranking, tables: list[GroupTable], user: User) -> list[ShownTable]:
    """Return the groups for the page; only own numbers open, or all for who sees all."""
    own, everything = unit_ids_of(user), sees_all_rankings(user)
    fields = fields_of(ranking)
    ids = [row.unit_id for table in tables for row in table.rows]
    months = month_points(ranking.period.end.year, ids) if ids else {}
    lives = queries.lives_in(ranking.period) if ids else {}
    # One address is looked up; a thousand would cost more than the ranking.
    address = reverse("ranking_details", args=[0])

    def url_of(unit: int) -> str:
        return address.replace("/0/", f"/{unit}/") if everything or unit in own else ""

    return [
        shown_table(table, fields, own=own, url_of=url_of, months=months, lives=lives)
        for table in tables
    ]


def assessed(asked: Asked, user: User, only: list[GroupTable] | None = None) -> Assessment | None:
    """Return the year's conversion of the groups that are shown; None: of all of them."""
    return shown_assessment(
        asked.choice.period,
        asked.shown.groups if only is None else only,
        today=asked.form.today,
        own=None if sees_all_rankings(user) else unit_ids_of(user),
        narrowed=only is not None or asked.choice.group_id is not None,
    )


def _latest(user: User) -> tuple[Period, str] | None:
    """Return the last year with facts and its query, to offer where there is nothing."""
    day = queries.latest_fact_day(user)
    if day is None:
        return None
    period = months_around(day, 12)
    return period, period.query
