"""Reads of facts for the office's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Prefetch

from cms.items.models import ItemPage, ItemQuerySet
from infoflow.units.permissions import has_role
from infoflow.units.roles import Role

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


def recordable_items(user: User) -> ItemQuerySet:
    """Return pool items that a person may name in a fact: editors and scorers all.

    Scorers read no texts, but every submission already shows them its title as a fact.
    """
    pool: ItemQuerySet = ItemPage.objects.in_pool()
    return pool if has_role(user, Role.SCORER, Role.EDITOR) else pool.none()


def offered_items(user: User) -> list[tuple[int, str, str]]:
    """Return (number, title, unit) of the newest items that a person may name."""
    items = recordable_items(user).order_by("-pk").values_list("pk", "title", "unit__name")
    return list(items[:ITEMS_OFFERED])
