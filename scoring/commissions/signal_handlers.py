"""What this room does when another room tells it something."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from cms.items.models import ItemPage
from cms.review.models import Decision
from cms.review.rules import Step, Verdict
from cms.review.signals import decided
from infoflow.units.handover import Holding
from infoflow.units.models import HandOver, Unit, User
from infoflow.units.roles import Role
from infoflow.units.signals import handed_over, holdings_asked, holdings_named

from . import handover, outside
from .models import AskedUnit
from .rules import Happening, moment_words
from .shared import note


@receiver(decided, sender=ItemPage)
def follow_item(page: ItemPage, decision: Decision, **kwargs: Any) -> None:
    """Note that a piece has left its unit, or came back: the office hears, reminders follow.

    Takes no lock on the asked unit: units are held already by the submission that was booked.
    """
    left = decision.step == Step.SIGN and decision.verdict == Verdict.PASS
    if not left and decision.verdict != Verdict.RETURN:
        return
    rows = AskedUnit.objects.standing().filter(
        answers__item_id=page.pk, answers__unlinked_at__isnull=True
    )
    for asked in rows.select_related("commission", "unit").order_by("pk"):
        if left:
            note(
                Happening.SUBMITTED,
                commission=asked.commission,
                asked=asked,
                by=decision.person,
                at=decision.at,
                words=moment_words(decision.at),
            )
            outside.tell_submitted(asked, decision.at, key=f"left:{decision.pk}")
        outside.sync_due(asked)


@receiver(holdings_asked, sender=HandOver)
def held(unit: Unit, person: User, role: Role, **kwargs: Any) -> list[Holding]:
    return handover.held(unit=unit, person=person)


@receiver(handed_over, sender=HandOver)
def move(hand_over: HandOver, **kwargs: Any) -> list[Holding]:
    return handover.move(hand_over)


@receiver(holdings_named, sender=HandOver)
def named(kind: str, ids: list[int], viewer: User, **kwargs: Any) -> dict[int, tuple[str, str]]:
    return handover.named(kind=kind, ids=ids, viewer=viewer)
