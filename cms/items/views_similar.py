"""The office's page of two items side by side."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from cms.review.views import OfficeView
from cms.similar import rules
from infoflow.units.permissions import person_of

from . import queries, sentences, text
from .models import ItemPage


class AlikeView(OfficeView):
    """Two items that look alike, for somebody who may see both; equal sentences are marked."""

    template_name = "similar/alike.html"
    header_icon = "copy"

    def get_page_title(self) -> str:
        return _("相似稿件对照")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def _text(self, pk: int) -> ItemPage:
        """Return an item with the text that this person may read; nothing else exists."""
        person = person_of(self.request)
        items = ItemPage.objects.visible_to(person).select_related("unit", "owner")
        try:
            return queries.text_for(get_object_or_404(items, pk=pk), person)
        except ItemPage.DoesNotExist:
            raise Http404 from None

    @cached_property
    def both(self) -> tuple[ItemPage, ItemPage]:
        return self._text(self.kwargs["left"]), self._text(self.kwargs["right"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        left, right = self.both
        blocks = [text.parse_html(item.body) for item in self.both]
        score = rules.similarities(
            rules.signature(f"{left.title}\n{text.to_text(left.body)}"),
            [rules.signature(f"{right.title}\n{text.to_text(right.body)}")],
        )[0]
        sides = [
            {"item": left, "lines": sentences.marked(blocks[0], blocks[1])},
            {"item": right, "lines": sentences.marked(blocks[1], blocks[0])},
        ]
        for side in sides:
            item: Any = side["item"]
            side["readable"] = not item.live or item.is_readable()
        return super().get_context_data(
            **kwargs, sides=sides, percent=round(rules.common_part(score) * 100)
        )
