"""重算: the scorer's page that shows a difference and writes exactly that one."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
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
from infoflow.units.models import Unit
from infoflow.units.permissions import has_role, person_of
from infoflow.units.roles import Role
from scoring.closings.queries import closed_spans
from scoring.closings.rules import overlapping

from . import actions
from .difference import Difference
from .forms import ConfirmForm, PeriodForm
from .models import Rescoring
from .queries import scheme_faults

# A page with more units would not be read; the command prints them all.
UNITS_SHOWN = 200
PAST_SHOWN = 5


class ScorerView(WagtailAdminTemplateMixin, TemplateView):
    """A page of the scorers."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not has_role(request.user, Role.SCORER):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]


def told(difference: Difference) -> list[dict[str, Any]]:
    """Return a difference as lines of a table: those that change most first."""
    changed = sorted(difference.by_unit.items(), key=lambda at: -abs(at[1][1] - at[1][0]))
    shown = changed[:UNITS_SHOWN]
    names = dict(Unit.objects.filter(pk__in=[pk for pk, _sums in shown]).values_list("pk", "name"))
    return [
        {
            "unit": names[pk],
            "before": before,
            "after": after,
            "change": after - before,
            "reasons": difference.reasons[pk],
            "untold": difference.untold(pk),
        }
        for pk, (before, after) in shown
    ]


class RescoreView(ScorerView):
    """Choose a period, see the difference, confirm it; another difference is shown anew."""

    template_name = "ledger/rescore.html"
    page_title = gettext_lazy("重算得分")
    header_icon = "rotate"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        form = kwargs.pop("form", None)
        if form is None:
            given = self.request.GET if "start" in self.request.GET else None
            initial = {"start": date(today.year, 1, 1), "end": today}
            form = PeriodForm(given, initial=initial)
        context: dict[str, Any] = {"form": form, "refusal": kwargs.pop("refusal", "")}
        if form.is_bound and form.is_valid():
            start, end = form.cleaned_data["start"], form.cleaned_data["end"]
            context |= self._seen(start, end, kwargs.pop("difference", None))
        past = Rescoring.objects.select_related("person")[:PAST_SHOWN]
        return super().get_context_data(**kwargs, **context, past=past)

    def _seen(self, start: date, end: date, difference: Difference | None) -> dict[str, Any]:
        fault = next(iter(scheme_faults(start, end)), "")
        if fault:
            return {"fault": fault}
        if difference is None:
            difference = actions.rebuild(start, end, dry_run=True)
        return {
            "start": start,
            "end": end,
            "difference": difference,
            "lines": told(difference),
            "more": max(len(difference.by_unit) - UNITS_SHOWN, 0),
            "closed": overlapping(start, end, closed_spans()),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Write the difference that was shown; if it is another by now, show that one."""
        form = ConfirmForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        start, end = form.cleaned_data["start"], form.cleaned_data["end"]
        try:
            found = actions.rescore(
                start=start,
                end=end,
                seen_digest=form.cleaned_data["digest"],
                person=person_of(request),
            )
        except actions.Changed as changed:
            context = self.get_context_data(
                form=form, refusal=changed.message, difference=changed.difference
            )
            return self.render_to_response(context, status=409)
        except Refused as refusal:
            return self.render_to_response(
                self.get_context_data(form=form, refusal=refusal.message), status=409
            )
        messages.success(
            request,
            _("已入账：新增%(added)d笔，冲销%(back)d笔。")
            % {"added": found.added, "back": found.taken_back},
        )
        return redirect(f"{reverse('rescore')}?start={start}&end={end}")
