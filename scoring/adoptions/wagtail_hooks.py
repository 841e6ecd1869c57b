"""The office's menu entry and addresses of facts; instructions on the desk."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component

from infoflow.desk.menu import MenuItem as DeskItem
from infoflow.desk.menu import Panel
from infoflow.units.permissions import person_of, unit_ids_of

from . import queries
from .rules_instructions import AnswerState
from .views import FactsView, FactView, may_record
from .views_desk import shown
from .views_instructions import InstructionsView
from .views_kinds import (
    AdjustmentView,
    AdoptedView,
    CheckView,
    CommissionView,
    ForwardedView,
    InstructionView,
    KindsView,
    QualityView,
    UrgentView,
)

PANEL_ROWS = 5


@hooks.register("insert_global_admin_css")
def scoring_css() -> SafeString:
    """The sheet of every office page of scoring."""
    return format_html('<link rel="stylesheet" href="{}">', static("office/scoring.css"))


@hooks.register("register_admin_urls")
def fact_urls() -> list[URLPattern]:
    return [
        path("facts/", FactsView.as_view(), name="facts"),
        path("facts/results/", FactsView.as_view(results_only=True), name="facts_results"),
        path("facts/adopted/", AdoptedView.as_view(), name="fact_adopted"),
        path("facts/forwarded/", ForwardedView.as_view(), name="fact_forwarded"),
        path("facts/new/", KindsView.as_view(), name="fact_kinds"),
        path("facts/instruction/", InstructionView.as_view(), name="fact_instruction"),
        path("facts/quality/", QualityView.as_view(), name="fact_quality"),
        path("facts/check/", CheckView.as_view(), name="fact_check"),
        path("facts/commission/", CommissionView.as_view(), name="fact_commission"),
        path("facts/urgent/", UrgentView.as_view(), name="fact_urgent"),
        path("facts/adjustment/", AdjustmentView.as_view(), name="fact_adjustment"),
        path("facts/instructions/", InstructionsView.as_view(), name="fact_instructions"),
        path(
            "facts/instructions/results/",
            InstructionsView.as_view(results_only=True),
            name="fact_instructions_results",
        ),
        path("facts/<row:pk>/", FactView.as_view(), name="fact"),
    ]


class RecorderMenuItem(MenuItem):
    """Menu entry for those who record facts."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_record(request.user)


@hooks.register("register_admin_menu_item")
def facts_menu() -> MenuItem:
    return RecorderMenuItem(
        _("采用与计分事项"), reverse("facts"), name="facts", icon_name="clipboard-list", order=30
    )


class OverduePanel(Component):
    """How many answers to instructions are overdue, on the first page of those who chase them."""

    template_name = "adoptions/_overdue_panel.html"
    order = 31

    def __init__(self, count: int) -> None:
        self.count = count

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"count": self.count, "state": AnswerState.OVERDUE.value}


# After review's hook, which replaces the stock panels.
@hooks.register("construct_homepage_panels", order=31)
def overdue_panel(request: HttpRequest, panels: list[Any]) -> None:
    if not may_record(request.user):
        return
    count = queries.in_state(queries.instruction_lines(), AnswerState.OVERDUE).count()
    if count:
        panels.append(OverduePanel(count))


@hooks.register("register_desk_menu_item")
def instructions_entry(request: HttpRequest) -> DeskItem | None:
    """批示, with the number that waits for an answer; only where there was ever one."""
    units = unit_ids_of(person_of(request))
    if not units:
        return None
    due = Q(answered=None, fact__instruction__answer_by__isnull=False)
    found = (
        queries.instruction_lines(units)
        .exclude(fact__instruction=None)
        .order_by()
        .aggregate(all=Count("pk"), waiting=Count("pk", filter=due))
    )
    if not found["all"]:
        return None
    return DeskItem(str(_("批示")), reverse("instruction_list"), order=25, badge=found["waiting"])


@hooks.register("register_desk_panel")
def instructions_panel(request: HttpRequest) -> Panel | None:
    """Instructions that wait for the unit's answer; what is overdue stands first."""
    units = unit_ids_of(person_of(request))
    if not units:
        return None
    lines = queries.unanswered(queries.instruction_lines(units))
    found = [shown(line) for line in lines[: PANEL_ROWS + 1]]
    if not found:
        return None
    overdue = sum(standing.state == AnswerState.OVERDUE for _line, standing in found)
    context = {
        "lines": found[:PANEL_ROWS],
        "more": len(found) > PANEL_ROWS,
        "overdue": overdue,
        "several_units": len(units) > 1,
    }
    return Panel("adoptions/_panel_instructions.html", context, order=15)
