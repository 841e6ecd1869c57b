"""Where commissions stand in the office: addresses, menu, first page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component

from infoflow.units.permissions import has_role, person_of, works_in_office
from infoflow.units.roles import Role

from . import queries_office
from .views_board import BoardView, board_export
from .views_office import CommissionListView, CommissionView, OverdueView
from .views_office_unit import UnitView
from .views_office_write import (
    AddUnitsView,
    CancelView,
    ChangeView,
    EditView,
    NewView,
    PhonedView,
    SendView,
)
from .views_recurring import DutiesView, DutyView, EditDutyView, NewDutyView
from .views_settings import CommissionSettingsView, TemplateViewSet

PANEL_SIZE = 8


@hooks.register("register_admin_urls")
def commission_urls() -> list[URLPattern]:
    return [
        path("commissions/", CommissionListView.as_view(), name="commissions_office"),
        path("commissions/new/", NewView.as_view(), name="commission_new"),
        path("commissions/phoned/", PhonedView.as_view(), name="commission_phoned"),
        path("commissions/overdue/", OverdueView.as_view(), name="commissions_overdue"),
        path("commissions/board/", BoardView.as_view(), name="commissions_board"),
        path("commissions/settings/", CommissionSettingsView.as_view(), name="commission_settings"),
        path("commissions/recurring/", DutiesView.as_view(), name="recurring_duties"),
        path("commissions/recurring/new/", NewDutyView.as_view(), name="recurring_new"),
        path("commissions/recurring/<row:pk>/", DutyView.as_view(), name="recurring_duty"),
        path("commissions/recurring/<row:pk>/edit/", EditDutyView.as_view(), name="recurring_edit"),
        path("commissions/export/", board_export, name="commissions_export"),
        path("commissions/<row:pk>/", CommissionView.as_view(), name="commission_office"),
        path("commissions/<row:pk>/edit/", EditView.as_view(), name="commission_edit"),
        path("commissions/<row:pk>/send/", SendView.as_view(), name="commission_send"),
        path("commissions/<row:pk>/change/", ChangeView.as_view(), name="commission_change"),
        path("commissions/<row:pk>/add/", AddUnitsView.as_view(), name="commission_add"),
        path("commissions/<row:pk>/cancel/", CancelView.as_view(), name="commission_cancel"),
        path(
            "commissions/<row:pk>/unit/<row:asked_pk>/",
            UnitView.as_view(),
            name="commission_unit_office",
        ),
    ]


@hooks.register("register_admin_viewset")
def template_viewset() -> TemplateViewSet:
    return TemplateViewSet()


class CommissionsMenuItem(MenuItem):
    """For those who read what units deliver."""

    def is_shown(self, request: HttpRequest) -> bool:
        return works_in_office(request.user)


@hooks.register("register_admin_menu_item")
def commissions_menu() -> CommissionsMenuItem:
    return CommissionsMenuItem(
        gettext_lazy("约稿"),
        reverse("commissions_office"),
        name="commissions",
        icon_name="clipboard-list",
        order=34,
    )


class CommissionsPanel(Component):
    """What waits for an editor, and who is over time."""

    template_name = "commissions/_office_panel.html"
    order = 25

    def __init__(
        self, waiting: list[queries_office.Line], overdue: list[queries_office.Line]
    ) -> None:
        self.waiting, self.overdue = waiting, overdue

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {
            "waiting": self.waiting[:PANEL_SIZE],
            "more": len(self.waiting) > PANEL_SIZE,
            "overdue": len(self.overdue),
        }


# After review's hook, which replaces the stock panels.
@hooks.register("construct_homepage_panels", order=30)
def commissions_panel(request: HttpRequest, panels: list[Any]) -> None:
    if not has_role(request.user, Role.EDITOR):
        return
    person, now = person_of(request), timezone.now()
    waiting = queries_office.waiting(person, now)
    overdue = queries_office.overdue(person, now)
    if waiting or overdue:
        panels.append(CommissionsPanel(waiting, overdue))
