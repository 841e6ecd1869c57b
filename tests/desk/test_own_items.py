"""What an officer does with items of the unit besides writing: find, take back, copy, delete."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from wagtail.models import Revision

from cms.items import actions
from cms.items.models import AutoSave, ItemPage, YearFolder
from cms.review import claims
from cms.review.actions import Refused
from cms.review.models import Decision, OpenTask
from cms.review.rules import Verdict
from infoflow.units.roles import Role
from tests import builders
from tests.builders import Office, decide, fresh
from tests.desk.pages import browser, fields, page

pytestmark = pytest.mark.screens


def titles(client: Any, **wanted: str) -> set[str]:
    return {item.title for item, _where in client.get("/items/", wanted).context["lines"]}


def test_words_of_the_text_form_year_and_mine_narrow_the_list(office: Office) -> None:
    deputy = builders.person(Role.OFFICER, at=office.unit)
    browser(deputy).post("/items/new/", fields(office, title="副角写的", form="brief", save="1"))
    office.draft("防汛工作安排", "排查隐患点三十六处。")
    office.draft("春耕备耕情况", "发放补贴。")
    officer = browser(office.officer)
    assert titles(officer, q="隐患点") == {"防汛工作安排"}
    assert titles(officer, form="brief") == {"副角写的"}
    assert titles(officer, mine="1") == {"防汛工作安排", "春耕备耕情况"}
    year = str(timezone.localdate().year)
    assert len(titles(officer, year=year)) == 3
    assert len(titles(officer, year="1999")) == 3  # no such year: narrows nothing
    folder = YearFolder.objects.get(unit=office.unit)
    folder.year = 2025
    folder.save(clean=False)
    assert len(titles(officer, year="2025", mine="1", form="news")) == 2


def test_a_title_hit_stands_before_a_hit_in_the_text(office: Office) -> None:
    office.draft("关于防汛的情况")
    office.draft("另一件事", "其中提到防汛。")
    lines = browser(office.officer).get("/items/", {"q": "防汛"}).context["lines"]
    assert [item.title for item, _where in lines] == ["关于防汛的情况", "另一件事"]


def test_who_took_it_up_and_by_when(office: Office) -> None:
    item = office.signed()
    task = OpenTask.objects.get(page_id=item.pk)
    OpenTask.objects.filter(pk=task.pk).update(due_at=timezone.now() + timedelta(days=2))
    officer = browser(office.officer)
    assert "信息科编辑" in page(officer.get("/items/"))
    claims.claim(task_state_id=task.task_state_id, person=fresh(office.editor))
    for address in ("/", "/items/", f"/items/{item.pk}/"):
        shown = page(officer.get(address))
        assert f"{office.editor.name}（信息科编辑）" in shown, address
    assert "前办理" in page(officer.get("/items/"))


def test_taking_back_keeps_the_reason(office: Office) -> None:
    first, second = office.submitted(), office.submitted("第二篇")
    officer = browser(office.officer)
    officer.post(f"/items/{first.pk}/withdraw/", {"reason": "数据要更新"})
    officer.post(f"/items/{second.pk}/withdraw/")
    reasons = Decision.objects.filter(verdict=Verdict.WITHDRAW).values_list("reason", flat=True)
    assert set(reasons) == {"数据要更新", "需要修改"}
    assert "数据要更新" in page(officer.get(f"/items/{first.pk}/"))
    long = officer.post(f"/items/{office.submitted().pk}/withdraw/", {"reason": "字" * 201})
    assert "不能超过200字" in page(long)


def test_a_copy_is_a_new_draft_with_the_text(office: Office) -> None:
    item = office.pooled("可以再用的题目")
    officer = browser(office.officer)
    key = str(uuid.uuid4())
    for _again in range(2):
        answer = officer.post(f"/items/{item.pk}/copy/", {"form_key": key})
    copy = ItemPage.objects.order_by("-pk")[0]
    assert answer["Location"] == f"/items/{copy.pk}/edit/"
    assert ItemPage.objects.count() == 2
    assert (copy.title, copy.body, copy.owner) == (item.title, item.body, office.officer)
    assert not copy.live
    assert not Decision.objects.filter(page_id=copy.pk).exists()
    assert "已复制为一篇新草稿" in page(officer.get(f"/items/{copy.pk}/edit/"))


def test_only_an_own_units_officer_copies(office: Office) -> None:
    item = office.submitted()
    data = {"form_key": str(uuid.uuid4())}
    address = f"/items/{item.pk}/copy/"
    assert browser(builders.Office().officer).post(address, data).status_code == 404
    assert browser(office.signatory).post(address, data).status_code == 403
    signed = office.signed()
    assert browser(office.editor).post(f"/items/{signed.pk}/copy/", data).status_code == 403
    assert ItemPage.objects.count() == 2
    half = browser(office.officer).post(address)
    assert half.status_code == 409


def test_an_own_draft_that_was_never_sent_goes_after_a_question(office: Office) -> None:
    item = office.draft()
    officer = browser(office.officer)
    officer.post(f"/items/{item.pk}/autosave/", fields(office))
    assert f"/items/{item.pk}/delete/" in page(officer.get(f"/items/{item.pk}/"))
    assert "不能恢复" in page(officer.get(f"/items/{item.pk}/delete/"))
    assert ItemPage.objects.count() == 1
    answer = officer.post(f"/items/{item.pk}/delete/", follow=True)
    assert "已删除" in page(answer)
    assert not ItemPage.objects.exists()
    assert not AutoSave.objects.exists()
    assert not Revision.objects.filter(object_id=str(item.pk)).exists()
    assert officer.post(f"/items/{item.pk}/delete/").status_code == 404


@pytest.mark.parametrize("made", ["submitted", "signed", "screened", "pooled"])
def test_what_was_sent_once_is_never_deleted(office: Office, made: str) -> None:
    item = getattr(office, made)()
    officer = browser(office.officer)
    assert "/delete/" not in page(officer.get(f"/items/{item.pk}/"))
    assert officer.post(f"/items/{item.pk}/delete/").status_code == 403
    with pytest.raises(Refused):
        actions.delete_draft(item_id=item.pk, person=fresh(office.officer))
    assert ItemPage.objects.filter(pk=item.pk).exists()


@pytest.mark.parametrize("after", ["withdrawn", "returned"])
def test_what_came_back_is_not_deleted_either(office: Office, after: str) -> None:
    item = office.submitted()
    if after == "withdrawn":
        actions.withdraw_item(item_id=item.pk, person=fresh(office.officer))
    else:
        decide(item, office.signatory, Verdict.RETURN, "请改")
    assert browser(office.officer).post(f"/items/{item.pk}/delete/").status_code == 403


def test_nobody_else_deletes_a_draft(office: Office) -> None:
    item = office.draft()
    deputy = builders.person(Role.OFFICER, at=office.unit)
    for who, status in ((deputy, 403), (office.signatory, 403), (office.editor, 404)):
        assert browser(who).post(f"/items/{item.pk}/delete/").status_code == status
    assert ItemPage.objects.count() == 1


def test_a_new_item_begins_with_the_people_of_the_last_one(office: Office) -> None:
    officer = browser(office.officer)
    first = officer.get("/items/new/").context["form"]
    assert first["signatory"].value() == office.signatory.pk  # there is only one
    second = builders.person(Role.SIGNATORY, at=office.unit)
    data = fields(office, contact="刘某 123", signatory=second.pk, save="1")
    officer.post("/items/new/", data)
    form = officer.get("/items/new/").context["form"]
    assert (form["contact"].value(), form["signatory"].value()) == ("刘某 123", second.pk)


def test_the_rarely_used_fields_are_stored_and_shown(office: Office) -> None:
    officer = browser(office.officer)
    extra = {"keywords": "春耕 备耕", "note": "数据到本月底", "commission": "约稿第3号"}
    officer.post("/items/new/", fields(office, **extra, save="1"))
    item = ItemPage.objects.get()
    for name, value in extra.items():
        assert getattr(item, name) == value
        assert value in page(officer.get(f"/items/{item.pk}/edit/"))
        assert value in page(officer.get(f"/items/{item.pk}/"))
