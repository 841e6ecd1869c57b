"""Where objections stand in the office's and the desk's menus."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem as OfficeMenuItem
from wagtail.admin.ui.components import Component

from infoflow.desk.menu import MenuItem
from infoflow.units.permissions import has_role, person_of, unit_ids_of
from infoflow.units.roles import Role

from . import queries
from .models import Objection
from .views_office import AnswerView, ObjectionSettingsView, ObjectionsView

PANEL_SIZE = 8


@hooks.register("register_admin_urls")
def objection_urls() -> list[URLPattern]:
    return [
        path("objections/", ObjectionsView.as_view(), name="objections_office"),
        path("objections/settings/", ObjectionSettingsView.as_view(), name="objection_settings"),
        path("objections/<row:pk>/", AnswerView.as_view(), name="objection_answer"),
    ]


class ScorerMenuItem(OfficeMenuItem):
    """Menu entry of the scorers."""

    def is_shown(self, request: HttpRequest) -> bool:
        return has_role(request.user, Role.SCORER)


@hooks.register("register_admin_menu_item")
def objections_menu() -> OfficeMenuItem:
    return ScorerMenuItem(
        gettext_lazy("得分异议"),
        reverse("objections_office"),
        name="objections",
        icon_name="comment",
        order=36,
    )


class ObjectionsPanel(Component):
    """What waits for the scorer's answer; what is due first stands first."""

    template_name = "objections/_office_panel.html"
    order = 30

    def __init__(self, waiting: list[Objection]) -> None:
        self.waiting = waiting

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        now = timezone.now()
        return {
            "waiting": self.waiting[:PANEL_SIZE],
            "more": len(self.waiting) > PANEL_SIZE,
            "overdue": any(objection.answer_by < now for objection in self.waiting),
        }


# After review's hook, which replaces the stock panels.
@hooks.register("construct_homepage_panels", order=30)
def objections_panel(request: HttpRequest, panels: list[Any]) -> None:
    if not has_role(request.user, Role.SCORER):
        return
    waiting = queries.objections_for(person_of(request)).open().order_by("answer_by", "pk")
    found = list(waiting[: PANEL_SIZE + 1])
    if found:
        panels.append(ObjectionsPanel(found))


@hooks.register("register_desk_menu_item")
def desk_objections(request: HttpRequest) -> MenuItem | None:
    if not unit_ids_of(request.user):
        return None
    return MenuItem(_("得分异议"), reverse("objections"), order=65)
