"""An editor works the queue down with the keyboard alone; the same also goes without scripts."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from playwright.sync_api import Page, expect

from cms.review.models import Decision, OpenTask
from cms.review.rules import Step
from tests.builders import Office

from .conftest import SignIn

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXTS = 9


def shown(page: Page) -> None:
    """Wait until a page hears keys: its scripts have run and it has been painted once.

    Words are there before scripts run, and a browser may drop a key before its first picture.
    """
    page.wait_for_load_state("load")
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length > 0")


def press_on_loaded_page(page: Page, key: str, title: str) -> None:
    """Press a key that leads to another page, and find its title there."""
    shown(page)
    page.keyboard.press(key)
    expect(page.locator(".if-title")).to_have_text(title)


def choose_by_key(page: Page, key: str, verdict: str) -> None:
    """Choose a verdict; the next thing to fill in or press has the focus after it."""
    shown(page)
    page.keyboard.press(key)
    expect(page.locator(f"[data-if-verdict][value={verdict}]")).to_be_checked()


def decide_by_keys(page: Page, number: int) -> None:
    """Pass; every fourth is returned, every fifth closed. Ends when the next page is there."""
    here = page.url
    if number % 5 == 4:
        choose_by_key(page, "3", "close")
        page.keyboard.press("Tab")
        page.keyboard.type("与本县工作无关")
        expect(page.locator("textarea[name=reason]")).to_have_value("与本县工作无关")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".if-asks")).to_be_visible()
        shown(page)
        expect(page.locator("button[name=sure]")).to_be_focused()
        page.keyboard.press("Enter")
    elif number % 4 == 3:
        choose_by_key(page, "2", "return")
        expect(page.locator("select[name=common]")).to_be_focused()
        page.keyboard.press("ArrowDown")
        expect(page.locator("select[name=common]")).not_to_have_value("")
        page.keyboard.press("Control+Enter")
    else:
        choose_by_key(page, "1", "pass")
        expect(page.locator("[data-if-submit]")).to_be_focused()
        page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != here)


def test_nine_texts_by_keyboard(town: Office, sign_in: SignIn) -> None:
    for n in range(TEXTS):
        town.signed(f"第{n + 1}篇稿件")
    page = sign_in(town.editor, "/office/queue/screen/?size=50")
    shown(page)
    page.keyboard.press("?")
    expect(page.locator("dialog.if-keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog.if-keys")).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/decide/\d+/\?size=50"))
    expect(page.locator(".if-title")).to_have_text("第1篇稿件")
    press_on_loaded_page(page, "j", "第2篇稿件")
    press_on_loaded_page(page, "k", "第1篇稿件")
    for n in range(TEXTS):
        expect(page.locator(".if-title")).to_have_text(f"第{n + 1}篇稿件")
        decide_by_keys(page, n)
    expect(page.locator(".if-empty")).to_contain_text("没有等待您编辑初审的稿件")
    decided = Decision.objects.filter(step=Step.SCREEN, person=town.editor)
    assert Counter(decided.values_list("verdict", flat=True)) == {
        "pass": 6,
        "return": 2,
        "close": 1,
    }
    returned = decided.filter(verdict="return")
    assert all(decision.cause and not decision.reason for decision in returned)
    assert not OpenTask.objects.filter(step=Step.SCREEN).exists()


def test_queue_without_scripts(town: Office, sign_in: SignIn) -> None:
    for n in range(3):
        town.signed(f"第{n + 1}篇稿件")
    page = sign_in(town.editor, "/office/queue/screen/", javascript=False)
    page.get_by_role("link", name="本页全选").click()
    page.get_by_role("button", name="批量退改…").click()
    expect(page.locator("body")).to_contain_text("确认退改以下 3 件")
    page.get_by_role("link", name="不办理，返回列表").click()
    page.get_by_role("link", name="第1篇稿件").click()
    page.check("input[value=close]")
    page.fill("textarea[name=reason]", "重复报送")
    page.get_by_role("button", name="提交意见").click()
    page.get_by_role("button", name="确定不采用").click()
    expect(page.locator(".if-title")).to_have_text("第2篇稿件")
    assert Decision.objects.filter(verdict="close", reason="重复报送").count() == 1
