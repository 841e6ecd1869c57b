"""Before an item is sent: what is found is shown where it stands, corrected by one click."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from cms.items import fixes, text
from cms.items.models import ItemPage
from cms.review.models import Decision
from cms.scanning.rules import Finding
from tests import builders
from tests.builders import Office
from tests.desk.pages import browser, fields, hidden, page

pytestmark = pytest.mark.screens

# A telephone number, a resident ID with a right check character, two slips of the pen.
BODY = (
    "一、基本情况\n本镇认真布署各项工作，联系人王某13812345678。\n"
    "姓名\t证件\n王某\t11010519491231002X\n要惯彻落实会议精神。"
)
STOP = "以上为内部资料，注意保存，不得外传。"


def draft(office: Office, body: str = BODY) -> ItemPage:
    return office.draft("关于春耕备耕的情况", body)


def check(item: ItemPage) -> str:
    return f"/items/{item.pk}/check/"


def body_of(item: ItemPage) -> str:
    return text.to_text(ItemPage.objects.get(pk=item.pk).body)


def keys(answer: Any, kind: str) -> list[str]:
    return [line.key for line in answer.context["lines"] if line.finding.kind == kind]


def click(officer: Client, item: ItemPage, **button: Any) -> Any:
    shown = officer.get(check(item))
    return officer.post(check(item), {"revision": hidden(shown, "revision"), **button}, follow=True)


def test_findings_stand_in_the_text_and_in_the_list(office: Office) -> None:
    item = draft(office)
    shown = browser(office.officer).get(check(item))
    found = page(shown)
    for words in ("13812345678", "11010519491231002X", "布署", "惯彻"):
        assert f">{words}</mark>" in found, words
    assert "<mark" in found.split("<td>")[-1]
    assert "全部遮盖（2处个人信息）" in found
    assert "改为“部署”" in found
    assert "0358-1234567" not in found  # the contact's number is what the field is for


def test_one_click_corrects_and_one_takes_it_back(office: Office) -> None:
    item = draft(office)
    officer = browser(office.officer)
    shown = officer.get(check(item))
    done = click(officer, item, fix=keys(shown, "typo")[0])
    assert "部署" in body_of(item)
    assert "惯彻" in body_of(item)
    assert item.revisions.count() == 2
    assert "撤销这次修改" in page(done)
    back = officer.post(
        check(item), {"revision": hidden(done, "revision"), "undo": "1"}, follow=True
    )
    assert body_of(item) == BODY
    assert "已撤销" in page(back)
    assert "撤销这次修改" not in page(back)
    assert item.revisions.count() == 3


def test_one_click_masks_all_personal_data(office: Office) -> None:
    item = draft(office)
    officer = browser(office.officer)
    click(officer, item, fix="personal")
    body = body_of(item)
    assert "138****5678" in body
    assert "110105" in body
    assert "11010519491231002X" not in body
    assert "布署" in body
    shown = officer.get(check(item))
    assert keys(shown, "personal") == []
    assert len(keys(shown, "typo")) == 2


def test_an_old_page_corrects_nothing(office: Office) -> None:
    item = draft(office)
    officer = browser(office.officer)
    shown = officer.get(check(item))
    old, key = hidden(shown, "revision"), keys(shown, "typo")[0]
    click(officer, item, fix="personal")
    late = officer.post(check(item), {"revision": old, "fix": key})
    assert late.status_code == 409
    assert "没有保存" in page(late)
    assert "布署" in body_of(item)
    again = officer.post(check(item), {"revision": old, "undo": "1"})
    assert again.status_code == 409
    assert item.revisions.count() == 2


def test_the_same_click_twice_changes_once(office: Office) -> None:
    item = draft(office)
    officer = browser(office.officer)
    shown = officer.get(check(item))
    data = {"revision": hidden(shown, "revision"), "fix": keys(shown, "typo")[0]}
    officer.post(check(item), data)
    assert officer.post(check(item), data).status_code == 409
    assert item.revisions.count() == 2


def test_a_clean_text_is_sent_at_once(office: Office) -> None:
    answer = browser(office.officer).post("/items/new/", fields(office, submit="1"))
    assert answer["Location"] == f"/items/{ItemPage.objects.get().pk}/"
    assert Decision.objects.count() == 1


def test_a_text_with_findings_is_shown_before_it_is_sent(office: Office) -> None:
    officer = browser(office.officer)
    answer = officer.post("/items/new/", fields(office, body=BODY, submit="1"))
    item = ItemPage.objects.get()
    assert answer["Location"] == f"{check(item)}?send=1"
    assert not Decision.objects.exists()
    click(officer, item, fix="personal")
    sent = click(officer, item, send="1")
    assert "稿件已提交" in page(sent)
    assert Decision.objects.count() == 1


def test_work_secret_wording_goes_with_a_word_to_the_reviewer(office: Office) -> None:
    item = draft(office, STOP)
    officer = browser(office.officer)
    assert "由保密审查员决定" in page(officer.get(check(item)))
    bare = click(officer, item, send="1")
    assert "请写明来源" in page(bare)
    assert not Decision.objects.exists()
    sent = click(officer, item, send="1", note="摘自本单位公开文件")
    assert "稿件已提交" in page(sent)
    assert ItemPage.objects.get(pk=item.pk).note == "摘自本单位公开文件"
    assert Decision.objects.get().revision_id == ItemPage.objects.get(pk=item.pk).latest_revision_id


def test_an_alike_item_of_the_own_unit_is_named_others_are_not(office: Office) -> None:
    other = builders.Office()
    other.signed("外单位的题目")
    own = office.submitted("本单位的题目")
    item = office.draft("再报一次")
    shown = page(browser(office.officer).get(check(item)))
    assert own.title in shown
    assert "已有单位报送过类似内容" in shown
    assert "外单位的题目" not in shown
    answer = browser(office.officer).post(f"/items/{item.pk}/submit/")
    assert answer["Location"] == f"{check(item)}?send=1"


def test_a_changed_text_is_not_sent_unseen(office: Office) -> None:
    item = draft(office)
    officer = browser(office.officer)
    old = hidden(officer.get(check(item)), "revision")
    click(officer, item, fix="personal")
    late = officer.post(check(item), {"revision": old, "send": "1"})
    assert late.status_code == 409
    assert "稿件又有改动" in page(late)
    assert not Decision.objects.exists()


def test_what_is_missing_is_said_and_cannot_be_sent(office: Office) -> None:
    officer = browser(office.officer)
    officer.post("/items/new/", fields(office, signatory=None, save="1"))
    item = ItemPage.objects.get()
    shown = page(officer.get(check(item)))
    assert "提交前还缺：审签人" in shown
    assert 'name="send"' not in shown
    refused = click(officer, item, send="1")
    assert "提交前请补充" in page(refused)


def test_only_the_units_officer_and_only_while_it_may_be_changed(office: Office) -> None:
    item, sent = draft(office), office.submitted()
    assert browser(office.signatory).get(check(item)).status_code == 403
    assert browser(builders.Office().officer).get(check(item)).status_code == 404
    data = {"revision": sent.latest_revision_id, "fix": "personal"}
    answer = browser(office.officer).post(check(sent), data)
    assert answer["Location"] == f"/items/{sent.pk}/"
    assert sent.revisions.count() == 1


@pytest.mark.parametrize(
    "sent", [{}, {"revision": "x"}, {"revision": "9" * 30}, {"fix": "personal"}]
)
def test_half_a_form_is_refused_in_words(office: Office, sent: dict[str, str]) -> None:
    item = draft(office)
    answer = browser(office.officer).post(check(item), sent)
    assert answer.status_code == 409
    assert "页面不完整" in page(answer)
    assert item.revisions.count() == 1


def finding(start: int, end: int, suggestion: str) -> Finding:
    return Finding("typo", f"word.{start}", "body", start, end, "", "", suggestion)


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        ([], "零一二三四五"),
        ([finding(1, 2, "甲")], "零甲二三四五"),
        ([finding(4, 6, "乙"), finding(0, 1, "甲")], "甲一二三乙"),
        ([finding(1, 4, "长"), finding(2, 3, "短")], "零长四五"),
        ([finding(0, 6, "")], ""),
    ],
)
def test_places_are_replaced_from_their_own_text(found: list[Finding], wanted: str) -> None:
    assert fixes.corrected("零一二三四五", found) == wanted
