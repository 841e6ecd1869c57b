"""Files of an item: kept out of reach, part of the text, given to those who may read it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from cms.attachments import actions as files
from cms.attachments.models import Attachment
from cms.items import attach
from cms.items.models import ItemPage
from cms.review import gate
from cms.review.actions import Refused
from cms.review.rules import Verdict
from cms.scanning import scanner
from cms.scanning.rules import Kind
from tests import builders
from tests.builders import Office, decide
from tests.corpus.files import WORD_BODY
from tests.corpus.office_files import docx, paragraph, xlsx
from tests.desk.pages import browser, page


def upload(client: Client, item: ItemPage, *uploads: tuple[str, bytes]) -> Any:
    return client.post(
        f"/items/{item.pk}/attachments/",
        {"upload": [SimpleUploadedFile(name, data) for name, data in uploads]},
        follow=True,
    )


def kept_names(item: ItemPage) -> list[str]:
    return [entry["name"] for entry in ItemPage.objects.get(pk=item.pk).attachments]


def test_added_downloaded_and_taken_off(office: Office) -> None:
    item = office.draft()
    officer = browser(office.officer)
    data = xlsx()
    answer = upload(officer, item, ("../../汇总 表\u202e.xlsx", data), ("说明.txt", "字".encode()))
    assert "已添加附件：汇总 表.xlsx、说明.txt" in page(answer)
    assert kept_names(item) == ["汇总 表.xlsx", "说明.txt"]
    made = Attachment.objects.first()
    assert made is not None
    given = officer.get(f"/items/{item.pk}/attachments/{made.pk}/")
    assert given.content == data
    assert given["Content-Disposition"].startswith(f'attachment; filename="{made.pk}.xlsx"; ')
    assert "filename*=UTF-8''%E6%B1%87" in given["Content-Disposition"]
    assert given["X-Content-Type-Options"] == "nosniff"
    assert given["Cache-Control"] == "no-store"

    gone = officer.post(f"/items/{item.pk}/attachments/{made.pk}/remove/", follow=True)
    assert "已删去附件" in page(gone)
    assert kept_names(item) == ["说明.txt"]
    again = officer.post(f"/items/{item.pk}/attachments/{made.pk}/remove/", follow=True)
    assert again.status_code == 200
    revisions = item.revisions.count()
    assert revisions == 3


def test_the_same_file_twice_is_kept_once(office: Office) -> None:
    item = office.draft()
    officer = browser(office.officer)
    upload(officer, item, ("表.xlsx", xlsx()))
    again = upload(officer, item, ("表.xlsx", xlsx()))
    assert "没有重复添加" in page(again)
    upload(officer, item, ("表.xlsx", xlsx(shared=("单位", "别的"))))
    assert kept_names(item) == ["表.xlsx", "表（2）.xlsx"]
    assert Attachment.objects.count() == 2


@pytest.mark.screens
def test_limits(office: Office, settings: Any) -> None:
    item = office.draft()
    officer = browser(office.officer)
    many = [(f"{n}.txt", f"字{n}".encode()) for n in range(11)]
    refused = upload(officer, item, *many)
    assert refused.status_code == 409
    assert "最多10个附件" in page(refused)
    assert kept_names(item) == []
    settings.INFOFLOW_ATTACHMENTS_TOTAL = 10
    assert "合计不能超过" in page(upload(officer, item, ("a.txt", b"12345678901")))
    settings.INFOFLOW_UPLOAD_MAX_SIZE = 10_000
    large = upload(officer, item, ("大.txt", b"a" * 10_001))
    assert large.status_code == 200
    assert "“大.txt”没有上传" in page(large)
    assert "请先选择文件" in page(upload(officer, item))
    assert Attachment.objects.count() == 0


@pytest.mark.screens
def test_a_request_far_too_long_gets_a_page(office: Office, settings: Any) -> None:
    settings.INFOFLOW_UPLOAD_MAX_SIZE = 10_000
    answer = upload(browser(office.officer), office.draft(), ("大.txt", b"a" * 200_000))
    assert answer.status_code == 413
    assert "文件太大，没有上传" in page(answer)


@pytest.mark.screens
def test_internal_wording_in_a_file_waits_for_the_reviewer(office: Office) -> None:
    item = office.draft()
    words = "各单位：现将有关材料印发。内部资料，注意保存。请遵照执行。"
    answer = upload(browser(office.officer), item, ("材料.docx", docx(paragraph(words))))
    assert "有需要保密审查员处理的内容" in page(answer)
    item = ItemPage.objects.get(pk=item.pk)
    assert "内部资料，注意保存" in item.attachments[0]["stops"][0]
    found = [f for f in scanner.scan(item.text_parts()) if f.part == "attachments"]
    assert {finding.kind for finding in found} == {Kind.STOP}
    revision = item.get_latest_revision()
    assert item.stored_text_parts(revision.content) == item.text_parts()


@pytest.mark.screens
def test_a_bad_file_is_refused_with_the_reason_and_nothing_of_the_others_is_kept(
    office: Office,
) -> None:
    item = office.draft()
    answer = upload(browser(office.officer), item, ("好.txt", b"ok"), ("旧.doc", b"MZ\x00"))
    assert "“旧.doc”：这是程序" in page(answer)
    assert kept_names(item) == []
    assert Attachment.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("通知.docx", docx(WORD_BODY + paragraph("秘密★1年"))),
        ("秘密★1年 通知.txt", "正文".encode()),
        ("通知.txt", "密级：机密\r\n正文".encode("gb18030")),
        ("通知.xlsx", xlsx(shared=("绝密★", "表"))),
    ],
    ids=["word", "name", "text", "excel"],
)
def test_a_marked_secret_is_refused_and_nothing_is_kept(
    office: Office, name: str, data: bytes
) -> None:
    item = office.draft()
    answer = upload(browser(office.officer), item, (name, data))
    assert answer.status_code == 422
    assert "密级" in page(answer)
    assert "1年" not in page(answer)
    assert kept_names(item) == []
    assert Attachment.objects.count() == 0


@pytest.mark.screens
def test_only_drafts_and_only_by_own_officers(office: Office) -> None:
    item = office.draft()
    upload(browser(office.officer), item, ("表.xlsx", xlsx()))
    entry = ItemPage.objects.get(pk=item.pk).attachments[0]
    other = builders.Office()
    for stranger in (other.officer, other.signatory, office.editor, office.reviewer):
        assert upload(browser(stranger), item, ("a.txt", b"a")).status_code == 404
        address = f"/items/{item.pk}/attachments/{entry['id']}/"
        assert browser(stranger).get(address).status_code == 404
        assert browser(stranger).post(f"{address}remove/").status_code == 404
    assert upload(browser(office.signatory), item, ("a.txt", b"a")).status_code == 403
    builders.item_actions.submit_item(item_id=item.pk, person=office.officer)
    late = upload(browser(office.officer), item, ("a.txt", b"a"))
    assert late.status_code == 409
    assert "请先撤回" in page(late)
    off = browser(office.officer).post(f"/items/{item.pk}/attachments/{entry['id']}/remove/")
    assert off.status_code == 409
    assert kept_names(item) == ["表.xlsx"]


@pytest.mark.screens
def test_who_may_download(office: Office) -> None:
    item = office.draft()
    upload(browser(office.officer), item, ("表.xlsx", xlsx()))
    first = Attachment.objects.get()
    address = f"/items/{item.pk}/attachments/{first.pk}/"
    assert browser(office.signatory).get(address).status_code == 200
    assert browser(office.editor).get(address).status_code == 404
    builders.item_actions.submit_item(item_id=item.pk, person=office.officer)
    decide(item, office.signatory)
    assert browser(office.editor).get(address).status_code == 200
    decide(item, office.editor, Verdict.RETURN, "请补充")
    attach.remove(item_id=item.pk, person=office.officer, attachment_id=first.pk)
    attach.add(item_id=item.pk, person=office.officer, uploads=[("后来.txt", b"later")])
    later = Attachment.objects.last()
    assert later is not None
    # What was signed stays readable for the office; a later draft's file is not.
    assert browser(office.editor).get(address).status_code == 200
    new = f"/items/{item.pk}/attachments/{later.pk}/"
    assert browser(office.editor).get(new).status_code == 404
    assert browser(office.officer).get(new).status_code == 200
    # A file of another item does not come by this one's address.
    other = office.draft("另一篇")
    assert (
        browser(office.officer).get(f"/items/{other.pk}/attachments/{first.pk}/").status_code == 404
    )


@pytest.mark.screens
def test_a_changed_file_is_not_given_out(office: Office) -> None:
    item = office.draft()
    upload(browser(office.officer), item, ("表.xlsx", xlsx()))
    made = Attachment.objects.get()
    stored = files.storage()
    stored.delete(made.path)
    address = f"/items/{item.pk}/attachments/{made.pk}/"
    assert browser(office.officer).get(address).status_code == 409
    stored.save(made.path, ContentFile(b"other"))
    answer = browser(office.officer).get(address)
    assert answer.status_code == 409
    assert "不一致" in page(answer)


@pytest.mark.screens
def test_files_lie_where_no_address_leads(office: Office) -> None:
    item = office.draft()
    upload(browser(office.officer), item, ("表.xlsx", xlsx()))
    made = Attachment.objects.get()
    assert made.name not in made.path
    for address in (
        f"/media/attachments/{made.path}",
        f"/media/{made.path}",
        f"/static/{made.path}",
    ):
        assert browser(office.officer).get(address).status_code == 404


@pytest.mark.screens
def test_a_clearance_covers_the_files(office: Office) -> None:
    item = office.draft()
    plain = item.digest()
    attach.add(item_id=item.pk, person=office.officer, uploads=[("a.txt", b"a")])
    item = ItemPage.objects.get(pk=item.pk)
    assert item.digest() != plain
    assert item.digest() == item.digest_of(item.get_latest_revision())
    builders.item_actions.submit_item(item_id=item.pk, person=office.officer)
    for who in (office.signatory, office.editor, office.reviewer):
        decide(item, who)
    item = ItemPage.objects.get(pk=item.pk)
    assert item.is_readable()
    item.attachments = []
    item.save(clean=False)
    assert not ItemPage.objects.get(pk=item.pk).is_readable()
    assert [page.pk for page in gate.broken_pages()] == [item.pk]


def test_a_revision_from_before_attachments_keeps_its_digest(office: Office) -> None:
    item = office.submitted()
    revision = item.get_latest_revision()
    content = {**revision.content}
    del content["attachments"]
    revision.content = content
    assert item.digest_of(revision) == item.digest()


def test_cleaning_removes_only_what_no_text_needs(
    office: Office, settings: Any, tmp_path: Any
) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "attachments": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }
    item = office.draft()
    for name in ("用着.txt", "交过.txt", "没交.txt"):
        attach.add(item_id=item.pk, person=office.officer, uploads=[(name, name.encode())])
    used, sent, unused = Attachment.objects.all()
    attach.remove(item_id=item.pk, person=office.officer, attachment_id=unused.pk)
    builders.item_actions.submit_item(item_id=item.pk, person=office.officer)
    builders.item_actions.withdraw_item(item_id=item.pk, person=office.officer)
    attach.remove(item_id=item.pk, person=office.officer, attachment_id=sent.pk)
    (tmp_path / "ab").mkdir(exist_ok=True)
    (tmp_path / "ab" / "left").write_bytes(b"x")

    call_command("clean_attachments")  # younger than a day: nothing
    assert all(files.read(one) for one in (used, sent, unused))
    later = timezone.now() + timedelta(days=1)
    assert attach.clean(before=later) == (1, 1)
    assert files.read(used)
    assert files.read(sent)
    with pytest.raises(files.Changed):
        files.read(unused)
    assert attach.clean(before=later) == (0, 0)
    assert Attachment.objects.count() == 3


def test_a_draft_with_files_is_deleted_and_the_records_stay(office: Office) -> None:
    item = office.draft()
    attach.add(item_id=item.pk, person=office.officer, uploads=[("附件.txt", b"words")])
    answer = browser(office.officer).post(f"/items/{item.pk}/delete/")
    assert answer.status_code == 302
    assert not ItemPage.objects.filter(pk=item.pk).exists()
    assert Attachment.objects.get().page_id == item.pk
    assert attach.clean(before=timezone.now() + timedelta(days=1))[0] == 1


def test_two_at_once_lose_no_file(office: Office, race_db: Any) -> None:
    item = office.draft()
    outcomes = race_db(
        *[
            lambda n=n: attach.add(
                item_id=item.pk,
                person=builders.fresh(office.officer),
                uploads=[(f"{n}.txt", f"{n}".encode())],
            )
            for n in range(4)
        ]
    )
    assert not [o for o in outcomes if isinstance(o, Exception)]
    assert sorted(kept_names(item)) == ["0.txt", "1.txt", "2.txt", "3.txt"]


def test_adding_against_submitting_gives_one_order(office: Office, race_db: Any) -> None:
    item = office.draft()
    added, sent = race_db(
        lambda: attach.add(
            item_id=item.pk,
            person=builders.fresh(office.officer),
            uploads=[("a.txt", b"a")],
        ),
        lambda: builders.item_actions.submit_item(
            item_id=item.pk, person=builders.fresh(office.officer)
        ),
    )
    assert not isinstance(sent, Exception)
    item = ItemPage.objects.get(pk=item.pk)
    assert isinstance(added, Refused) or added == ["a.txt"]
    assert sent.digest == item.digest() == item.digest_of(item.get_latest_revision())
