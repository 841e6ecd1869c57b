"""The office's addresses of importing, and the way to them from the list of facts."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from .models import imports
from .views import ImportsView, LookView, RunView, TemplateFile


@hooks.register("register_admin_urls")
def import_urls() -> list[URLPattern]:
    return [
        path("imports/", ImportsView.as_view(), name="imports"),
        path("imports/template/", TemplateFile.as_view(), name="import_template"),
        path("imports/<row:pk>/", LookView.as_view(), name="import_look"),
        path("imports/runs/<row:pk>/", RunView.as_view(), name="import_run"),
    ]


class ImporterMenuItem(MenuItem):
    """Menu entry for those who import tables."""

    def is_shown(self, request: HttpRequest) -> bool:
        return imports(request.user)


@hooks.register("register_admin_menu_item")
def imports_menu() -> MenuItem:
    return ImporterMenuItem(
        _("导入表格"), reverse("imports"), name="imports", icon_name="upload", order=31
    )
