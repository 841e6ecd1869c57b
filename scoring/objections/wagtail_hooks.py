"""Where objections stand in the office's and the desk's menus."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem as OfficeMenuItem

from infoflow.desk.menu import MenuItem
from infoflow.units.permissions import has_role, unit_ids_of
from infoflow.units.roles import Role

from .views_office import AnswerView, ObjectionSettingsView, ObjectionsView


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


@hooks.register("register_desk_menu_item")
def desk_objections(request: HttpRequest) -> MenuItem | None:
    if not unit_ids_of(request.user):
        return None
    return MenuItem(_("得分异议"), reverse("objections"), order=65)
