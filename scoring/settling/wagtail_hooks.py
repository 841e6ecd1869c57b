"""The office's menu entry and addresses of closing."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component

from infoflow.units.permissions import has_role
from infoflow.units.roles import Role
from scoring.rankings.rules import Period

from .queries import waiting
from .views import CloseView, ClosingsView


@hooks.register("register_admin_urls")
def closing_urls() -> list[URLPattern]:
    return [
        path("closings/", ClosingsView.as_view(), name="closings"),
        path("closings/close/", CloseView.as_view(), name="close_period"),
    ]


class ScorerMenuItem(MenuItem):
    """Menu entry of the scorers."""

    def is_shown(self, request: HttpRequest) -> bool:
        return has_role(request.user, Role.SCORER)


@hooks.register("register_admin_menu_item")
def closings_menu() -> MenuItem:
    return ScorerMenuItem(
        _("结账"), reverse("closings"), name="closings", icon_name="lock", order=35
    )


class WaitingPanel(Component):
    """A period that has ended and is not closed, on the scorers' first page."""

    template_name = "settling/_waiting_panel.html"
    order = 32

    def __init__(self, period: Period) -> None:
        self.period = period

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"period": self.period}


# After review's hook, which replaces the stock panels.
@hooks.register("construct_homepage_panels", order=32)
def waiting_panel(request: HttpRequest, panels: list[Any]) -> None:
    if has_role(request.user, Role.SCORER):
        period = waiting(timezone.localdate())
        if period is not None:
            panels.append(WaitingPanel(period))
