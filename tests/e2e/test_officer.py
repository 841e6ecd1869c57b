"""A new officer with a Word file: three screens from the login to the submitted item."""

from __future__ import annotations

import re
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Page, ViewportSize, expect

from cms.items.models import ItemPage
from cms.review.models import Decision
from cms.review.rules import Verdict
from infoflow.units.roles import Role
from tests import builders
from tests.builders import Office

from .conftest import NOWHERE, Desks, SignIn, log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TITLE = "南关镇“夜间课堂”服务务工群众"
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
# Things a finger must hit; links inside a sentence are no such thing.
SMALL = """() => [...document.querySelectorAll(
    'main .btn, main button, main summary, main select, main .row-title, main input, .menu a'
)].filter(e => e.offsetParent && !['radio', 'checkbox', 'hidden'].includes(e.type)
    && e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML.slice(0, 80))"""


def word_file(folder: Path) -> Path:
    """A Word file as an officer would write it: title, headings, a table."""
    document = docx.Document()
    document.add_paragraph(TITLE)
    document.add_paragraph("一、基本情况")
    document.add_paragraph("今年以来，南关镇开办夜间课堂，服务外来务工群众。")
    document.add_paragraph("（一）送课上门")
    table = document.add_table(rows=2, cols=2)
    for cell, words in zip(
        [cell for row in table.rows for cell in row.cells],
        ["项目", "场次", "技能", "12"],
        strict=True,
    ):
        cell.text = words
    path = folder / "夜间课堂.docx"
    document.save(str(path))
    return path


def fits(page: Page, size: ViewportSize) -> None:
    """Nothing sticks out sideways, and on a phone everything can be hit with a finger."""
    width = size["width"]
    page.set_viewport_size(size)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    if width < 640:
        assert page.evaluate(SMALL) == [], page.url


@pytest.mark.parametrize(
    ("javascript", "size"),
    [(True, PHONE), (True, DESKTOP), (False, PHONE)],
    ids=["phone", "desktop", "without scripts"],
)
def test_from_word_to_submitted_in_three_screens(
    town: Office, desks: Desks, tmp_path: Path, javascript: bool, size: ViewportSize
) -> None:
    page = desks.take(javascript=javascript)
    page.set_viewport_size(size)
    page.goto("/")
    log_in(page, town.officer)
    screens = [page.url]
    if javascript:
        fits(page, size)
    page.set_input_files("input[type=file]", str(word_file(tmp_path)))
    page.get_by_role("button", name="导入").click()
    screens.append(page.url)
    assert page.input_value("input[name=title]") == TITLE
    assert "技能\t12" in page.input_value("textarea[name=body]")
    if javascript:
        fits(page, size)
        expect(page.locator("#word-count")).to_contain_text("字")
    page.get_by_role("button", name="保存并提交").click()
    screens.append(page.url)
    expect(page.locator("body")).to_contain_text("稿件已提交")
    assert len(screens) == 3
    item = ItemPage.objects.get()
    assert Decision.objects.get(page_id=item.pk).verdict == Verdict.SUBMIT
    assert (item.unit, item.signatory, item.owner) == (town.unit, town.signatory, town.officer)
    if javascript:
        fits(page, size)


def test_the_pages_of_the_desk_fit(town: Office, sign_in: SignIn) -> None:
    item = town.draft("有问题的稿件", "联系人王某13812345678。\n项目\t场次\t人数\n技能\t12\t300")
    sent = town.submitted("已提交的稿件")
    page = sign_in(town.officer)
    for address in (
        "/",
        "/items/?form=news",
        "/items/new/",
        f"/items/{item.pk}/",
        f"/items/{item.pk}/edit/",
        f"/items/{item.pk}/check/",
        f"/items/{item.pk}/delete/",
        f"/items/{sent.pk}/",
        "/items/joint/",
    ):
        # Each is laid out for both widths; every second one was loaded on the phone.
        page.goto(address)
        fits(page, PHONE if page.viewport_size == PHONE else DESKTOP)
        fits(page, DESKTOP if page.viewport_size == PHONE else PHONE)


def test_typing_survives_a_closed_window_and_ctrl_s_saves(
    town: Office, sign_in: SignIn, desks: Desks
) -> None:
    page = sign_in(town.officer, NOWHERE)
    faults: list[str] = []
    desks.hear(page, "pageerror", lambda error: faults.append(str(error)))
    page.goto("/items/new/")
    page.fill("input[name=title]", "写了一半的标题")
    page.fill("textarea[name=body]", "写了一半的正文")
    expect(page.locator("#word-count")).to_have_text("7字")
    expect(page.locator("#autosave")).to_contain_text("已自动保存")
    page.fill("textarea[name=body]", "写了一半的正文，离开前的一句。")
    page.goto("/")
    page.get_by_role("link", name="接着写").click()
    expect(page.locator("textarea[name=body]")).to_have_value("写了一半的正文，离开前的一句。")
    expect(page.locator("#word-count")).to_contain_text("字")  # the page hears keys
    assert not ItemPage.objects.exists()
    page.press("textarea[name=body]", "Control+s")
    expect(page.locator("body")).to_contain_text("草稿已保存")
    assert ItemPage.objects.get().title == "写了一半的标题"
    page.goto("/items/new/")
    expect(page.locator(".kept")).to_have_count(0)
    assert faults == []


def test_a_login_that_ran_out_loses_nothing(town: Office, sign_in: SignIn) -> None:
    page = sign_in(town.officer, "/items/new/")
    page.fill("input[name=title]", "登录过期前写的标题")
    page.context.clear_cookies()
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("body")).to_contain_text("没有保存")
    expect(page.locator("body")).to_contain_text("登录过期前写的标题")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="在新窗口登录").click()
    door = opened.value
    log_in(door, town.officer)
    page.get_by_role("button", name="已登录，继续保存").click()
    expect(page.locator("body")).to_contain_text(re.compile("再点一次|草稿已保存"))
    if "再点一次" in page.inner_text("body"):
        page.get_by_role("button", name="继续保存").click()
    expect(page.locator("body")).to_contain_text("草稿已保存")
    assert ItemPage.objects.get().title == "登录过期前写的标题"


def test_a_partner_agrees_on_a_phone(town: Office, sign_in: SignIn) -> None:
    partner = builders.unit("北关街道")
    officer = builders.person(Role.OFFICER, at=partner)
    lead = sign_in(town.officer, "/items/new/")
    lead.fill("input[name=title]", TITLE)
    lead.fill("textarea[name=body]", "两地共建夜间课堂。")
    lead.click("summary")
    lead.fill("input[name=joint]", "北关街道")
    lead.click("button[name=submit]")
    expect(lead.locator("body")).to_contain_text("等答复")
    page = sign_in(officer, javascript=False)
    page.set_viewport_size(PHONE)
    page.get_by_role("link", name=TITLE).click()
    page.get_by_role("button", name="同意联合报送").click()
    expect(page.locator("body")).to_contain_text("已同意")
