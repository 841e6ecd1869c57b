"""What is to be brought outside of a notice: rows in the transaction of its cause, no network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from .kinds import label_of
from .models_outbox import Address, Delivery, Quiet
from .models_told import Notice
from .rules import Message, after_quiet


def put(told: Sequence[tuple[Notice, Set[int]]], *, at: datetime, groups: bool) -> int:
    """Write the deliveries of notices to the people told; one for each address, whenever asked.

    Args:
        groups: also to the office's groups that want the kind of a notice.
    """
    wanted = Q(person__in=set().union(*(people for _notice, people in told)))
    addresses = list(Address.objects.in_use().filter(wanted | Q(person=None) if groups else wanted))
    ways = [
        (notice, address)
        for notice, people in told
        for address in addresses
        if (address.person_id is None or address.person_id in people)
        and wants(address, notice.kind, urgent=notice.urgent)
    ]
    if not ways:
        return 0
    quiet = quiet_hours(address.person_id for _notice, address in ways)
    made = Delivery.objects.bulk_create(
        [
            Delivery(
                notice=notice,
                address=address,
                channel_id=address.channel_id,
                urgent=notice.urgent,
                next_at=not_before(at, quiet.get(address.person_id), urgent=notice.urgent),
            )
            for notice, address in ways
        ],
        ignore_conflicts=True,
    )
    return len(made)


def wants(address: Address, kind: str, *, urgent: bool) -> bool:
    """Tell whether a kind goes to an address. Urgent ones always reach a person's own."""
    if urgent and address.person_id is not None:
        return True
    return kind not in address.muted


def quiet_hours(people: Iterable[int | None]) -> dict[int | None, Quiet]:
    """Return the quiet hours of those who have set some."""
    found = Quiet.objects.filter(person__in={person for person in people if person})
    return {quiet.person_id: quiet for quiet in found}


def not_before(moment: datetime, quiet: Quiet | None, *, urgent: bool) -> datetime:
    """Return when a message may go out at the earliest: at once, or after the quiet hours."""
    if quiet is None or urgent:
        return moment
    return after_quiet(timezone.localtime(moment), quiet.begins, quiet.ends)


def message_of(notice: Notice, *, group: bool) -> Message:
    """Return what leaves the system of a notice. Its text and its page's address do not.

    The link leads by the notice's number to its page, after the login; a group's to the list.
    """
    path = reverse("notices") if group else reverse("notice", args=[notice.pk])
    due = timezone.localtime(notice.due_at) if notice.due_at else None
    return Message(
        number=notice.number,
        label=str(label_of(notice.kind)),
        due=f"{due:%Y-%m-%d %H:%M}" if due else "",
        link=settings.WAGTAILADMIN_BASE_URL.rstrip("/") + path,
        urgent=notice.urgent,
    )


def job_of(delivery: Delivery) -> dict[str, Any]:
    """Return what the courier gets: the message, the address and the way there."""
    address, channel = delivery.address, delivery.channel
    told = message_of(delivery.notice, group=address.person_id is None)
    return {
        "service": channel.service,
        "server": channel.server,
        "security": channel.security,
        "account": channel.account,
        "secret": channel.secret,
        "sender": channel.sender,
        "token": address.token,
        "signing": address.signing,
        "subject": told.subject,
        "body": told.body,
        "fields": {
            "number": told.number,
            "kind": told.label,
            "due": told.due,
            "link": told.link,
        },
    }
