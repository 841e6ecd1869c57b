"""Targets in the office's menu."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from infoflow.units.permissions import has_role
from infoflow.units.roles import Role

from .views import TargetsView


@hooks.register("register_admin_urls")
def target_urls() -> list[URLPattern]:
    return [path("targets/", TargetsView.as_view(), name="targets")]


class ScorerMenuItem(MenuItem):
    """For scorers."""

    def is_shown(self, request: HttpRequest) -> bool:
        return has_role(request.user, Role.SCORER)


@hooks.register("register_admin_menu_item")
def targets_menu() -> ScorerMenuItem:
    return ScorerMenuItem(
        gettext_lazy("任务"),
        reverse("targets"),
        name="targets",
        icon_name="calendar-check",
        order=33,
    )
