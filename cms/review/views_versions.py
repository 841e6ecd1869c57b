"""The texts of one page beside one another: what the unit sent, what was changed since."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from wagtail.models import Page

from infoflow.units.permissions import person_of

from . import diff, versions
from .models import GatedPage
from .views import OfficeView


class TextView(OfficeView):
    """A page about one text that the person may see."""

    header_icon = "doc-full"

    @cached_property
    def page(self) -> GatedPage:
        found = Page.objects.filter(pk=self.kwargs["pk"]).first()
        model = found.specific_class if found is not None else None
        if model is None or not issubclass(model, GatedPage):
            raise Http404
        page: GatedPage | None = (
            model.objects.visible_to(person_of(self.request)).filter(pk=self.kwargs["pk"]).first()
        )
        if page is None:
            raise Http404
        return page

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]


class VersionsView(TextView):
    """Any two texts that were sent in or decided on, with their differences."""

    template_name = "review/versions.html"
    page_title = gettext_lazy("原稿和各稿对照")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = versions.versions_of(self.page)
        if not found:
            raise Http404
        old = versions.pick(found, self.request.GET.get("a", ""), found[0])
        new = versions.pick(found, self.request.GET.get("b", ""), found[-1])
        title, parts = versions.differences(self.page, old, new)
        return super().get_context_data(
            **kwargs,
            page=self.page,
            title=title,
            versions=found,
            old=old,
            new=new,
            parts=parts,
            changed=any(part.differs for part in parts),
        )


class OriginalsView(TextView):
    """Each entry of a composed text beside the units' originals that it was made from."""

    template_name = "review/originals.html"
    page_title = gettext_lazy("编辑稿和原稿对照")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pairs = self.page.originals()
        if not pairs:
            raise Http404
        return super().get_context_data(
            **kwargs,
            page=self.page,
            pairs=[
                (pair, diff.rows(pair.originals[0].text, pair.text) if pair.alone else None)
                for pair in pairs
            ],
        )
