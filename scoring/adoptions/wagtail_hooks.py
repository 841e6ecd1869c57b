"""The office's menu entry and addresses of facts."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from .views import AdoptedView, FactsView, FactView, ForwardedView, may_record


@hooks.register("register_admin_urls")
def fact_urls() -> list[URLPattern]:
    return [
        path("facts/", FactsView.as_view(), name="facts"),
        path("facts/results/", FactsView.as_view(results_only=True), name="facts_results"),
        path("facts/adopted/", AdoptedView.as_view(), name="fact_adopted"),
        path("facts/forwarded/", ForwardedView.as_view(), name="fact_forwarded"),
        path("facts/<row:pk>/", FactView.as_view(), name="fact"),
    ]


class RecorderMenuItem(MenuItem):
    """Menu entry for those who record facts."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_record(request.user)


@hooks.register("register_admin_menu_item")
def facts_menu() -> MenuItem:
    return RecorderMenuItem(
        _("采用与上报"), reverse("facts"), name="facts", icon_name="clipboard-list", order=30
    )
