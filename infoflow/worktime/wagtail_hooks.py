"""工作日历 in Wagtail's admin, for system administrators."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSetGroup
from wagtail.admin.widgets.button import HeaderButton
from wagtail.permissions import register_permission_policy

from infoflow.units.admin_views import SystemAdminPolicy
from infoflow.units.permissions import has_role
from infoflow.units.roles import Role
from infoflow.units.wagtail_hooks import KeptViewSet

from . import queries, views
from .forms import ClosingTimeForm, OverrideForm, YearForm
from .models import CalendarYear, ClosingTime, WorkdayOverride
from .rules import WEEKDAY_NAMES

for _model in (WorkdayOverride, CalendarYear, ClosingTime):
    register_permission_policy(_model, SystemAdminPolicy(_model), exact_class=True)


def weekday(day: WorkdayOverride) -> str:
    """Return the day of the week in one character."""
    return WEEKDAY_NAMES[day.date.weekday()]


def arranged(day: WorkdayOverride) -> str:
    """Return in a clerk's word what the list says of a day."""
    return str(_("调休上班") if day.is_workday else _("放假"))


class CalendarViewSet(KeptViewSet):
    """A table of the calendar. A wrong line is corrected; to take back a day, say that it is
    worked or off as its weekday has it: the history then tells who did."""

    list_per_page = 50


class OverrideIndex(generic.IndexView):
    """Differs from core: leads to the import of a whole year."""

    @property
    def header_buttons(self) -> list[HeaderButton]:
        button = HeaderButton(
            _("导入放假安排"), url=reverse("worktime_import"), icon_name="upload", priority=20
        )
        return [*super().header_buttons, button]


class OverrideViewSet(CalendarViewSet):
    model = WorkdayOverride
    name = "workdays"
    icon = "calendar-alt"
    menu_label = _("放假和调休日")
    kept_form = OverrideForm
    index_view_class = OverrideIndex
    list_display = [
        "date",
        Column("weekday", label=_("星期"), accessor=weekday),
        Column("is_workday", label=_("安排"), accessor=arranged, sort_key="is_workday"),
        "source",
    ]
    list_filter = {"is_workday": ["exact"], "date": ["gte", "lte"]}
    search_fields = ["source"]


class YearViewSet(CalendarViewSet):
    model = CalendarYear
    name = "calendar-years"
    icon = "calendar-check"
    menu_label = _("已录入的年度")
    kept_form = YearForm
    list_display = ["year", "source"]


class ClosingTimeViewSet(CalendarViewSet):
    model = ClosingTime
    name = "closing-times"
    icon = "time"
    menu_label = _("下班时间")
    kept_form = ClosingTimeForm
    list_display = ["valid_from", "closes", "source"]


class CalendarGroup(ModelViewSetGroup):
    menu_label = _("工作日历")
    menu_icon = "calendar-alt"
    menu_order = 61
    items = (OverrideViewSet(), YearViewSet(), ClosingTimeViewSet())


@hooks.register("register_admin_viewset")
def calendar_viewsets() -> CalendarGroup:
    return CalendarGroup()


@hooks.register("register_admin_urls")
def calendar_urls() -> list[URLPattern]:
    return [path("workdays/import/", views.ImportView.as_view(), name="worktime_import")]


class MissingYear(Component):
    """What the calendar lacks, on the first page of those who can fill it."""

    template_name = "worktime/missing_year.html"
    order = 10

    def __init__(self, warning: str) -> None:
        self.warning = warning

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"warning": self.warning}


# After review's hook, which replaces the stock panels.
@hooks.register("construct_homepage_panels", order=10)
def missing_year(request: HttpRequest, panels: list[Any]) -> None:
    if not has_role(request.user, Role.SYSTEM_ADMIN):
        return
    if warning := queries.warning(timezone.localdate()):
        panels.append(MissingYear(warning))
