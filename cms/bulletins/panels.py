"""Panels of the issue editor: each entry with its originals beside it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel


def issue_panels() -> list[Any]:
    """Return the panels of an issue."""
    return [
        FieldPanel("title", heading=_("本期名称(内部)")),
        InlinePanel(
            "entries",
            heading=_("条目"),
            label=_("条目"),
            panels=[FieldPanel("title"), FieldPanel("body")],
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
