"""Panels of the issue editor: each entry with its originals beside it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, Panel

from .forms import DocumentTextarea


class OriginalsPanel(Panel):
    """Read-only: the units' originals that an entry was made from."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "bulletins/_originals.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            context["originals"] = self._originals()
            return context

        def _originals(self) -> list[tuple[Any, bool]]:
            """Return this entry's items with whether they are readable.

            The first entry asks for those of all: the editor shows every entry of an issue.
            """
            from .originals import items_of

            entry = self.instance
            if entry is None or entry.pk is None:
                return []
            found = self.request.__dict__.setdefault("_infoflow_originals", {})
            ids = [source.item_id for source in entry.sources.all()]
            if not found.keys() >= set(ids):
                found |= items_of(entry.page.entries.all())
            return [found[pk] for pk in ids if pk in found]


def issue_panels() -> list[Any]:
    """Return the panels of an issue."""
    return [
        FieldPanel(
            "title", heading=_("本期名称"), help_text=_("编辑时自用；签发后以刊名和期号为准。")
        ),
        InlinePanel(
            "entries",
            heading=_("条目"),
            label=_("条目"),
            panels=[
                FieldPanel("title"),
                FieldPanel("body", widget=DocumentTextarea(attrs={"rows": 12})),
                OriginalsPanel(heading=_("原稿对照")),
            ],
            classname="if-entries",
        ),
        MultiFieldPanel(
            [
                FieldPanel("supplement"),
                FieldRowPanel(
                    [FieldPanel("report_to"), FieldPanel("send_to"), FieldPanel("distribute_to")]
                ),
            ],
            heading=_("版记"),
        ),
    ]
