"""What this room puts on the desk and into the office: menu entries, panels, pages."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from wagtail import hooks

from cms.review import queries as review
from cms.review.models import GatedPage
from cms.search.batches import Source
from infoflow.desk.menu import MenuItem, Panel
from infoflow.units.permissions import person_of, unit_ids_of
from infoflow.units.roles import Role

from . import actions_autosave as autosave
from . import joint, queries, similar, texts, welcome
from .forms_files import ImportForm
from .models import ItemPage
from .rules import ItemState
from .views_similar import AlikeView

SHOWN = 5
# An officer's open items are few; older ones are in the list.
LOOKED_AT = 100


@hooks.register("register_admin_urls")
def office_urls() -> list[URLPattern]:
    return [path("alike/<row:left>/<row:right>/", AlikeView.as_view(), name="item_alike")]


@hooks.register("register_search_source")
def search_source() -> Source:
    return texts.search_source()


@hooks.register("register_desk_menu_item")
def signing_entry(request: HttpRequest) -> MenuItem | None:
    """待审签, with the number that waits."""
    if not unit_ids_of(person_of(request), Role.SIGNATORY):
        return None
    count = queries.to_sign(person_of(request)).count()
    return MenuItem(_("待审签"), reverse("item_signing"), order=10, badge=count)


@hooks.register("register_desk_menu_item")
def list_entry(request: HttpRequest) -> MenuItem | None:
    if not unit_ids_of(person_of(request)):
        return None
    return MenuItem(_("本单位稿件"), reverse("item_list"), order=20)


@hooks.register("register_desk_menu_item")
def write_entry(request: HttpRequest) -> MenuItem | None:
    if not unit_ids_of(person_of(request), Role.OFFICER):
        return None
    return MenuItem(_("写稿"), reverse("item_new"), order=30)


@hooks.register("register_desk_panel")
def welcome_panel(request: HttpRequest) -> Panel | None:
    """What a new officer does first."""
    if not unit_ids_of(person_of(request), Role.OFFICER):
        return None
    card = welcome.welcome_for(person_of(request))
    return Panel("items/_panel_welcome.html", {"card": card}, order=5) if card else None


@hooks.register("register_desk_panel")
def signing_panel(request: HttpRequest) -> Panel | None:
    """What waits for the signatory."""
    if not unit_ids_of(person_of(request), Role.SIGNATORY):
        return None
    waiting = queries.to_sign(person_of(request))
    rows = list(waiting[:SHOWN])
    where = queries.standings(rows)
    context = {
        "lines": [(item, where[item.pk]) for item in rows],
        "total": waiting.count(),
        "several_units": len(unit_ids_of(person_of(request))) > 1,
    }
    return Panel("items/_panel_signing.html", context, order=10)


@hooks.register("register_desk_menu_item")
def joint_entry(request: HttpRequest) -> MenuItem | None:
    """联合报送, for units that were asked at least once."""
    user = person_of(request)
    if not unit_ids_of(user):
        return None
    count = joint.waiting_for(user).count()
    if not count and not joint.was_ever_asked(user):
        return None
    return MenuItem(_("联合报送"), reverse("item_joint_list"), order=25, badge=count)


@hooks.register("register_desk_panel")
def joint_panel(request: HttpRequest) -> Panel | None:
    """Items of other units that wait for this unit's word."""
    user = person_of(request)
    if not unit_ids_of(user):
        return None
    waiting = joint.waiting_for(user)
    rows = list(waiting[:SHOWN])
    if not rows:
        return None
    context = {"rows": rows, "total": waiting.count()}
    return Panel("items/_panel_joint.html", context, order=15)


@hooks.register("register_desk_panel")
def sent_back_panel(request: HttpRequest) -> Panel | None:
    """What the signatory had signed and the office sent back."""
    units = unit_ids_of(person_of(request), Role.SIGNATORY)
    if not units:
        return None
    rows = [
        row for row in review.sent_back_after(person_of(request)) if row.decision.unit_id in units
    ]
    return Panel("items/_panel_sent_back.html", {"rows": rows}, order=15) if rows else None


@hooks.register("register_desk_panel")
def writing_panel(request: HttpRequest) -> Panel | None:
    """The officer's items: what came back first, then drafts, then what is under review."""
    if not unit_ids_of(person_of(request), Role.OFFICER):
        return None
    rows = list(queries.in_hand(person_of(request))[:LOOKED_AT])
    where = queries.standings(rows)
    lines = [(item, where[item.pk]) for item in rows]
    returned = [line for line in lines if line[1].state == ItemState.RETURNED]
    drafts = [line for line in lines if line[1].state in (ItemState.DRAFT, ItemState.WITHDRAWN)]
    under_review = [line for line in lines if not line[1].editable]
    context = {
        "kept": autosave.kept_for(person_of(request), None).first(),
        "returned": returned,
        "drafts": drafts[:SHOWN],
        "drafts_total": len(drafts),
        "under_review": under_review[:SHOWN],
        "under_review_total": len(under_review),
        "several_units": len(unit_ids_of(person_of(request))) > 1,
    }
    return Panel("items/_panel_writing.html", context, order=20)


@hooks.register("register_desk_panel")
def import_panel(request: HttpRequest) -> Panel | None:
    """A Word file becomes a draft from the first page: three screens to the submitted item."""
    if not unit_ids_of(person_of(request), Role.OFFICER):
        return None
    return Panel(
        "items/_panel_import.html", {"form": ImportForm(person=person_of(request))}, order=30
    )


@hooks.register("register_decide_panel")
def attachments_panel(request: HttpRequest, page: GatedPage) -> Panel | None:
    """The files of an item, on the office's page of a decision."""
    if not isinstance(page, ItemPage) or not page.attachments:
        return None
    context = {"item": page, "attachments": page.attachments}
    return Panel("items/_attachments_office.html", context, order=10)


@hooks.register("register_decide_panel")
def similar_panel(request: HttpRequest, page: GatedPage) -> Panel | None:
    """Items with a similar text, in full: the office sees all units' titles."""
    if not isinstance(page, ItemPage):
        return None
    context = {"page": page, "similar": similar.for_office(page)}
    return Panel("similar/_office.html", context, order=20)
