"""The office's page of 通报: look at it, take it as a Word file, and the 告知书 with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from infoflow.units.permissions import has_role
from infoflow.units.roles import Role
from infoflow.uploads.kinds import MIME_OF_KIND, Kind
from scoring.progress.models import ProgressSettings
from scoring.progress.queries import progress
from scoring.rankings.forms import ChoiceForm, named_periods
from scoring.rankings.rules import Period
from scoring.schemes.periods import Span

from .files import circular_file, circular_parts, circular_title, zero_letters

OFFICE_MAX = 60


def may_write(user: Any) -> bool:
    """Tell whether a person makes 通报: scorers and editors."""
    return has_role(user, Role.SCORER, Role.EDITOR)


def asked_period(request: HttpRequest) -> tuple[ChoiceForm, Period]:
    """Return the period that was asked for; the last quarter otherwise."""
    data = request.GET if "start" in request.GET or "period" in request.GET else {}
    form = ChoiceForm(data or {"period": "last-quarter"}, today=timezone.localdate())
    return form, form.choice().period


def attachment(content: bytes, name: str) -> HttpResponse:
    """Return a Word file as a download."""
    response = HttpResponse(content, content_type=MIME_OF_KIND[Kind.DOCX])
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


class CircularView(WagtailAdminTemplateMixin, TemplateView):
    """A period's 通报 as it will read."""

    template_name = "circulars/circular.html"
    page_title = gettext_lazy("通报")
    header_icon = "doc-full"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_write(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form, period = asked_period(self.request)
        parts = circular_parts(period)
        return {
            **super().get_context_data(**kwargs),
            "form": form,
            "period": period,
            "named": named_periods(timezone.localdate()),
            "title": circular_title(period),
            "parts": [(type(part).__name__, part) for part in parts],
        }


class CircularFileView(View):
    """The 通报 as a Word file."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not may_write(request.user):
            raise PermissionDenied
        _form, period = asked_period(request)
        office = request.GET.get("office", "")[:OFFICE_MAX]
        made = circular_file(period, office=office, day=timezone.localdate())
        return attachment(made, f"{circular_title(period)}.docx")


class ZeroLettersView(View):
    """The 告知书 of the silent units of a period, one page each."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not may_write(request.user):
            raise PermissionDenied
        _form, period = asked_period(request)
        office = request.GET.get("office", "")[:OFFICE_MAX]
        today = timezone.localdate()
        span = Span(period.start, period.end)
        rows = progress(span, today, kind=ProgressSettings.current().period)
        made = zero_letters(
            [row for row in rows if row.group], period.label, office=office, day=today
        )
        if made is None:
            messages.info(request, _("这段时间没有零报送单位，不用告知书。"))
            return redirect(f"{reverse('circular')}?{request.GET.urlencode()}")
        return attachment(made, f"零报送单位告知书（{period.label}）.docx")
