"""The office's table of targets: a number for each unit, filled by hand, tier or formula."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms.review.actions import Refused
from infoflow.units.models import GroupMembership, Unit, UnitGroup
from infoflow.units.permissions import has_role, person_of
from infoflow.units.roles import Role
from scoring.schemes.periods import PeriodKind
from scoring.schemes.rules import Measure, points_text

from . import actions
from .forms import ShownForm
from .models import Target
from .rules import Formula, Number, by_tier, read_number


class TargetsView(WagtailAdminTemplateMixin, TemplateView):
    """任务: one column of numbers at a time."""

    template_name = "targets/targets.html"
    page_title = gettext_lazy("任务")
    header_icon = "calendar-check"
    faults: dict[str, str]
    typed: dict[str, str]
    filled: bool = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not has_role(request.user, Role.SCORER):
            raise PermissionDenied
        self.faults, self.typed = {}, {}
        data = request.POST if request.method == "POST" else request.GET
        self.shown = ShownForm.reading(data, year=timezone.localdate().year)
        self.shown.is_valid()
        self.year: int = self.shown.cleaned_data["year"]
        self.measure = Measure(self.shown.cleaned_data["measure"])
        self.per = PeriodKind(self.shown.cleaned_data["per"])
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def _groups(self) -> dict[int, int | None]:
        """Return the units that exist in the year with their group, in order."""
        year = self.year
        units = Unit.objects.active_between(date(year, 1, 1), date(year, 12, 31))
        groups = dict(GroupMembership.objects.filter(year=year).values_list("unit_id", "group_id"))
        return {
            pk: groups.get(pk)
            for pk in units.order_by("order", "code").values_list("pk", flat=True)
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        groups = self._groups()
        stored = dict(
            Target.objects.filter(year=self.year, measure=self.measure, per=self.per).values_list(
                "unit_id", "hundredths"
            )
        )
        names = dict(Unit.objects.filter(pk__in=groups).values_list("pk", "name"))
        titles = dict(UnitGroup.objects.order_by("order", "name").values_list("pk", "name"))
        rows = [
            {
                "field": f"unit-{pk}",
                "unit": names[pk],
                "group": titles.get(group or 0, ""),
                "value": self.typed.get(
                    f"unit-{pk}", points_text(stored[pk]) if pk in stored else ""
                ),
                "fault": self.faults.get(f"unit-{pk}", ""),
            }
            for pk, group in groups.items()
        ]
        used = {group for group in groups.values() if group}
        return {
            **super().get_context_data(**kwargs),
            "shown": self.shown,
            "year": self.year,
            "measure": self.measure,
            "per": self.per,
            "rows": rows,
            "tiers": [
                {
                    "field": f"tier-{pk}",
                    "name": title,
                    "value": self.typed.get(f"tier-{pk}", ""),
                    "fault": self.faults.get(f"tier-{pk}", ""),
                }
                for pk, title in titles.items()
                if pk in used
            ],
            "typed": self.typed,
            "faults": self.faults,
            "filled": self.filled,
            "filling": self.filled
            or self.faults.keys() & {"tier", "base", "each"}
            or any(name.startswith("tier-") for name in self.faults),
            "stored": sum(pk in groups for pk in stored),
            "total": points_text(sum(stored.get(pk, 0) for pk in groups)),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.typed = {name: str(value) for name, value in request.POST.items()}
        fill = request.POST.get("fill", "")
        groups = self._groups()
        numbers = {
            "tier": self._by_tier,
            "formula": self._by_formula,
        }.get(fill, self._by_hand)(groups)
        if self.faults:
            messages.error(request, _("没有保存：请改正标出的地方。"))
            return self.render_to_response(self.get_context_data(), status=422)
        if fill:
            return self._fill_in(request, numbers)
        try:
            changed = actions.set_targets(
                year=self.year,
                measure=self.measure,
                per=self.per,
                numbers=numbers,
                person=person_of(request),
            )
        except (Refused, ValidationError) as error:
            messages.error(request, getattr(error, "message", "") or str(error))
            return self.render_to_response(self.get_context_data(), status=422)
        if changed:
            messages.success(
                request,
                _(
                    "已保存，改动%(n)s个单位的任务。办法中有任务条款的，请到“重算得分”核对差额后入账。"
                )
                % {"n": changed},
            )
        else:
            messages.info(request, _("没有改动。"))
        return redirect(
            f"{reverse('targets')}?year={self.year}&measure={self.measure}&per={self.per}"
        )

    def _fill_in(self, request: HttpRequest, numbers: dict[int, Number]) -> HttpResponse:
        """Put numbers into the table, so that they are looked at before they are saved."""
        for pk, number in numbers.items():
            self.typed[f"unit-{pk}"] = "" if number is None else points_text(number)
        self.filled = True
        messages.info(
            request,
            _("已填入%(n)s个单位，还没有保存。请核对下表，然后点“保存”。") % {"n": len(numbers)},
        )
        return self.render_to_response(self.get_context_data())

    def _number(self, name: str) -> Number:
        try:
            return read_number(self.typed.get(name, ""))
        except ValueError as error:
            self.faults[name] = str(error)
            return None

    def _by_hand(self, groups: dict[int, int | None]) -> dict[int, Number]:
        return {pk: self._number(f"unit-{pk}") for pk in groups if f"unit-{pk}" in self.typed}

    def _by_tier(self, groups: dict[int, int | None]) -> dict[int, Number]:
        tiers = {
            pk: number
            for pk in {group for group in groups.values() if group}
            if (number := self._number(f"tier-{pk}")) is not None
        }
        if not tiers and not self.faults:
            self.faults["tier"] = _("请至少给一个分组填任务数。")
        return by_tier(groups, tiers)

    def _by_formula(self, groups: dict[int, int | None]) -> dict[int, Number]:
        base, each = self._number("base"), self._number("each")
        if base is None and each is None and not self.faults:
            self.faults["base"] = _("请填基数和每个下级单位加多少。")
        below = dict(
            Unit.objects.filter(parent_id__in=groups)
            .order_by()
            .values_list("parent_id")
            .annotate(n=Count("pk"))
        )
        formula = Formula(base or 0, each or 0)
        return {pk: formula.number(below.get(pk, 0)) for pk in groups}
