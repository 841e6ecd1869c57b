"""联合报送 through the pages: named by the lead, answered at the partner's desk, shown to all."""

from __future__ import annotations

from typing import Any

import pytest

from cms.items.models import ItemPage, JointAnswer, JointUnit
from cms.review.models import Decision
from cms.review.rules import Step
from infoflow.units.models import Unit, User
from infoflow.units.roles import Role
from tests import builders
from tests.builders import Office, decide
from tests.desk.pages import browser, fields, hidden, page
from tests.ground import grounded

pytestmark = pytest.mark.screens


class Partner:
    """A unit that is asked, with its people."""

    def __init__(self, name: str = "北关街道") -> None:
        self.unit: Unit = builders.unit(name)
        self.officer: User = builders.person(Role.OFFICER, at=self.unit, name=f"{name}信息员")
        self.signatory: User = builders.person(Role.SIGNATORY, at=self.unit)


@grounded
def partner() -> Partner:
    return Partner()


def sent(office: Office, *names: str, **changes: Any) -> ItemPage:
    data = fields(office, joint="、".join(names), submit="1", **changes)
    answer = browser(office.officer).post("/items/new/", data)
    assert answer.status_code == 302
    return ItemPage.objects.order_by("-pk")[0]


def answer(item: ItemPage, who: User, **button: Any) -> Any:
    client = browser(who)
    shown = client.get(f"/items/{item.pk}/")
    data = {"unit": hidden(shown, "unit"), "digest": hidden(shown, "digest"), **button}
    return client.post(f"/items/{item.pk}/joint/", data, follow=True)


def signing_form(item: ItemPage, who: User) -> dict[str, str]:
    shown = browser(who).get(f"/items/{item.pk}/")
    return {"task": hidden(shown, "task"), "digest": hidden(shown, "digest"), "pass": "1"}


def test_the_whole_way(office: Office, partner: Partner) -> None:
    item = sent(office, partner.unit.name)
    home = page(browser(partner.officer).get("/"))
    assert "请本单位联合报送" in home
    assert item.title in home
    lead = page(browser(office.officer).get(f"/items/{item.pk}/"))
    assert "等答复" in lead
    assert "等1个联合单位答复" in page(browser(office.officer).get("/items/"))

    signatory = page(browser(office.signatory).get(f"/items/{item.pk}/"))
    assert "还没有同意这一稿" in signatory
    assert 'name="pass"' not in signatory
    early = browser(office.signatory).post(
        f"/items/{item.pk}/sign/", signing_form(item, office.signatory)
    )
    assert early.status_code == 409
    assert "还没有同意" in page(early)
    assert not Decision.objects.filter(step=Step.SIGN).exists()

    assert "已同意联合报送" in page(answer(item, partner.signatory, agree="1"))
    assert "请本单位联合报送" not in page(browser(partner.officer).get("/"))
    browser(office.signatory).post(f"/items/{item.pk}/sign/", signing_form(item, office.signatory))
    assert Decision.objects.filter(step=Step.SIGN).exists()
    for who in (office.editor, partner.officer, office.officer):
        assert partner.unit.name in page(browser(who).get(f"/items/{item.pk}/"))
    task = builders.task_of(item)
    assert partner.unit.name in page(browser(office.editor).get(f"/office/decide/{task}/"))


def test_declining_shows_why(office: Office, partner: Partner) -> None:
    item = sent(office, partner.unit.name)
    bare = answer(item, partner.officer, decline="1")
    assert "请填写理由" in page(bare)
    answer(item, partner.officer, decline="1", reason="口径不一致")
    lead = browser(office.officer)
    assert "口径不一致" in page(lead.get(f"/items/{item.pk}/"))
    assert "有1个联合单位不同意" in page(lead.get("/"))


def test_a_page_of_an_older_text_is_refused(office: Office, partner: Partner) -> None:
    item = sent(office, partner.unit.name)
    client, lead = browser(partner.officer), browser(office.officer)
    shown = client.get(f"/items/{item.pk}/")
    old = {"unit": hidden(shown, "unit"), "digest": hidden(shown, "digest"), "agree": "1"}
    lead.post(f"/items/{item.pk}/withdraw/")
    edit = lead.get(f"/items/{item.pk}/edit/")
    changed = fields(
        office,
        title="改过的标题",
        joint=partner.unit.name,
        revision=hidden(edit, "revision"),
        submit="1",
    )
    lead.post(f"/items/{item.pk}/edit/", changed)
    late = client.post(f"/items/{item.pk}/joint/", old)
    assert late.status_code == 409
    assert "修改了稿件" in page(late)
    assert "改过的标题" in page(late)
    assert not JointAnswer.objects.exists()


def test_a_partner_never_reads_a_draft_or_why_it_came_back(
    office: Office, partner: Partner
) -> None:
    item = sent(office, partner.unit.name)
    lead = browser(office.officer)
    decide(item, office.signatory, "return", "内部的退回理由")
    edit = lead.get(f"/items/{item.pk}/edit/")
    draft = fields(
        office,
        title="正在改的标题",
        body="正在改的正文",
        joint=partner.unit.name,
        revision=hidden(edit, "revision"),
        save="1",
    )
    lead.post(f"/items/{item.pk}/edit/", draft)
    client = browser(partner.officer)
    for address in ("/", "/items/", "/items/joint/", f"/items/{item.pk}/"):
        shown = page(client.get(address))
        for words in ("正在改的标题", "正在改的正文", "内部的退回理由"):
            assert words not in shown, address
    assert "关于春耕备耕的情况" in page(client.get(f"/items/{item.pk}/"))
    assert client.get(f"/items/{item.pk}/edit/").status_code == 403
    for act in ("submit", "withdraw", "copy", "delete", "check", "sign"):
        answered = client.post(f"/items/{item.pk}/{act}/", {"pass": "1"})
        assert answered.status_code in (403, 409), act
    assert ItemPage.objects.count() == 1


def test_just_this_item_and_only_this_unit(office: Office, partner: Partner) -> None:
    other_item = office.submitted("与联合无关的稿件")
    item = sent(office, partner.unit.name)
    client = browser(partner.officer)
    assert client.get(f"/items/{item.pk}/").status_code == 200
    assert client.get(f"/items/{other_item.pk}/").status_code == 404
    assert "与联合无关的稿件" not in page(client.get("/items/joint/"))
    stranger = browser(Partner("南关街道").officer)
    assert stranger.get(f"/items/{item.pk}/").status_code == 404
    assert stranger.post(f"/items/{item.pk}/joint/", {"agree": "1"}).status_code == 404


def test_a_partner_that_is_let_go_sees_nothing_more(office: Office, partner: Partner) -> None:
    item = sent(office, partner.unit.name)
    lead = browser(office.officer)
    lead.post(f"/items/{item.pk}/withdraw/", {"reason": "不再联合"})
    edit = lead.get(f"/items/{item.pk}/edit/")
    assert partner.unit.name in page(edit)
    alone = fields(office, joint="", revision=hidden(edit, "revision"), submit="1")
    lead.post(f"/items/{item.pk}/edit/", alone)
    assert browser(partner.officer).get(f"/items/{item.pk}/").status_code == 404
    assert JointUnit.objects.get().dropped_by == office.officer
    browser(office.signatory).post(f"/items/{item.pk}/sign/", signing_form(item, office.signatory))
    assert Decision.objects.filter(step=Step.SIGN).exists()


def test_one_click_lets_a_partner_go_and_the_others_word_stands(
    office: Office, partner: Partner
) -> None:
    silent = Partner("南关街道")
    item = sent(office, partner.unit.name, silent.unit.name)
    answer(item, partner.signatory, agree="1")
    lead = browser(office.officer)
    data = {"drop": str(silent.unit.pk)}
    assert browser(silent.officer).post(f"/items/{item.pk}/joint/", data).status_code == 409
    assert "已取消" in page(lead.post(f"/items/{item.pk}/joint/", data, follow=True))
    again = lead.post(f"/items/{item.pk}/joint/", data)
    assert again.status_code == 409
    assert lead.post(f"/items/{item.pk}/joint/", {"drop": "x"}).status_code == 409
    assert browser(silent.officer).get(f"/items/{item.pk}/").status_code == 404
    assert "取消联合报送单位：南关街道" in page(lead.get(f"/items/{item.pk}/"))
    browser(office.signatory).post(f"/items/{item.pk}/sign/", signing_form(item, office.signatory))
    assert Decision.objects.filter(step=Step.SIGN).exists()
    assert lead.post(f"/items/{item.pk}/joint/", {"drop": partner.unit.pk}).status_code == 409


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("没有的单位", "没有找到单位“没有的单位”"),
        ("北关", "没有找到单位“北关”"),
        ("{own}", "不用填写本单位"),
        ("、".join(f"单位{n}" for n in range(11)), "不能超过10个"),
    ],
)
def test_names_that_do_not_fit_are_told(
    office: Office, partner: Partner, names: str, words: str
) -> None:
    data = fields(office, joint=names.format(own=office.unit.name), save="1")
    shown = browser(office.officer).post("/items/new/", data)
    assert words in " ".join(shown.context["form"].errors["joint"])
    assert '<details class="more" open' in page(shown)
    assert not ItemPage.objects.exists()


def test_every_unit_stands_in_the_count(office: Office, partner: Partner) -> None:
    builders.in_group(office.unit, "乡镇")
    builders.in_group(partner.unit, "乡镇")
    item = sent(office, partner.unit.name)
    answer(item, partner.signatory, agree="1")
    for who in (office.signatory, office.editor, office.reviewer):
        decide(item, who)
    office.issued(ItemPage.objects.get(pk=item.pk))
    shown = browser(office.scorer).get("/ranking/").context["tables"]
    rows = {row.unit: row.figures for table in shown for row in table.table.rows}
    for unit in (office.unit, partner.unit):
        assert rows[unit.name].submitted == 1
        assert sum(rows[unit.name].adopted.values()) == 1
