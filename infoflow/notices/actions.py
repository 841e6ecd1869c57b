"""Telling people, and what they answer: read, acknowledged. Nothing here touches a network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from . import outbox
from .kinds import kind_of
from .models import Escalation, Notice, Recipient
from .people import active
from .rules import KEY_MAX, NUMBER_MAX, TEXT_MAX, URL_MAX, ChainStep, is_local, ordered

if TYPE_CHECKING:
    from infoflow.units.models import User


def _checked(key: str, number: str, text: str, url: str) -> None:
    """Refuse what no page could show. A cause that sends it is at fault, not a person."""
    for value, longest in ((key, KEY_MAX), (number, NUMBER_MAX), (text, TEXT_MAX), (url, URL_MAX)):
        if len(value) > longest:
            raise ValueError(f"longer than {longest} characters: {len(value)}")
    if not key or not text:
        raise ValueError("a notice needs a key and a text")
    if not is_local(url):
        raise ValueError("the address of a notice is a path of this system")


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """A cause, and the people who are to be told of it.

    Args:
        key: names the cause; the same key again tells nobody again.
        people: ids; inactive accounts are left out.
        number: what may be shown outside the system, with the kind's label and the deadline.
        text: one sentence for inside: no title of an item, no body.
        url: path of the page that the notice is about.
        chain: whom to tell later unless somebody acknowledges.
        outside: also through the channels that people have chosen.
    """

    key: str
    kind: str
    people: Iterable[int]
    number: str
    text: str
    url: str
    due_at: datetime | None = None
    urgent: bool = False
    chain: Sequence[ChainStep] = ()
    outside: bool = True


def announce(
    *,
    key: str,
    kind: str,
    people: Iterable[int],
    number: str,
    text: str,
    url: str,
    due_at: datetime | None = None,
    urgent: bool = False,
    chain: Sequence[ChainStep] = (),
    outside: bool = True,
) -> Notice | None:
    """Tell people of a cause, inside the transaction of this cause. See `Announcement`.

    Returns:
        The notice, or None when this cause was announced before.

    Raises:
        LookupError: the kind is not registered.
        ValueError: too long, no key or text, or an address outside of this system.
    """
    one = Announcement(
        key=key,
        kind=kind,
        people=people,
        number=number,
        text=text,
        url=url,
        due_at=due_at,
        urgent=urgent,
        chain=chain,
        outside=outside,
    )
    return next(iter(announce_all([one])), None)


@transaction.atomic
def announce_all(asked: Iterable[Announcement]) -> list[Notice]:
    """Tell people of several causes; the statements are as many as for one.

    All or none: what one of them raises (see `announce`) undoes the others.

    Returns:
        The notices made, in the order asked; what was announced before is left out.
    """
    wanted: dict[str, Announcement] = {}
    for one in asked:
        kind_of(one.kind)
        _checked(one.key, one.number, one.text, one.url)
        wanted.setdefault(one.key, one)
    for key in Notice.objects.filter(key__in=wanted).order_by().values_list("key", flat=True):
        del wanted[key]
    if not wanted:
        return []
    now = timezone.now()
    try:
        with transaction.atomic():
            notices = Notice.objects.bulk_create(_notice(one, now) for one in wanted.values())
    except IntegrityError:
        # Somebody else announces one of them at this moment.
        alone = [[one] for one in wanted.values()] if len(wanted) > 1 else []
        return [notice for one in alone for notice in announce_all(one)]
    made = list(zip(notices, wanted.values(), strict=True))
    _tell([(notice, one.people) for notice, one in made if one.outside], at=now)
    _tell([(notice, one.people) for notice, one in made if not one.outside], at=now, outside=False)
    Escalation.objects.bulk_create(
        Escalation(
            notice=notice,
            step=number_of_step,
            at=now + timedelta(minutes=step.after),
            people=sorted(set(step.people)),
        )
        for notice, one in made
        for number_of_step, step in enumerate(ordered(one.chain), start=1)
    )
    return notices


def _notice(one: Announcement, now: datetime) -> Notice:
    return Notice(
        key=one.key,
        kind=one.kind,
        number=one.number,
        text=one.text,
        url=one.url,
        due_at=one.due_at,
        urgent=one.urgent or kind_of(one.kind).urgent,
        at=now,
    )


def tell(notice: Notice, people: Iterable[int], *, at: datetime, step: int = 0) -> list[Recipient]:
    """Add people to those who are told of a notice; who was told before is left out.

    What goes outside is written in the same transaction and brought by the sweep.
    """
    told = set(notice.recipients.values_list("person_id", flat=True))
    return _tell([(notice, set(people) - told)], at=at, step=step)


def _tell(
    wanted: Sequence[tuple[Notice, Iterable[int]]],
    *,
    at: datetime,
    step: int = 0,
    outside: bool = True,
) -> list[Recipient]:
    """Write whom notices are told to, and what is to be brought to these people outside."""
    if not wanted:
        return []
    told = [(notice, set(people)) for notice, people in wanted]
    here = set(active(set().union(*(people for _notice, people in told))))
    told = [(notice, people & here) for notice, people in told]
    added = Recipient.objects.bulk_create(
        Recipient(notice=notice, person_id=person, at=at, step=step)
        for notice, people in told
        for person in sorted(people)
    )
    if outside:
        outbox.put(told, at=at, groups=step == 0)
    return added


@transaction.atomic
def mark_read(notice_id: int, person: User) -> bool:
    """Note that a person has read a notice; the first time stays. True if this was it."""
    rows = Recipient.objects.visible_to(person).unread().filter(notice_id=notice_id)
    return bool(rows.update(read_at=timezone.now()))


@transaction.atomic
def mark_all_read(person: User, *, up_to: int | None = None) -> int:
    """Note that a person has read everything; return how many were unread.

    Args:
        up_to: id of the newest row that the person has seen; later ones stay unread.
    """
    rows = Recipient.objects.visible_to(person).unread()
    if up_to is not None:
        rows = rows.filter(pk__lte=up_to)
    return rows.update(read_at=timezone.now())


@transaction.atomic
def acknowledge(notice_id: int, person: User) -> bool:
    """Note that a person takes an urgent notice on; all steps still to come are stopped.

    A room's own action (接报) may call this for somebody whom no notice has reached yet: the
    chain has done its work then as well. Who may is the caller's to decide.

    Returns:
        True if this changed something: the person's first word, or a chain that was stopped.
    """
    # The steps' claim holds the notice as well: no step is told after this has returned.
    if not Notice.objects.select_for_update(no_key=True).filter(pk=notice_id).exists():
        return False
    now = timezone.now()
    rows = Recipient.objects.visible_to(person).filter(notice_id=notice_id)
    first = rows.filter(acknowledged_at=None).update(acknowledged_at=now)
    if first:
        rows.unread().update(read_at=now)
    return bool(_stop(notice_id, now) or first)


@transaction.atomic
def stop_chain(*, key: str) -> int:
    """Stop the steps still to come of a cause that has been settled otherwise."""
    notice = Notice.objects.select_for_update(no_key=True).filter(key=key).first()
    return _stop(notice.pk, timezone.now()) if notice else 0


def _stop(notice_id: int, now: datetime) -> int:
    waiting = Escalation.objects.filter(notice_id=notice_id, told_at=None, stopped_at=None)
    return waiting.update(stopped_at=now)
