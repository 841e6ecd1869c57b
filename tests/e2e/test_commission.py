"""约稿 from both sides: the office writes and sends, a unit signs for it on a phone and asks for
more time, the office answers, the unit's piece is signed, the office takes it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import ViewportSize, expect

from infoflow.worktime.rules import local
from scoring.adoptions.models import Fact
from scoring.adoptions.rules import FactKind, Mark
from scoring.commissions.models import AskedUnit
from tests.builders import Office

from .conftest import SignIn

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE: ViewportSize = {"width": 390, "height": 844}


def day(ahead: int) -> str:
    return (local(timezone.now()).date() + timedelta(days=ahead)).isoformat()


def test_a_commission_from_both_sides(town: Office, sign_in: SignIn) -> None:
    editor = sign_in(town.editor, "/office/commissions/new/")
    editor.fill("[name=title]", "冬季清洁取暖保障情况")
    editor.fill("[name=points]", "气源、价格、困难群众")
    editor.fill("[name=due_at_0]", day(3))
    editor.fill("[name=due_at_1]", "17:00")
    editor.click("[data-group] button")
    expect(editor.locator("[name=units]").first).to_be_checked()
    editor.click("button[name=send]")
    # Whether the deadline is asked about can be said once the button below the question is there.
    send = editor.get_by_role("button", name="下达", exact=True)
    expect(send).to_be_visible()
    if editor.locator("[name=confirmed]").count():
        editor.check("[name=confirmed]")
    send.click()
    expect(editor.locator("body")).to_contain_text("已下达约稿")

    officer = sign_in(town.officer)
    officer.set_viewport_size(PHONE)
    officer.get_by_role("link", name="冬季清洁取暖保障情况").first.click()
    officer.get_by_role("button", name="签收").click()
    expect(officer.locator("body")).to_contain_text("已签收")
    officer.get_by_text("申请延期", exact=True).click()
    officer.fill("[name=day]", day(9))
    officer.fill("[name=at]", "17:00")
    officer.fill("details:has([name=day]) [name=reason]", "入户核实")
    officer.get_by_role("button", name="提出延期申请").click()
    answered = officer.get_by_text("等信息科答复").or_(officer.locator("[name=confirmed]"))
    expect(answered.first).to_be_visible()
    if officer.locator("[name=confirmed]").count():
        officer.check("[name=confirmed]")
        officer.get_by_role("button", name="提出延期申请").click()
    expect(officer.locator("body")).to_contain_text("等信息科答复")
    assert officer.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    row = AskedUnit.objects.get()
    address = f"/office/commissions/{row.commission_id}/unit/{row.pk}/"
    editor.goto(address)
    editor.get_by_label("同意", exact=True).check()
    editor.get_by_role("button", name="答复", exact=True).click()
    expect(editor.locator("body")).to_contain_text("已答复延期申请")
    row.refresh_from_db()
    assert local(row.due).date().isoformat() == day(9)

    item = town.signed("我镇冬季清洁取暖保障情况")
    officer.goto(f"/commissions/{row.pk}/")
    officer.get_by_text("关联已有的稿件").click()
    officer.select_option("#id_item", str(item.pk))
    officer.get_by_role("button", name="关联", exact=True).click()
    expect(officer.locator("body")).to_contain_text("稿件已关联")

    editor.goto(address)
    editor.get_by_label("收用", exact=True).check()
    editor.get_by_role("button", name="登记意见").click()
    expect(editor.locator("body")).to_contain_text("已收用")
    assert Fact.objects.standing().get(kind=FactKind.COMMISSION).mark == Mark.DONE
