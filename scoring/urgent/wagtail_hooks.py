"""Where urgent events stand: the red button and panel of the desk, the panel of the duty screen."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks

from infoflow.desk.menu import MenuItem, Panel
from infoflow.units.permissions import person_of, unit_ids_of
from scoring.duty.hooks import ASSET_HOOK, PANEL_HOOK

from . import hooks_rules as hooks_rules  # the rule table in the office
from . import queries
from .actions import takes_calls
from .models import sees_all_events
from .views import meets_urgent, now_ms

PANEL_SIZE = 5
DUTY_SIZE = 30


@hooks.register("register_desk_menu_item")
def urgent_button(request: HttpRequest) -> MenuItem | None:
    """The red button: units report, duty officers and editors note a call."""
    if unit_ids_of(request.user):
        return MenuItem(_("报紧急信息"), reverse("urgent_new"), order=1, alarm=True)
    if takes_calls(request.user):
        return MenuItem(_("记电话报告"), reverse("urgent_phone_new"), order=1, alarm=True)
    return None


@hooks.register("register_desk_menu_item")
def urgent_menu(request: HttpRequest) -> MenuItem | None:
    if not request.user.is_authenticated or not meets_urgent(request.user):
        return None
    return MenuItem(_("紧急信息"), reverse("urgent_list"), order=15)


def _panel(request: HttpRequest, size: int) -> dict[str, object]:
    person = person_of(request)
    events = list(queries.events_for(person).open()[:size])
    return {
        "lines": queries.lines_for(events) if events else [],
        "reports": bool(unit_ids_of(person)),
        "calls": takes_calls(person),
        "many_units": sees_all_events(person) or len(unit_ids_of(person)) > 1,
        "now_ms": now_ms(),
    }


@hooks.register("register_desk_panel")
def urgent_panel(request: HttpRequest) -> Panel | None:
    """What is open; it stands first, but for people of the office only when there is something."""
    person = person_of(request)
    if not meets_urgent(person):
        return None
    context = _panel(request, PANEL_SIZE)
    if not context["lines"] and not context["reports"]:
        return None
    return Panel("urgent/_panel.html", context, order=5)


@hooks.register(PANEL_HOOK)
def urgent_on_duty_screen(request: HttpRequest) -> Panel | None:
    if not meets_urgent(person_of(request)):
        return None
    return Panel("urgent/_duty_panel.html", _panel(request, DUTY_SIZE), order=10)


@hooks.register(ASSET_HOOK)
def urgent_sheet() -> str:
    return "urgent/urgent.css"


@hooks.register(ASSET_HOOK)
def urgent_countdowns() -> str:
    return "urgent/clocks.js"
