"""Pages of progress: the office's table, the desk's 零报告, the settings."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET
from django.views.generic import FormView, TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms.review.actions import Refused
from infoflow.papers.xlsx import write_workbook
from infoflow.units.permissions import has_role, person_of, unit_ids_of, works_in_office
from infoflow.units.roles import Role
from infoflow.uploads.kinds import MIME_OF_KIND, Kind
from scoring.schemes.periods import Span, spans_of_year

from . import actions, queries
from .forms import ProgressSettingsForm, ShownForm, ZeroReportForm
from .models import ProgressSettings
from .queries import UnitProgress
from .rules import ZEROS, ZeroState, share_text
from .workbook import progress_sheets, progress_title

YEARS_SHOWN = 3


def sees_progress(user: Any) -> bool:
    """Tell whether a person sees how all units stand.

    Leaders have their board instead: they do not enter the office.
    """
    return works_in_office(user) or has_role(user, Role.SCORER)


def spans_to_choose(kind: str, today: date) -> list[Span]:
    """Return the periods that have begun, of this year and the two before, newest first."""
    years = range(today.year - YEARS_SHOWN + 1, today.year + 1)
    spans = [span for year in years for span in spans_of_year(kind, year) if span.start <= today]
    return spans[::-1]


def asked_for(
    request: HttpRequest, today: date, settings: ProgressSettings
) -> tuple[ShownForm, Span, list[UnitProgress], list[UnitProgress]]:
    """Return the form, the chosen period, all its units and those that are chosen."""
    spans = spans_to_choose(settings.period, today)
    form = ShownForm(
        request.GET,
        periods=[(span.end.isoformat(), span.text) for span in spans],
        groups=queries.groups_in_order(),
    )
    chosen = form.chosen("period")
    span = next((s for s in spans if s.end.isoformat() == chosen), spans[0])
    everyone = queries.progress(span, today, kind=settings.period)
    return form, span, everyone, [row for row in everyone if _shown(row, form)]


@require_GET
def progress_export(request: HttpRequest) -> HttpResponseBase:
    """Give the chosen units as an Excel file: how they stand, and the tables of targets."""
    if not sees_progress(request.user):
        raise PermissionDenied
    today = timezone.localdate()
    _form, span, _all, rows = asked_for(request, today, ProgressSettings.current())
    out = BytesIO()
    write_workbook(progress_sheets(rows, span, printed_on=today, today=today), out)
    out.seek(0)
    name = f"{progress_title(span)}.xlsx"
    return FileResponse(
        out, as_attachment=True, filename=name, content_type=MIME_OF_KIND[Kind.XLSX]
    )


class ProgressView(WagtailAdminTemplateMixin, TemplateView):
    """进度与挂零: every unit in one period, silent ones first within its group."""

    template_name = "progress/progress.html"
    page_title = gettext_lazy("进度与挂零")
    header_icon = "tasks"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not sees_progress(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        settings = ProgressSettings.current()
        form, span, everyone, rows = asked_for(self.request, today, settings)
        return {
            **super().get_context_data(**kwargs),
            "form": form,
            "query": self.request.GET.urlencode(),
            "span": span,
            "running": span.start <= today <= span.end,
            "left": (span.end - today).days,
            "rows": [(row, share_text(row.rush), share_text(row.plain)) for row in rows],
            "counts": [
                (state.label, sum(1 for row in everyone if row.state == state))
                for state in ZeroState
            ],
            "all": len(everyone),
            "settings": settings,
            "may_set": has_role(self.request.user, Role.SCORER),
        }


def _shown(row: UnitProgress, form: ShownForm) -> bool:
    group, state = form.chosen("group"), form.chosen("state")
    if group and row.group != group:
        return False
    if state == "zero":
        return row.state in ZEROS
    if state == "behind":
        return any(line.pace.behind for line in row.targets)
    return not state or row.state == state


class ProgressSettingsView(WagtailAdminTemplateMixin, FormView[ProgressSettingsForm]):
    """When units are warned."""

    template_name = "progress/settings.html"
    form_class = ProgressSettingsForm
    success_url = reverse_lazy("progress")
    page_title = gettext_lazy("进度与挂零设置")
    header_icon = "cogs"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not has_role(request.user, Role.SCORER):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("progress"), "label": _("进度与挂零")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": ProgressSettings.current()}

    def form_valid(self, form: ProgressSettingsForm) -> HttpResponse:
        actions.save_settings(person=person_of(self.request), **form.cleaned_data)
        messages.success(self.request, _("已保存，从现在起按新的设置统计和提醒。"))
        return super().form_valid(form)


@login_required
def zero_report(request: HttpRequest) -> HttpResponse:
    """零报告 of one's unit for the period that runs."""
    person = person_of(request)
    units = sorted(unit_ids_of(person, Role.OFFICER) | unit_ids_of(person, Role.SIGNATORY))
    if not units:
        raise PermissionDenied
    span = actions.current_span(timezone.localdate())
    form = ZeroReportForm(request.POST or None, units=units)
    if request.method == "POST" and form.is_valid():
        try:
            actions.report_zero(
                unit=form.cleaned_data["unit"], reason=form.cleaned_data["reason"], person=person
            )
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("已作%(span)s零报告，信息科看得到。") % {"span": span.text})
            return redirect("home")
    return render(
        request,
        "progress/zero_report.html",
        {"form": form, "span": span},
        status=422 if form.errors else 200,
    )
