"""Reads of notices: a person's own list and how many of it are unread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .models import Recipient, RecipientQuerySet

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
