"""Progress in the office's menu, and on the desk's first page."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from infoflow.desk.menu import Panel
from infoflow.units.permissions import person_of, unit_ids_of

from . import queries
from .views import ProgressSettingsView, ProgressView, progress_export, sees_progress


@hooks.register("register_admin_urls")
def progress_urls() -> list[URLPattern]:
    return [
        path("progress/", ProgressView.as_view(), name="progress"),
        path("progress/export/", progress_export, name="progress_export"),
        path("progress/settings/", ProgressSettingsView.as_view(), name="progress_settings"),
    ]


class ProgressMenuItem(MenuItem):
    """For those who see how all units stand."""

    def is_shown(self, request: HttpRequest) -> bool:
        return sees_progress(request.user)


@hooks.register("register_admin_menu_item")
def progress_menu() -> ProgressMenuItem:
    return ProgressMenuItem(
        gettext_lazy("进度与挂零"),
        reverse("progress"),
        name="progress",
        icon_name="tasks",
        order=310,
    )


@hooks.register("register_desk_panel")
def warning_panel(request: HttpRequest) -> Panel | None:
    """A unit that has submitted nothing yet is told before the period ends."""
    user = person_of(request)
    if not unit_ids_of(user):
        return None
    today = timezone.localdate()
    rows = [(warning, (warning.end - today).days) for warning in queries.warnings_for(user, today)]
    return Panel("progress/_panel_warning.html", {"rows": rows}, order=8) if rows else None
