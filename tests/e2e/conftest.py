"""A running server, one unit, the office, and browsers for each of its people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from cms.bulletins.models import Level
from infoflow.units.models import User
from scoring.schemes.actions import create_scheme, publish_scheme
from tests import builders

PASSWORD = "E2e-pass-2026"
SignIn = Callable[..., Page]


@pytest.fixture
def town(transactional_db: None) -> builders.Office:
    """南关镇 in a group of this year, the office, an own bulletin and a scheme in force."""
    unit = builders.unit("南关镇", group="乡镇街道")
    office = builders.Office(unit)
    for user in User.objects.all():
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
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


@pytest.fixture
def sign_in(browser: Browser, live_server: LiveServer) -> SignIn:
    """Return `sign_in(user, javascript=True)`: a browser of that person after the login form."""

    def start(user: User, *, javascript: bool = True) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            locale="zh-CN",
            java_script_enabled=javascript,
            accept_downloads=True,
            viewport={"width": 1280, "height": 1000},
        )
        page = context.new_page()
        page.goto("/")
        page.fill("input[name=username]", user.username)
        page.fill("input[name=password]", PASSWORD)
        page.click("button[type=submit]")
        page.wait_for_url(lambda url: "/login" not in url)
        return page

    return start
