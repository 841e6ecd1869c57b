"""The item that carries an event (专报、要情): so that a clause which takes a percentage of "that
item" finds it. Which items may be offered, and the act itself."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cms.items.models import ItemPage
from cms.review.actions import Refused
from cms.search.queries import sent_title
from infoflow.units.permissions import has_role, unit_ids_of
from infoflow.units.roles import Role

from . import booking
from .actions import locked_event
from .models import Piece, UrgentEvent

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from infoflow.units.models import User

# An item may be older than the event's entry, when the event was entered afterwards.
BEFORE = timedelta(days=7)
OFFERED = 30


def _sent(event: UrgentEvent) -> QuerySet[ItemPage]:
    """Items of the event's unit that have left it, with the title under which they left."""
    found: QuerySet[ItemPage] = (
        ItemPage.objects.filter(unit_id=event.unit_id)
        .annotate(sent=sent_title())
        .filter(sent__isnull=False)
    )
    return found


def offered(event: UrgentEvent) -> list[tuple[int, str]]:
    """Return the newest items that may carry an event, as (number, title as it was signed)."""
    since = event.opened_at - BEFORE
    rows = _sent(event).filter(
        Q(latest_revision_created_at__gte=since) | Q(urgent_pieces__event=event)
    )
    return list(rows.distinct().order_by("-pk").values_list("pk", "sent")[:OFFERED])


def piece_of(event: UrgentEvent, person: User) -> tuple[Piece, str] | None:
    """Return the item that carries an event and its title, for those who may know it.

    A duty officer sees that there is one and its number; the title only where the items are
    his own unit's or his work.
    """
    newest = Piece.objects.filter(event=event).select_related("by").order_by("-pk").first()
    if newest is None or newest.item_id is None:
        return None
    knows = event.unit_id in unit_ids_of(person) or has_role(person, Role.EDITOR, Role.LEADER)
    title = _sent(event).filter(pk=newest.item_id).values_list("sent", flat=True).first()
    return newest, title or "" if knows else ""


@transaction.atomic
def carry(*, event_id: int, item: int | None, person: User) -> Piece | None:
    """Say which item carries an event, or take that back; what was booked follows.

    Raises:
        Refused: not an editor, no such item, not of the unit, or not signed yet.
    """
    if not has_role(person, Role.EDITOR):
        raise Refused(_("只有编辑可以登记对应稿件。"))
    event = locked_event(event_id)
    before = Piece.objects.filter(event=event).order_by("-pk").first()
    if (before.item_id if before else None) == item:
        return before
    if item is not None and not _sent(event).filter(pk=item).exists():
        raise Refused(_("没有找到这篇稿件：只能选本事件单位已经审签报出的稿件。"))
    made: Piece = Piece.objects.create(event=event, item_id=item, by=person)
    booking.move_to_piece(event, person)
    return made
