"""What the index holds for whom: another unit's words are never found, counted or shown."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from cms.items import actions, text
from cms.items import queries as items
from cms.items.models import ItemPage
from cms.review.rules import Verdict
from cms.search.models import SearchText
from tests.builders import Office, decide, fresh
from tests.desk.pages import browser, page
from tests.search import few

SECRET = "密云水库泄洪方案"
BODY = f"一、情况\n{SECRET}已报县政府，全县各乡镇做好准备。"


def rewrite(office: Office, item: ItemPage, title: str, body: str) -> None:
    draft = actions.Draft(
        title=title, form="news", body=text.to_html(body), signatory=office.signatory
    )
    actions.save_item(item_id=item.pk, person=fresh(office.officer), draft=draft)


def office_finds(office: Office, words: str) -> list[str]:
    answer = browser(office.editor).get("/office/search/", {"q": words})
    assert answer.status_code == 200
    return [str(hit.found.title) for hit in answer.context.get("hits", ())]


def test_another_units_texts_are_not_found(office: Office) -> None:
    other = Office()
    for item in (other.draft("甲", BODY), other.submitted("乙", BODY), other.pooled("丙", BODY)):
        assert not few.found(items.own_items(office.officer), SECRET, own=True).exists()
        assert SECRET not in page(browser(office.officer).get("/items/", {"q": SECRET[:4]}))
        own = few.found(items.own_items(other.officer), SECRET, own=True)
        assert own.filter(pk=item.pk).exists()


def test_the_office_finds_a_text_from_the_signature_on(office: Office) -> None:
    item = office.draft("防汛情况", BODY)
    assert office_finds(office, SECRET) == []
    actions.submit_item(item_id=item.pk, person=office.officer)
    assert office_finds(office, SECRET) == []
    decide(item, office.signatory)
    assert office_finds(office, SECRET) == ["防汛情况"]


def test_a_draft_after_a_return_is_found_by_its_unit_only(office: Office) -> None:
    item = office.signed("防汛情况", BODY)
    decide(item, office.editor, Verdict.RETURN, "请补充数据")
    rewrite(office, item, "改写后的题目", "新写的内容是秋粮收购。")
    assert office_finds(office, "秋粮收购") == []
    assert office_finds(office, "改写后的题目") == []
    assert office_finds(office, SECRET) == ["防汛情况"]
    shown = page(browser(office.editor).get("/office/search/", {"q": SECRET}))
    assert "改写后的题目" not in shown
    assert "秋粮" not in shown
    own = items.own_items(office.officer)
    assert few.found(own, "秋粮收购", own=True).exists()
    assert not few.found(own, SECRET, own=True).exists()
    actions.submit_item(item_id=item.pk, person=fresh(office.officer))
    assert office_finds(office, "秋粮收购") == []
    decide(item, office.signatory)
    assert office_finds(office, "秋粮收购") == ["改写后的题目"]
    assert office_finds(office, SECRET) == []
    assert SearchText.objects.filter(page_id=item.pk).count() == 1


def test_readers_find_what_was_issued_and_nothing_before(office: Office) -> None:
    from cms.bulletins import actions as bulletins
    from infoflow.units.roles import Role
    from tests.builders import person

    leader = browser(person(Role.LEADER))
    issue = office.issue(office.pooled("防汛情况", BODY))

    def found() -> list[int]:
        answer = leader.get("/issues/", {"q": SECRET})
        return [hit.issue.pk for hit in answer.context["hits"]]

    assert found() == []
    answer = browser(office.editor).get("/office/search/", {"q": SECRET, "kind": "issues"})
    assert [hit.issue.pk for hit in answer.context["hits"]] == [issue.pk]
    bulletins.submit_issue(issue_id=issue.pk, person=office.editor)
    decide(issue, office.reviewer)
    assert found() == []
    decide(issue, office.issuer)
    assert found() == [issue.pk]
    assert f"<mark>{SECRET}</mark>" in page(leader.get("/issues/", {"q": SECRET}))
    assert leader.get("/office/search/").status_code in (302, 403, 404)


def test_counts_tell_nothing_of_other_units(office: Office) -> None:
    other = Office()
    other.draft(SECRET, BODY)
    office.signed("防汛情况", BODY)
    answer = browser(office.editor).get("/office/search/", {"q": SECRET})
    assert answer.context["page_obj"].paginator.count == 1
    answer = browser(other.officer).get("/items/", {"q": SECRET})
    assert answer.context["page"].paginator.count == 1


def _state() -> list[tuple[object, ...]]:
    return sorted(
        SearchText.objects.values_list("page_id", "part", "own", "sent", "digest", "title", "body")
    )


def one_of_everything(office: Office) -> None:
    office.draft("草稿", BODY)
    office.submitted("已提交", "长文" * 6_000)
    item = office.signed("退改后重写", BODY)
    decide(item, office.editor, Verdict.RETURN, "请补充数据")
    rewrite(office, item, "重写", "秋粮")
    back = office.signed("退改后改回", BODY)
    decide(back, office.editor, Verdict.RETURN, "请补充数据")
    rewrite(office, back, "别的", "秋粮")
    rewrite(office, back, "退改后改回", BODY)
    office.issued(office.pooled("已采用", BODY))
    office.issue(office.pooled("拟编", BODY))


def test_rebuilding_gives_what_was_kept(office: Office) -> None:
    one_of_everything(office)
    call_command("rebuild_search", check=True)
    kept = _state()
    SearchText.objects.all().delete()
    with pytest.raises(CommandError):
        call_command("rebuild_search", check=True)
    call_command("rebuild_search")
    assert _state() == kept
    SearchText.objects.filter(title="重写").update(own=False)
    SearchText.objects.filter(title="拟编").update(digest="0")
    call_command("rebuild_search")
    assert _state() == kept
    assert office_finds(office, SECRET) != []


def test_the_check_names_what_is_missing(office: Office) -> None:
    item = office.draft()
    SearchText.objects.all().delete()
    with pytest.raises(CommandError, match=str(item.pk)):
        call_command("rebuild_search", check=True)
    assert not SearchText.objects.exists()


def test_a_missing_index_turns_the_check_red(db: None) -> None:
    from django.core.checks import run_checks

    from cms.search import fts

    fts.remove()
    assert [m.id for m in run_checks() if m.id == "search.E001"] == ["search.E001"]
    fts.install()
    assert not [m for m in run_checks() if m.id == "search.E001"]
