"""Words that very many texts hold are looked for page by page: the same finds, less work."""

from __future__ import annotations

import pytest
from django.db import connection
from django.urls import reverse

from cms.items import queries as items
from cms.items.models import ItemPage
from cms.search import queries
from infoflow.paging import Chain, FoundPaginator
from tests.builders import Office
from tests.desk.pages import browser
from tests.ground import grounded

pytestmark = pytest.mark.django_db

BODY = "今年以来扎实推进秋粮收购工作，已入库三万吨。"
WORDS = ["秋粮收购", "秋粮 入库", "情况", "收购资金", "无此词句", "秋"]


@grounded
def texts(office: Office) -> Office:
    """Items with the word in the text, in the title, in both, and without it."""
    office.draft("关于秋粮收购进度的情况", BODY)
    office.draft("关于入库的情况", BODY)
    office.draft("关于秋粮收购资金的情况", "资金已拨付到位。")
    office.draft("关于防汛的情况", "水库水位正常。")
    office.draft("关于收储的情况", BODY)
    return office


@pytest.mark.parametrize("common", [-1, 2])
@pytest.mark.parametrize("words", WORDS)
def test_the_same_as_when_everything_is_sorted(
    texts: Office, monkeypatch: pytest.MonkeyPatch, words: str, common: int
) -> None:
    plain = FoundPaginator(queries.found(items.own_items(texts.officer), words, own=True), 10)
    # With two, titles are few while the texts that hold the words are many.
    monkeypatch.setattr(queries, "COMMON", common)
    found = queries.found(items.own_items(texts.officer), words, own=True)
    if common == -1 and connection.vendor == "sqlite":
        assert isinstance(found, Chain)
    asked = FoundPaginator(found, 10)
    assert [row.pk for row in asked.page(1)] == [row.pk for row in plain.page(1)]
    assert asked.count == plain.count


def test_others_drafts_stay_unknown(texts: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "COMMON", -1)
    theirs = items.own_items(Office().officer)
    assert FoundPaginator(queries.found(theirs, "秋粮收购", own=True), 10).count == 0
    office = ItemPage.objects.visible_to(texts.editor)
    assert FoundPaginator(queries.found(office, "秋粮收购"), 10).count == 0  # nothing was signed


def test_pages_of_a_search_are_cut_from_its_keys(texts: Office) -> None:
    whole = queries.found(items.own_items(texts.officer), "秋粮收购", own=True)
    assert not isinstance(whole, Chain)
    plain = [row.pk for row in whole]
    pages = FoundPaginator(whole, 3)
    assert pages.count == 4
    assert [row.pk for row in pages.page(1)] == plain[:3]
    assert [row.pk for row in pages.page(2)] == plain[3:]
    assert not pages.more
    pages = FoundPaginator(whole, 2)
    pages.cap = 3
    assert (pages.count, pages.more, [row.pk for row in pages.page(2)]) == (3, True, plain[2:3])


def test_who_sees_less_is_told(texts: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FoundPaginator, "cap", 2)
    desk = browser(texts.officer).get(reverse("item_list") + "?q=情况").content.decode()
    assert "超过2篇，只列前2篇" in desk
    assert "请再加一个词" in desk
    for title in ("关于秋收的情况", "关于秋种的情况", "关于秋播的情况"):
        texts.signed(title, BODY)
    page = browser(texts.editor).get(reverse("office_search") + "?q=情况").content.decode()
    assert "只列前 2 篇" in page
