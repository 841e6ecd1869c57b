"""The outbox: never twice, one try a minute while nobody is there, given up in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from infoflow.notices import actions, actions_channels, deliveries, rules
from infoflow.notices.kinds import CHANNEL_DOWN
from infoflow.notices.models import (
    Address,
    Channel,
    Delivery,
    DeliveryTry,
    Notice,
    Quiet,
    Recipient,
)
from infoflow.notices.queries import add_troubles
from infoflow.notices.rules import Result, after_quiet
from infoflow.units import actions as unit_actions
from infoflow.units.models import User
from infoflow.units.roles import Role
from infoflow.worktime.rules import CHINA
from tests.builders import Office, fresh, person

from .conftest import ORDINARY, URGENT
from .make import notice
from .station import Station, closed_port, station
from .test_outside import bound, channel

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the courier will answer, call by call; the last answer stays."""
    script: list[Any] = [Result.SENT]

    class Scripted:
        def __enter__(self) -> Scripted:
            return self

        def __exit__(self, *args: object) -> None:
            pass

        def bring(self, job: dict[str, Any]) -> Result:
            answer = script.pop(0) if len(script) > 1 else script[0]
            return answer(job) if callable(answer) else answer

    monkeypatch.setattr(deliveries, "Courier", Scripted)
    return script


@pytest.fixture
def hook(office: Office) -> Address:
    """The officer's own webhook."""
    return bound(office.officer, channel("webhook", "http://127.0.0.1:9"), "/hook/1")


def sweep(minutes: float = 0, start: datetime | None = None) -> None:
    deliveries.run((start or timezone.now()) + timedelta(minutes=minutes), False)


# --- an outage ------------------------------------------------------------------------------


# Measured with 500; what is claimed does not depend on the number.
WAITING = 60


@pytest.mark.screens
def test_an_hours_outage(office: Office, near: None) -> None:
    """A try a minute at most while nobody is there; afterwards each exactly once."""
    server = channel("webhook", f"http://127.0.0.1:{closed_port()}")
    bound(office.officer, server, "/hook/1")
    for _n in range(WAITING):
        notice(office.officer)
    start = timezone.now()
    for half_minutes in range(120):
        sweep(half_minutes / 2, start)
    tries = Counter(DeliveryTry.objects.values_list("at", flat=True))
    assert len(tries) == 60
    assert set(tries.values()) == {1}
    with station() as http:
        Channel.objects.update(server=http.url)
        for minutes in range(61, 64):
            sweep(minutes, start)
        numbers = http.numbers()
    assert len(numbers) == len(set(numbers)) == WAITING
    assert not Delivery.objects.filter(sent_at=None).exists()
    # The administrators were told once, inside.
    [told] = Notice.objects.filter(kind=CHANNEL_DOWN)
    assert not told.deliveries.exists()


@pytest.mark.parametrize("trouble", ["500", "nonsense"])
def test_nothing_twice_after_errors_and_nonsense(office: Office, near: None, trouble: str) -> None:
    with station() as http:
        bound(office.officer, channel("wecom", http.url))
        for _n in range(3):
            notice(office.officer)
        http.status, http.answer = (500, b"") if trouble == "500" else (200, b"<html>")
        start = timezone.now()
        for minutes in range(4):
            sweep(minutes, start)
        assert len(http.received) == 4
        _recover(http)
        for minutes in range(4, 30):
            sweep(minutes, start)
        assert len(http.received) == 3
        texts = [body["text"]["content"] for body in http.bodies]
    assert len(set(texts)) == 3


def _recover(http: Station) -> None:
    http.status, http.answer = Station().status, Station().answer
    http.received.clear()


def test_waiting_messages_go_as_soon_as_the_channel_works(
    office: Office, hook: Address, answers: list[Any]
) -> None:
    """A message that waits an hour for its next try does not wait once another got through."""
    answers[:] = [Result.NO_WAY]
    notice(office.officer)
    start = timezone.now()
    for minutes in (0, 1, 6, 21):
        sweep(minutes, start)
    [old] = Delivery.objects.all()
    assert old.next_at == start + timedelta(minutes=81)
    answers[:] = [Result.SENT]
    notice(office.officer)
    sweep(23, start)
    assert not Delivery.objects.filter(sent_at=None).exists()


def test_what_gets_nowhere_is_given_up_and_said(
    office: Office, hook: Address, answers: list[Any]
) -> None:
    answers[:] = [Result.NO_WAY]
    admin = fresh(User.objects.filter(groups__name=Role.SYSTEM_ADMIN)[0])
    made = notice(office.officer)
    start = timezone.now()
    for minutes in range(0, 1_500, 5):
        sweep(minutes, start)
    delivery = made.deliveries.get()
    assert delivery.given_up_at is not None
    assert delivery.tries == rules.tries_max(urgent=False) == DeliveryTry.objects.count() == 8
    moments = list(DeliveryTry.objects.values_list("at", flat=True))
    pauses = [round((b - a) / MINUTE) for a, b in pairwise(moments)]
    assert pauses == [5, 5, 15, 60, 120, 240, 480], "1 minute, but looked at every five"
    rows = list(Recipient.objects.filter(notice=made))
    add_troubles(rows, office.officer)
    assert rows[0].troubles == ["没有送到您的网络接口（试了8次，不再发送）"]
    texts = list(Recipient.objects.filter(person=admin).values_list("notice__text", flat=True))
    assert any("已停止发送" in text for text in texts)


def test_an_address_that_is_refused_holds_up_nobody_else(
    office: Office, hook: Address, answers: list[Any]
) -> None:
    bound(office.signatory, hook.channel, "/hook/2")
    answers[:] = [
        lambda job: Result.REFUSED if job["token"] == "/hook/1" else Result.SENT,
    ]
    for _n in range(3):
        notice(office.officer, office.signatory)
    now = timezone.now()
    sweep(0, now)
    assert Delivery.objects.filter(address__person=office.signatory, sent_at=now).count() == 3
    assert DeliveryTry.objects.filter(result=Result.REFUSED).count() == 1, "one a minute"


@pytest.mark.screens
def test_a_robot_gets_no_more_in_a_minute_than_it_takes(office: Office, answers: list[Any]) -> None:
    bound(office.officer, channel("wecom", "http://127.0.0.1:9"))
    for _n in range(45):
        notice(office.officer)
    start = timezone.now()
    counts = []
    for minutes in range(4):
        sweep(minutes, start)
        counts.append(Delivery.objects.exclude(sent_at=None).count())
    assert counts == [20, 40, 45, 45]


# --- killed in the middle -------------------------------------------------------------------


def test_a_try_whose_process_was_killed_is_never_repeated(
    office: Office, hook: Address, answers: list[Any]
) -> None:
    """Between the try and its result: it may have arrived, so it is not sent again."""
    notice(office.officer)
    now = timezone.now()
    attempt = deliveries.claim(hook.channel_id, now)
    assert attempt is not None
    for minutes in (0, 0.5, 1, 1.9):
        sweep(minutes, now)
    assert DeliveryTry.objects.get().result == "", "the other process may still be at it"
    for minutes in (2, 3, 60, 6_000):
        sweep(minutes, now)
    assert DeliveryTry.objects.get().result == Result.UNCLEAR
    delivery = Delivery.objects.get()
    assert (delivery.sent_at, delivery.tries) == (None, 1)
    assert delivery.unclear_at == now + 2 * MINUTE
    # Its process was only slow and comes back: too late to change anything.
    deliveries.record(attempt, Result.NO_WAY, now + 3 * MINUTE)
    delivery.refresh_from_db()
    assert (delivery.next_at, delivery.given_up_at) == (None, None)


def test_other_messages_go_on_after_a_killed_process(
    office: Office, hook: Address, answers: list[Any]
) -> None:
    notice(office.officer)
    notice(office.officer)
    now = timezone.now()
    deliveries.claim(hook.channel_id, now)
    sweep(0.5, now)
    assert Delivery.objects.filter(sent_at=None).count() == 2
    sweep(1, now)
    assert Delivery.objects.exclude(sent_at=None).count() == 1


def test_two_sweeps_at_once_bring_each_message_once(
    race_db: Callable[..., list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office()
    brought: list[str] = []

    class Noting:
        def __enter__(self) -> Noting:
            return self

        def __exit__(self, *args: object) -> None:
            pass

        def bring(self, job: dict[str, Any]) -> Result:
            brought.append(job["fields"]["number"])
            return Result.SENT

    monkeypatch.setattr(deliveries, "Courier", Noting)
    bound(office.officer, channel("webhook", "http://127.0.0.1:9"), "/hook/1")
    for _n in range(12):
        notice(office.officer)
    now = timezone.now()
    outcomes = race_db(*[lambda: deliveries.run(now, False)] * 3)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    while Delivery.objects.filter(sent_at=None).exists():
        deliveries.run(now + MINUTE, False)
    assert len(brought) == len(set(brought)) == 12


def test_no_transaction_is_open_while_the_network_is_used(
    race_db: Callable[..., list[Any]], answers: list[Any]
) -> None:
    office = Office()
    bound(office.officer, channel("webhook", "http://127.0.0.1:9"), "/hook/1")
    notice(office.officer)
    main = connection
    seen = []

    def look(job: dict[str, Any]) -> Result:
        seen.append(main.in_atomic_block)
        return Result.SENT

    answers[:] = [look]
    deliveries.run(timezone.now(), False)
    assert seen == [False]


# --- what is not needed any more ------------------------------------------------------------


@pytest.mark.parametrize("why", ["read", "unbound", "stopped", "gone"])
def test_what_nobody_needs_is_not_sent(
    office: Office, hook: Address, answers: list[Any], why: str
) -> None:
    made = notice(office.officer)
    admin = fresh(User.objects.filter(groups__name=Role.SYSTEM_ADMIN)[0])
    if why == "read":
        actions.mark_read(made.pk, office.officer)
    elif why == "unbound":
        actions_channels.unbind(address_id=hook.pk, person=office.officer)
    elif why == "stopped":
        actions_channels.stop_channel(service="webhook", person=admin)
    else:
        unit_actions.set_active(user=office.officer, active=False, by=admin)
    sweep(1)
    assert not DeliveryTry.objects.exists()
    assert Delivery.objects.get().dropped_at is not None


def test_a_dry_run_writes_nothing(office: Office, hook: Address, answers: list[Any]) -> None:
    notice(office.officer)
    outcome = deliveries.run(timezone.now(), True)
    assert (outcome.done, outcome.lines) == (1, ("网络接口：1条",))
    assert not DeliveryTry.objects.exists()


def test_announcing_asks_a_few_questions_whatever_the_number_of_people(
    office: Office, hook: Address, django_assert_num_queries: Any
) -> None:
    people = [person(Role.EDITOR) for _n in range(5)]
    for user in people:
        bound(user, hook.channel, "/hook/x")
    with django_assert_num_queries(11):
        notice(office.officer)
    with django_assert_num_queries(11):
        notice(office.officer, *people)


# --- choices and quiet hours ----------------------------------------------------------------


def test_kinds_that_a_person_does_not_want_stay_inside(office: Office, hook: Address) -> None:
    actions_channels.choose(wanted=[], person=office.officer)
    assert not notice(office.officer).deliveries.exists()
    assert notice(office.officer, kind=URGENT).deliveries.exists(), "urgent ones always go"
    actions_channels.choose(wanted=[(hook.pk, ORDINARY)], person=office.officer)
    assert notice(office.officer).deliveries.exists()


def test_nobody_chooses_for_another(office: Office, hook: Address) -> None:
    actions_channels.choose(wanted=[], person=office.signatory)
    assert not actions_channels.unbind(address_id=hook.pk, person=office.signatory)
    hook.refresh_from_db()
    assert (hook.muted, hook.unbound_at) == ([], None)


def test_a_group_gets_the_kinds_that_are_ticked_once(office: Office, hook: Address) -> None:
    admin = fresh(User.objects.filter(groups__name=Role.SYSTEM_ADMIN)[0])
    actions_channels.save_group(
        channel_id=hook.channel_id,
        name="值班群",
        typed="/duty/1",
        kinds=[URGENT],
        person=admin,
    )
    assert not notice(office.signatory).deliveries.exists()
    made = notice(office.signatory, office.editor, kind=URGENT)
    assert made.deliveries.get().address.name == "值班群"


def test_quiet_hours_hold_back_all_but_urgent_ones(
    office: Office, hook: Address, answers: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    night = datetime(2026, 7, 8, 23, 30, tzinfo=CHINA)
    monkeypatch.setattr(actions.timezone, "now", lambda: night)
    actions_channels.set_quiet(begins=time(22), ends=time(7), person=office.officer)
    quiet, loud = notice(office.officer), notice(office.officer, kind=URGENT)
    sweep(0, night)
    assert loud.deliveries.get().sent_at == night
    morning = datetime(2026, 7, 9, 7, tzinfo=CHINA)
    assert quiet.deliveries.get().next_at == morning
    sweep(0, morning)
    assert quiet.deliveries.get().sent_at == morning


def test_quiet_hours_that_begin_meanwhile_hold_back_too(
    office: Office, hook: Address, answers: list[Any]
) -> None:
    made = notice(office.officer)
    Quiet.objects.create(person=office.officer, begins=time(0), ends=time(23, 59))
    sweep(0, datetime(2030, 1, 1, 12, tzinfo=CHINA))
    delivery = made.deliveries.get()
    assert (delivery.sent_at, delivery.tries) == (None, 0)
    assert delivery.next_at == datetime(2030, 1, 1, 23, 59, tzinfo=CHINA)


TIMES = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))


@given(st.integers(0, 1439), TIMES, TIMES)
def test_quiet_hours_end_where_they_should(minute: int, begins: time, ends: time) -> None:
    """Against the slow way: minute by minute until the clock stands outside."""
    moment = datetime(2026, 7, 8, tzinfo=CHINA) + timedelta(minutes=minute)

    def is_quiet(clock: time) -> bool:
        if begins <= ends:
            return begins <= clock < ends
        return not ends <= clock < begins

    slow = moment
    while is_quiet(slow.time()):
        slow += MINUTE
    assert after_quiet(moment, begins, ends) == slow
