"""The ranking's entries in the desk's menu and in the office's register."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem as OfficeMenuItem

from infoflow.desk.menu import MenuItem

from .permissions import sees_rankings
from .views_preview import PreviewView


@hooks.register("register_admin_urls")
def preview_urls() -> list[URLPattern]:
    return [path("schemes/<row:pk>/preview/", PreviewView.as_view(), name="scheme_preview")]


@hooks.register("register_desk_menu_item")
def desk_ranking(request: HttpRequest) -> MenuItem | None:
    if not sees_rankings(request.user):
        return None
    return MenuItem(_("排名"), reverse("ranking"), order=60)


class RankingMenuItem(OfficeMenuItem):
    """Leads to the same page as the desk's entry."""

    def is_shown(self, request: HttpRequest) -> bool:
        return sees_rankings(request.user)


@hooks.register("register_admin_menu_item")
def office_ranking() -> RankingMenuItem:
    return RankingMenuItem(
        gettext_lazy("排名"), reverse("ranking"), name="ranking", icon_name="list-ol", order=300
    )
