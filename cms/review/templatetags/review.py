"""Words for the numbers of the flow; panels that other rooms put beside a text."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from cms.review import flow_rules
from infoflow.desk.menu import Panel

register = template.Library()


@register.filter
def spell(minutes: int) -> str:
    """Return a length of time in words."""
    return flow_rules.spell(minutes)


@register.simple_tag
def share(part: int, whole: int) -> str:
    """Return a share in percent."""
    return flow_rules.percent(part, whole)


@register.simple_tag(takes_context=True)
def side_panel(context: template.RequestContext, panel: Panel) -> SafeString:
    """Return another room's panel beside a text."""
    data: dict[str, Any] = panel.context
    return render_to_string(panel.template, data, request=context.get("request"))
