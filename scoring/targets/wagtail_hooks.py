"""Targets in the office's menu, and what the pages of schemes are told about them."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from infoflow.units.permissions import has_role
from infoflow.units.roles import Role
from scoring.schemes.checks import tables_used
from scoring.schemes.engine import SchemeSpec
from scoring.schemes.models import Scheme
from scoring.schemes.periods import PeriodKind
from scoring.schemes.rules import Measure
from scoring.schemes.warnings import HOOK

from .models import Target
from .views import TargetsView


@hooks.register("register_admin_urls")
def target_urls() -> list[URLPattern]:
    return [path("targets/", TargetsView.as_view(), name="targets")]


class ScorerMenuItem(MenuItem):
    """For scorers."""

    def is_shown(self, request: HttpRequest) -> bool:
        return has_role(request.user, Role.SCORER)


@hooks.register("register_admin_menu_item")
def targets_menu() -> ScorerMenuItem:
    return ScorerMenuItem(
        gettext_lazy("任务"),
        reverse("targets"),
        name="targets",
        icon_name="calendar-check",
        order=33,
    )


@hooks.register(HOOK)
def missing_targets(scheme: Scheme, spec: SchemeSpec) -> list[str]:
    """Tell which clauses look up targets that nobody has entered."""
    found = []
    for number, (measure, per) in tables_used(spec).items():
        known = Target.objects.filter(measure=measure, per=per, year__gte=scheme.valid_from.year)
        if scheme.valid_until:
            known = known.filter(year__lte=scheme.valid_until.year)
        if not known.exists():
            found.append(
                _(
                    "第%(n)s条按任务表计算，但还没有录入任务（%(measure)s，%(per)s），录入前不起作用。"
                )
                % {
                    "n": number,
                    "measure": Measure(measure).label,
                    "per": PeriodKind(per).label,
                }
            )
    return found
