"""The office's pages of schemes: list, edit, publish, new version, end."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import HeaderButton
from wagtail.snippets.action_menu import ActionMenuItem
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import IndexView, InspectView, SnippetViewSet

from infoflow.units.permissions import has_role
from infoflow.units.roles import Role

from .guide import SchemeGuide
from .models import Scheme, SchemeQuerySet
from .views import EndView, NewVersionView
from .views_exchange import ExportView, ImportView
from .warnings import warnings_of


def state_of(scheme: Any) -> str:
    """Return in a clerk's words whether a version counts."""
    if not scheme.live:
        return _("未发布（草稿）")
    if scheme.has_unpublished_changes:
        return _("已发布，有未发布的修改")
    return _("已发布，已用于计分") if scheme.is_used else _("已发布")


def first_day(scheme: Scheme) -> str:
    """Return the first day in force."""
    return scheme.valid_from.isoformat()


def last_day(scheme: Scheme) -> str:
    """Return the last day in force, or that there is none."""
    return scheme.valid_until.isoformat() if scheme.valid_until else _("长期")


class SchemeInspect(InspectView):
    """Differs from core: the page of a version that a person may not see does not exist."""

    page_title = gettext_lazy("阅读")

    def get_object(self, queryset: SchemeQuerySet | None = None) -> Scheme:
        return get_object_or_404(Scheme.objects.visible_to(self.request.user), pk=self.pk)

    def get_valid_until_display_value(self) -> Any:
        return self.object.valid_until or _("长期")

    def get_note_display_value(self) -> str:
        return self.object.note or "—"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, warnings=warnings_of(self.object))


class SchemeIndex(IndexView):
    """Differs from core: a button that imports a scheme; a version is read, not inspected."""

    add_item_label = gettext_lazy("新建计分办法")

    def get_list_more_buttons(self, instance: Any) -> list[Any]:
        buttons: list[Any] = super().get_list_more_buttons(instance)
        reading = self.get_inspect_url(instance)
        for button in buttons:
            if reading and button.url == reading:
                button.label = _("阅读条文")
        return buttons

    @cached_property
    def header_buttons(self) -> list[Any]:
        buttons: list[Any] = list(super().header_buttons)
        if has_role(self.request.user, Role.SCORER):
            buttons.append(
                HeaderButton(
                    label=_("导入或选用样例"), url=reverse("scheme_import"), icon_name="upload"
                )
            )
        return buttons


class SchemeViewSet(SnippetViewSet):
    """计分办法: drafts, publication and history are Wagtail's own."""

    model = Scheme
    icon = "table"
    menu_label = gettext_lazy("计分办法")
    menu_order = 32
    add_to_admin_menu = True
    list_display = [
        "name",
        Column("version", label=gettext_lazy("版次")),
        Column(
            "valid_from",
            label=gettext_lazy("施行日期"),
            accessor=first_day,
            classname="if-day",
        ),
        Column(
            "valid_until",
            label=gettext_lazy("截止日期"),
            accessor=last_day,
            classname="if-day",
        ),
        Column("state", label=gettext_lazy("状态"), accessor=state_of),
    ]
    list_per_page = 50
    copy_view_enabled = False
    index_view_class = SchemeIndex
    inspect_view_enabled = True
    inspect_view_class = SchemeInspect
    inspect_template_name = "schemes/inspect.html"
    inspect_view_fields = ["document", "note", "valid_from", "valid_until", "period", "rounding"]
    edit_handler = ObjectList(
        [
            HelpPanel(template="schemes/_used.html"),
            FieldPanel("name"),
            FieldPanel("document"),
            FieldPanel("note"),
            FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_until")]),
            FieldRowPanel([FieldPanel("period"), FieldPanel("rounding")]),
            FieldPanel("blocks"),
        ]
    )

    def get_queryset(self, request: HttpRequest) -> SchemeQuerySet:
        return Scheme.objects.visible_to(request.user).with_use()


register_snippet(SchemeViewSet)


hooks.register("register_fact_guide", SchemeGuide())


@hooks.register("register_admin_urls")
def scheme_urls() -> list[URLPattern]:
    return [
        path("schemes/import/", ImportView.as_view(), name="scheme_import"),
        path("schemes/<row:pk>/file/", ExportView.as_view(), name="scheme_file"),
        path("schemes/<row:pk>/version/", NewVersionView.as_view(), name="scheme_version"),
        path("schemes/<row:pk>/end/", EndView.as_view(), name="scheme_end"),
    ]


class VersionItem(ActionMenuItem):
    """Button of the editor: a new version."""

    name = "action-version"
    label = gettext_lazy("新建版本")
    icon_name = "copy"
    url_name = "scheme_version"

    def is_shown(self, context: dict[str, Any]) -> bool:
        return context["view"] == "edit" and has_role(context["request"].user, Role.SCORER)

    def get_url(self, parent_context: dict[str, Any]) -> str:
        return reverse(self.url_name, args=[parent_context["instance"].pk])


class FileItem(VersionItem):
    """Button of the editor: the scheme as a file."""

    name = "action-file"
    label = gettext_lazy("导出文件")
    icon_name = "download"
    url_name = "scheme_file"


class TrialItem(VersionItem):
    """Button of the editor: what the saved draft would give."""

    name = "action-trial"
    label = gettext_lazy("试算排名")
    icon_name = "view"
    url_name = "scheme_preview"


class EndItem(VersionItem):
    """Button of the editor: the last day of a version in force."""

    name = "action-end"
    label = gettext_lazy("设截止日期")
    icon_name = "date"
    url_name = "scheme_end"

    def is_shown(self, context: dict[str, Any]) -> bool:
        return super().is_shown(context) and context["instance"].live


@hooks.register("register_snippet_action_menu_item")
def version_item(model: type[Any]) -> ActionMenuItem | None:
    return VersionItem(order=5) if model is Scheme else None


@hooks.register("register_snippet_action_menu_item")
def end_item(model: type[Any]) -> ActionMenuItem | None:
    return EndItem(order=6) if model is Scheme else None


@hooks.register("register_snippet_action_menu_item")
def file_item(model: type[Any]) -> ActionMenuItem | None:
    return FileItem(order=7) if model is Scheme else None


@hooks.register("register_snippet_action_menu_item")
def trial_item(model: type[Any]) -> ActionMenuItem | None:
    return TrialItem(order=4) if model is Scheme else None


@hooks.register("construct_snippet_action_menu")
def close_used(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """A used version offers neither saving nor publishing; the note says what to do."""
    scheme = context.get("instance")
    if isinstance(scheme, Scheme) and scheme.used:
        shut = {"action-save", "action-publish"}
        menu_items[:] = [item for item in menu_items if item.name not in shut]


@hooks.register("after_create_snippet")
@hooks.register("after_edit_snippet")
def tell_warnings(request: HttpRequest, instance: Any) -> None:
    """After each save tell the scorer what may surprise."""
    if isinstance(instance, Scheme):
        for warning in warnings_of(instance):
            messages.warning(request, warning)
