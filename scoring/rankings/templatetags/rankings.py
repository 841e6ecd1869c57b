"""Filters of the ranking's pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from scoring.schemes.rules import points_text

register = template.Library()


@register.filter
def points(hundredths: int) -> str:
    """Show hundredths of a point as decimal text."""
    return points_text(hundredths)


@register.filter
def of(values: Mapping[Any, Any], key: Any) -> Any:
    """Look up a value by a key that the template computes; "" when missing."""
    return values.get(key, "")
