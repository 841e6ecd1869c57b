"""The boards in the desk's menu."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks

from infoflow.desk.menu import MenuItem
from infoflow.units.permissions import has_role, unit_ids_of
from infoflow.units.roles import Role


@hooks.register("register_desk_menu_item")
def own_points_item(request: HttpRequest) -> MenuItem | None:
    if not unit_ids_of(request.user):
        return None
    return MenuItem(_("我单位的分"), reverse("own_points"), order=58)


@hooks.register("register_desk_menu_item")
def board_item(request: HttpRequest) -> MenuItem | None:
    if not has_role(request.user, Role.LEADER, Role.SCORER):
        return None
    return MenuItem(_("工作一览"), reverse("leaders_board"), order=59)
