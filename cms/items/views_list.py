"""Lists of the desk: the unit's items, what waits for a signature."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from infoflow.units.permissions import person_of, unit_ids_of
from infoflow.units.roles import Role

from . import queries
from .forms import FilterForm
from .views_shared import page_of


@login_required
def item_list(request: HttpRequest) -> HttpResponse:
    """The unit's items, newest first."""
    form = FilterForm(request.GET)
    words, state = form.wanted()
    items = queries.own_items(person_of(request))
    if words:
        items = items.filter(title__icontains=words)
    if state:
        items = queries.in_state(items, state)
    page, lines = page_of(request, items)
    context = {
        "form": form,
        "page": page,
        "lines": lines,
        "filtered": bool(words or state),
        "query": urlencode({"q": words, "state": state}),
        "writes": bool(unit_ids_of(person_of(request), Role.OFFICER)),
        "belongs": bool(unit_ids_of(person_of(request))),
        "several_units": len(unit_ids_of(person_of(request))) > 1,
    }
    return render(request, "items/list.html", context)


@login_required
def signing_list(request: HttpRequest) -> HttpResponse:
    """What waits for a signatory, oldest first."""
    page, lines = page_of(request, queries.to_sign(person_of(request)))
    context = {
        "page": page,
        "lines": lines,
        "signs": bool(unit_ids_of(person_of(request), Role.SIGNATORY)),
        "several_units": len(unit_ids_of(person_of(request))) > 1,
    }
    return render(request, "items/signing.html", context)
