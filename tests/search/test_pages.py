"""The search pages: filters, empty states, odd questions, and what they cost."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.bulletins.models import IssuePage
from cms.items.models import ItemPage
from cms.review.rules import Verdict
from infoflow.units.models import UnitGroup
from infoflow.units.roles import Role
from tests import builders
from tests.builders import Office, decide, person
from tests.desk.pages import browser, page
from tests.ground import grounded

pytestmark = pytest.mark.screens

SEARCH = "/office/search/"
ODD = ["'", '"', "a\x00b", "字" * 10_000, "AND OR NOT", "((", "%00", "<script>alert(1)</script>"]


@grounded
def signed(office: Office) -> ItemPage:
    return office.signed("防汛情况")


def hits(office: Office, **wanted: str | int) -> set[str]:
    answer = browser(office.editor).get(SEARCH, wanted)
    assert answer.status_code == 200
    return {str(hit.found.title) for hit in answer.context.get("hits", ())}


def test_filters_narrow_the_items(office: Office) -> None:
    other = Office(builders.unit("城关镇", group="乡镇组"))
    office.signed("甲地防汛")
    other.signed("乙地防汛")
    back = office.signed("丙地防汛")
    decide(back, office.editor, Verdict.RETURN, "请补充数据")
    office.pooled("丁地防汛")
    office.issued(office.pooled("戊地防汛"))
    everything = {"甲地防汛", "乙地防汛", "丙地防汛", "丁地防汛", "戊地防汛"}
    year = timezone.localdate().year

    def found(**wanted: str | int) -> set[str]:
        marks = ("<mark>", "</mark>")
        titles = hits(office, **wanted)
        return {title.replace(marks[0], "").replace(marks[1], "") for title in titles}

    assert found(q="防汛") == everything
    assert found(q="防汛", unit=other.unit.pk) == {"乙地防汛"}
    assert found(unit=other.unit.pk) == {"乙地防汛"}
    assert found(q="防汛", group=UnitGroup.objects.get().pk) == {"乙地防汛"}
    assert found(q="防汛", form="news") == everything
    assert found(q="防汛", form="research") == set()
    assert found(q="防汛", year=year) == everything
    assert found(q="防汛", year=year - 1) == set()
    assert found(q="防汛", state="screen") == {"甲地防汛", "乙地防汛"}
    assert found(q="防汛", state="returned") == {"丙地防汛"}
    assert found(q="防汛", state="pool") == {"丁地防汛"}
    assert found(q="防汛", state="adopted") == {"戊地防汛"}


def test_nothing_is_listed_before_anything_is_asked(office: Office) -> None:
    office.signed()
    shown = browser(office.editor).get(SEARCH)
    assert "hits" not in shown.context
    assert "单位未报出的草稿不在其中" in page(shown)
    assert "没有找到" in page(browser(office.editor).get(SEARCH, {"q": "没有的词"}))


@pytest.mark.parametrize("words", ODD)
def test_odd_questions_are_no_fault(office: Office, signed: ItemPage, words: str) -> None:
    editor = browser(office.editor)
    for kind in ("items", "issues"):
        answer = editor.get(SEARCH, {"q": words, "kind": kind, "p": "x", "year": "y"})
        assert answer.status_code == 200
        assert "<script>alert" not in page(answer)
    assert editor.get("/issues/", {"q": words}).status_code == 200
    assert browser(office.officer).get("/items/", {"q": words}).status_code == 200


@pytest.mark.parametrize("role", [Role.SCORER, Role.SYSTEM_ADMIN, Role.AUDITOR, Role.LEADER])
def test_only_those_who_handle_texts_search_them(
    office: Office, signed: ItemPage, role: Role
) -> None:
    answer = browser(person(role)).get(SEARCH, {"q": "防汛"}, follow=True)
    assert "防汛情况" not in page(answer)


def test_the_office_is_led_to_its_own_search(office: Office) -> None:
    assert SEARCH not in page(browser(office.scorer).get("/office/"))
    shown = page(browser(office.editor).get("/office/"))
    assert SEARCH in shown
    # The side bar's box leads to the same place, and not to Wagtail's search of folders.
    assert "/office/pages/search/" not in shown


def cost(office: Office, who: str, address: str, **wanted: str) -> int:
    """Count the second asking: the first also fills what a process keeps."""
    client = browser(getattr(office, who))
    client.get(address, wanted)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address, wanted).status_code == 200
    return len(seen)


PAGES = [
    ("editor", SEARCH, {"q": "重点工作"}),
    ("editor", SEARCH, {"q": "重点工作", "state": "pool"}),
    ("editor", SEARCH, {"q": "重点工作", "kind": "issues"}),
    ("editor", "/issues/", {"q": "重点工作"}),
    ("officer", "/items/", {"q": "重点工作"}),
]


def test_two_results_cost_as_much_as_many(office: Office) -> None:
    for _n in range(2):
        office.issued()
        office.pooled()
    few = [cost(office, who, address, **wanted) for who, address, wanted in PAGES]
    assert max(few) <= 25, few
    # Items come in one issue: each is a result.
    office.issued(*(office.pooled() for _n in range(3)))
    for _n in range(2):
        office.issued(office.pooled())
    for _n in range(4):
        office.signed()
    Office(office.unit).pooled()
    many = [cost(office, who, address, **wanted) for who, address, wanted in PAGES]
    assert many == few
    assert ItemPage.objects.count() >= 14
    assert IssuePage.objects.count() >= 5
