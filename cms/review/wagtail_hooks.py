"""The office's way in: menu, dashboard panels, queue pages; stock panels and reports go."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.log_actions import LogActionRegistry, LogFormatter
from wagtail.models import Page
from wagtail.permissions import register_permission_policy

from infoflow.desk.menu import Panel
from infoflow.units.admin_views import SystemAdminPolicy
from infoflow.units.permissions import has_role, person_of, works_in_office
from infoflow.units.roles import Role
from infoflow.units.wagtail_hooks import KeptViewSet

from . import changes, queries, queues
from .gate import NotCleared
from .models import CommonReason, Decision, GatedPage, OpenTask, ReviewSettings
from .moves import LOG_ACTION, LOG_TAKE_OVER
from .rules import Step, Verdict
from .views_decide import ClaimView, DecideView
from .views_flow import FlowView
from .views_queue import BulkView, QueueView
from .views_settings import SettingsView
from .views_sheet import ClosedView, ReopenView, SheetView
from .views_versions import OriginalsView, VersionsView

PANEL_SIZE = 8
CLAIMED_SIZE = 20


@hooks.register("register_admin_urls")
def review_urls() -> list[URLPattern]:
    return [
        path("queue/<str:step>/", QueueView.as_view(), name="review_queue"),
        path("queue/<str:step>/bulk/", BulkView.as_view(), name="review_bulk"),
        path("decide/<row:pk>/", DecideView.as_view(), name="review_decide"),
        path("decide/<row:pk>/claim/", ClaimView.as_view(), name="review_claim"),
        path("texts/<row:pk>/versions/", VersionsView.as_view(), name="review_versions"),
        path("texts/<row:pk>/originals/", OriginalsView.as_view(), name="review_originals"),
        path("texts/<row:pk>/sheet/", SheetView.as_view(), name="review_sheet"),
        path("texts/<row:pk>/reopen/", ReopenView.as_view(), name="review_reopen"),
        path("review-settings/", SettingsView.as_view(), name="review_settings"),
        path("closed/", ClosedView.as_view(), name="review_closed"),
        path("flow/", FlowView.as_view(), name="review_flow"),
    ]


class QueuePanel(Component):
    """What waits at one step: how much of it, and the first lines of the queue."""

    template_name = "review/queue_panel.html"

    def __init__(self, step: Step, order: int, moment: queues.Moment) -> None:
        self.step = step
        self.order = order
        self.moment = moment

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        person = person_of(parent_context["request"])
        tasks = queues.shown(queries.queue_for(person, self.step))
        return {
            "step": self.step,
            "counts": queues.count(person, self.step, self.moment),
            "lines": queues.lines(tasks[:PANEL_SIZE], person, self.moment),
        }


class ClaimedPanel(Component):
    """What the person has claimed and not yet decided, at whatever step."""

    template_name = "review/claimed_panel.html"
    order = 90

    def __init__(self, lines: list[queues.Line]) -> None:
        self.lines = lines

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"lines": self.lines}


class SentBackPanel(Component):
    """What the person had passed and a later step returned or refused."""

    template_name = "review/sent_back_panel.html"
    order = 190

    def __init__(self, rows: list[queries.SentBack]) -> None:
        self.rows = rows

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"rows": self.rows}


@hooks.register("insert_global_admin_css")
def office_css() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("office/office.css"))


@hooks.register("construct_homepage_panels")
def own_panels(request: HttpRequest, panels: list[Any]) -> None:
    """Replace the stock panels: they list every pending text at several queries each."""
    person = person_of(request)
    steps = queries.steps_of(person)
    panels[:] = []
    if not steps:
        return
    moment = queues.Moment.this()
    panels += [QueuePanel(step, 100 + n, moment) for n, step in enumerate(steps)]
    claimed = queues.shown(OpenTask.objects.filter(claimed_by=person, step__in=steps))
    lines = queues.lines(claimed[:CLAIMED_SIZE], person, moment)
    if lines:
        panels.append(ClaimedPanel(lines))
    sent_back = queries.sent_back_after(person)
    if sent_back:
        panels.append(SentBackPanel(sent_back))


class QueueMenuItem(MenuItem):
    """Menu entry of a queue, shown to those whose step it is."""

    def __init__(self, step: Step, order: int) -> None:
        self.step = step
        super().__init__(
            _("待%(step)s") % {"step": step.label},
            reverse("review_queue", args=[step.value]),
            name=f"queue-{step.value}",
            icon_name="tasks",
            order=order,
        )

    def is_shown(self, request: HttpRequest) -> bool:
        return self.step in queries.steps_of(person_of(request))


@hooks.register("register_admin_menu_item")
def screening_menu() -> MenuItem:
    return QueueMenuItem(Step.SCREEN, 10)


@hooks.register("register_admin_menu_item")
def clearing_menu() -> MenuItem:
    return QueueMenuItem(Step.CLEAR, 11)


@hooks.register("register_admin_menu_item")
def rechecking_menu() -> MenuItem:
    return QueueMenuItem(Step.RECHECK, 12)


@hooks.register("register_admin_menu_item")
def issuing_menu() -> MenuItem:
    return QueueMenuItem(Step.ISSUE, 13)


class FlowMenuItem(MenuItem):
    """Menu entry of the flow's numbers, for those who handle items."""

    def is_shown(self, request: HttpRequest) -> bool:
        return works_in_office(request.user)


@hooks.register("register_admin_menu_item")
def flow_menu() -> MenuItem:
    return FlowMenuItem(
        _("流程统计"), reverse("review_flow"), name="flow", icon_name="history", order=30
    )


class ClosedMenuItem(MenuItem):
    """Menu entry of ended texts, for those who may take them up again."""

    def is_shown(self, request: HttpRequest) -> bool:
        return has_role(request.user, *queries.REOPENS.values())


@hooks.register("register_admin_menu_item")
def closed_menu() -> MenuItem:
    return ClosedMenuItem(
        _("已办结稿件"), reverse("review_closed"), name="closed", icon_name="folder", order=25
    )


class SettingsMenuItem(MenuItem):
    """Menu entry of review's settings, for system administrators."""

    def is_shown(self, request: HttpRequest) -> bool:
        return has_role(request.user, Role.SYSTEM_ADMIN)


@hooks.register("register_admin_menu_item")
def settings_menu() -> MenuItem:
    return SettingsMenuItem(
        _("审核设置"),
        reverse("review_settings"),
        name="review-settings",
        icon_name="cogs",
        order=62,
    )


register_permission_policy(CommonReason, SystemAdminPolicy(CommonReason), exact_class=True)


class ReasonViewSet(KeptViewSet):
    """Common reasons; one that is no longer wanted is taken out of use."""

    model = CommonReason
    name = "common-reasons"
    icon = "list-ul"
    menu_label = _("常用退改理由")
    menu_order = 63
    add_to_admin_menu = True
    list_per_page = 50
    list_display = ["text", "step", "order", BooleanColumn("active", label=_("在用"))]
    list_filter = ["step"]
    search_fields = ["text"]
    form_fields = ["step", "text", "order", "active"]


@hooks.register("register_admin_viewset")
def reasons_viewset() -> ReasonViewSet:
    return ReasonViewSet()


@hooks.register("construct_settings_menu")
def no_stock_workflows(request: HttpRequest, items: list[Any]) -> None:
    """The road is ours: Wagtail's pages of workflows and tasks are closed (infoflow/urls.py)."""
    items[:] = [item for item in items if item.name not in ("workflows", "workflow-tasks")]


@hooks.register("register_decide_panel")
def changed_panel(request: HttpRequest, page: GatedPage) -> Panel | None:
    """What changed since confidentiality last looked at the text: to be read before deciding."""
    changed = changes.since_last_look(page)
    return Panel("review/_changed.html", {"changed": changed}, order=-10) if changed else None


@hooks.register("construct_main_menu")
def plain_menu(request: HttpRequest, items: list[Any]) -> None:
    """Leave out what nobody here needs; superusers keep the settings."""
    hidden = {"help", "reports", "images", "documents", "explorer"}
    if not request.user.is_superuser:
        hidden.add("settings")
    items[:] = [item for item in items if item.name not in hidden]


@hooks.register("construct_page_action_menu")
def no_stock_actions(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Take publishing and stock workflow buttons off the editor of a gated page."""
    page = context.get("page")
    view = context.get("view")
    model = type(page.specific) if page is not None else context.get("model")
    parent = context.get("parent_page")
    gated = (model is not None and issubclass(model, GatedPage)) or (
        view == "create" and parent is not None
    )
    if gated:
        stock = {
            "action-publish",
            "action-unpublish",
            "action-submit",
            "action-restart-workflow",
            "action-cancel-workflow",
        }
        items[:] = [item for item in items if item.name not in stock]


@hooks.register("register_log_actions")
def own_log_actions(actions: LogActionRegistry) -> None:
    """Name our entries of the log: step and verdict."""

    @actions.register_action(LOG_ACTION)
    class _Review(LogFormatter):
        label = _("审核")

        def format_message(self, log_entry: Any) -> str:
            step, verdict = Step(log_entry.data["step"]), Verdict(log_entry.data["verdict"])
            return f"{step.label}：{verdict.label}"

    @actions.register_action(LOG_TAKE_OVER)
    class _TakeOver(LogFormatter):
        label = _("接手")

        def format_message(self, log_entry: Any) -> str:
            return f"{Step(log_entry.data['step']).label}：{_('接手')}"


@hooks.register("before_delete_page")
def keep_decided(request: HttpRequest, page: Page) -> HttpResponse | None:
    """A text that was ever sent in stays, whoever asks."""
    from .actions import Refused

    if Decision.objects.filter(page__path__startswith=page.path).exists():
        raise Refused(str(_("已经报送过的稿件和期刊不能删除，记录须保留。")))
    return None


@hooks.register("before_publish_page")
def publish_only_cleared(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Say why a stock publishing view is refused before it does anything."""
    if isinstance(page.specific, GatedPage) and not page.specific.is_readable():
        raise NotCleared
    return None


@hooks.register("id_mask_practice")
def id_mask_practice() -> str:
    """Tell the scanner how this office covers a resident ID."""
    return ReviewSettings.current().id_mask
