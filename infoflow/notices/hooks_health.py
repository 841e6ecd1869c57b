"""系统状态 in the office's menu, for system administrators."""

from __future__ import annotations

from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from infoflow.units.wagtail_hooks import RoleMenuItem

from .views_health import HealthView


@hooks.register("register_admin_urls")
def health_urls() -> list[URLPattern]:
    return [path("health/", HealthView.as_view(), name="office_health")]


@hooks.register("register_admin_menu_item")
def health_menu() -> MenuItem:
    return RoleMenuItem(
        _("系统状态"),
        reverse("office_health"),
        name="health",
        icon_name="glasses",
        order=64,
        roles=HealthView.roles,
    )
