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
            context["items"] = self.instance.items() if self.instance is not None else []
            return context


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
