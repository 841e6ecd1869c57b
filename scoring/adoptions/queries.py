"""Reads of facts for the office's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Prefetch

from cms.items.models import ItemPage

from .models import Fact, FactLine, FactQuerySet

if TYPE_CHECKING:
    from infoflow.units.models import User

# The newest pool items offered while typing; older ones are found by their number.
ITEMS_OFFERED = 500


def facts_for_list(user: User) -> FactQuerySet:
    """Return the facts a person may see with all that a list shows; newest first.

    Costs two queries, however many rows.
    """
    lines = FactLine.objects.select_related("unit").order_by("position")
    return (
        Fact.objects.visible_to(user)
        .select_related("bulletin", "recorded_by", "reversed_by")
        .prefetch_related(Prefetch("lines", queryset=lines))
    )


def pool_items(user: User) -> list[tuple[int, str, str]]:
    """Return (number, title, unit) of the newest pool items that a person may see."""
    items = ItemPage.objects.visible_to(user).in_pool().order_by("-pk")
    return list(items.values_list("pk", "title", "unit__name")[:ITEMS_OFFERED])
