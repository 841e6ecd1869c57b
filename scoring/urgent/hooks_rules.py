"""The rule table and the grade thresholds in Wagtail's admin, for the editors."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.model import ModelViewSetGroup
from wagtail.permissions import register_permission_policy

from infoflow.units.wagtail_hooks import KeptViewSet, RoleMenuItem

from . import views_rules as views
from . import views_statistics
from .forms_rules import RuleForm, ThresholdForm
from .models_rules import GradeThreshold, UrgentRule

rule_policy = views.KeeperPolicy(UrgentRule)
threshold_policy = views.KeeperPolicy(GradeThreshold)
register_permission_policy(UrgentRule, rule_policy, exact_class=True)
register_permission_policy(GradeThreshold, threshold_policy, exact_class=True)


class DatedViewSet(KeptViewSet):
    """Rows that hold for a span of days. What has judged is ended and replaced, never edited."""

    index_view_class = views.RowIndex
    add_view_class = views.AddRow
    edit_view_class = views.EditRow
    list_per_page = 50
    search_fields = ["jurisdiction", "document"]

    @cached_property
    def replace_view(self) -> Any:
        return self.construct_view(views.ReplaceRow, **self.get_add_view_kwargs())

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("replace/<row:pk>/", self.replace_view, name="replace"),
        ]


class RuleViewSet(DatedViewSet):
    model = UrgentRule
    name = "urgent-rules"
    icon = "time"
    menu_label = _("时限规则")
    kept_form = RuleForm
    list_display = [
        "__str__",
        "valid_from",
        "valid_to",
        "document",
    ]
    list_filter = ["jurisdiction", "step", "grade", "cls"]


class ThresholdViewSet(DatedViewSet):
    model = GradeThreshold
    name = "grade-thresholds"
    icon = "order"
    menu_label = _("分级标准")
    kept_form = ThresholdForm
    list_display = [
        "__str__",
        "valid_from",
        "valid_to",
        "document",
    ]
    list_filter = ["jurisdiction", "cls", "measure", "grade"]


class RulesGroup(ModelViewSetGroup):
    menu_label = _("紧急信息规则")
    menu_icon = "time"
    menu_order = 52
    items = (RuleViewSet(), ThresholdViewSet())


@hooks.register("register_admin_viewset")
def rule_viewsets() -> RulesGroup:
    return RulesGroup()


@hooks.register("register_admin_urls")
def rule_urls() -> list[URLPattern]:
    return [
        path("urgent-rules/presets/", views.PresetsView.as_view(), name="urgent_presets"),
        path("urgent-rules/trial/", views.TrialView.as_view(), name="urgent_trial"),
        path(
            "urgent-statistics/",
            views_statistics.StatisticsView.as_view(),
            name="urgent_statistics",
        ),
        path(
            "urgent-statistics/export/",
            views_statistics.StatisticsFileView.as_view(),
            name="urgent_statistics_export",
        ),
    ]


@hooks.register("register_admin_menu_item")
def statistics_menu() -> MenuItem:
    return RoleMenuItem(
        _("紧急信息统计"),
        reverse("urgent_statistics"),
        name="urgent-statistics",
        icon_name="history",
        order=53,
        roles=views_statistics.ROLES,
    )
