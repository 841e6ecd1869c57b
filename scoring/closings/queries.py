"""Reads of closed periods, and the lock that keeps recording and closing apart."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from infoflow.units.models import Unit

from .models import Closing
from .rules import ClosedSpan


def closed_spans() -> list[ClosedSpan]:
    """Return the closed periods, oldest first; one query."""
    return list(Closing.objects.order_by("start").values_list("start", "end"))


def lock_units(units: Iterable[int] | None = None) -> None:
    """Hold units until the transaction ends; None: all of them. Always in the same order.

    Whoever records, scores again, closes or publishes a scheme holds the units it is about
    before it looks at facts, schemes and closings: so two at once never miss each other. The
    units above them are held too: a scheme may count a 直报点's facts for its county, and who
    asked for that one later could wait in a circle with who holds it and wants the 直报点.
    Who holds all of them also keeps new ones from coming (`lock_new_units`).
    """
    wanted = Unit.objects.order_by("pk")
    if units is None:
        # By itself: the units that came while it waited are in the next look.
        lock_new_units()
    else:
        some = sorted(set(units))
        above = Unit.objects.filter(pk__in=some, parent__isnull=False).values("parent")
        wanted = wanted.filter(Q(pk__in=some) | Q(pk__in=above))
    list(wanted.select_for_update(no_key=True).values_list("pk"))


def lock_new_units() -> None:
    """Hold the oldest unit, in whose name units are created; until the transaction ends.

    A unit created while a period is being closed is not among the units that the closing
    holds: so it waits until the period is closed, and its facts count after it.
    """
    oldest = Unit.objects.order_by("pk").select_for_update(no_key=True)
    list(oldest.values_list("pk")[:1])
