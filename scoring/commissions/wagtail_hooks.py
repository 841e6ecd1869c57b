"""Where commissions stand on the desk: menu, first page, beside an item."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks

from cms.items.models import ItemPage
from infoflow.desk.menu import MenuItem, Panel
from infoflow.units.permissions import person_of, unit_ids_of

from . import hooks_office as hooks_office
from . import queries

SHOWN = 5


@hooks.register("register_desk_menu_item")
def desk_commissions(request: HttpRequest) -> MenuItem | None:
    """约稿, with the number that the unit still has to do something about."""
    if not unit_ids_of(request.user):
        return None
    count = len(queries.open_for(request))
    return MenuItem(_("约稿"), reverse("commissions"), order=15, badge=count)


@hooks.register("register_desk_panel")
def commissions_panel(request: HttpRequest) -> Panel | None:
    """What is due, the most urgent first."""
    if not unit_ids_of(request.user):
        return None
    lines = queries.open_for(request)
    if not lines:
        return None
    context = {
        "lines": lines[:SHOWN],
        "total": len(lines),
        "several_units": len(unit_ids_of(request.user)) > 1,
    }
    return Panel("commissions/_panel.html", context, order=12)


@hooks.register("register_item_panel")
def commission_of_item(request: HttpRequest, item: ItemPage) -> Panel | None:
    """Which commissions an item answers, above its text."""
    person = person_of(request)
    if not unit_ids_of(person):
        return None
    found = [
        asked
        for asked in queries.commissions_of_item(item.pk, person)
        if asked.unit_id in unit_ids_of(person)
    ]
    return Panel("commissions/_of_item.html", {"found": found}) if found else None
