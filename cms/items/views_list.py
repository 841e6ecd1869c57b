"""Lists of the desk: the unit's items, what waits for a signature, joint reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cms.search import queries as search
from infoflow.units.permissions import person_of, unit_ids_of
from infoflow.units.roles import Role

from . import joint, queries
from .forms_list import FilterForm, Wanted
from .models import ItemPage
from .views_shared import page_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from infoflow.paging import Chain
    from infoflow.units.models import User


@login_required
def item_list(request: HttpRequest) -> HttpResponse:
    """The unit's items, newest first."""
    user = person_of(request)
    form = FilterForm(request.GET, years=queries.years_of(user))
    wanted = form.wanted()
    page, lines = page_of(request, _narrowed(user, wanted), words=wanted.words)
    if wanted.words:
        found = search.snippets([item.pk for item, _where in lines], wanted.words, own=True)
        for item, _where in lines:
            item.found = found.get(item.pk)
    context = {
        "form": form,
        "page": page,
        "lines": lines,
        "wanted": wanted,
        "query": wanted.query(),
        "writes": bool(unit_ids_of(user, Role.OFFICER)),
        "belongs": bool(unit_ids_of(user)),
        "several_units": len(unit_ids_of(user)) > 1,
    }
    return render(request, "items/list.html", context)


def _narrowed(user: User, wanted: Wanted) -> QuerySet[ItemPage] | Chain:
    """Return the unit's items that fit what is looked for."""
    items = queries.own_items(user)
    if wanted.state:
        items = queries.in_state(items, wanted.state)
    if wanted.form:
        items = items.filter(form=wanted.form)
    if wanted.year:
        items = queries.of_year(items, user, int(wanted.year))
    if wanted.mine:
        items = items.filter(owner=user)
    return search.found(items, wanted.words, own=True)


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


@login_required
def joint_list(request: HttpRequest) -> HttpResponse:
    """Other units' items that one's own unit was asked to report as well."""
    user = person_of(request)
    page, lines = page_of(request, joint.joint_with(user))
    context = {
        "page": page,
        "lines": lines,
        "asked": set(joint.waiting_for(user).values_list("item_id", flat=True)),
        "several_units": True,
    }
    return render(request, "items/joint.html", context)
