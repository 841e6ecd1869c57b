"""期限日历: a person's open deadlines for a calendar program, at an address that nobody guesses.

The address is the only key, so it tells little: number, kind, deadline. Only its digest is kept.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from infoflow.units.permissions import unit_ids_of
from infoflow.worktime.due_kinds import due_kind
from infoflow.worktime.models import Due

from .models_outbox import Feed
from .models_told import Recipient

if TYPE_CHECKING:
    from infoflow.units.models import User

EVENTS_MAX = 500
SECRET_BYTES = 32


def digest_of(secret: str) -> str:
    """Return what is kept of a secret. It has 256 random bits: no salt and no slow hash needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def make_feed(*, person: User) -> str:
    """Make a person's address, or a new one in place of it; return the secret, shown once."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    Feed.objects.update_or_create(
        person=person,
        defaults={
            "digest": digest_of(secret),
            "made_at": timezone.now(),
            "stopped_at": None,
        },
    )
    return secret


@transaction.atomic
def stop_feed(*, person: User) -> bool:
    """Stop a person's address; the digest is forgotten as well. False: there was none."""
    found = Feed.objects.filter(person=person, stopped_at=None)
    return bool(found.update(stopped_at=timezone.now(), digest=f"stopped:{secrets.token_hex(16)}"))


def owner_of(secret: str) -> User | None:
    """Return whose address this is: one look-up by digest, whether it is right or wrong."""
    feed = (
        Feed.objects.select_related("person")
        .filter(digest=digest_of(secret), stopped_at=None)
        .first()
    )
    return feed.person if feed is not None and feed.person.is_active else None


def calendar_for(person: User) -> bytes:
    """Return the open deadlines of a person's units as an iCalendar file, without titles."""
    dues = list(
        Due.objects.open().filter(unit__in=unit_ids_of(person)).order_by("at", "pk")[:EVENTS_MAX]
    )
    numbers = _numbers(person, [due.url for due in dues if due.url])
    calendar = Calendar()
    calendar.add("prodid", "-//infoflow//dues//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("办理期限"))
    for due in dues:
        calendar.add_component(_event(due, numbers.get(due.url, "")))
    return calendar.to_ical()


def _event(due: Due, number: str) -> Event:
    kind = due_kind(due.kind)
    label = str(kind.label) if kind else _("期限")
    event = Event()
    event.add("uid", f"due-{due.pk}@infoflow")
    event.add("dtstamp", due.known_at)
    event.add("dtstart", timezone.localtime(due.at))
    event.add("dtend", timezone.localtime(due.at) + timedelta(minutes=1))
    event.add("summary", _("%(what)s 截止") % {"what": f"{label} {number}".strip()})
    if due.provisional:
        event.add("status", "TENTATIVE")
    event.add("url", settings.WAGTAILADMIN_BASE_URL)
    return event


def _numbers(person: User, urls: list[str]) -> dict[str, str]:
    """Return by page the number that the person's own notices of it name."""
    told = Recipient.objects.visible_to(person).filter(notice__url__in=urls)
    found = told.exclude(notice__number="").order_by("pk")
    return dict(found.values_list("notice__url", "notice__number"))
