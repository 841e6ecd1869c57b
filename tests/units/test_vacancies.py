"""缺员单位: who is missing where, as a page and as a workbook."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from infoflow.units import actions
from infoflow.units.models import Officer, Unit, User
from infoflow.units.roles import Role
from infoflow.units.vacancies import ending_posts, unused_accounts, vacant_units
from tests.builders import Office, fresh, person, refusal_under_office, unit

pytestmark = [pytest.mark.screens, pytest.mark.django_db]

TODAY = date(2026, 11, 25)


def missing(today: date | None = None) -> dict[str, str]:
    return {v.unit.name: v.missing for v in vacant_units(today or timezone.localdate())}


def test_a_unit_with_both_is_not_listed_and_each_lack_is_named(office: Office) -> None:
    unit("无人乡")
    half, other = unit("半员镇"), unit("另半镇")
    person(Role.OFFICER, at=half)
    person(Role.SIGNATORY, at=other)
    assert missing() == {"无人乡": "信息员、审签人", "半员镇": "审签人", "另半镇": "信息员"}


def test_who_cannot_act_does_not_count(office: Office) -> None:
    """A stopped account, a role taken away, a post that ended: the unit is without."""
    actions.set_active(user=office.officer, active=False)
    office.signatory.groups.remove(Group.objects.get(name=Role.SIGNATORY))
    assert missing() == {office.unit.name: "信息员、审签人"}


def test_units_of_other_times_are_not_listed(office: Office) -> None:
    gone, coming = unit("撤销乡"), unit("将设乡")
    Unit.objects.filter(pk=gone.pk).update(active_until=TODAY - timedelta(days=1))
    Unit.objects.filter(pk=coming.pk).update(active_from=TODAY + timedelta(days=1))
    assert missing(TODAY) == {}


def test_the_last_officer_is_named(office: Office) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    actions.end_appointment(appointment=Officer.objects.get(), last_day=yesterday)
    line = vacant_units(timezone.localdate())[0]
    assert (line.last_officer, line.last_until) == (office.officer.name, yesterday)


@pytest.mark.parametrize(("days", "listed"), [(0, True), (30, True), (31, False)])
def test_posts_that_end_soon(office: Office, days: int, listed: bool) -> None:
    until = timezone.localdate() + timedelta(days=days)
    actions.end_appointment(appointment=Officer.objects.get(), last_day=until)
    assert [post.user for post in ending_posts(timezone.localdate())] == [office.officer] * listed


def test_accounts_that_nobody_has_used(db: None) -> None:
    used, stopped, unused = person(), person(), person()
    User.objects.filter(pk=used.pk).update(last_login=timezone.now())
    actions.set_active(user=stopped, active=False)
    assert list(unused_accounts()) == [unused]


def browser(user: User) -> Client:
    client = Client()
    client.force_login(fresh(user))
    return client


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.EDITOR])
def test_administrators_and_editors_see_it(role: Role) -> None:
    unit("无人乡")
    client = browser(person(role))
    assert "无人乡" in client.get("/office/vacancies/").content.decode()
    assert "/office/vacancies/" in client.get("/office/").content.decode()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SYSTEM_ADMIN, Role.EDITOR}))
def test_nobody_else_does(role: Role) -> None:
    unit("无人乡")
    client = browser(person(role, at=unit()))
    for path in ("/office/vacancies/", "/office/vacancies/export/"):
        answer = client.get(path)
        assert answer.status_code == refusal_under_office(role)
        assert "无人乡" not in answer.content.decode()


def test_the_workbook_holds_text_only() -> None:
    unit("=1+1乡")
    answer = browser(person(Role.EDITOR)).get("/office/vacancies/export/")
    assert "%E7%BC%BA%E5%91%98" in answer["Content-Disposition"]
    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["缺员单位", "30日内到期的任职", "从未登录的账号"]
    cell = book["缺员单位"]["A2"]
    assert (cell.value, cell.data_type) == ("=1+1乡", "s")
    types = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in types


def test_the_page_costs_the_same_with_many_units(django_assert_max_num_queries: Any) -> None:
    client = browser(person(Role.SYSTEM_ADMIN))
    counts = []
    for more in (2, 30):
        for _n in range(more):
            person(Role.OFFICER, at=unit())
        with django_assert_max_num_queries(25) as asked:
            client.get("/office/vacancies/")
        counts.append(len(asked))
    assert counts[0] == counts[1]
