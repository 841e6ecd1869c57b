"""The desk's menu and home panels; rooms add theirs through hooks.

`register_desk_menu_item`: callable(request) -> MenuItem | None
`register_desk_panel`: callable(request) -> Panel | None
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from wagtail import hooks


@dataclass(frozen=True)
class MenuItem:
    """One entry of the menu."""

    label: str
    url: str
    order: int = 100
    badge: int = 0
    # Stands in red before all others: what cannot wait.
    alarm: bool = False


@dataclass(frozen=True)
class Panel:
    """One panel of the desk's first page: a template with its data."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    order: int = 100


def menu_for(request: HttpRequest) -> list[MenuItem]:
    """Return the menu entries a person may use, in order."""
    items = [hook(request) for hook in hooks.get_hooks("register_desk_menu_item")]
    return sorted((i for i in items if i is not None), key=lambda i: (i.order, i.label))


def panels_for(request: HttpRequest) -> list[Panel]:
    """Return the panels of the first page that concern a person, in order."""
    panels = [hook(request) for hook in hooks.get_hooks("register_desk_panel")]
    return sorted((p for p in panels if p is not None), key=lambda p: p.order)
