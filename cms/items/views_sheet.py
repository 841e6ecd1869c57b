"""A unit prints the 保密审查表 of its own item."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from cms.review import sheets
from infoflow.units.permissions import person_of, unit_ids_of

from .views_shared import item_of


@login_required
def item_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of one item, for its own unit; the office prints it in its own pages."""
    item = item_of(request, pk)
    paper = sheets.paper_of(item) if item.unit_id in unit_ids_of(person_of(request)) else None
    if paper is None:
        raise Http404
    return render(request, "items/sheet.html", {"item": item, "paper": paper})
