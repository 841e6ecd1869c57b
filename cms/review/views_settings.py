"""How this office reviews, for system administrators: working days, second level."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from infoflow.units.permissions import has_role, person_of
from infoflow.units.roles import Role

from . import configure, queries
from .forms import SettingsForm
from .models import ReviewSettings


class SettingsView(WagtailAdminTemplateMixin, FormView[SettingsForm]):
    """The one page of review's settings."""

    template_name = "review/settings.html"
    form_class = SettingsForm
    success_url = reverse_lazy("review_settings")
    page_title = gettext_lazy("审核设置")
    header_icon = "cogs"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not has_role(request.user, Role.SYSTEM_ADMIN):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_initial(self) -> dict[str, Any]:
        row = ReviewSettings.current()
        values = {name: getattr(row, name) for name in configure.FIELDS}
        return {**values, "second_level": queries.second_level()}

    def form_valid(self, form: SettingsForm) -> HttpResponse:
        configure.save_settings(person=person_of(self.request), **form.cleaned_data)
        messages.success(self.request, _("审核设置已保存，对此后到达各环节的稿件生效。"))
        return super().form_valid(form)
