"""The office's page of the numbers of urgent reports, and the same as an Excel file."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from infoflow.papers.xlsx import write_workbook
from infoflow.units.permissions import has_role
from infoflow.units.roles import Role
from infoflow.uploads.kinds import MIME_OF_KIND, Kind
from infoflow.worktime.rules import day_words

from .queries_statistics import period_statistics
from .rules_statistics import sentences_of, sheets_of, table_of

ROLES = (Role.EDITOR, Role.SCORER)
YEARS_MAX = 2


class SpanForm(forms.Form):
    """The days whose events are counted."""

    start = forms.DateField(
        label=gettext_lazy("从"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("请填写日期。"),
            "invalid": gettext_lazy("日期不正确，请按 2026-06-01 填写。"),
        },
    )
    end = forms.DateField(
        label=gettext_lazy("到"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("请填写日期。"),
            "invalid": gettext_lazy("日期不正确，请按 2026-06-30 填写。"),
        },
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and end < start:
            raise forms.ValidationError(_("结束日期早于开始日期，请核对。"))
        if start and end and (end - start).days > 366 * YEARS_MAX:
            raise forms.ValidationError(_("一次最多统计两年，请缩短。"))
        return cleaned


def span_words(start: date, end: date) -> str:
    """Return a span of days as the title names it."""
    first = day_words(start, with_year=True, with_weekday=False)
    return f"{first}—{day_words(end, with_year=start.year != end.year, with_weekday=False)}"


class StatisticsView(WagtailAdminTemplateMixin, TemplateView):
    """Numbers by unit and grade, and what a 通报 would say. This year until asked otherwise."""

    template_name = "urgent/office/statistics.html"
    page_title = gettext_lazy("紧急信息统计")
    header_icon = "history"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not has_role(request.user, *ROLES):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def form(self) -> SpanForm:
        """Return the form with what was asked for."""
        today = timezone.localdate()
        default = {"start": today.replace(month=1, day=1).isoformat(), "end": today.isoformat()}
        return SpanForm(self.request.GET if "start" in self.request.GET else default)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = self.form()
        if form.is_valid():
            found = period_statistics(form.cleaned_data["start"], form.cleaned_data["end"])
            kwargs |= {
                "sentences": sentences_of(found),
                "table": table_of(found) if found.outcomes else None,
                "export": f"{reverse('urgent_statistics_export')}?start="
                f"{form.cleaned_data['start']}&end={form.cleaned_data['end']}",
            }
        return super().get_context_data(**kwargs, form=form, counted=form.is_valid())


class StatisticsFileView(StatisticsView):
    """The same numbers as an Excel file, and each event with the reckoning of its limits."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form()
        if not form.is_valid():
            return super().get(request, *args, **kwargs)
        start, end = form.cleaned_data["start"], form.cleaned_data["end"]
        title = _("紧急信息报送情况统计（%(span)s）") % {"span": span_words(start, end)}
        day = day_words(timezone.localdate(), with_year=True, with_weekday=False)
        note = _("制表日期：%(day)s") % {"day": day}
        out = io.BytesIO()
        write_workbook(sheets_of(period_statistics(start, end), title=title, note=note), out)
        response = HttpResponse(out.getvalue(), content_type=MIME_OF_KIND[Kind.XLSX])
        response["Content-Disposition"] = content_disposition_header(True, f"{title}.xlsx")
        return response
