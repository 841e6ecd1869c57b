"""What every page of the office has in common."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from infoflow.units.permissions import works_in_office


class OfficeView(WagtailAdminTemplateMixin, TemplateView):
    """A page of the office; everybody else is turned away."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not works_in_office(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)
