"""Words for the numbers of the flow."""

from __future__ import annotations

from django import template

from cms.review import flow_rules

register = template.Library()


@register.filter
def spell(minutes: int) -> str:
    """Return a length of time in words."""
    return flow_rules.spell(minutes)


@register.simple_tag
def share(part: int, whole: int) -> str:
    """Return a share in percent."""
    return flow_rules.percent(part, whole)
