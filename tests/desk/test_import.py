"""From the first page with a Word file to the submitted item."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cms.items.models import ItemPage
from cms.review.models import Decision
from infoflow.units.roles import Role
from tests import builders
from tests.builders import Office
from tests.corpus.files import WORD_BODY
from tests.corpus.office_files import docx, paragraph, xlsx
from tests.desk.pages import browser, fields, hidden, page

pytestmark = pytest.mark.screens

IMPORT = "/items/import/"


def send(client: Client, name: str, data: bytes, **extra: Any) -> Any:
    upload = SimpleUploadedFile(name, data)
    form = {"upload": upload, "form_key": str(uuid.uuid4()), **extra}
    return client.post(IMPORT, form, follow=True)


def test_three_screens_from_login_to_submitted(office: Office) -> None:
    officer = browser(office.officer)
    home = officer.get("/")  # 1: the first page, with the file field on it
    assert 'name="upload"' in page(home)
    edit = send(officer, "春耕.docx", docx(WORD_BODY), form_key=hidden(home, "form_key"))
    item = ItemPage.objects.get()
    assert edit.redirect_chain == [(f"/items/{item.pk}/edit/", 302)]  # 2: the filled form
    assert "已从 Word 文件生成草稿" in page(edit)
    assert "主送单位一行已去除" in page(edit)
    assert (item.title, item.unit, item.owner) == (
        "关于春耕备耕情况的报告",
        office.unit,
        office.officer,
    )
    assert item.signatory == office.signatory
    assert item.body == (
        "<h2>一、基本情况</h2><p>全县备耕面积12万亩。</p><table><tbody><tr><td>乡镇</td>"
        "<td>面积</td></tr><tr><td>南关镇</td><td>3.2</td></tr></tbody></table>"
    )
    sent = officer.post(
        f"/items/{item.pk}/edit/",
        {
            **fields(office, title=item.title, revision=item.latest_revision_id),
            "submit": "1",
        },
        follow=True,
    )
    assert "稿件已提交" in page(sent)  # 3: the submitted item
    assert Decision.objects.count() == 1


def test_the_same_form_sent_twice_makes_one_item(office: Office) -> None:
    officer = browser(office.officer)
    key = str(uuid.uuid4())
    first = send(officer, "春耕.docx", docx(WORD_BODY), form_key=key)
    second = send(officer, "春耕.docx", docx(WORD_BODY), form_key=key)
    assert first.redirect_chain == second.redirect_chain
    assert ItemPage.objects.count() == 1
    other = browser(builders.person(Role.OFFICER, at=office.unit))
    assert send(other, "春耕.docx", docx(WORD_BODY), form_key=key).status_code == 409


def test_people_form_and_contact_of_the_last_item_are_filled_in(office: Office) -> None:
    second = builders.person(Role.SIGNATORY, at=office.unit)
    builders.item_actions.create_item(
        unit=office.unit,
        person=office.officer,
        draft=builders.item_actions.Draft(
            title="上一篇", form="research", body="", contact="李明 1234567", signatory=second
        ),
    )
    send(browser(office.officer), "春耕.docx", docx(WORD_BODY))
    item = ItemPage.objects.order_by("-pk")[0]
    assert (item.form, item.contact, item.signatory) == ("research", "李明 1234567", second)


def test_two_signatories_and_no_earlier_item_leave_the_choice(office: Office) -> None:
    builders.person(Role.SIGNATORY, at=office.unit)
    send(browser(office.officer), "春耕.docx", docx(WORD_BODY))
    assert ItemPage.objects.get().signatory is None


def test_no_title_found_takes_the_name_of_the_file(office: Office) -> None:
    answer = send(
        browser(office.officer), "C:\\稿\\春耕情况.docx", docx(paragraph("全县进展顺利。"))
    )
    assert ItemPage.objects.get().title == "春耕情况"
    assert "没有认出标题" in page(answer)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("通知.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "另存为 .docx"),
        ("表.xlsx", xlsx(), "只收 Word 文件"),
        ("长.docx", docx(paragraph("字" * 60_000)), "5万字"),
        ("空.docx", b"", "空的"),
    ],
)
def test_what_is_refused(office: Office, name: str, data: bytes, said: str) -> None:
    answer = send(browser(office.officer), name, data)
    assert answer.status_code == 200
    assert said in page(answer)
    assert ItemPage.objects.count() == 0


def test_a_marked_secret_makes_no_item(office: Office) -> None:
    answer = send(browser(office.officer), "a.docx", docx(WORD_BODY + paragraph("机密★5年")))
    assert answer.status_code == 422
    assert "5年" not in page(answer)
    assert ItemPage.objects.count() == 0


def test_only_officers(office: Office) -> None:
    assert browser(office.signatory).get(IMPORT).status_code == 403
    assert send(browser(office.editor), "a.docx", docx(WORD_BODY)).status_code == 403
    assert 'name="upload"' not in page(browser(office.signatory).get("/"))
