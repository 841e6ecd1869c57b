"""The card of the first week: steps from facts, away by itself or by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from cms.items import actions as item_actions
from infoflow.units import actions
from infoflow.units.handover import hand_over
from infoflow.units.models import Officer, User
from infoflow.units.roles import Role
from tests.builders import Office, decide, fresh, person
from tests.desk.pages import browser, page

pytestmark = [pytest.mark.screens, pytest.mark.django_db]

WORDS = "不再显示"


def newcomer(office: Office, since: date | None = None) -> User:
    user = person(name="新人")
    actions.appoint_officer(unit=office.unit, user=user, since=since or timezone.localdate())
    return fresh(user)


def first_page(user: User) -> str:
    return page(browser(fresh(user)).get("/"))


def steps(user: User) -> list[bool]:
    card = browser(fresh(user)).get("/").content.decode().split("</ol>")[0]
    return ["已办" in line for line in card.split("<li><b>")[1:]]


def test_steps_are_told_from_what_has_happened(office: Office) -> None:
    user = newcomer(office)
    assert steps(user) == [True, False, False, False]
    office.officer = user
    item = office.draft()
    assert steps(user) == [True, True, False, False]
    item_actions.submit_item(item_id=item.pk, person=fresh(user))
    assert steps(user) == [True, True, True, False]
    decide(item, office.signatory)
    assert WORDS not in first_page(user)


def test_it_names_signatory_editor_and_the_record_of_the_predecessor(office: Office) -> None:
    User.objects.filter(pk=office.editor.pk).update(phone="0358-7654321")
    user = person(name="接手的人")
    made = hand_over(unit=office.unit, leaver=office.officer, successor=user, by=None)
    shown = first_page(user)
    assert office.signatory.name in shown
    assert f"{office.editor.name} 0358-7654321" in shown
    assert f"/handover/{made.pk}/" in shown
    assert office.officer.name in shown


@pytest.mark.parametrize(("ago", "shown"), [(0, True), (6, True), (7, False)])
def test_it_is_there_for_seven_days(office: Office, ago: int, shown: bool) -> None:
    user = newcomer(office, timezone.localdate() - timedelta(days=ago))
    assert (WORDS in first_page(user)) is shown


def test_it_is_put_away_by_its_owner_only(office: Office) -> None:
    user = newcomer(office)
    post = Officer.objects.get(user=user)
    address = f"/welcome/{post.pk}/close/"
    assert browser(office.officer).post(address).status_code == 404
    assert browser(user).get(address).status_code == 405
    assert WORDS in first_page(user)
    for _n in range(2):
        assert browser(user).post(address)["Location"] == "/"
    assert WORDS not in first_page(user)


def test_nobody_else_has_one(office: Office, django_assert_max_num_queries: Any) -> None:
    newcomer(office)
    for user in (office.signatory, office.officer, person(Role.LEADER)):
        assert WORDS not in first_page(user)
