"""The duty room in the menus of the desk and of the office, and on the first pages."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem as OfficeMenuItem

from infoflow.desk.menu import MenuItem, Panel
from infoflow.units.permissions import has_role
from infoflow.units.roles import Role

from . import queries
from .permissions import reads_duty


@hooks.register("register_desk_menu_item")
def duty_item(request: HttpRequest) -> MenuItem | None:
    if not reads_duty(request.user):
        return None
    return MenuItem(_("值班室"), reverse("duty"), order=20)


@hooks.register("register_desk_panel")
def duty_panel(request: HttpRequest) -> Panel | None:
    if not has_role(request.user, Role.DUTY, Role.LEADER):
        return None
    now = timezone.now()
    context = {
        "shift": queries.shift_at(now),
        "next": queries.next_shift(now),
        "waiting": queries.waiting_notes(request.user).count(),
    }
    return Panel("duty/_home_panel.html", context, order=20)


class DutyMenuItem(OfficeMenuItem):
    """Menu entry of those who may see the duty room."""

    def is_shown(self, request: HttpRequest) -> bool:
        return reads_duty(request.user)


@hooks.register("register_admin_menu_item")
def duty_menu() -> OfficeMenuItem:
    return DutyMenuItem(
        gettext_lazy("值班室"), reverse("duty"), name="duty", icon_name="time", order=38
    )
