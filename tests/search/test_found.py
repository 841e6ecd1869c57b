"""Finding through the databases: the same words on SQLite and PostgreSQL."""

from __future__ import annotations

import pytest

from cms.items import queries as items
from cms.items.models import ItemPage
from cms.search import queries, rules
from tests.builders import Office
from tests.ground import grounded
from tests.search import few

TITLE = "关于开展安全生产专项整治的情况报告"
BODY = (
    "一、基本情况\n今年以来，汾阳市应急管理局扎实推进安全生产工作，"
    "GDP同比增长5.2%，共排查隐患2026处。\n"
    "（一）主要做法\n落实“放管服”改革要求，全年 100% 整改。"
)


@grounded
def report(office: Office) -> None:
    """The text that is looked for."""
    office.draft(TITLE, BODY)


@grounded
def other(office: Office) -> None:
    """A text that has none of its words."""
    office.draft("另一件事", "天气晴好，秋粮入库。")


def titles(pages: object) -> list[str]:
    return [page.title for page in pages]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "words",
    [
        "安全",
        "整治",
        "安全生产",
        "产专项",
        "全生产工作",
        "汾阳市应急管理局",
        "隐患2026",
        "2026处",
        "202",
        "gdp",
        "ＧＤＰ",
        "GDP同比增长",
        "放管服",
        "“放管服”改革",
        "5.2",
        "安全 整改",
        "整改 专项 GDP",
        "关",
        "  安全\u3000生产  ",
        "安全，",
    ],
)
def test_found(office: Office, report: None, other: None, words: str) -> None:
    found = few.found(items.own_items(office.officer), words, own=True)
    assert titles(found) == [TITLE]
    assert found.count() == 1


@pytest.mark.parametrize(
    "words",
    [
        "消防",
        "产安",
        "安全生活",
        "安全 消防",
        "生产安全",
        "专项整治工作",
        "整治一基本",
        "DP",
        "026",
        "秋",
        "，",
        "'",
        '"',
        "安全*消防",
    ],
)
def test_not_found(office: Office, report: None, words: str) -> None:
    assert titles(few.found(items.own_items(office.officer), words, own=True)) == []


@pytest.mark.parametrize(
    "words",
    [
        '"',
        "'",
        "''\"\"",
        "安全 AND",
        "AND",
        "NOT 安全",
        "安全 OR 生产 NEAR(",
        "title_grams:安全",
        "安全*",
        "* *",
        "^安全",
        "{安全}",
        "(((((",
        "\\",
        "%",
        "_",
        "安\x00全",
        "\x00",
        "\ud800",
        "<script>alert(1)</script>",
        "' OR 1=1 --",
        "'; DROP TABLE search_text; --",
        "安" * 10_000,
        "a" * 10_000,
        "安 " * 10_000,
        "𠀀𪜶",
        "🀄️👨‍👩‍👧",
        "é à ß",
        "\u202e全安",
        ":* <-> & | !",
    ],
)
def test_no_query_is_a_fault(office: Office, report: None, words: str) -> None:
    found = few.found(items.own_items(office.officer), words, own=True)
    assert len(list(found)) == found.count()
    assert found.count() <= 1


def test_title_hits_come_first_then_the_newest(office: Office) -> None:
    in_title = office.draft("安全生产情况", "秋粮入库。")
    in_body = office.draft("秋粮情况", "安全生产。")
    newer = office.draft("夏粮情况", "安全生产。")
    found = few.found(items.own_items(office.officer), "安全生产", own=True)
    assert [page.pk for page in found] == [in_title.pk, newer.pk, in_body.pk]


def test_blank_words_narrow_nothing(office: Office) -> None:
    office.draft(TITLE, BODY)
    assert few.found(items.own_items(office.officer), " \u3000", own=True).count() == 1


@pytest.mark.parametrize("place", ["start", "edge", "end"])
def test_long_texts_are_found_to_their_end(office: Office, place: str) -> None:
    filler = "汇总各方面情况" * 2_900
    mark = "秋粮收购价格"
    at = {"start": 0, "edge": rules.PIECE - 3, "end": len(filler)}[place]
    office.draft("长文", filler[:at] + mark + filler[at:])
    found = few.found(items.own_items(office.officer), mark, own=True)
    assert titles(found) == ["长文"]
    pk = found[0].pk
    snippet = queries.snippets([pk], mark, own=True)[pk]
    assert f"<mark>{mark}</mark>" in snippet.text


def test_snippets_mark_hits_and_escape_the_rest(office: Office) -> None:
    item = office.draft("安全<b>与</b>生产", "a < b 且 安全 > 一切")
    snippet = queries.snippets([item.pk], "安全", own=True)[item.pk]
    assert snippet.title.startswith("<mark>安全</mark>&lt;b&gt;")
    assert "a &lt; b 且 <mark>安全</mark> &gt; 一切" in snippet.text


def test_a_changed_text_is_found_by_its_new_words_only(office: Office) -> None:
    from cms.items import actions, text

    item = office.draft(TITLE, BODY)
    draft = actions.Draft(
        title="秋粮", form="news", body=text.to_html("入库"), signatory=office.signatory
    )
    actions.save_item(item_id=item.pk, person=office.officer, draft=draft)
    own = items.own_items(office.officer)
    assert not few.found(own, "安全生产", own=True).exists()
    assert few.found(own, "秋粮 入库", own=True).exists()


def test_a_deleted_draft_is_forgotten(office: Office) -> None:
    from cms.search.models import SearchText
    from cms.similar.models import Band, Signature

    item = office.draft(TITLE, BODY)
    assert Band.objects.exists()
    ItemPage.objects.get(pk=item.pk).delete()
    assert not SearchText.objects.exists()
    assert not Signature.objects.exists()
    assert not Band.objects.exists()
