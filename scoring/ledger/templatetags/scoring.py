"""Filters for pages that show points."""

from __future__ import annotations

from django import template

from scoring.schemes.rules import points_text

register = template.Library()


@register.filter
def points(hundredths: int) -> str:
    """Show hundredths of a point as decimal text."""
    return points_text(hundredths)


@register.filter
def signed(hundredths: int) -> str:
    """Show a change of points with its sign: +2, −1.5, 0."""
    text = points_text(abs(hundredths))
    return f"+{text}" if hundredths > 0 else f"−{text}" if hundredths < 0 else text
