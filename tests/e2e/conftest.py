"""A running server, one unit, the office, and browsers for each of its people."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, Page, ViewportSize
from pytest_django.live_server_helper import LiveServer

from cms.bulletins.models import Level
from infoflow.units.models import User
from scoring.schemes.actions import create_scheme, publish_scheme
from tests import builders, database

SCREEN: ViewportSize = {"width": 1280, "height": 1000}
# Answered with the same headers as any page: the window goes on in the process that it has.
NOWHERE = "/nowhere/"
PASSWORD = "E2e-pass-2026"
SignIn = Callable[..., Page]


@dataclass
class Town:
    """What each test stands on: built by the first, put back for those that follow."""

    office: builders.Office | None = None
    put_back: Callable[[], None] = lambda: None


@pytest.fixture(scope="session")
def first_town() -> Town:
    """The place where the first test leaves its town."""
    return Town()


@pytest.fixture
def town(transactional_db: None, first_town: Town) -> builders.Office:
    """南关镇 in a group of this year, the office, an own bulletin and a scheme in force."""
    if first_town.office is None:
        first_town.office = found_town()
        first_town.put_back = database.keep(connection)
    else:
        first_town.put_back()
    return copy.deepcopy(first_town.office)


def found_town() -> builders.Office:
    """Build the town through the real actions."""
    unit = builders.unit("南关镇", group="乡镇街道")
    office = builders.Office(unit)
    bulletin = builders.own_bulletin("每日要情")
    assert bulletin.level == Level.COUNTY
    scheme = create_scheme(
        name="县计分办法",
        valid_from=date(2020, 1, 1),
        rows=[
            {
                "kind": "adoption",
                "target": f"bulletin:{bulletin.pk}",
                "form": "",
                "points": "2.5",
            }
        ],
    )
    publish_scheme(scheme_id=scheme.pk)
    return office


class Desks:
    """Browsers with a memory of their own, wiped after each test and kept for the next.

    To start one takes longer than the pages that most tests open in it.
    """

    def __init__(self, browser: Browser, home: str) -> None:
        self.browser, self.home = browser, home
        self.free: dict[bool, list[Page]] = {True: [], False: []}
        self.taken: list[tuple[bool, Page]] = []
        self.heard: list[tuple[Page, Any, Callable[[Any], None]]] = []

    def take(self, *, javascript: bool = True) -> Page:
        """Return the window of a browser that nobody uses and that knows nothing."""
        page = self.free[javascript].pop() if self.free[javascript] else self._new(javascript)
        self.taken.append((javascript, page))
        return page

    def _new(self, javascript: bool) -> Page:
        context = self.browser.new_context(
            base_url=self.home,
            locale="zh-CN",
            java_script_enabled=javascript,
            accept_downloads=True,
            viewport=SCREEN,
        )
        return context.new_page()

    def hear(self, page: Page, event: Any, do: Callable[[Any], None]) -> None:
        """Listen to what happens in a window until the test ends."""
        page.on(event, do)
        self.heard.append((page, event, do))

    def leave(self) -> None:
        """Close what the test has opened, and wipe what its pages have kept."""
        while self.heard:
            page, event, do = self.heard.pop()
            page.remove_listener(event, do)
        while self.taken:
            javascript, page = self.taken.pop()
            for other in page.context.pages:
                if other is not page:
                    other.close()
            page.context.set_offline(False)
            page.unroute_all()
            # A page may write when it is left: only then is there nothing more to come.
            page.goto(NOWHERE)
            page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
            page.context.clear_cookies()
            page.set_viewport_size(SCREEN)
            self.free[javascript].append(page)


@pytest.fixture(scope="session")
def all_desks(browser: Browser, live_server: LiveServer) -> Desks:
    """The browsers of all tests."""
    return Desks(browser, live_server.url)


@pytest.fixture
def desks(all_desks: Desks) -> Iterator[Desks]:
    """The browsers of a test."""
    yield all_desks
    all_desks.leave()


@pytest.fixture
def sign_in(desks: Desks) -> SignIn:
    """Return `sign_in(user, address, javascript=True, at=None)`: a browser of that person.

    With `at` the person takes over another's window. The browser is lent a session; the form
    of the login is walked through in test_officer.
    """

    def start(
        user: User, address: str = "/", *, javascript: bool = True, at: Page | None = None
    ) -> Page:
        page = at or desks.take(javascript=javascript)
        client = Client()
        client.force_login(User.objects.get(pk=user.pk))
        session = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": desks.home}])
        page.goto(address)
        return page

    return start


def log_in(page: Page, user: User) -> None:
    """Give a person a password and log in with it, as people do."""
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    page.fill("input[name=username]", user.username)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(lambda url: "/login" not in url)
