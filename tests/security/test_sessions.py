"""Rights end at the next request: no session outlives an account, a post or a role."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from infoflow.units import actions
from infoflow.units.models import User
from infoflow.units.roles import Role
from tests.builders import Office, fresh, person, unit

from .routes import all_routes
from .world import move_officer

pytestmark = pytest.mark.django_db

PASSWORD = "Chun-geng-2026"
LOGIN = "/login/"
# A route without parameters.
PLAIN_PATH = re.compile(r"[a-z0-9/_-]+")


def enter(user: User, password: str = PASSWORD) -> Client:
    """Come in through the door, with a password of one's own."""
    if password == PASSWORD:
        actions.change_own_password(user=user, password=password)
    client = Client()
    answer = client.post(LOGIN, {"username": user.username, "password": password})
    assert answer.status_code == 302
    return client


def refused(client: Client, path: str) -> bool:
    """Tell whether an address sends to the login or says that nothing is there."""
    answer = client.get(path)
    return answer.status_code in (403, 404) or answer.get("Location", "").startswith(LOGIN)


@pytest.mark.screens
def test_session_of_a_stopped_account_ends_at_the_next_request(office: Office) -> None:
    item = office.draft()
    client = enter(office.officer)
    assert client.get(f"/items/{item.pk}/").status_code == 200
    actions.set_active(user=office.officer, active=False)
    for path in ("/", "/items/", f"/items/{item.pk}/", "/password/"):
        assert client.get(path)["Location"].startswith(LOGIN)
    assert client.post(f"/items/{item.pk}/submit/")["Location"].startswith(LOGIN)
    assert item.decisions.count() == 0


@pytest.mark.screens
def test_sessions_end_when_the_password_is_reset(office: Office) -> None:
    client = enter(office.editor)
    assert client.get("/office/").status_code == 200
    actions.reset_password(user=office.editor)
    assert refused(client, "/office/")


def test_officer_who_moves_loses_the_old_unit_at_once(office: Office) -> None:
    goal = unit()
    item = office.draft()
    client = enter(office.officer)
    assert client.get(f"/items/{item.pk}/edit/").status_code == 200
    move_officer(office.officer, office.unit, goal)
    assert client.get(f"/items/{item.pk}/").status_code == 404
    assert client.post(f"/items/{item.pk}/submit/").status_code == 404
    assert item.title not in client.get("/items/").content.decode()
    assert client.get("/items/new/").status_code == 200
    assert client.get(f"/ranking/units/{office.unit.pk}/").status_code == 404
    assert client.get(f"/ranking/units/{goal.pk}/").status_code == 200


@pytest.mark.parametrize(
    ("role", "address"),
    [
        (Role.EDITOR, "/office/pool/"),
        (Role.REVIEWER, "/office/queue/clear/"),
        (Role.SCORER, "/office/facts/"),
        (Role.SYSTEM_ADMIN, "/office/units/"),
        (Role.LEADER, "/issues/"),
    ],
)
def test_role_taken_away_ends_the_right_at_the_next_request(
    db: None, role: Role, address: str
) -> None:
    user = person(role)
    client = enter(user)
    assert client.get(address).status_code == 200
    actions.update_user(user=fresh(user), name=user.name, phone="", roles=[])
    assert refused(client, address)
    if address.startswith("/office/"):
        assert refused(client, "/office/")


@pytest.mark.screens
def test_post_without_its_role_is_worth_nothing(office: Office) -> None:
    """An appointment alone opens nothing, nor does the role alone."""
    item = office.submitted()
    client = enter(office.signatory)
    assert client.get(f"/items/{item.pk}/").status_code == 200
    office.signatory.groups.remove(Group.objects.get(name=Role.SIGNATORY))
    assert client.get(f"/items/{item.pk}/").status_code == 404


@pytest.mark.screens
def test_one_time_password_opens_one_page(office: Office) -> None:
    """Not one address answers, by GET or POST, but the change of the password and the way out."""
    password = actions.reset_password(user=office.editor)
    client = enter(office.editor, password)
    change = reverse("password_change")
    for route in all_routes():
        path = "/" + route.pattern
        if not PLAIN_PATH.fullmatch(path) or path in (change, reverse("logout")):
            continue
        for ask in (client.get, client.post):
            answer = ask(path)
            assert (answer.status_code, answer["Location"]) == (302, change), path
    assert client.get(change).status_code == 200


@pytest.mark.screens
def test_leaving_the_office_ends_the_session(office: Office) -> None:
    """The button of Wagtail's frame posts to its own address; it must not only seem to leave."""
    client = enter(office.editor)
    address = reverse("wagtailadmin_logout")
    assert client.post(address)["Location"].startswith(LOGIN)
    assert refused(client, "/office/")


@pytest.mark.screens
def test_unit_people_at_the_offices_door_meet_a_page_and_no_circle(office: Office) -> None:
    client = enter(office.officer)
    answer = client.get("/office/", follow=True)
    assert answer.status_code == 404
    assert "没有找到这个页面" in answer.content.decode()


@pytest.mark.screens
def test_no_second_login_door(db: None) -> None:
    """Every login form is ours: with its lock and its duty to change the first password."""
    for path in ("/office/login/", "/read/_util/login/", "/office/password_reset/"):
        assert Client().get(path)["Location"].startswith(LOGIN)
    names = {route.name for route in all_routes()}
    assert not {name for name in names if name.startswith(("admin:", "account_"))}
