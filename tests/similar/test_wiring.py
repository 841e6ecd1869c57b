"""Alike items through the real actions: kept current, shown to whom they may be shown."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from cms.items import actions, similar, text
from cms.items.models import ItemPage
from cms.review.rules import Verdict
from cms.similar import queries
from cms.similar.actions import drop
from cms.similar.models import Band, Signature
from tests.builders import Office, decide, fresh
from tests.desk.pages import browser, page

TEXT = (
    "一、基本情况\n今年以来，全县扎实推进高标准农田建设，已完成投资三点二亿元，建成面积五万亩。\n"
    "二、主要做法\n坚持规划先行，分片包干，压实责任。县农业农村局会同财政局建立联合验收机制，"
    "对质量不合格的标段一律返工。聘请群众监督员一百二十名，全程参与施工监督。\n"
    "三、存在问题\n部分乡镇配套资金到位迟缓，管护责任还不够明确，需要进一步研究解决。"
)
ANOTHER = (
    "昨日夜间，城关镇出现短时强降雨，最大雨量七十八毫米。镇政府立即启动应急响应，"
    "转移低洼地带群众三百余人，暂无人员伤亡。目前道路积水已经排除，供电供水恢复正常。"
)


def rewrite(office: Office, item: ItemPage, title: str, body: str) -> None:
    draft = actions.Draft(
        title=title, form="news", body=text.to_html(body), signatory=office.signatory
    )
    actions.save_item(item_id=item.pk, person=fresh(office.officer), draft=draft)


def test_a_unit_sees_its_own_titles(office: Office) -> None:
    first = office.draft("农田建设情况", TEXT)
    office.draft("暴雨情况", ANOTHER)
    second = office.draft("高标准农田进展", TEXT.replace("五万亩", "六万亩"))
    shown = similar.for_desk(second, office.officer)
    assert [(alike.item.pk, alike.title) for alike in shown.own] == [(first.pk, "农田建设情况")]
    assert shown.own[0].percent > 80
    assert not shown.others


def test_of_other_units_only_that_something_was_sent(office: Office) -> None:
    other = Office()
    item = office.draft("农田建设情况", TEXT)
    theirs = other.draft("他们的题目", TEXT)
    assert not similar.for_desk(item, office.officer)
    actions.submit_item(item_id=theirs.pk, person=other.officer)
    assert not similar.for_desk(item, office.officer)
    decide(theirs, other.signatory)
    shown = similar.for_desk(item, office.officer)
    assert shown.others
    assert shown.own == ()


def test_a_foreign_draft_after_a_return_stays_unknown(office: Office) -> None:
    other = Office()
    theirs = other.signed("他们的题目", ANOTHER)
    decide(theirs, office.editor, Verdict.RETURN, "请补充数据")
    rewrite(other, theirs, "重写", TEXT)
    ours = office.draft("农田建设情况", TEXT)
    assert not similar.for_desk(ours, office.officer)
    assert [m.page_id for m in queries.like(text=TEXT, drafts_of=[other.unit.pk])] == [theirs.pk]
    assert similar.for_desk(office.draft("暴雨", ANOTHER), office.officer).others
    assert [a.title for a in similar.for_office(ours)] == []


def test_the_office_sees_all_that_were_sent_under_the_title_sent(office: Office) -> None:
    other = Office()
    theirs = other.signed("他们的题目", TEXT)
    office.draft("草稿", TEXT)
    ours = office.signed("农田建设情况", TEXT)
    decide(theirs, office.editor, Verdict.RETURN, "请补充数据")
    rewrite(other, theirs, "改过的题目", ANOTHER)
    shown = similar.for_office(ItemPage.objects.get(pk=ours.pk))
    assert [(a.item.pk, a.title) for a in shown] == [(theirs.pk, "他们的题目")]
    assert shown[0].percent > 90


@pytest.mark.screens
def test_side_by_side_marks_equal_sentences(office: Office) -> None:
    other = Office()
    theirs = other.signed("他们的题目", TEXT)
    ours = office.signed("农田建设情况", TEXT.replace("一百二十名", "一百三十名") + ANOTHER)
    shown = page(browser(office.editor).get(f"/office/alike/{ours.pk}/{theirs.pk}/"))
    assert '<mark class="if-same">坚持规划先行，分片包干，压实责任。</mark>' in shown
    assert '<mark class="if-near">聘请群众监督员一百三十名，全程参与施工监督。</mark>' in shown
    assert "昨日夜间，城关镇出现短时强降雨，最大雨量七十八毫米。" in shown
    assert '">昨日夜间' not in shown.split("if-two")[1]


@pytest.mark.screens
@pytest.mark.parametrize("state", ["draft", "submitted"])
def test_side_by_side_shows_no_text_that_has_not_left_its_unit(office: Office, state: str) -> None:
    sent = office.signed("农田建设情况", TEXT)
    other = Office()
    hidden = getattr(other, state)("他们的题目", TEXT)
    for address in (f"{sent.pk}/{hidden.pk}", f"{hidden.pk}/{sent.pk}", f"{sent.pk}/999999999"):
        answer = browser(office.editor).get(f"/office/alike/{address}/")
        assert answer.status_code == 404
        assert "他们的题目" not in page(answer)
    own = browser(other.officer).get(f"/office/alike/{hidden.pk}/{sent.pk}/")
    assert own.status_code == 404


def _state() -> tuple[list[tuple[object, ...]], int]:
    rows = Signature.objects.values_list("page_id", "unit_id", "own", "sent", "digest")
    return sorted(rows), Band.objects.count()


def test_rebuilding_gives_what_was_kept(office: Office) -> None:
    office.draft("草稿", TEXT)
    office.draft("一句话", "同意。")
    item = office.signed("退改", TEXT)
    decide(item, office.editor, Verdict.RETURN, "请补充数据")
    rewrite(office, item, "重写", ANOTHER)
    office.pooled("入库", TEXT)
    kept = _state()
    call_command("rebuild_similar", check=True)
    for row in Signature.objects.all():
        drop(row.page_id)
    assert Band.objects.count() == 0
    with pytest.raises(CommandError, match=str(item.pk)):
        call_command("rebuild_similar", check=True)
    call_command("rebuild_similar")
    assert _state() == kept
    assert queries.like(text=TEXT)


def test_saving_the_same_text_again_writes_nothing(office: Office) -> None:
    item = office.draft("农田建设情况", TEXT)
    before = list(Signature.objects.values_list("pk", flat=True))
    rewrite(office, item, "农田建设情况", TEXT)
    assert list(Signature.objects.values_list("pk", flat=True)) == before
    rewrite(office, item, "农田建设情况", ANOTHER)
    assert Band.objects.count() == 32
    assert queries.like(text=TEXT, drafts_of=[office.unit.pk]) == []
