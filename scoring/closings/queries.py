"""Reads of closed periods, and the lock that keeps recording and closing apart."""

from __future__ import annotations

from collections.abc import Iterable

from infoflow.units.models import Unit

from .models import Closing
from .rules import ClosedSpan


def closed_spans() -> list[ClosedSpan]:
    """Return the closed periods, oldest first; one query."""
    return list(Closing.objects.order_by("start").values_list("start", "end"))


def lock_units(units: Iterable[int] | None = None) -> None:
    """Hold units until the transaction ends; None: all of them. Always in the same order.

    Whoever records, scores again, closes or publishes a scheme holds the units it is about
    before it looks at facts, schemes and closings: so two at once never miss each other.
    """
    wanted = Unit.objects.order_by("pk")
    if units is not None:
        wanted = wanted.filter(pk__in=sorted(set(units)))
    list(wanted.select_for_update(no_key=True).values_list("pk"))
