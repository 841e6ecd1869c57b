"""交接 through the pages: the unit's signatory at the desk, the administrator in the office."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from infoflow.units import actions
from infoflow.units.handover import hand_over
from infoflow.units.models import HandOver, Officer, Signatory, User
from infoflow.units.permissions import unit_ids_of
from infoflow.units.roles import Role
from tests.builders import Office, fresh, person, refusal_under_office, unit

pytestmark = [pytest.mark.screens, pytest.mark.django_db]


def browser(user: User) -> Client:
    client = Client()
    client.force_login(fresh(user))
    return client


def post_of(user: User) -> Officer:
    return Officer.objects.get(user=user)


def given(successor: User) -> dict[str, Any]:
    return {"successor": successor.pk, "note": "调任", "agreed": "on"}


def test_the_signatory_sees_what_goes_and_hands_over(office: Office) -> None:
    item = office.draft(title="尚未完成的一篇")
    colleague = person(Role.OFFICER, at=office.unit, name="接手的人")
    client = browser(office.signatory)
    listed = client.get("/handover/").content.decode()
    address = f"/handover/officers/{post_of(office.officer).pk}/"
    assert address in listed
    page = client.get(address).content.decode()
    assert "尚未完成的一篇" in page
    assert "接手的人" in page
    answer = client.post(address, given(colleague), follow=True)
    made = HandOver.objects.get()
    assert answer.redirect_chain == [(f"/handover/{made.pk}/", 302)]
    shown = answer.content.decode()
    for words in ("信息工作交接单", "尚未完成的一篇", "接手的人", "调任", office.officer.name):
        assert words in shown
    item.refresh_from_db()
    assert item.owner == colleague
    assert unit_ids_of(fresh(office.officer)) == frozenset()


def test_the_same_form_twice_leads_to_the_same_record(office: Office) -> None:
    colleague = person(Role.OFFICER, at=office.unit)
    client = browser(office.signatory)
    address = f"/handover/officers/{post_of(office.officer).pk}/"
    first = client.post(address, given(colleague))
    second = client.post(address, given(colleague), follow=True)
    assert second.redirect_chain == [(first["Location"], 302)]
    assert "不用重复办理" in second.content.decode()
    assert HandOver.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"successor": ""}, "请选择接手人"),
        ({"agreed": ""}, "请核对下面的移交内容"),
        ({"note": "长" * 501}, "不能超过500字，现在501字"),
        ({"successor": "999999999"}, "不能选这个人"),
    ],
)
def test_an_incomplete_form_says_what_is_missing(
    office: Office, changes: dict[str, str], words: str
) -> None:
    colleague = person(Role.OFFICER, at=office.unit)
    address = f"/handover/officers/{post_of(office.officer).pk}/"
    answer = browser(office.signatory).post(address, given(colleague) | changes)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not HandOver.objects.exists()


def test_strangers_are_no_choice_at_the_desk(office: Office) -> None:
    stranger = person(Role.OFFICER, at=unit())
    address = f"/handover/officers/{post_of(office.officer).pk}/"
    client = browser(office.signatory)
    assert stranger.name not in client.get(address).content.decode()
    answer = client.post(address, given(stranger))
    assert "不能选这个人" in answer.content.decode()
    assert not HandOver.objects.exists()


def test_other_people_find_nothing(office: Office) -> None:
    colleague = person(Role.OFFICER, at=office.unit)
    made = hand_over(unit=office.unit, leaver=office.officer, successor=colleague, by=None)
    address = f"/handover/officers/{post_of(colleague).pk}/"
    elsewhere = Office()
    for user in (elsewhere.signatory, elsewhere.officer, office.editor, person(Role.LEADER)):
        client = browser(user)
        assert client.get(f"/handover/{made.pk}/").status_code == 404
        assert client.get(address).status_code == 404
        assert client.post(address, given(office.signatory)).status_code == 404
    # The unit's officer reads the record and hands over nothing.
    client = browser(colleague)
    assert client.get(f"/handover/{made.pk}/").status_code == 200
    assert client.get(address).status_code == 404
    assert (
        "移交"
        not in client.get("/handover/").content.decode().split("交接记录")[0].split("<main")[1]
    )
    assert HandOver.objects.count() == 1


def test_a_signatory_who_is_the_officer_leaves_through_the_door(office: Office) -> None:
    actions.appoint_officer(unit=office.unit, user=office.signatory, since=date(2020, 1, 1))
    client = browser(office.signatory)
    address = f"/handover/officers/{post_of(office.signatory).pk}/"
    answer = client.post(address, given(office.officer))
    assert answer["Location"] == "/login/"
    assert client.get("/")["Location"].startswith("/login/")
    assert fresh(office.signatory).is_active


# ---- the office


def test_the_administrator_hands_over_and_sees_no_title(office: Office) -> None:
    item = office.draft(title="绝不能给管理员看的标题")
    newcomer = person(name="新来的人")
    client = browser(person(Role.SYSTEM_ADMIN))
    address = f"/office/handover/officers/{post_of(office.officer).pk}/"
    assert address in client.get("/office/officers/").content.decode()
    page = client.get(address).content.decode()
    assert "草稿" in page
    assert item.title not in page
    answer = client.post(address, given(newcomer), follow=True)
    shown = answer.content.decode()
    assert "草稿" in shown
    assert "账号已停用" in shown
    assert item.title not in shown
    assert unit_ids_of(fresh(newcomer), Role.OFFICER) == {office.unit.pk}
    again = client.post(address, given(newcomer))
    assert again.status_code == 409
    assert HandOver.objects.count() == 1
    assert client.get("/office/handover/").status_code == 200


def test_the_administrator_replaces_a_signatory(office: Office) -> None:
    office.submitted()
    newcomer = person()
    client = browser(person(Role.SYSTEM_ADMIN))
    post = Signatory.objects.get(user=office.signatory)
    answer = client.post(f"/office/handover/signatories/{post.pk}/", given(newcomer))
    assert answer.status_code == 302
    assert unit_ids_of(fresh(newcomer), Role.SIGNATORY) == {office.unit.pk}
    assert HandOver.objects.get().role == Role.SIGNATORY


def test_administrators_are_no_successors(office: Office) -> None:
    auditor = person(Role.AUDITOR)
    client = browser(person(Role.SYSTEM_ADMIN))
    address = f"/office/handover/officers/{post_of(office.officer).pk}/"
    assert "不能选这个人" in client.post(address, given(auditor)).content.decode()
    assert not HandOver.objects.exists()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SYSTEM_ADMIN}))
def test_nobody_else_in_the_office(office: Office, role: Role) -> None:
    client = browser(person(role, at=office.unit))
    address = f"/office/handover/officers/{post_of(office.officer).pk}/"
    for path in ("/office/handover/", address):
        assert client.get(path).status_code == refusal_under_office(role)
        assert client.post(path, given(office.signatory)).status_code == refusal_under_office(role)
    assert not HandOver.objects.exists()


def test_lists_cost_the_same_with_many_rows(
    office: Office, django_assert_max_num_queries: Any
) -> None:
    def records(count: int) -> None:
        for _n in range(count):
            leaver = person(Role.OFFICER, at=office.unit)
            hand_over(
                unit=office.unit, leaver=leaver, successor=office.officer, by=office.signatory
            )

    counts = []
    desk, admin = browser(office.signatory), browser(person(Role.SYSTEM_ADMIN))
    for more in (2, 15):
        records(more)
        for client, path in ((desk, "/handover/"), (admin, "/office/handover/")):
            with django_assert_max_num_queries(40) as asked:
                assert client.get(path).status_code == 200
            counts.append(len(asked))
    assert counts[:2] == counts[2:]
