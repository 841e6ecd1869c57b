"""A person's notices inside Wagtail's admin, for those who work there."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from infoflow.units.permissions import person_of

from .views import listed


class NoticesView(WagtailAdminTemplateMixin, TemplateView):
    """The same list as on the desk."""

    template_name = "notices/office.html"
    page_title = gettext_lazy("消息")
    header_icon = "mail"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = listed(person_of(self.request), self.request.GET.get("p"))
        return super().get_context_data(**kwargs, page_obj=found["page"], **found)
