"""The officer at the desk: write, save, submit, withdraw; what is refused and how it is said."""

from __future__ import annotations

import uuid
from datetime import date
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from cms.items import text
from cms.items.models import ItemPage
from cms.review.models import Decision
from cms.review.rules import Verdict
from infoflow.units import actions as unit_actions
from infoflow.units.roles import Role
from tests import builders
from tests.builders import Office, decide
from tests.desk.pages import browser, fields, hidden, page

pytestmark = pytest.mark.screens

NEW = "/items/new/"


def test_from_blank_page_to_the_signatory_and_back(office: Office) -> None:
    officer = browser(office.officer)
    form = officer.get(NEW)
    data = fields(office, form_key=hidden(form, "form_key"), body="一行\n单位\t得分\n甲\t7.5")
    saved = officer.post(NEW, {**data, "save": "1"})
    item = ItemPage.objects.get()
    assert saved["Location"] == reverse("item_edit", args=[item.pk])
    assert item.body == text.to_html("一行\n单位\t得分\n甲\t7.5")
    assert (item.owner, item.unit, item.live) == (office.officer, office.unit, False)
    assert "草稿" in page(officer.get(f"/items/{item.pk}/"))

    edit = officer.get(f"/items/{item.pk}/edit/")
    assert "甲\t7.5" in page(edit)
    data = fields(office, title="改过的标题", revision=hidden(edit, "revision"))
    sent = officer.post(f"/items/{item.pk}/edit/", {**data, "submit": "1"}, follow=True)
    assert "稿件已提交" in page(sent)
    assert "待单位审签" in page(sent)
    item.refresh_from_db()
    assert item.title == "改过的标题"
    assert item.revisions.count() == 2

    back = officer.post(f"/items/{item.pk}/withdraw/", follow=True)
    assert "稿件已撤回" in page(back)
    again = officer.post(f"/items/{item.pk}/submit/", follow=True)
    assert "稿件已提交" in page(again)
    verdicts = list(Decision.objects.order_by("pk").values_list("verdict", flat=True))
    assert verdicts == [Verdict.SUBMIT, Verdict.WITHDRAW, Verdict.SUBMIT]


def test_the_same_form_sent_twice_makes_one_item(office: Office) -> None:
    officer = browser(office.officer)
    data = {**fields(office), "save": "1"}
    first, second = officer.post(NEW, data), officer.post(NEW, data)
    assert first["Location"] == second["Location"]
    assert ItemPage.objects.count() == 1


def test_the_same_form_submitted_twice_is_sent_once(office: Office) -> None:
    officer = browser(office.officer)
    data = {**fields(office), "submit": "1"}
    officer.post(NEW, data)
    second = officer.post(NEW, data, follow=True)
    assert second.status_code == 200
    assert "不用重复提交" in page(second)
    assert ItemPage.objects.count() == 1
    assert Decision.objects.count() == 1


def test_a_saved_item_submitted_twice_is_sent_once(office: Office) -> None:
    item = office.draft()
    officer = browser(office.officer)
    officer.post(f"/items/{item.pk}/submit/")
    second = officer.post(f"/items/{item.pk}/submit/")
    assert second.status_code == 409
    assert "不用重复提交" in page(second)
    assert Decision.objects.count() == 1


def test_a_change_submitted_twice_is_sent_once(office: Office) -> None:
    item = office.draft()
    officer = browser(office.officer)
    data = fields(office, revision=str(item.latest_revision_id), submit="1")
    officer.post(f"/items/{item.pk}/edit/", data)
    second = officer.post(f"/items/{item.pk}/edit/", data, follow=True)
    assert "不用重复提交" in page(second)
    assert Decision.objects.count() == 1


def test_another_persons_form_key_gives_nothing_away(office: Office) -> None:
    key = str(uuid.uuid4())
    browser(office.officer).post(NEW, {**fields(office, form_key=key), "save": "1"})
    other = builders.Office()
    answer = browser(other.officer).post(NEW, {**fields(other, form_key=key), "save": "1"})
    assert answer.status_code == 409
    assert "页面已过期" in page(answer)
    assert ItemPage.objects.count() == 1


BAD_INPUT = [
    ("title", "", "请填写标题"),
    ("title", " \u3000\u200b ", "请填写标题"),
    ("title", "字" * 101, "101字"),
    ("title", "标题\x00尾", "特殊字符"),
    ("title", "标题\u202e尾", "特殊字符"),
    ("form", "poem", "没有这种形式"),
    ("body", "字" * 200_000, "200000字"),
    ("body", "防汛\x00工作", "“防汛”后面有看不见的特殊字符"),
    ("body", "\x07响铃", "开头有看不见的特殊字符"),
    ("contact", "电" * 61, "不能超过60字"),
    ("signatory", "999999", "已不在任"),
    ("signatory", "abc", "已不在任"),
    ("signatory", "9" * 30, "已不在任"),
]


@pytest.mark.parametrize(("name", "value", "words"), BAD_INPUT)
@pytest.mark.parametrize("button", ["save", "submit"])
def test_bad_input_is_named_at_its_field_and_nothing_is_stored(
    office: Office, name: str, value: str, words: str, button: str
) -> None:
    kept = "联系人甲" if name != "contact" else "关于春耕备耕的情况"
    data = fields(office, **{"contact": "联系人甲", name: value, button: "1"})
    answer = browser(office.officer).post(NEW, data)
    assert answer.status_code == 200
    assert words in " ".join(answer.context["form"].errors[name])
    assert words in page(answer)
    assert kept in page(answer)
    assert not ItemPage.objects.exists()
    assert not Decision.objects.exists()


def test_lone_surrogates_never_reach_the_database(office: Office) -> None:
    body = "title=%ED%A0%80&form=news&body=%ED%BF%BF&save=1"
    answer = browser(office.officer).post(
        NEW, body, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 302
    item = ItemPage.objects.get()
    assert not text.unfit_characters(item.title + item.body)


@pytest.mark.parametrize(
    ("left_out", "words"), [("body", "请填写正文"), ("signatory", "请选择审签人")]
)
def test_a_draft_may_lack_what_a_submission_needs(
    office: Office, left_out: str, words: str
) -> None:
    officer = browser(office.officer)
    refused = officer.post(NEW, {**fields(office, **{left_out: None}), "submit": "1"})
    assert words in " ".join(refused.context["form"].errors[left_out])
    assert not ItemPage.objects.exists()
    officer.post(NEW, {**fields(office, **{left_out: None}), "save": "1"})
    item = ItemPage.objects.get()
    detail = page(officer.get(f"/items/{item.pk}/"))
    assert "提交前还缺" in detail
    assert reverse("item_submit", args=[item.pk]) not in detail
    late = officer.post(f"/items/{item.pk}/submit/")
    assert late.status_code == 409
    assert "提交前请补充" in page(late)


def test_scripts_in_pasted_html_are_taken_out_and_named(office: Office) -> None:
    officer = browser(office.officer)
    pasted = "<p onclick='x()'>正文</p><script>alert(1)</script><style>p{}</style>"
    saved = officer.post(NEW, fields(office, body=pasted, save="1"), follow=True)
    item = ItemPage.objects.get()
    assert item.body == "<p>正文</p>"
    assert 'id="body_note"' in page(saved)
    assert "脚本、样式" in page(saved)
    assert 'id="body_note"' not in page(officer.get(f"/items/{item.pk}/edit/"))


def test_a_body_above_the_limit_of_the_server_gets_a_clear_page(office: Office) -> None:
    # As the page sends it; a form with files (multipart) is told about files instead.
    form = urlencode(fields(office, body="字" * 2_000_000, save="1"))
    answer = browser(office.officer).post(
        NEW, form, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 413
    assert "内容太长" in page(answer)
    assert not ItemPage.objects.exists()


def test_saving_without_a_change_writes_no_revision(office: Office) -> None:
    item = office.draft()
    data = fields(
        office,
        title=item.title,
        body=text.to_text(item.body),
        contact=item.contact,
        revision=str(item.latest_revision_id),
        save="1",
    )
    browser(office.officer).post(f"/items/{item.pk}/edit/", data)
    assert item.revisions.count() == 1


def test_two_officers_writing_at_once_lose_nothing(office: Office) -> None:
    item = office.draft()
    deputy = builders.person(Role.OFFICER, at=office.unit, name="乙角")
    seen = str(item.latest_revision_id)
    address = f"/items/{item.pk}/edit/"
    browser(deputy).post(address, fields(office, title="乙的标题", revision=seen, save="1"))
    first = browser(office.officer)
    late = first.post(address, fields(office, title="甲的标题", revision=seen, save="1"))
    assert late.status_code == 409
    assert "乙角" in page(late)
    assert "甲的标题" in page(late)
    assert ItemPage.objects.get(pk=item.pk).title == "乙的标题"
    now = hidden(late, "revision")
    first.post(address, fields(office, title="甲的标题", revision=now, save="1"))
    assert ItemPage.objects.get(pk=item.pk).title == "甲的标题"
    assert item.revisions.count() == 3


def test_an_item_under_review_cannot_be_changed_and_what_was_typed_stays(office: Office) -> None:
    item = office.submitted()
    officer = browser(office.officer)
    assert "不能修改" in page(officer.get(f"/items/{item.pk}/edit/", follow=True))
    late = officer.post(f"/items/{item.pk}/edit/", fields(office, title="太晚的标题", save="1"))
    assert late.status_code == 409
    assert "太晚的标题" in page(late)
    assert ItemPage.objects.get(pk=item.pk).title == item.title


def test_a_signed_item_cannot_be_withdrawn(office: Office) -> None:
    item = office.signed()
    officer = browser(office.officer)
    assert reverse("item_withdraw", args=[item.pk]) not in page(officer.get(f"/items/{item.pk}/"))
    answer = officer.post(f"/items/{item.pk}/withdraw/")
    assert answer.status_code == 409
    assert "不能撤回" in page(answer)


def test_a_unit_without_signatory_is_told_whom_to_call(db: None) -> None:
    unit = builders.unit()
    officer = browser(builders.person(Role.OFFICER, at=unit))
    assert "联系信息科登记审签人" in page(officer.get(NEW))
    data = {"title": "标题", "form": "news", "body": "正文", "submit": "1"}
    answer = officer.post(NEW, data)
    assert "联系信息科登记审签人" in " ".join(answer.context["form"].errors["signatory"])
    assert not ItemPage.objects.exists()


def test_an_officer_of_two_units_says_for_which(office: Office) -> None:
    other = builders.Office()
    unit_actions.appoint_officer(unit=other.unit, user=office.officer, since=date(2020, 1, 1))
    officer = browser(builders.fresh(office.officer))
    assert office.unit.name in page(officer.get(NEW))
    answer = officer.post(NEW, fields(office, unit=other.unit.pk, save="1"))
    assert "不属于所选单位" in page(answer)
    officer.post(NEW, fields(other, unit=other.unit.pk, save="1"))
    assert ItemPage.objects.get().unit == other.unit
    third = builders.unit()
    answer = officer.post(NEW, fields(other, unit=third.pk, save="1"))
    assert "您不是这个单位的信息员" in page(answer)


def test_a_returned_item_shows_why_and_can_be_sent_again(office: Office) -> None:
    item = office.submitted()
    decide(item, office.signatory, Verdict.RETURN, "第二段数据请核实")
    officer = browser(office.officer)
    for address in ("/", "/items/", f"/items/{item.pk}/", f"/items/{item.pk}/edit/"):
        assert "第二段数据请核实" in page(officer.get(address)), address
    edit = officer.get(f"/items/{item.pk}/edit/")
    data = fields(office, revision=hidden(edit, "revision"), submit="1")
    assert "待单位审签" in page(officer.post(f"/items/{item.pk}/edit/", data, follow=True))
