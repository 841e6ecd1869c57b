"""交接: a leaver's coming shifts are told of; who comes after them on the roster is chosen there,
because a unit's post and the duty room are two things."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from infoflow.units.handover import Holding
from infoflow.units.models import HandOver, Unit, User
from infoflow.units.roles import Role
from infoflow.units.signals import handed_over, holdings_asked, holdings_named

from . import queries
from .models import Shift

KIND = "duty-shift"


def _held(person: User) -> list[Holding]:
    ids = queries.future_shifts_of(person, timezone.now())
    label = _("今后的值班班次（账号停用后须在值班表换人）")
    return [Holding(kind=KIND, label=label, ids=tuple(ids), moves=False)]


@receiver(holdings_asked)
def shifts_of_a_leaver(unit: Unit, person: User, role: Role, **kwargs: Any) -> list[Holding]:
    """Tell of the shifts that a leaver will have."""
    return _held(person)


@receiver(handed_over)
def warn_of_shifts(hand_over: HandOver, **kwargs: Any) -> list[Holding]:
    """Keep with the hand-over which shifts the leaver will have."""
    return _held(hand_over.leaver)


@receiver(holdings_named)
def name_shifts(
    kind: str, ids: list[int], viewer: User, **kwargs: Any
) -> dict[int, tuple[str, str]]:
    """Name shifts to those who may see the roster."""
    if kind != KIND:
        return {}
    found = Shift.objects.visible_to(viewer).filter(pk__in=ids)
    return {shift.pk: (str(shift), reverse("duty_shift", args=[shift.pk])) for shift in found}
