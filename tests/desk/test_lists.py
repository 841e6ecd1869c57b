"""Lists and the first page: what they show, filters, pages, and what they cost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.items import actions
from cms.items.models import ItemPage
from infoflow.units.models import Unit, User
from infoflow.units.roles import Role
from tests import builders
from tests.builders import Office, fresh, person
from tests.desk.pages import browser, page

pytestmark = pytest.mark.screens


def test_search_and_state_narrow_the_list(office: Office) -> None:
    office.draft("防汛工作安排")
    office.submitted("防汛物资储备")
    office.submitted("春耕备耕情况")
    officer = browser(office.officer)

    def titles(**wanted: str) -> set[str]:
        return {item.title for item, _where in officer.get("/items/", wanted).context["lines"]}

    assert titles() == {"防汛工作安排", "防汛物资储备", "春耕备耕情况"}
    assert titles(q="防汛") == {"防汛工作安排", "防汛物资储备"}
    assert titles(state="sign") == {"防汛物资储备", "春耕备耕情况"}
    assert titles(q="防汛", state="draft") == {"防汛工作安排"}
    assert titles(q="没有的字") == set()


@pytest.mark.parametrize(
    "wanted", [{"q": "a\x00b"}, {"q": "字" * 101}, {"state": "nowhere"}, {"page": "abc"}]
)
def test_odd_filters_do_no_harm(office: Office, wanted: dict[str, str]) -> None:
    office.draft()
    answer = browser(office.officer).get("/items/", wanted)
    assert answer.status_code == 200
    assert len(answer.context["lines"]) == 1


def test_twenty_on_a_page_newest_first_and_the_filter_stays(office: Office) -> None:
    for n in range(23):
        office.draft(f"工作情况{n}")
    officer = browser(office.officer)
    first = officer.get("/items/", {"q": "工作"})
    assert [item.title for item, _w in first.context["lines"]][:2] == ["工作情况22", "工作情况21"]
    assert len(first.context["lines"]) == 20
    assert "page=2&amp;q=%E5%B7%A5%E4%BD%9C" in page(first)
    second = officer.get("/items/", {"q": "工作", "page": "2"})
    assert len(second.context["lines"]) == 3


def cost(client: Client, address: str, *, warm: bool = True) -> int:
    if not warm:
        client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


LISTS = [
    ("officer", "/"),
    ("officer", "/items/"),
    ("officer", "/items/?state=sign"),
    ("officer", "/items/?state=draft"),
    ("officer", "/items/?state=pool"),
    ("officer", "/items/?q=进展&form=news&mine=1"),
    ("officer", "/items/new/"),
    ("officer", "/items/{draft}/"),
    ("officer", "/items/{draft}/edit/"),
    ("officer", "/items/{draft}/check/"),
    ("officer", "/items/{joint}/"),
    ("signatory", "/"),
    ("signatory", "/items/signing/"),
    ("signatory", "/items/{joint}/"),
    ("partner", "/"),
    ("partner", "/items/joint/"),
    ("partner", "/items/{joint}/"),
]


def joint_item(office: Office, partner: Unit) -> ItemPage:
    """An item that another unit was asked to report as well."""
    item = office.draft("联合报送的进展")
    draft = replace(actions.Draft.of(item), joint=(partner.pk,))
    actions.save_item(item_id=item.pk, person=fresh(office.officer), draft=draft)
    actions.submit_item(item_id=item.pk, person=fresh(office.officer))
    return item


def test_lists_cost_the_same_with_few_and_with_more_than_a_page(office: Office) -> None:
    asked = builders.unit()
    clients = {
        "officer": browser(office.officer),
        "signatory": browser(office.signatory),
        "partner": browser(person(Role.OFFICER, at=asked)),
    }
    for _n in range(2):
        draft = office.draft()
        office.submitted()
        office.pooled()
        joint = joint_item(office, asked)
    ids = {"draft": draft.pk, "joint": joint.pk}
    few = {(who, path): cost(clients[who], path.format(**ids), warm=False) for who, path in LISTS}
    # Twenty stand on a page: what more would cost can only be counted.
    for _n in range(22):
        office.draft()
        office.submitted()
        joint_item(office, asked)
    for _n in range(3):
        office.pooled()
    many = {(who, path): cost(clients[who], path.format(**ids)) for who, path in LISTS}
    assert many == few
    # Two of them are the menu's: unread notices, open commissions.
    assert max(many.values()) <= 28, many


def test_home_says_what_waits(office: Office) -> None:
    office.draft("在写的稿")
    office.submitted("等签的稿")
    officer = page(browser(office.officer).get("/"))
    assert "在写的稿" in officer
    assert "写稿" in officer
    signatory = page(browser(office.signatory).get("/"))
    assert "等签的稿" in signatory
    assert "在写的稿" not in signatory


def test_home_explains_itself_when_empty(office: Office) -> None:
    assert "手头没有在办的稿件" in page(browser(office.officer).get("/"))
    assert "没有等您审签的稿件" in page(browser(office.signatory).get("/"))
    assert "没有登记单位和职务" in page(browser(person()).get("/"))


@pytest.mark.parametrize(
    "role", [Role.EDITOR, Role.REVIEWER, Role.ISSUER, Role.SCORER, Role.SYSTEM_ADMIN]
)
def test_who_only_works_in_the_office_is_sent_there(db: None, role: Role) -> None:
    assert browser(person(role)).get("/")["Location"] == "/office/"


def test_who_does_both_sees_the_desk_with_a_way_to_the_office(db: None) -> None:
    both = person(Role.EDITOR, Role.OFFICER, at=builders.unit())
    shown = page(browser(both).get("/"))
    assert "我的稿件" in shown
    assert 'href="/office/"' in shown


def test_header_names_person_unit_and_role(office: Office) -> None:
    shown = page(browser(office.officer).get("/"))
    assert office.officer.name in shown
    assert f"{office.unit.name} · 信息员" in shown


def test_banner_while_demonstration_accounts_exist(office: Office) -> None:
    officer, editor = browser(office.officer), browser(office.editor)
    assert 'class="demo"' not in page(officer.get("/"))
    assert "admin_demo.css" not in page(editor.get("/office/"))
    User.objects.filter(pk=office.editor.pk).update(is_demo=True)
    assert "演示数据" in page(officer.get("/"))
    assert "演示数据" in page(Client().get("/login/"))
    assert "admin_demo.css" in page(editor.get("/office/"))


def test_pages_carry_no_inline_code_and_are_not_kept(office: Office) -> None:
    item = office.submitted()
    signatory = browser(office.signatory)
    for address in ("/", "/items/", "/items/signing/", f"/items/{item.pk}/", "/password/"):
        answer = signatory.get(address)
        shown = page(answer)
        assert "<script" not in shown
        assert "style=" not in shown
        assert "http://" not in shown.replace("http://www.w3.org", "")
        assert "no-store" in answer["Cache-Control"]
        assert "script-src 'self'" in answer["Content-Security-Policy"]


def test_a_form_that_is_too_old_says_what_to_do(office: Office) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(office.officer)
    answer = client.post("/items/new/", {"title": "标题"})
    assert answer.status_code == 403
    assert "页面已过期" in page(answer)


def test_a_page_that_does_not_exist_says_so(office: Office) -> None:
    answer = browser(office.officer).get("/items/nothing/")
    assert answer.status_code == 404
    assert "没有找到这个页面" in page(answer)
