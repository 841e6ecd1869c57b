"""A form that comes after the login has run out is handed back to who typed it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from cms.items.models import ItemPage
from tests.builders import Office
from tests.desk.pages import browser, fields, page

pytestmark = pytest.mark.screens

NEW = "/items/new/"
OURS = {"Origin": "http://testserver"}


def data(office: Office, **changes: Any) -> dict[str, Any]:
    return fields(office, title="登录过期前写的", body='一段<b>"正文"', save="1", **changes)


def handed_back(answer: Any) -> dict[str, str]:
    """The fields that the page carries, ready to be sent again."""
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page(answer))
    clean = {"&quot;": '"', "&lt;": "<", "&gt;": ">", "&amp;": "&"}
    found = {}
    for name, value in pairs:
        for sign, meant in clean.items():
            value = value.replace(sign, meant)
        found[name] = value
    return found


def test_a_form_after_the_login_ran_out_comes_back_and_can_be_sent_again(office: Office) -> None:
    stranger = Client()
    answer = stranger.post(NEW, data(office), headers=OURS)
    assert answer.status_code == 403
    assert "登录已过期，没有保存" in page(answer)
    assert "登录过期前写的" in page(answer)
    assert "no-store" in answer["Cache-Control"]
    again = handed_back(answer)
    assert again["body"] == '一段<b>"正文"'
    assert browser(office.officer).post(NEW, again).status_code == 302
    assert ItemPage.objects.get().title == "登录过期前写的"


def test_an_old_token_after_a_new_login_needs_one_more_click(office: Office) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(office.officer)
    answer = client.post(NEW, data(office), headers=OURS)
    assert answer.status_code == 403
    assert "再点一次" in page(answer)
    again = handed_back(answer)
    assert client.post(NEW, again, headers=OURS).status_code == 302
    assert ItemPage.objects.get().title == "登录过期前写的"


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "http://elsewhere.example"}, {"Origin": "null"}]
)
def test_what_a_stranger_wrote_is_never_handed_back(
    office: Office, headers: dict[str, str]
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(office.officer)
    answer = client.post(NEW, data(office), headers=headers)
    assert answer.status_code == 403
    assert "登录过期前写的" not in page(answer)
    assert not ItemPage.objects.exists()


def test_an_empty_form_and_a_login_are_not_kept(office: Office) -> None:
    client = Client()
    assert client.post(NEW, {}, headers=OURS)["Location"].startswith("/login/")
    strict = Client(enforce_csrf_checks=True)
    typed = {"username": "a", "password": "secret-words", "title": "x"}
    answer = strict.post("/login/", typed, headers=OURS)
    assert "secret-words" not in page(answer)
