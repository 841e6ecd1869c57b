"""The signatory at the desk: sign, return with a reason, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from cms.items import actions
from cms.items.models import ItemPage
from cms.review.models import Decision
from cms.review.rules import Step, Verdict
from infoflow.units import actions as unit_actions
from tests import builders
from tests.builders import Office, fresh
from tests.desk.pages import browser, fields, hidden, page

pytestmark = pytest.mark.screens


def form_of(client: object, item: ItemPage) -> dict[str, str]:
    shown = client.get(f"/items/{item.pk}/")  # type: ignore[attr-defined]
    return {"task": hidden(shown, "task"), "digest": hidden(shown, "digest")}


def test_signing_sends_the_item_to_the_office(office: Office) -> None:
    item = office.submitted()
    signatory = browser(office.signatory)
    assert item.title in page(signatory.get("/"))
    assert item.title in page(signatory.get("/items/signing/"))
    data = form_of(signatory, item)
    answer = signatory.post(f"/items/{item.pk}/sign/", {**data, "pass": "1"}, follow=True)
    assert "已审签通过" in page(answer)
    assert item.title not in page(signatory.get("/items/signing/"))
    signed = Decision.objects.get(step=Step.SIGN)
    assert (signed.verdict, signed.person) == (Verdict.PASS, office.signatory)
    assert "待编辑初审" in page(browser(office.officer).get(f"/items/{item.pk}/"))


def test_returning_needs_a_reason_and_keeps_what_was_ticked(office: Office) -> None:
    item = office.submitted()
    signatory = browser(office.signatory)
    data = {**form_of(signatory, item), "return": "1"}
    bare = signatory.post(f"/items/{item.pk}/sign/", data)
    assert "请勾选或填写理由" in page(bare)
    assert not Decision.objects.filter(step=Step.SIGN).exists()
    signatory.post(f"/items/{item.pk}/sign/", {**data, "common": ["2"], "reason": "见批注"})
    returned = Decision.objects.get(step=Step.SIGN)
    assert returned.verdict == Verdict.RETURN
    assert "文字需要修改" in returned.reason
    assert "见批注" in returned.reason


def test_a_reason_with_unfit_characters_is_refused(office: Office) -> None:
    item = office.submitted()
    signatory = browser(office.signatory)
    data = {**form_of(signatory, item), "return": "1", "reason": "数据\x00有误"}
    assert "特殊字符" in page(signatory.post(f"/items/{item.pk}/sign/", data))
    assert not Decision.objects.filter(step=Step.SIGN).exists()


def test_signing_twice_counts_once(office: Office) -> None:
    item = office.submitted()
    signatory = browser(office.signatory)
    data = {**form_of(signatory, item), "pass": "1"}
    signatory.post(f"/items/{item.pk}/sign/", data)
    second = signatory.post(f"/items/{item.pk}/sign/", data)
    assert second.status_code == 409
    assert "已由他人办理或已撤回" in page(second)
    assert Decision.objects.filter(step=Step.SIGN).count() == 1


def test_an_old_page_cannot_sign_a_new_text(office: Office) -> None:
    item = office.submitted()
    signatory, officer = browser(office.signatory), browser(office.officer)
    old = form_of(signatory, item)
    officer.post(f"/items/{item.pk}/withdraw/")
    edit = officer.get(f"/items/{item.pk}/edit/")
    changed = fields(office, title="改过", revision=hidden(edit, "revision"), submit="1")
    officer.post(f"/items/{item.pk}/edit/", changed)
    late = signatory.post(f"/items/{item.pk}/sign/", {**old, "pass": "1"})
    assert late.status_code == 409
    new_task = hidden(late, "task")
    assert new_task != old["task"]
    forged = signatory.post(
        f"/items/{item.pk}/sign/", {"task": new_task, "digest": old["digest"], "pass": "1"}
    )
    assert forged.status_code == 409
    assert not Decision.objects.filter(step=Step.SIGN).exists()
    fixed = {"task": hidden(forged, "task"), "digest": hidden(forged, "digest"), "pass": "1"}
    signatory.post(f"/items/{item.pk}/sign/", fixed)
    assert Decision.objects.filter(step=Step.SIGN).count() == 1


def test_another_units_task_cannot_be_signed_through_an_own_item(office: Office) -> None:
    other = builders.Office()
    foreign, own = other.submitted("外单位的"), office.submitted()
    signatory = browser(office.signatory)
    data = {**form_of(signatory, own), "task": str(builders.task_of(foreign)), "pass": "1"}
    assert signatory.post(f"/items/{own.pk}/sign/", data).status_code == 409
    assert not Decision.objects.filter(step=Step.SIGN).exists()


def test_nobody_signs_what_they_wrote(office: Office) -> None:
    unit_actions.appoint_signatory(unit=office.unit, user=office.officer, since=date(2020, 1, 1))
    item = office.submitted()
    both = browser(fresh(office.officer))
    shown = page(both.get(f"/items/{item.pk}/"))
    assert "同一人不得办理" in shown
    assert reverse("item_sign", args=[item.pk]) not in shown
    data = {**form_of(browser(office.signatory), item), "pass": "1"}
    refused = both.post(f"/items/{item.pk}/sign/", data)
    assert refused.status_code == 409
    assert "同一人不得办理" in page(refused)
    assert not Decision.objects.filter(step=Step.SIGN).exists()


def test_an_officer_cannot_sign(office: Office) -> None:
    item = office.submitted()
    data = {**form_of(browser(office.signatory), item), "pass": "1"}
    refused = browser(office.officer).post(f"/items/{item.pk}/sign/", data)
    assert refused.status_code == 409
    assert "只有本单位的审签人" in page(refused)


def test_the_signatory_reads_the_submitted_revision(office: Office) -> None:
    item = office.submitted("送审的标题")
    ItemPage.objects.filter(pk=item.pk).update(title="库中被改的标题")
    shown = page(browser(office.signatory).get(f"/items/{item.pk}/"))
    assert "送审的标题" in shown


def test_a_form_without_its_hidden_fields_is_refused_in_words(office: Office) -> None:
    item = office.submitted()
    answer = browser(office.signatory).post(f"/items/{item.pk}/sign/", {"pass": "1"})
    assert answer.status_code == 409
    assert "页面不完整" in page(answer)
    assert not Decision.objects.filter(step=Step.SIGN).exists()


def test_a_text_that_differs_from_what_was_cleared_is_not_shown(office: Office) -> None:
    item = office.pooled()
    ItemPage.objects.filter(pk=item.pk).update(body="<p>被偷换的正文</p>")
    shown = page(browser(office.officer).get(f"/items/{item.pk}/"))
    assert "被偷换的正文" not in shown
    assert "暂停显示" in shown
    assert browser(office.editor).get(f"/items/{item.pk}/").status_code == 200


def test_the_office_sees_the_road_from_the_signature_on(office: Office) -> None:
    item = office.submitted()
    actions.withdraw_item(item_id=item.pk, person=fresh(office.officer))
    actions.submit_item(item_id=item.pk, person=fresh(office.officer))
    builders.decide(item, office.signatory)
    road = browser(office.editor).get(f"/items/{item.pk}/").context["road"]
    assert [(d.step, d.verdict) for d in road] == [(Step.SIGN, Verdict.PASS)]


def test_the_signatory_sees_what_was_found_in_the_text(office: Office) -> None:
    item = office.submitted("有手机号的稿件", "联系人王某13812345678。")
    shown = page(browser(office.signatory).get(f"/items/{item.pk}/"))
    assert "13812345678</mark>" in shown
    assert "自动检查有1处需要留意" in shown
    assert "<mark" not in page(browser(office.officer).get(f"/items/{item.pk}/"))
