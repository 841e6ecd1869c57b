"""The texts of an issue's entries by parts, and shown with findings where they stand. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from cms.items import text
from cms.items.marking import of_part, render_marked
from cms.scanning.rules import Finding
from cms.scanning.show import marked


def in_order(children: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return stored children as the page shows them."""
    return sorted(children, key=lambda child: (child["sort_order"] is None, child["sort_order"]))


def parts_of(entries: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the texts of an issue's entries by parts: "1.title", "1.body", "2.title" …"""
    parts: dict[str, str] = {}
    for n, (title, body) in enumerate(entries, start=1):
        parts[f"{n}.title"] = title
        parts[f"{n}.body"] = text.to_text(body)
    return parts


def render_entries_marked(
    entries: Iterable[tuple[str, str]], findings: Sequence[Finding]
) -> SafeString:
    """Return the entries as `bulletins/_entries.html` shows them, with findings marked."""
    return format_html_join(
        "",
        '<section class="entry"><h2 class="entry-title">{}</h2>{}</section>',
        (
            (
                marked(title, of_part(findings, f"{n}.title")),
                render_marked(body, of_part(findings, f"{n}.body")),
            )
            for n, (title, body) in enumerate(entries, start=1)
        ),
    )
