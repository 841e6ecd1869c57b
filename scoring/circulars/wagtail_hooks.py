"""通报 in the office's menu."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from .views import CircularFileView, CircularView, ZeroLettersView, may_write


@hooks.register("register_admin_urls")
def circular_urls() -> list[URLPattern]:
    return [
        path("circular/", CircularView.as_view(), name="circular"),
        path("circular/file/", CircularFileView.as_view(), name="circular_file"),
        path("circular/letters/", ZeroLettersView.as_view(), name="circular_letters"),
    ]


class WriterMenuItem(MenuItem):
    """For those who make 通报."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_write(request.user)


@hooks.register("register_admin_menu_item")
def circular_menu() -> WriterMenuItem:
    return WriterMenuItem(
        gettext_lazy("通报"), reverse("circular"), name="circular", icon_name="doc-full", order=320
    )
