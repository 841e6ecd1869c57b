"""Names of findings for templates; findings kept with a decision are plain data."""

from __future__ import annotations

from typing import Any

from django import template

from cms.scanning import rules

register = template.Library()


def _of(finding: Any, name: str) -> str:
    return str(finding[name] if isinstance(finding, dict) else getattr(finding, name))


@register.filter
def kind_label(finding: Any) -> str:
    """Return what a finding's kind is called."""
    kind = _of(finding, "kind")
    return str(rules.Kind(kind).label) if kind in rules.Kind else kind


@register.filter
def part_label(finding: Any) -> str:
    """Return where a finding stands: 正文, or 第2条正文 in an issue."""
    part = _of(finding, "part")
    number, dot, name = part.partition(".")
    if dot and number.isdigit():
        return rules.entry_part_label(int(number), name)
    return rules.part_label(part)
