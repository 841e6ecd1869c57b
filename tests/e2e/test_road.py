"""The whole road in a real browser: from a unit's desk to a point on the ranking."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from cms.bulletins.models import IssuePage
from cms.items.models import ItemPage
from tests.builders import Office

from .conftest import SignIn

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TITLE = "南关镇“夜间课堂”服务务工群众"
BODY = "一、主要做法\n开办夜间课堂。\n（一）送课上门\n项目\t场次\n技能\t12"


def write(page: Page, office: Office) -> None:
    page.fill("input[name=title]", TITLE)
    page.fill("textarea[name=body]", BODY)
    page.fill("input[name=contact]", "王某 0358-1234567")
    page.select_option("select[name=signatory]", str(office.signatory.pk))
    page.click("button[name=submit]")
    expect(page.locator("body")).to_contain_text("待单位审签")


def sign(page: Page) -> None:
    page.get_by_role("link", name=TITLE).first.click()
    expect(page.locator("article")).to_contain_text("送课上门")
    page.click("button[name=pass]")
    expect(page.locator("body")).to_contain_text("已审签通过")


def queue(step: str) -> str:
    return f"/office/queue/{step}/"


def decide(page: Page, title: str = TITLE) -> None:
    """Take what waits in a queue of the office and pass it."""
    page.get_by_role("link", name=title).first.click()
    page.wait_for_url("**/office/decide/**")
    for radio in page.locator(".if-topic input[value=no], .if-topic input[value=open]").all():
        radio.check()
    page.check("input[name=verdict][value=pass]")
    for radio in page.locator("input[name^=topic_][value=no]").all():
        radio.check()
    if page.locator("input[name=attribute]").count():
        page.locator("input[name=attribute]").first.check()
    page.get_by_role("button", name="提交意见").click()
    expect(page.locator(".messages")).to_contain_text("通过")


def compose_and_send(page: Page) -> None:
    page.check("input[name=items]")
    page.select_option("select[name=target]", label="新编一期《每日要情》")
    page.get_by_role("button", name="编入", exact=True).click()
    page.wait_for_url("**/edit/")
    expect(page.locator(".if-original")).to_contain_text("夜间课堂")
    page.fill("input[name=entries-0-title]", "南关镇开办夜间课堂服务务工群众")
    page.click("[data-w-dropdown-target=toggle] >> nth=-1")
    page.click("button[name=action-send]")
    expect(page.locator(".messages")).to_contain_text("已送保密审查")


def test_from_desk_to_ranking(town: Office, sign_in: SignIn, tmp_path: Path) -> None:
    officer = sign_in(town.officer, "/items/new/")
    write(officer, town)
    office = sign_in(town.signatory, "/items/signing/")
    sign(office)
    decide(sign_in(town.editor, queue("screen"), at=office))
    decide(sign_in(town.reviewer, queue("clear"), at=office))
    officer.goto("/items/")
    expect(officer.locator("body")).to_contain_text("已入备用稿库")
    compose_and_send(sign_in(town.editor, "/office/pool/", at=office))
    issue_title = IssuePage.objects.get().title
    decide(sign_in(town.reviewer, queue("clear"), at=office), issue_title)
    decide(sign_in(town.issuer, queue("issue"), at=office), issue_title)
    officer.goto("/items/")
    expect(officer.locator("body")).to_contain_text("已采用")
    scorer = sign_in(town.scorer, "/ranking/", at=office)
    row = scorer.locator("tr", has_text="南关镇").first
    expect(row).to_contain_text("2.5")
    scorer.get_by_text("导出 Excel", exact=True).click()
    with scorer.expect_download() as download:
        scorer.get_by_role("button", name="导出", exact=True).click()
    path = tmp_path / "ranking.xlsx"
    download.value.save_as(path)
    cells = [c.value for line in openpyxl.load_workbook(path).active.iter_rows() for c in line]
    assert "南关镇" in cells
    assert 2.5 in cells
    issue = IssuePage.objects.get()
    assert issue.number.number == 1
    assert [item.title for entry in issue.entries.all() for item in entry.items()] == [TITLE]


def test_desk_without_javascript(town: Office, sign_in: SignIn) -> None:
    officer = sign_in(town.officer, "/items/new/", javascript=False)
    write(officer, town)
    officer.get_by_role("button", name="撤回").click()
    expect(officer.locator("body")).to_contain_text("已撤回")
    officer.get_by_role("button", name="提交", exact=True).click()
    expect(officer.locator("body")).to_contain_text("待单位审签")
    signatory = sign_in(town.signatory, "/items/signing/", javascript=False)
    signatory.get_by_role("link", name=TITLE).first.click()
    signatory.fill("textarea[name=reason]", "请补充受益人数")
    signatory.click("button[name=return]")
    officer.goto("/items/")
    expect(officer.locator("body")).to_contain_text("请补充受益人数")
    item = ItemPage.objects.get()
    officer.goto(f"/items/{item.pk}/edit/")
    assert officer.input_value("textarea[name=body]").splitlines()[0] == "一、主要做法"
    officer.fill("textarea[name=body]", BODY + "\n受益群众300人。")
    officer.click("button[name=submit]")
    expect(officer.locator("body")).to_contain_text("待单位审签")
    signatory.goto("/items/signing/")
    sign(signatory)
    officer.goto("/items/")
    expect(officer.locator("body")).to_contain_text("待编辑初审")
    officer.goto("/ranking/")
    expect(officer.locator("body")).to_contain_text("南关镇")
