"""Reads of notices: a person's own list and how many of it are unread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from .models import Delivery, Recipient, RecipientQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from infoflow.units.models import User

# A badge counts no further: more says the same.
COUNTED = 99


def unread_of(user: User | AnonymousUser) -> int:
    """Return how many notices a person has not read; COUNTED + 1 when there are more."""
    return Recipient.objects.visible_to(user).unread()[: COUNTED + 1].count()


def notices_of(user: User) -> RecipientQuerySet:
    """Return a person's notices, unread first, with all that the list shows."""
    return Recipient.objects.visible_to(user).select_related("notice").unread_first()


def add_troubles(rows: list[Recipient], user: User) -> None:
    """Say beside a person's notices what could not be brought to their own addresses."""
    found = (
        Delivery.objects.filter(address__person=user, notice__in=[row.notice_id for row in rows])
        .exclude(given_up_at=None, unclear_at=None)
        .select_related("channel")
        .order_by("pk")
    )
    told: dict[int, list[str]] = {}
    for delivery in found:
        told.setdefault(delivery.notice_id, []).append(_trouble(delivery))
    for row in rows:
        row.troubles = told.get(row.notice_id, [])


def _trouble(delivery: Delivery) -> str:
    channel = str(delivery.channel)
    if delivery.given_up_at is not None:
        return _("没有送到您的%(channel)s（试了%(n)s次，不再发送）") % {
            "channel": channel,
            "n": delivery.tries,
        }
    return _("是否送到您的%(channel)s不明（对方没有回答，不再重发）") % {"channel": channel}
