"""What the pages of the desk share. Every object comes from `visible_to`; the rest is 404.

`register_item_panel`: callable(request, item) -> Panel | None; what a room above says of an item,
above its text.
"""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page as PageOfList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from wagtail import hooks

from infoflow.paging import Chain, paginator_of
from infoflow.units.permissions import person_of

from . import queries
from .models import ItemPage

PAGE_SIZE = 20


def item_of(request: HttpRequest, pk: int) -> ItemPage:
    """Return an item that this person may see; everything else does not exist."""
    items = ItemPage.objects.visible_to(person_of(request)).select_related(
        "unit", "signatory", "owner"
    )
    item: ItemPage = get_object_or_404(items, pk=pk)
    return item


def panels_of(request: HttpRequest, item: ItemPage | None) -> list[str]:
    """Return what the rooms above say of an item, rendered; nothing of what is not saved yet."""
    if item is None:
        return []
    found = [hook(request, item) for hook in hooks.get_hooks("register_item_panel")]
    panels = sorted((panel for panel in found if panel is not None), key=lambda p: p.order)
    return [render_to_string(panel.template, panel.context, request) for panel in panels]


def page_of(
    request: HttpRequest, items: QuerySet[ItemPage] | Chain, *, words: str = ""
) -> tuple[PageOfList[ItemPage], Any]:
    """Return one page of a list and its lines: (item, standing)."""
    page = paginator_of(items, PAGE_SIZE, words=words).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    where = queries.standings(rows)
    return page, [(item, where[item.pk]) for item in rows]
