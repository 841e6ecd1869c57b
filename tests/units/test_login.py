"""The only door: login, lock-out, first password."""

from __future__ import annotations

import pytest
from django.test import Client

from infoflow.units import actions
from infoflow.units.models import User
from infoflow.units.roles import Role
from tests import builders

PASSWORD = "Mima-2026-chun"


@pytest.fixture
def clerk(db: None) -> User:
    made = builders.person(Role.OFFICER, at=builders.unit())
    actions.change_own_password(user=made, password=PASSWORD)
    return made


def enter(username: str, password: str, **extra: str) -> tuple[Client, int]:
    client = Client(**extra)  # type: ignore[arg-type]
    answer = client.post("/login/", {"username": username, "password": password})
    return client, answer.status_code


def test_right_password_opens_the_desk(clerk: User) -> None:
    client, status = enter(clerk.username, PASSWORD)
    assert status == 302
    assert client.get("/").status_code == 200


@pytest.mark.screens
@pytest.mark.parametrize("stopped", [False, True])
def test_wrong_password_and_stopped_account_look_the_same(clerk: User, stopped: bool) -> None:
    password = "wrong"
    if stopped:
        actions.set_active(user=clerk, active=False)
        password = PASSWORD
    client = Client()
    answer = client.post("/login/", {"username": clerk.username, "password": password})
    assert "联系信息科系统管理员" in answer.content.decode()
    assert client.get("/").status_code == 302


@pytest.mark.screens
def test_stopping_an_account_ends_its_session(clerk: User) -> None:
    client, _status = enter(clerk.username, PASSWORD)
    actions.set_active(user=clerk, active=False)
    assert client.get("/")["Location"].startswith("/login/")


def test_five_wrong_passwords_lock_the_name_and_say_so(clerk: User) -> None:
    statuses = [enter(clerk.username, f"wrong{n}")[1] for n in range(5)]
    assert statuses[:4] == [200, 200, 200, 200]
    client = Client()
    answer = client.post("/login/", {"username": clerk.username, "password": PASSWORD})
    shown = answer.content.decode()
    assert answer.status_code == 429
    assert "30分钟" in shown
    assert "系统管理员" in shown
    assert client.get("/").status_code == 302


@pytest.mark.screens
def test_twenty_people_behind_one_address_are_not_locked_out(clerk: User) -> None:
    for n in range(20):
        assert enter(f"nobody{n}", "wrong", REMOTE_ADDR="10.1.1.1")[1] == 200
    assert enter(clerk.username, PASSWORD, REMOTE_ADDR="10.1.1.1")[1] == 302


def test_a_new_password_lifts_the_lock(clerk: User) -> None:
    for n in range(6):
        enter(clerk.username, f"wrong{n}")
    once = actions.reset_password(user=clerk)
    assert enter(clerk.username, once)[1] == 302


@pytest.mark.screens
def test_the_first_password_opens_nothing_but_its_change(db: None) -> None:
    unit = builders.unit()
    user, once = actions.create_user(username="xinren", name="新人")
    actions.appoint_officer(unit=unit, user=user, since=builders.date(2020, 1, 1))
    client, _status = enter("xinren", once)
    for address in ("/", "/items/", "/items/new/", "/items/1/", "/office/", "/office/account/"):
        for answer in (client.get(address), client.post(address, {"title": "x"})):
            assert (answer.status_code, answer["Location"]) == (302, "/password/"), address
    first = client.get("/password/").content.decode()
    assert "一次性密码" in first
    assert "old_password" not in first
    data = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    assert client.post("/password/", data)["Location"] == "/"
    assert client.get("/").status_code == 200
    assert enter("xinren", once)[1] == 200
    assert enter("xinren", PASSWORD)[1] == 302


@pytest.mark.screens
@pytest.mark.parametrize(
    ("new", "again", "words"),
    [
        ("short1", "short1", "至少要有10个字符"),
        ("1234567890123", "1234567890123", "字母和数字"),
        ("onlyletterslong", "onlyletterslong", "字母和数字"),
        ("password1234", "password1234", "常见"),
        ("Chun-mima-2027", "Chun-mima-2028", "不一致"),
        (PASSWORD, PASSWORD, "不能与现在的密码相同"),
        ("", "", "请填写"),
    ],
)
def test_bad_new_passwords_are_refused_in_chinese(
    clerk: User, new: str, again: str, words: str
) -> None:
    client, _status = enter(clerk.username, PASSWORD)
    data = {"old_password": PASSWORD, "new_password1": new, "new_password2": again}
    assert words in str(client.post("/password/", data).context["form"].errors)
    assert enter(clerk.username, PASSWORD)[1] == 302


@pytest.mark.screens
def test_changing_the_password_asks_for_the_present_one(clerk: User) -> None:
    client, _status = enter(clerk.username, PASSWORD)
    new = {"new_password1": "Chun-mima-2027", "new_password2": "Chun-mima-2027"}
    assert "请填写" in client.post("/password/", new).content.decode()
    wrong = client.post("/password/", {**new, "old_password": "wrong"}).content.decode()
    assert "现在的密码不正确" in wrong
    assert client.post("/password/", {**new, "old_password": PASSWORD})["Location"] == "/"
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("name", ["\x00", "字" * 200, "a\x00b"])
def test_odd_names_do_no_harm(db: None, name: str) -> None:
    assert enter(name, "wrong")[1] == 200


@pytest.mark.screens
def test_other_doors_lead_to_this_one(db: None) -> None:
    for address in ("/office/login/", "/office/password_reset/", "/office/"):
        answer = Client().get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/login/"), address


@pytest.mark.screens
def test_logging_out_needs_a_post(clerk: User) -> None:
    client, _status = enter(clerk.username, PASSWORD)
    assert client.get("/logout/").status_code == 405
    assert client.get("/").status_code == 200
    assert client.post("/logout/")["Location"] == "/login/"
    assert client.get("/").status_code == 302
