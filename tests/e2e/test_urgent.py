"""紧急信息 on a phone: the first report within the typing of twenty seconds, a line that breaks,
and the same event on the duty officer's screen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, ViewportSize, expect

from infoflow.units.roles import Role
from scoring.urgent.models import Report, UrgentEvent
from tests import builders
from tests.builders import Office
from tests.scoring.urgent import make

from .conftest import SignIn
from .test_officer import SMALL

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE: ViewportSize = {"width": 390, "height": 844}
# Three a second, a tap counting as one: what a town's officer types in twenty seconds.
ACTS_IN_20_SECONDS = 60


class Thumb:
    """A person at a phone: counts every character and every tap."""

    def __init__(self, page: Page) -> None:
        self.page, self.acts = page, 0

    def tap(self, selector: str) -> None:
        self.page.locator(selector).first.click()
        self.acts += 1

    def type(self, selector: str, text: str) -> None:
        self.tap(selector)
        self.page.keyboard.insert_text(text)
        # By pinyin a character is some two keys and a choice now and then.
        self.acts += len(text)


def first_report(page: Page) -> Thumb:
    """Report an event as briefly as the page allows, up to the button."""
    thumb = Thumb(page)
    thumb.tap(".menu-alarm a")
    # Loaded, with its script: a form that comes sooner is sent as any other.
    page.wait_for_url("**/urgent/new/")
    thumb.type("[name=what]", "后山滑坡埋压房屋两间")
    thumb.type("[name=place]", "石桥村")
    thumb.tap(".chip:has-text('10分钟前')")
    thumb.tap(".chip:has-text('村（社区）')")
    return thumb


def test_first_report_within_twenty_seconds_of_typing(town: Office, sign_in: SignIn) -> None:
    make.rules()
    page = sign_in(town.officer)
    page.set_viewport_size(PHONE)
    thumb = first_report(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.evaluate(SMALL) == []
    thumb.tap("#send-button")
    expect(page.locator(".received")).to_contain_text(re.compile(r"已收到 \d\d:\d\d:\d\d"))
    assert thumb.acts <= ACTS_IN_20_SECONDS, thumb.acts
    page.click(".received .btn")
    expect(page.locator(".countdown").first).to_contain_text("还有")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('urgent:'))") == []


def test_a_broken_line_loses_nothing_and_doubles_nothing(town: Office, sign_in: SignIn) -> None:
    make.rules()
    page = sign_in(town.officer)
    page.set_viewport_size(PHONE)
    thumb = first_report(page)
    page.context.set_offline(True)
    thumb.tap("#send-button")
    state = page.locator("#send-state")
    expect(state).to_contain_text("线路不通")
    assert not UrgentEvent.objects.exists()
    # The answer is lost on the way, the report is not: the next try finds it.
    page.context.set_offline(False)

    def lose(route: object) -> None:
        route.fetch()  # type: ignore[attr-defined]
        route.abort()  # type: ignore[attr-defined]

    page.route("**/urgent/new/", lose, times=1)
    expect(page.locator(".received")).to_contain_text("已收到", timeout=15_000)
    assert (UrgentEvent.objects.count(), Report.objects.count()) == (1, 1)


def test_a_draft_outlives_the_page(town: Office, sign_in: SignIn) -> None:
    page = sign_in(town.officer)
    first_report(page)
    page.goto("/")
    page.goto("/urgent/new/")
    expect(page.locator("[name=what]")).to_have_value("后山滑坡埋压房屋两间")
    expect(page.locator("[name=source]:checked")).to_have_value("村（社区）")
    expect(page.locator("#send-state")).to_contain_text("已找回")
    page.click("#send-button")
    expect(page.locator(".received")).to_be_visible()
    page.goto("/urgent/new/")
    expect(page.locator("[name=what]")).to_have_value("")


def test_what_is_typed_before_the_script_stays(town: Office, sign_in: SignIn) -> None:
    """On a slow line an older draft is offered, never put over what a person is typing."""
    page = sign_in(town.officer)
    first_report(page)
    page.goto("/")

    def type_first(route: Route) -> None:
        page.fill("[name=what]", "仓库起火")
        route.continue_()

    page.route("**/send.js", type_first)
    page.goto("/urgent/new/")
    expect(page.locator("#send-state")).to_contain_text("没有发出的内容")
    expect(page.locator("[name=what]")).to_have_value("仓库起火")
    expect(page.locator("[name=place]")).to_have_value("")
    kept = "Object.entries(localStorage).filter(e => e[0].startsWith('urgent:'))[0][1]"
    assert "仓库起火" in page.evaluate(kept)
    page.click("#send-state button")
    expect(page.locator("[name=what]")).to_have_value("后山滑坡埋压房屋两间")
    expect(page.locator("#send-state")).to_contain_text("已找回")
    assert "后山滑坡" in page.evaluate(kept)


def test_an_event_from_both_sides(town: Office, sign_in: SignIn) -> None:
    make.rules()
    duty = builders.person(Role.DUTY)
    # Without its script the page reports as well.
    plain = sign_in(town.officer, javascript=False)
    first_report(plain)
    plain.click("#send-button")
    expect(plain.locator(".say-success")).to_contain_text("已收到")
    room = sign_in(duty, "/urgent/")
    room.click(".row-title")
    room.click("main button:has-text('接报')")
    expect(room.locator(".say-success")).to_contain_text("已接报")
    room.click("#act-grade summary")
    room.click("#act-grade .chip:has-text('较大')")
    room.fill("#act-grade [name=why]", "有人员被困")
    room.click("#act-grade button")
    expect(room.locator(".say-success")).to_contain_text("已定级")
    plain.click("text=续报")
    plain.fill("[name=facts]", "两人已救出")
    plain.click("#send-button")
    expect(plain.locator(".chain")).to_contain_text("续报一")
    leader = sign_in(town.signatory, "/urgent/")
    leader.click(".row-title")
    leader.click(".chain summary >> nth=0")
    leader.click(".chip:has-text('同意上报')")
    leader.click("button:has-text('补签')")
    expect(leader.locator(".say-success")).to_contain_text("已补签")
    room.reload()
    expect(room.locator(".chain")).to_contain_text("两人已救出")
    expect(room.locator(".chain")).to_contain_text("同意上报")
