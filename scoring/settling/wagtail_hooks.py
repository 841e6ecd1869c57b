"""The office's menu entry and addresses of closing."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from infoflow.units.permissions import has_role
from infoflow.units.roles import Role

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
