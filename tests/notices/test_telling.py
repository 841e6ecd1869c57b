"""Telling people: one cause is one notice; only they read it; times are kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from infoflow.notices import actions, kinds, people, queries
from infoflow.notices.models import Escalation, Notice, Recipient
from infoflow.notices.rules import ChainStep
from infoflow.units import actions as unit_actions
from infoflow.units.roles import Role
from tests.builders import Office, fresh, person

from .conftest import ORDINARY, URGENT
from .make import notice

pytestmark = pytest.mark.django_db


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


# --- announcing -----------------------------------------------------------------------------


def test_the_same_cause_is_announced_once(office: Office) -> None:
    first = notice(office.officer, key="commission:1")
    again = actions.announce(
        key="commission:1",
        kind=ORDINARY,
        people=[office.signatory.pk],
        number="",
        text="再说一次",
        url="/",
    )
    assert again is None
    assert [row.person for row in Recipient.objects.filter(notice=first)] == [office.officer]


def test_it_goes_back_with_its_cause(office: Office) -> None:
    class Failed(Exception):
        pass

    def cause() -> None:
        with transaction.atomic():
            notice(office.officer)
            raise Failed

    with pytest.raises(Failed):
        cause()
    assert not Notice.objects.exists()


def test_the_same_cause_at_once_is_one_notice(race_db: Callable[..., list[Any]]) -> None:
    user = person(Role.EDITOR)

    def tell() -> Notice | None:
        return actions.announce(
            key="same", kind=ORDINARY, people=[user.pk], number="", text="一句话", url="/"
        )

    outcomes = race_db(*[tell] * 4)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    assert sorted(outcome is not None for outcome in outcomes) == [False, False, False, True]
    assert Recipient.objects.count() == 1


def test_several_at_once_are_one_notice_each(race_db: Callable[..., list[Any]]) -> None:
    user = person(Role.EDITOR)

    def tell(*keys: str) -> list[Notice]:
        return actions.announce_all(
            actions.Announcement(
                key=key, kind=ORDINARY, people=[user.pk], number="", text="一句话", url="/"
            )
            for key in keys
        )

    outcomes = race_db(*[lambda: tell("a", "b", "b")] * 2, *[lambda: tell("a", "c")] * 2)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    assert sorted(notice.key for made in outcomes for notice in made) == ["a", "b", "c"]
    assert Recipient.objects.count() == 3


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"kind": "nobody-knows"}, LookupError),
        ({"url": "https://example.com/"}, ValueError),
        ({"url": "//example.com/"}, ValueError),
        ({"url": "/\\example.com/"}, ValueError),
        ({"text": "长" * 301}, ValueError),
        ({"text": ""}, ValueError),
        ({"key": "k" * 201}, ValueError),
    ],
)
def test_what_no_page_could_show_is_refused(
    office: Office, change: dict[str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        notice(office.officer, **change)
    assert not Notice.objects.exists()


def test_only_active_accounts_are_told_each_once(office: Office) -> None:
    gone = person(Role.EDITOR)
    unit_actions.set_active(user=gone, active=False, by=person(Role.SYSTEM_ADMIN))
    made = notice(office.officer, office.officer, gone)
    assert [row.person for row in made.recipients.all()] == [office.officer]


def test_two_kinds_share_no_code() -> None:
    kinds.register_kind(ORDINARY, "约稿")  # the same again changes nothing
    with pytest.raises(ValueError, match="another label"):
        kinds.register_kind(ORDINARY, "别的")


def test_whom_to_tell(office: Office) -> None:
    root = person(Role.EDITOR)
    root.is_superuser = True
    root.save()
    duty = person(Role.DUTY)
    assert people.officers_of(office.unit.pk) == [office.officer.pk]
    assert people.signatories_of(office.unit.pk) == [office.signatory.pk]
    assert people.holders_of(Role.DUTY) == [duty.pk]
    assert people.holders_of(Role.EDITOR, Role.DUTY) == sorted([office.editor.pk, root.pk, duty.pk])
    post = office.officer.officer_posts.get()
    unit_actions.end_appointment(appointment=post, last_day=post.since)
    assert people.officers_of(office.unit.pk) == []


# --- reading --------------------------------------------------------------------------------


def test_the_list_has_unread_ones_first_and_opening_one_reads_it(office: Office) -> None:
    read, unread = notice(office.officer), notice(office.officer, url="/items/?q=1")
    client = client_of(office.officer)
    assert client.get(reverse("notice", args=[unread.pk])).headers["Location"] == "/items/?q=1"
    newer = notice(office.officer)
    page = client.get(reverse("notices"))
    assert [row.notice for row in page.context["rows"]] == [newer, read, unread]
    assert page.context["unread"] == 2
    row = Recipient.objects.get(notice=unread)
    client.get(reverse("notice", args=[unread.pk]))
    assert Recipient.objects.get(pk=row.pk).read_at == row.read_at, "the first reading stays"


def test_nobody_opens_anothers_notice(office: Office) -> None:
    made = notice(office.officer, kind=URGENT)
    client = client_of(office.signatory)
    assert client.get(reverse("notice", args=[made.pk])).status_code == 404
    assert client.post(reverse("notice_acknowledge", args=[made.pk])).status_code == 404
    assert made.text not in client.get(reverse("notices")).content.decode()
    row = made.recipients.get()
    assert (row.read_at, row.acknowledged_at) == (None, None)


def test_all_read_takes_what_was_shown(office: Office) -> None:
    mine, others = notice(office.officer), notice(office.signatory)
    shown = mine.recipients.get().pk
    late = notice(office.officer)
    client_of(office.officer).post(reverse("notices_read"), {"newest": shown})
    unread = set(Recipient.objects.unread().values_list("notice", flat=True))
    assert unread == {late.pk, others.pk}


@pytest.mark.screens
def test_the_badge_in_both_menus(office: Office) -> None:
    notice(office.officer, office.editor)
    desk = client_of(office.officer).get(reverse("notices")).content.decode()
    assert '<span class="count">1</span>' in desk
    admin = client_of(office.editor)
    menu = admin.get(reverse("notices_office")).content.decode()
    assert "消息（1条未读）" in menu or json.dumps("消息（1条未读）") in menu
    page = admin.get(reverse("notices_office"))
    assert "约稿〔2026〕" in page.content.decode()
    back = admin.post(reverse("notices_read"), {"back": "office"})
    assert back.headers["Location"] == reverse("notices_office")
    assert queries.unread_of(office.editor) == 0


@pytest.mark.screens
def test_a_long_list_costs_what_a_short_one_costs(office: Office) -> None:
    client = client_of(office.officer)

    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get(reverse("notices"))
        return len(caught)

    notice(office.officer)
    few = cost()
    for _n in range(30):
        notice(office.officer)
    assert cost() == few


# --- acknowledging --------------------------------------------------------------------------


def test_acknowledging_stops_the_steps_to_come(office: Office) -> None:
    chain = [ChainStep(10, (office.signatory.pk,)), ChainStep(5, (office.editor.pk,))]
    made = notice(office.officer, kind=URGENT, chain=chain)
    steps = list(Escalation.objects.filter(notice=made))
    assert [(step.people, step.at - made.at) for step in steps] == [
        ([office.editor.pk], timedelta(minutes=5)),
        ([office.signatory.pk], timedelta(minutes=10)),
    ]
    client_of(office.officer).post(reverse("notice_acknowledge", args=[made.pk]))
    assert not Escalation.objects.filter(stopped_at=None).exists()
    row = made.recipients.get()
    assert row.read_at == row.acknowledged_at is not None
    assert not actions.acknowledge(made.pk, fresh(office.officer)), "only the first word counts"


def test_who_takes_it_on_before_being_told_stops_the_chain_too(office: Office) -> None:
    """接报 by an editor whom the chain would have reached later."""
    made = notice(office.officer, kind=URGENT, chain=[ChainStep(5, (office.editor.pk,))])
    assert actions.acknowledge(made.pk, fresh(office.editor))
    assert not Escalation.objects.filter(stopped_at=None).exists()
    assert not Recipient.objects.filter(person=office.editor).exists()
    assert not actions.acknowledge(made.pk, fresh(office.editor)), "nothing is left to stop"


def test_a_settled_cause_stops_its_chain(office: Office) -> None:
    notice(office.officer, key="urgent:1", chain=[ChainStep(5, (office.editor.pk,))])
    assert actions.stop_chain(key="urgent:1") == 1
    assert actions.stop_chain(key="urgent:1") == actions.stop_chain(key="no such") == 0
