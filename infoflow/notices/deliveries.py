"""The sweep's job that brings messages outside.

A try is written before the call and its result after it; between them no transaction is open.
One try at a time on a channel, whichever machine makes it: `Channel.free_at` is set before the
call, so a process that is killed lets go by itself. Rules of repeating:

- What has certainly not arrived (nobody there, refused, an error or nonsense for an answer) is
  tried again after a growing pause (rules.BACKOFF) and given up in the end.
- What may have arrived (no answer in time, connection lost, process killed in the middle) is
  never tried again: nothing comes twice. The person's list says so.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Q

from . import outbox
from .couriers import Courier
from .models import Channel, Delivery, DeliveryTry, Recipient
from .outbox import job_of
from .rules import LEASE, OF_ADDRESS, OF_CHANNEL, PAUSE, SERVICES, Result, Service, next_try
from .sweep import Outcome
from .troubles import tell_administrators

# One call of the job; the sweep's other jobs, small and more pressing, come in between.
SHARE_SECONDS = 20
Bring = Callable[[dict[str, Any]], Result]


@dataclass(frozen=True)
class _Call:
    """A call that is under way on a channel."""

    channel_id: int
    bring: Bring
    attempt: DeliveryTry
    begun: float


@dataclass
class _Count:
    done: int = 0
    failed: int = 0
    under_way: dict[Future[Result], _Call] = field(default_factory=dict)


def run(now: datetime, dry: bool) -> Outcome:
    """Bring what is due, all channels beside one another, one message at a time on each."""
    if dry:
        return _foreseen(now)
    lost = close_lost(now)
    channels = _waiting(now)
    if not channels:
        return Outcome(failed=lost)
    count = _Count(failed=lost)
    end = time.monotonic() + SHARE_SECONDS
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(max_workers=len(channels)))
        for channel_id in channels:
            courier = stack.enter_context(Courier())
            _send_next(channel_id, courier.bring, pool, count, now)
        while count.under_way:
            finished, _open = wait(count.under_way, return_when=FIRST_COMPLETED)
            for future in finished:
                call = count.under_way.pop(future)
                took = int((time.monotonic() - call.begun) * 1000)
                sent = record(call.attempt, future.result(), now, took_ms=took)
                count.done, count.failed = count.done + sent, count.failed + (not sent)
                if time.monotonic() < end:
                    _send_next(call.channel_id, call.bring, pool, count, now)
    more = time.monotonic() >= end and bool(_waiting(now))
    return Outcome(done=count.done, failed=count.failed, more=more)


def _send_next(
    channel_id: int, bring: Bring, pool: ThreadPoolExecutor, count: _Count, now: datetime
) -> None:
    """Claim the channel's next message and hand it to its courier."""
    attempt = claim(channel_id, now)
    if attempt is not None:
        call = _Call(channel_id, bring, attempt, time.monotonic())
        count.under_way[pool.submit(bring, job_of(attempt.delivery))] = call


def _waiting(now: datetime) -> list[int]:
    """Return the channels that have something due and are free."""
    due = Delivery.objects.filter(next_at__lte=now).values("channel")
    free = Channel.objects.filter(Q(free_at=None) | Q(free_at__lte=now), pk__in=due)
    return list(free.values_list("pk", flat=True))


def _foreseen(now: datetime) -> Outcome:
    due = Delivery.objects.filter(next_at__lte=now).order_by()
    counted = list(due.values_list("channel__service").annotate(n=Count("pk")))
    return Outcome(
        done=sum(n for _service, n in counted),
        lines=tuple(f"{Service(service).label}：{n}条" for service, n in counted),
    )


@transaction.atomic
def claim(channel_id: int, now: datetime) -> DeliveryTry | None:
    """Take the channel's next message and write the try that is about to be made.

    What nobody needs any more is put aside on the way. None: nothing is due, or the channel
    is held by another run or pauses.
    """
    channel = Channel.objects.select_for_update(no_key=True).get(pk=channel_id)
    if channel.free_at is not None and channel.free_at > now:
        return None
    waiting = (
        Delivery.objects.filter(channel=channel, next_at__lte=now)
        .exclude(address__in=_full(channel, now))
        .select_related("notice", "address__person")
        .order_by("-urgent", "next_at", "pk")
    )
    while batch := list(waiting[:50]):
        for delivery in batch:
            if _put_aside(delivery, channel, now):
                continue
            delivery.channel = channel
            delivery.tries += 1
            delivery.next_at = None
            delivery.save(update_fields=["tries", "next_at"])
            channel.free_at = now + PAUSE
            channel.save(update_fields=["free_at"])
            return DeliveryTry.objects.create(delivery=delivery, number=delivery.tries, at=now)
    return None


def _full(channel: Channel, now: datetime) -> Iterable[int]:
    """Return the addresses that have had as many messages in this minute as they take."""
    a_minute = SERVICES[Service(channel.service)].a_minute
    if a_minute is None:
        return []
    recent = DeliveryTry.objects.filter(delivery__channel=channel, at__gt=now - PAUSE, at__lte=now)
    counted = recent.values("delivery__address").annotate(n=Count("pk")).order_by()
    return list(counted.filter(n__gte=a_minute).values_list("delivery__address", flat=True))


def _put_aside(delivery: Delivery, channel: Channel, now: datetime) -> bool:
    """Drop a message that nobody needs, put off one that comes in quiet hours."""
    address = delivery.address
    person = address.person
    needless = address.unbound_at is not None or channel.stopped_at is not None
    if person is not None and not needless:
        read = Recipient.objects.filter(notice=delivery.notice_id, person=person).exclude(
            read_at=None
        )
        needless = not person.is_active or read.exists()
    if needless:
        delivery.next_at, delivery.dropped_at = None, now
        delivery.save(update_fields=["next_at", "dropped_at"])
        return True
    if person is not None:
        quiet = outbox.quiet_hours([person.pk]).get(person.pk)
        later = outbox.not_before(now, quiet, urgent=delivery.urgent)
        if later > now:
            delivery.next_at = later
            delivery.save(update_fields=["next_at"])
            return True
    return False


@transaction.atomic
def record(attempt: DeliveryTry, result: Result, now: datetime, *, took_ms: int = 0) -> bool:
    """Write how a try ended and what follows; True when the message has arrived.

    A try that was closed meanwhile (another run took this one for dead) stays as it is.
    """
    channel = Channel.objects.select_for_update(no_key=True).get(pk=attempt.delivery.channel_id)
    if _close(attempt, result, now, took_ms):
        _judge(channel, result, now)
    return result == Result.SENT


def _close(attempt: DeliveryTry, result: Result, now: datetime, took_ms: int | None) -> bool:
    """Write the result of an open try and what becomes of its message."""
    open_try = DeliveryTry.objects.filter(pk=attempt.pk, result="")
    if not open_try.update(result=result, took_ms=took_ms):
        return False
    delivery = Delivery.objects.select_for_update(no_key=True).get(pk=attempt.delivery_id)
    if result == Result.SENT:
        delivery.sent_at = now
    elif result == Result.UNCLEAR:
        delivery.unclear_at = now
    elif pause := next_try(delivery.tries, delivery.urgent):
        delivery.next_at = now + pause
    else:
        delivery.given_up_at = now
    delivery.save(update_fields=["sent_at", "unclear_at", "given_up_at", "next_at"])
    if result in OF_ADDRESS:
        others = Delivery.objects.filter(address=delivery.address_id, next_at__lt=now + PAUSE)
        others.update(next_at=now + PAUSE)
    if delivery.given_up_at is not None:
        tell_administrators(delivery.channel, now, given_up=True)
    return True


def _judge(channel: Channel, result: Result, now: datetime) -> None:
    """Set what a try says of its channel, and when the next one may be made."""
    if result in OF_CHANNEL:
        channel.bad_since = channel.bad_since or now
        channel.bad_result = result
        channel.save(update_fields=["bad_since", "bad_result"])
        tell_administrators(channel, now)
        return
    channel.free_at = now
    if result == Result.SENT:
        channel.ok_at = now
        if channel.bad_since is not None:
            # It works again: what waits for its next try need not wait any longer.
            late = Delivery.objects.filter(channel=channel, tries__gt=0, next_at__gt=now)
            late.update(next_at=now)
            channel.bad_since, channel.bad_result = None, ""
    channel.save(update_fields=["free_at", "ok_at", "bad_since", "bad_result"])


def close_lost(now: datetime) -> int:
    """Close tries whose process was killed before it could write a result: unclear, once.

    That is no fault of the channel.
    """
    lost = DeliveryTry.objects.filter(result="", at__lte=now - LEASE).order_by("pk")[:500]
    closed = 0
    for attempt in list(lost):
        with transaction.atomic():
            closed += _close(attempt, Result.UNCLEAR, now, None)
    return closed
