"""导入放假安排: a year's list from a file, all of it or nothing."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from infoflow.units.permissions import has_role
from infoflow.units.roles import Role

from . import actions
from .forms import ListingForm
from .listing import read_listing


class ImportView(WagtailAdminTemplateMixin, TemplateView):
    """Upload, and see either what was taken over or every line that is wrong."""

    template_name = "worktime/import.html"
    page_title = gettext_lazy("导入放假安排")
    header_icon = "upload"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not has_role(request.user, Role.SYSTEM_ADMIN):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", ListingForm())
        return super().get_context_data(**kwargs, index_url=reverse("workdays:index"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ListingForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        year = form.cleaned_data["year"]
        listing = read_listing(form.cleaned_data["file"].read(), year)
        context: dict[str, Any] = {"form": form, "faults": listing.faults}
        if not listing.faults:
            context["done"] = actions.load_years(
                days=listing.days,
                years=frozenset({year}),
                source=form.cleaned_data["source"],
                replace=True,
            )
        status = 422 if listing.faults else 200
        return self.render_to_response(self.get_context_data(**context), status=status)
