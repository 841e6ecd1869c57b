"""The system administrator's pages: units, posts, accounts; and who does not get there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from wagtail.models import ModelLogEntry

from cms.items.models import UnitFolder
from infoflow.units import actions
from infoflow.units.models import GroupMembership, Officer, Unit, UnitGroup, User
from infoflow.units.permissions import unit_ids_of
from infoflow.units.roles import SEPARATE_ROLES, Role
from tests import builders
from tests.builders import fresh, person, refusal_under_office

pytestmark = pytest.mark.screens

PAGES = [
    "/office/units/",
    "/office/units/new/",
    "/office/unit-groups/",
    "/office/memberships/",
    "/office/officers/",
    "/office/officers/new/",
    "/office/signatories/",
    "/office/accounts/",
    "/office/accounts/new/",
]


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def admin(db: None) -> Client:
    return browser(person(Role.SYSTEM_ADMIN, name="系统管理员甲"))


@pytest.mark.parametrize("address", PAGES)
def test_the_system_administrator_gets_every_page(admin: Client, address: str) -> None:
    builders.Office()
    assert admin.get(address).status_code == 200


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SYSTEM_ADMIN}))
def test_nobody_else_changes_an_account(db: None, role: Role) -> None:
    """Every address and role stands in tests/security/matrix.csv; here nothing is written."""
    user = person(role, at=builders.unit())
    target = person()
    client = browser(user)
    refused = refusal_under_office(role)
    people = User.objects.count()
    assert client.get("/office/accounts/").status_code == refused
    for address in [
        "/office/accounts/new/",
        f"/office/accounts/edit/{target.pk}/",
        f"/office/accounts/reset/{target.pk}/",
        f"/office/accounts/state/{target.pk}/",
    ]:
        assert client.post(address, {"name": "x"}).status_code == refused, address
    assert User.objects.count() == people
    target.refresh_from_db()
    assert target.is_active
    assert not target.must_change_password


@pytest.mark.parametrize("kind", ["users", "groups"])
def test_the_stock_pages_of_users_and_groups_stay_closed(admin: Client, kind: str) -> None:
    target = person()
    group = Group.objects.get(name=Role.EDITOR)
    pk = target.pk if kind == "users" else group.pk
    before = User.objects.count()
    for address in (f"/office/{kind}/", f"/office/{kind}/new/", f"/office/{kind}/edit/{pk}/"):
        assert admin.get(address).status_code == 302, address
        data = {"username": "back", "name": "x", "password1": "Qq-112233-z", "is_superuser": "1"}
        assert admin.post(address, data).status_code == 302
    assert User.objects.count() == before
    assert "/office/users/" not in admin.get("/office/").content.decode()


def test_a_new_unit_gets_group_and_folder(admin: Client) -> None:
    data = {"code": "T900", "name": "新设街道", "kind": "street", "order": "5"}
    assert admin.post("/office/units/new/", data).status_code == 302
    unit = Unit.objects.get(code="T900")
    assert unit.group is not None
    assert UnitFolder.objects.get(unit=unit).title == "新设街道"
    admin.post(f"/office/units/edit/{unit.pk}/", {**data, "name": "改名街道", "code": "X"})
    unit.refresh_from_db()
    assert (unit.name, unit.code) == ("改名街道", "T900")
    assert UnitFolder.objects.get(unit=unit).title == "改名街道"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"code": ""}, "请填写单位代码"),
        ({"name": ""}, "请填写单位名称"),
        ({"active_from": "1899-05-01"}, "1949年10月1日"),
        ({"active_from": "2026-05-01", "active_until": "2026-04-01"}, "停用日期不能早于启用日期"),
        ({"name": "街道\x00"}, "空字符"),
    ],
)
def test_a_bad_unit_is_refused_at_its_field(
    admin: Client, changes: dict[str, str], words: str
) -> None:
    data = {"code": "T901", "name": "街道", "kind": "street", "order": "5", **changes}
    answer = admin.post("/office/units/new/", data)
    assert answer.status_code == 200
    assert words in str(answer.context["form"].errors)
    assert not Unit.objects.exists()
    assert not UnitFolder.objects.exists()


def test_a_units_code_is_used_once(admin: Client) -> None:
    taken = builders.unit()
    data = {"code": taken.code, "name": "街道", "kind": "street", "order": "5"}
    assert "已经使用" in admin.post("/office/units/new/", data).content.decode()
    assert Unit.objects.count() == 1


def test_membership_once_a_year(admin: Client) -> None:
    unit = builders.unit()
    group = UnitGroup.objects.create(name="乡镇街道")
    data = {"unit": unit.pk, "group": group.pk, "year": "2026"}
    admin.post("/office/memberships/new/", data)
    again = admin.post("/office/memberships/new/", data)
    assert "已有分组" in again.content.decode()
    assert GroupMembership.objects.count() == 1


def account(**changes: Any) -> dict[str, Any]:
    return {"username": "zhangsan", "name": "张三", "phone": "", "roles": ["编辑"], **changes}


def test_a_new_account_shows_its_password_once_and_nowhere_else(admin: Client) -> None:
    answer = admin.post("/office/accounts/new/", account())
    shown = answer.content.decode()
    made = User.objects.get(username="zhangsan")
    password = answer.context["password"]
    assert answer.status_code == 200
    assert shown.count(password) == 1
    assert "no-store" in answer["Cache-Control"]
    assert made.check_password(password)
    assert made.must_change_password
    assert {g.name for g in made.groups.all()} == {Role.EDITOR}
    assert password not in admin.get("/office/accounts/").content.decode()
    stored = [session.get_decoded() for session in Session.objects.all()]
    assert password not in str(stored)
    assert password not in str(list(ModelLogEntry.objects.values()))
    assert password not in str(list(User.history.values()))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"username": ""}, "请填写账号"),
        ({"username": "张 三"}, "账号只能用"),
        ({"name": ""}, "请填写姓名"),
        ({"roles": ["系统管理员", "编辑"]}, "三员分立"),
        ({"roles": ["审计员", "安全管理员"]}, "三员分立"),
        ({"roles": ["信息员"]}, "信息员"),
        ({"roles": ["省长"]}, "省长"),
    ],
)
def test_a_bad_account_is_refused(admin: Client, changes: dict[str, Any], words: str) -> None:
    before = User.objects.count()
    answer = admin.post("/office/accounts/new/", account(**changes))
    assert answer.status_code == 200
    assert words in str(answer.context["form"].errors)
    assert User.objects.count() == before


def test_a_name_is_given_once(admin: Client) -> None:
    admin.post("/office/accounts/new/", account())
    again = admin.post("/office/accounts/new/", account(name="李四"))
    assert "已经有人使用" in str(again.context["form"].errors)


def test_roles_are_changed_and_posts_stay(admin: Client) -> None:
    unit = builders.unit()
    user = person(Role.OFFICER, Role.EDITOR, at=unit)
    data = {"name": "改名", "phone": "1", "roles": ["签发人"], "username": "ignored"}
    assert admin.post(f"/office/accounts/edit/{user.pk}/", data).status_code == 302
    user = fresh(user)
    roles = {g.name for g in user.groups.all()} & set(Role.values)
    assert roles == {Role.ISSUER, Role.OFFICER}
    assert user.name == "改名"
    assert user.username != "ignored"
    assert unit_ids_of(user) == {unit.pk}
    data["roles"] = ["审计员"]
    refused = admin.post(f"/office/accounts/edit/{user.pk}/", data)
    assert "三员分立" in refused.content.decode()


def test_nobody_raises_themselves(db: None) -> None:
    user = person(Role.SYSTEM_ADMIN)
    client = browser(user)
    for roles in (["编辑"], ["审计员"], []):
        data = {"name": user.name, "phone": "", "roles": roles}
        answer = client.post(f"/office/accounts/edit/{user.pk}/", data)
        assert "不能修改自己的角色" in answer.content.decode()
    client.post(f"/office/accounts/state/{user.pk}/")
    user.refresh_from_db()
    assert user.is_active
    assert {g.name for g in user.groups.all()} == {Role.SYSTEM_ADMIN}


def test_resetting_a_password_asks_first_and_shows_it_once(admin: Client) -> None:
    user = person(Role.EDITOR)
    address = f"/office/accounts/reset/{user.pk}/"
    assert user.name in admin.get(address).content.decode()
    assert not fresh(user).must_change_password
    answer = admin.post(address)
    assert fresh(user).check_password(answer.context["password"])
    assert fresh(user).must_change_password
    assert ModelLogEntry.objects.filter(action="units.reset_password").count() == 1


def test_stopping_and_opening_an_account(admin: Client) -> None:
    user = person(Role.EDITOR)
    address = f"/office/accounts/state/{user.pk}/"
    admin.get(address)
    assert fresh(user).is_active
    admin.post(address)
    assert not fresh(user).is_active
    admin.post(address)
    assert fresh(user).is_active


def test_a_superusers_account_is_out_of_reach(admin: Client) -> None:
    root = User.objects.create_superuser("root", password="Root-pass-12", name="应急")
    for address in ("reset", "state", "edit"):
        url = f"/office/accounts/{address}/{root.pk}/"
        admin.get(url)
        admin.post(url, {"name": "改", "phone": "", "roles": ["编辑"]})
    root.refresh_from_db()
    assert root.check_password("Root-pass-12")
    assert root.is_active
    assert root.name == "应急"


def test_posts_are_given_and_ended_through_the_pages(admin: Client) -> None:
    unit, user = builders.unit(), person()
    today = timezone.localdate()
    data = {
        "unit": unit.pk,
        "user": user.pk,
        "post": "part",
        "rank": "first",
        "since": str(today - timedelta(days=10)),
    }
    assert admin.post("/office/officers/new/", data).status_code == 302
    assert unit_ids_of(fresh(user), Role.OFFICER) == {unit.pk}
    twice = admin.post("/office/officers/new/", data)
    assert "任期重叠" in twice.content.decode()
    post = Officer.objects.get()
    ended = {"post": "full", "rank": "first", "until": str(today - timedelta(days=1))}
    assert admin.post(f"/office/officers/edit/{post.pk}/", ended).status_code == 302
    assert unit_ids_of(fresh(user)) == set()
    assert not fresh(user).groups.exists()
    again = admin.post(
        f"/office/officers/edit/{post.pk}/", {**ended, "until": str(today + timedelta(days=9))}
    )
    assert "已经结束" in again.content.decode()
    early = {**data, "since": "1899-01-01"}
    assert "1949年10月1日" in admin.post("/office/officers/new/", early).content.decode()
    back = {**data, "since": str(today)}
    assert admin.post("/office/officers/new/", back).status_code == 302
    assert unit_ids_of(fresh(user), Role.OFFICER) == {unit.pk}


def test_an_administrator_gets_no_post(admin: Client) -> None:
    unit, auditor = builders.unit(), person(Role.AUDITOR)
    data = {"unit": unit.pk, "user": auditor.pk, "since": "2026-01-01"}
    answer = admin.post("/office/signatories/new/", data)
    assert "三员分立" in answer.content.decode()
    assert not unit_ids_of(fresh(auditor))


@pytest.mark.parametrize("separate", sorted(SEPARATE_ROLES))
def test_separate_roles_stand_alone(separate: str) -> None:
    actions.check_role_set({separate})
    for other in set(Role) - {separate}:
        with pytest.raises(ValidationError):
            actions.check_role_set({separate, other})


def test_units_are_never_deleted_here(admin: Client) -> None:
    unit = builders.unit()
    for verb in ("delete", "usage", "copy"):
        assert admin.post(f"/office/units/{verb}/{unit.pk}/").status_code in (302, 404)
    assert Unit.objects.filter(pk=unit.pk).exists()
