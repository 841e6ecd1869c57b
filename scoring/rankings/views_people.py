"""The persons' ranking, beside the units'."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from infoflow.units.models import UnitGroup
from infoflow.units.permissions import person_of

from . import queries
from .forms import ChoiceForm
from .people import person_tables
from .permissions import sees_all_rankings
from .rules import RATE_PLACES
from .views_shared import for_readers, named_for


@for_readers
def ranking_people(request: HttpRequest) -> HttpResponse:
    """Show persons by group; unit people see those of their own units."""
    user, today = person_of(request), timezone.localdate()
    groups: list[tuple[int, str]] = []
    if sees_all_rankings(user):
        groups = list(UnitGroup.objects.order_by("order", "name").values_list("pk", "name"))
    form = ChoiceForm(request.GET, today=today, groups=groups)
    choice = form.choice()
    tables = person_tables(
        choice.period,
        user,
        group_id=choice.group_id,
        places=RATE_PLACES if choice.places is None else choice.places,
    )
    return render(
        request,
        "rankings/people.html",
        {
            "form": form,
            "period": choice.period,
            "named": named_for(choice, today),
            "tables": tables,
            "sees_all": sees_all_rankings(user),
            "closing": queries.closing_of(choice.period),
        },
    )
