"""The office's menu entry and addresses of the ledger."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from infoflow.desk.menu import Panel
from infoflow.units.permissions import has_role
from infoflow.units.roles import Role
from scoring.adoptions.models import Fact

from . import queries
from .views import RescoreView


@hooks.register("register_admin_urls")
def ledger_urls() -> list[URLPattern]:
    return [path("rescore/", RescoreView.as_view(), name="rescore")]


class ScorerMenuItem(MenuItem):
    """Menu entry of the scorers."""

    def is_shown(self, request: HttpRequest) -> bool:
        return has_role(request.user, Role.SCORER)


@hooks.register("register_admin_menu_item")
def rescore_menu() -> MenuItem:
    return ScorerMenuItem(
        _("重算得分"), reverse("rescore"), name="rescore", icon_name="rotate", order=34
    )


@hooks.register("register_fact_panel")
def fact_points(request: HttpRequest, fact: Fact) -> Panel | None:
    """What a recorded fact gives; a withdrawal gives nothing of its own."""
    if fact.reverses_id is not None:
        return None
    return Panel("ledger/_fact_points.html", {"fact": fact, **queries.points_of(fact)})
