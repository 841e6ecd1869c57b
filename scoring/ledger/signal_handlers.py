"""What this room does when another room tells it something."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from wagtail.signals import published, unpublished

from scoring.adoptions.models import Fact
from scoring.adoptions.signals import facts_recorded
from scoring.closings.rules import ClosedSpan
from scoring.schemes.models import Scheme

from . import actions


@receiver(facts_recorded, sender=Fact)
def book_facts(
    touched: dict[int, set[int]], withdrawn: bool, closed: list[ClosedSpan], **kwargs: Any
) -> None:
    """Book new facts at once, in the transaction that recorded them."""
    actions.book(touched, closed, withdrawn=withdrawn)


@receiver(published, sender=Scheme)
@receiver(unpublished, sender=Scheme)
def rebuild_period(instance: Scheme, **kwargs: Any) -> None:
    """Bring the ledger in line when a scheme comes into force, ends or leaves force."""
    actions.rebuild_scheme(instance)
