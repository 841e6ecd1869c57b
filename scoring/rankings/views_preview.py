"""The office's page that shows what a draft scheme would give for a past period."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from infoflow.units.permissions import has_role
from infoflow.units.roles import Role
from scoring.schemes.engine import SchemeFault
from scoring.schemes.models import Scheme
from scoring.schemes.warnings import unfinished

from . import queries
from .forms import ChoiceForm, named_periods
from .preview import draft_of, preview


class PreviewView(WagtailAdminTemplateMixin, TemplateView):
    """The latest draft of a scheme against what stands booked, by group. Writes nothing."""

    template_name = "rankings/preview.html"
    header_icon = "view"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not has_role(request.user, Role.SCORER):
            raise PermissionDenied
        self.scheme = get_object_or_404(Scheme.objects.visible_to(request.user), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return _("试算")

    def get_page_subtitle(self) -> str:
        return str(self.scheme)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("wagtailsnippets_schemes_scheme:list"), "label": _("计分办法")},
            {"url": "", "label": self.get_page_title(), "sublabel": str(self.scheme)},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        today = timezone.localdate()
        data = self.request.GET if self.request.GET else {"period": "last-quarter"}
        form = ChoiceForm(data, today=today)
        period = form.choice().period
        draft = draft_of(self.scheme)
        fault, groups = " ".join(unfinished(draft)), []
        try:
            groups = [] if fault else preview(draft, period.start, period.end)
        except (SchemeFault, ValueError):
            fault = _("草稿中有不能识别的条款，请先在编辑页保存，按提示改正后再试算。")
        return {
            **context,
            "scheme": self.scheme,
            "form": form,
            "period": period,
            "named": named_periods(today),
            "in_force": queries.scheme_names(period.start, period.end),
            "groups": groups,
            "moved": sum(group.moved for group in groups),
            "late": any(group.late for group in groups),
            "fault": fault,
        }
