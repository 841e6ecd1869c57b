"""Two tabs or two colleagues: both texts are shown, and nothing that was typed is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from cms.items.models import AutoSave, ItemPage
from infoflow.units.roles import Role
from tests import builders
from tests.builders import Office
from tests.desk.pages import browser, fields, hidden, page

pytestmark = pytest.mark.screens


def both_changed(office: Office) -> tuple[ItemPage, Client, Any]:
    """An item that a deputy has saved while the officer was writing; the officer's answer."""
    item = office.draft()
    deputy = builders.person(Role.OFFICER, at=office.unit, name="乙角")
    seen = str(item.latest_revision_id)
    address = f"/items/{item.pk}/edit/"
    theirs = fields(office, title="乙的标题", body="共同的一段\n乙的一段", revision=seen, save="1")
    browser(deputy).post(address, theirs)
    officer = browser(office.officer)
    mine = fields(office, title="甲的标题", body="共同的一段\n甲的一段", revision=seen, save="1")
    return item, officer, officer.post(address, mine)


def carried(answer: Any) -> dict[str, str]:
    """The hidden fields of the conflict page."""
    names = ("title", "form", "body", "contact", "signatory", "form_key", "revision")
    return {name: hidden(answer, name) for name in names}


def test_both_texts_stand_side_by_side(office: Office) -> None:
    item, _officer, late = both_changed(office)
    assert late.status_code == 409
    shown = page(late)
    assert "乙角" in shown
    for words in ("甲的标题", "乙的标题", "共同的一段"):
        assert words in shown
    assert "<del>甲</del>的一段" in shown
    assert "<ins>乙</ins>的一段" in shown
    assert ItemPage.objects.get(pk=item.pk).title == "乙的标题"


def test_keeping_mine_saves_over_theirs_which_stays_in_the_history(office: Office) -> None:
    item, officer, late = both_changed(office)
    officer.post(f"/items/{item.pk}/edit/", {**carried(late), "save": "1"})
    assert ItemPage.objects.get(pk=item.pk).title == "甲的标题"
    titles = [revision.content["title"] for revision in item.revisions.order_by("pk")]
    assert titles[1:] == ["乙的标题", "甲的标题"]
    assert not AutoSave.objects.exists()


def test_a_third_change_meanwhile_is_a_conflict_again(office: Office) -> None:
    item, officer, late = both_changed(office)
    edit = officer.get(f"/items/{item.pk}/edit/")
    third = fields(office, title="第三稿", revision=hidden(edit, "revision"), save="1")
    officer.post(f"/items/{item.pk}/edit/", third)
    again = officer.post(f"/items/{item.pk}/edit/", {**carried(late), "save": "1"})
    assert again.status_code == 409
    assert "您在另一个窗口已经改过" in page(again)
    assert ItemPage.objects.get(pk=item.pk).title == "第三稿"


def test_taking_theirs_keeps_mine_to_come_back_to(office: Office) -> None:
    item, officer, _late = both_changed(office)
    edit = officer.get(f"/items/{item.pk}/edit/")
    assert "乙的一段" in page(edit)
    assert "没有保存的内容" in page(edit)
    kept = AutoSave.objects.get()
    back = officer.get(f"/items/{item.pk}/edit/", {"restore": str(kept.form_key)})
    assert "甲的一段" in page(back)
    # Its revision is the old one: saving it shows both texts again.
    assert hidden(back, "revision") != str(ItemPage.objects.get(pk=item.pk).latest_revision_id)


def test_going_on_with_mine_shows_theirs_beside(office: Office) -> None:
    item, officer, late = both_changed(office)
    beside = officer.post(f"/items/{item.pk}/edit/", {**carried(late), "beside": "1"})
    assert beside.status_code == 200
    shown = page(beside)
    assert "甲的一段" in shown.split("<aside")[0]
    assert "乙的一段" in shown.split("<aside")[1]
    saved = fields(office, title="合并的标题", revision=hidden(beside, "revision"), save="1")
    assert officer.post(f"/items/{item.pk}/edit/", saved).status_code == 302
    assert ItemPage.objects.get(pk=item.pk).title == "合并的标题"


def test_the_same_text_twice_is_no_conflict(office: Office) -> None:
    item = office.draft()
    seen = str(item.latest_revision_id)
    officer = browser(office.officer)
    data = fields(office, title="一样的标题", revision=seen, save="1")
    for _again in range(2):
        assert officer.post(f"/items/{item.pk}/edit/", data).status_code == 302
    assert item.revisions.count() == 2


def test_the_form_of_a_new_item_sent_again_with_another_text_loses_neither(office: Office) -> None:
    officer = browser(office.officer)
    data = fields(office, title="第一次的标题", save="1")
    officer.post("/items/new/", data)
    late = officer.post("/items/new/", {**data, "title": "后退之后改的标题"})
    assert late.status_code == 409
    assert "后退之后改的标题" in page(late)
    assert "第一次的标题" in page(late)
    item = ItemPage.objects.get()
    assert item.title == "第一次的标题"
    officer.post(f"/items/{item.pk}/edit/", {**carried(late), "save": "1"})
    assert ItemPage.objects.get().title == "后退之后改的标题"
