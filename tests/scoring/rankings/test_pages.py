"""The pages, as each role meets them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from infoflow.units.models import GroupMembership, Unit, UnitGroup, User
from infoflow.units.roles import Role
from scoring.adoptions.actions import withdraw_fact
from scoring.rankings.charts import BARS_MAX, chart, shorten
from scoring.rankings.rules import Period, months_around, months_before
from tests.builders import Office, in_group, person, unit

from .conftest import County, fact, submission

pytestmark = [pytest.mark.screens, pytest.mark.django_db]

YEAR = {"start": "2026-01-01", "end": "2026-12-31"}
ALL_SEEING = [Role.LEADER, Role.SCORER, Role.EDITOR, Role.REVIEWER, Role.ISSUER]
SHUT_OUT = [Role.DUTY, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR]
PAGES = ["ranking", "ranking_export", "ranking_details"]


@pytest.fixture
def opens(client: Client) -> Callable[..., Any]:
    """Open a page as a person: opens(user, "ranking", start=…)."""

    def get(user: User, name: str, *args: Any, **query: Any) -> Any:
        client.force_login(user)
        return client.get(reverse(name, args=args), query)

    return get


def text(response: Any) -> str:
    assert response.status_code == 200
    body: str = response.content.decode()
    return body


def tables(response: Any) -> dict[str, list[str]]:
    """Return the shown groups with their units in order."""
    assert response.status_code == 200
    return {
        shown.table.name: [row.unit for row in shown.table.rows]
        for shown in response.context["tables"]
    }


@pytest.mark.parametrize("role", ALL_SEEING)
def test_office_and_leaders_see_everything(county: County, opens: Any, role: Role) -> None:
    user = person(role)
    assert tables(opens(user, "ranking", **YEAR)) == {
        "部门": ["水务局"],
        "镇": ["甲镇", "乙镇", "丙镇", "丁镇"],
    }
    page = text(opens(user, "ranking_details", county.first.pk, **YEAR))
    assert "甲镇采用" in page
    assert "《晋政信息·普刊》" in page


@pytest.mark.parametrize("role", SHUT_OUT)
@pytest.mark.parametrize("name", PAGES)
def test_who_has_no_business_here(county: County, opens: Any, role: Role, name: str) -> None:
    args = [county.first.pk] if name == "ranking_details" else []
    assert opens(person(role), name, *args, **YEAR).status_code == 403


@pytest.mark.parametrize("name", PAGES)
def test_strangers_are_sent_to_the_login(county: County, client: Client, name: str) -> None:
    args = [county.first.pk] if name == "ranking_details" else []
    response = client.get(reverse(name, args=args))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("login"))


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SIGNATORY])
def test_units_see_their_group_and_open_only_their_own_numbers(
    county: County, opens: Any, role: Role
) -> None:
    user = person(role, at=county.twin_a)
    response = opens(user, "ranking", **YEAR)
    assert tables(response) == {"镇": ["甲镇", "乙镇", "丙镇", "丁镇"]}
    page = text(response)
    assert reverse("ranking_details", args=[county.twin_a.pk]) in page
    for other in (county.first, county.twin_b, county.department):
        assert reverse("ranking_details", args=[other.pk]) not in page
        assert opens(user, "ranking_details", other.pk, **YEAR).status_code == 404
    assert "水务局" not in page
    own = text(opens(user, "ranking_details", county.twin_a.pk, **YEAR))
    assert "乙镇采用" in own


def test_no_title_of_another_unit_is_ever_shown(county: County, opens: Any) -> None:
    user = person(Role.OFFICER, at=county.twin_a)
    pages = [
        text(opens(user, "ranking", **YEAR)),
        text(opens(user, "ranking_details", county.twin_a.pk, **YEAR)),
    ]
    for page in pages:
        assert "甲镇采用" not in page
        assert "甲镇报送" not in page


def test_a_post_that_has_ended_opens_nothing(county: County, opens: Any) -> None:
    user = person(Role.OFFICER, at=county.first)
    user.officer_posts.update(until=date(2020, 12, 31))
    assert opens(user, "ranking", **YEAR).status_code == 403


def test_units_that_do_not_exist(county: County, opens: Any) -> None:
    assert opens(person(Role.LEADER), "ranking_details", 10**9, **YEAR).status_code == 404


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"start": "2026-03-31", "end": "2026-03-01"}, "早于开始日期 2026-03-31"),
        ({"start": "1899-01-01", "end": "2026-03-01"}, "早于1949年10月1日"),
        ({"start": "abc", "end": "2026-03-01"}, "“abc”无法识别"),
        ({"start": "2026-03-01"}, "请填写结束日期"),
        ({"start": "2026\x00-03-01", "end": "2026-03-01"}, ""),
        ({"period": "aeon"}, "没有这样的期间"),
        ({"group": "999"}, "没有这个分组"),
        ({"group": "x' OR 1=1"}, "没有这个分组"),
        ({"start": "2018-01-01", "end": "2018-02-28", "group": "-1"}, "没有这个分组"),
    ],
)
def test_bad_choices_get_a_message_and_the_default(
    county: County, opens: Any, query: dict[str, str], words: str
) -> None:
    response = opens(person(Role.LEADER), "ranking", **query)
    page = text(response)
    assert words in page
    assert 'class="bad"' in page
    # Wrong dates fall back to this year; a wrong group does not touch the period.
    kept = Period(date(2018, 1, 1), date(2018, 2, 28)) if "2018-01-01" in query.values() else None
    assert response.context["period"] == (kept or months_around(timezone.localdate(), 12))


def test_message_stands_at_its_field(county: County, opens: Any) -> None:
    response = opens(person(Role.LEADER), "ranking", start="2026-03-31", end="2026-03-01")
    assert list(response.context["form"].errors) == ["end"]
    assert 'aria-describedby="end-bad"' in text(response)
    assert 'value="2026-03-01"' in text(response)


def test_buttons_choose_periods_over_typed_dates(county: County, opens: Any) -> None:
    user, today = person(Role.LEADER), timezone.localdate()
    wanted = {
        "month": months_around(today, 1),
        "last-month": months_before(today, 1),
        "quarter": months_around(today, 3),
        "last-quarter": months_before(today, 3),
        "half": months_around(today, 6),
        "last-half": months_before(today, 6),
        "year": months_around(today, 12),
        "last-year": months_before(today, 12),
    }
    for name, period in wanted.items():
        response = opens(user, "ranking", period=name, start="2001-01-01", end="abc")
        assert response.context["period"] == period
        assert f'value="{name}" aria-pressed="true"' in text(response)


def test_one_group_can_be_chosen(county: County, opens: Any) -> None:
    group = UnitGroup.objects.get(name="部门")
    response = opens(person(Role.LEADER), "ranking", **YEAR, group=group.pk)
    assert tables(response) == {"部门": ["水务局"]}
    officer = person(Role.OFFICER, at=county.first)
    other = opens(officer, "ranking", **YEAR, group=group.pk)
    assert "没有这个分组" in text(other)
    assert list(tables(other)) == ["镇"]


def test_numbers_lead_to_what_is_behind_them(county: County, opens: Any, client: Client) -> None:
    user = person(Role.SCORER)
    page = text(opens(user, "ranking", **YEAR))
    href = (
        f"{reverse('ranking_details', args=[county.first.pk])}"
        f"?start=2026-01-01&amp;end=2026-12-31&amp;kind=adoption&amp;bulletin={county.province.pk}"
    )
    assert f'<a href="{href}">1</a>' in page
    behind = text(client.get(href.replace("&amp;", "&")))
    assert "甲镇采用" in behind
    assert "甲镇报送" not in behind
    assert str(county.scheme) in behind
    assert "条款1" in behind
    assert "合计 5 分" in behind
    assert "2026-03-05" in behind


def test_withdrawals_are_told(county: County, opens: Any) -> None:
    [made] = fact(county.zero, bulletin=county.own, title="写错的")
    withdraw_fact(fact_id=made.pk, person=person(Role.SCORER), reason="登记到别的单位了")
    page = text(opens(person(Role.LEADER), "ranking_details", county.zero.pk, **YEAR))
    assert "登记到别的单位了" in page
    assert "已撤销" in page
    assert "合计 0 条次" in page


def test_items_are_linked_for_those_who_may_open_them(office: Office, opens: Any) -> None:
    office.signed("可以打开的稿件")
    this_year = timezone.localdate().year
    in_group(office.unit, "镇", this_year)
    query = {"kind": "submission", "period": "year"}
    page = text(opens(office.officer, "ranking_details", office.unit.pk, **query))
    item = reverse("item_detail", args=[office.unit.items.get().pk])
    assert f'<a href="{item}">可以打开的稿件</a>' in page
    for_leader = text(opens(person(Role.LEADER), "ranking_details", office.unit.pk, **query))
    assert "可以打开的稿件" in for_leader
    assert item not in for_leader


@pytest.mark.parametrize(
    "query", [{"kind": "x"}, {"bulletin": "x"}, {"bulletin": "999999"}, {"bulletin": "²"}]
)
def test_unknown_kinds_and_bulletins(county: County, opens: Any, query: dict[str, str]) -> None:
    response = opens(person(Role.LEADER), "ranking_details", county.first.pk, **YEAR, **query)
    assert response.status_code == 404


def test_long_details_are_paged_at_a_constant_cost(county: County, opens: Any) -> None:
    user = person(Role.LEADER)
    opens(user, "ranking_details", county.twin_a.pk, **YEAR)
    with CaptureQueriesContext(connection) as few:
        opens(user, "ranking_details", county.twin_a.pk, **YEAR)
    fact(county.twin_a, bulletin=county.own, number=120, title="很多")
    with CaptureQueriesContext(connection) as many:
        page = text(opens(user, "ranking_details", county.twin_a.pk, **YEAR))
    assert len(many) == len(few)
    assert page.count("很多") == 100
    assert "第1页，共3页" in page
    last = text(opens(user, "ranking_details", county.twin_a.pk, **YEAR, facts=3, entries=3))
    assert last.count("很多") + last.count("乙镇采用") == 42


def test_page_costs_the_same_for_2_and_200_units(db: None, opens: Any) -> None:
    leader = person(Role.LEADER)
    units = [unit(group="镇", year=2026) for _n in range(2)]
    submission(units[0])
    opens(leader, "ranking", **YEAR)
    with CaptureQueriesContext(connection) as few:
        opens(leader, "ranking", **YEAR)
    group = UnitGroup.objects.get(name="镇")
    more = Unit.objects.bulk_create(
        Unit(code=f"M{n}", name=f"村{n}", kind="town", order=n) for n in range(198)
    )
    GroupMembership.objects.bulk_create(
        GroupMembership(unit=u, group=group, year=2026) for u in more
    )
    for made in more[:20]:
        submission(made)
    with CaptureQueriesContext(connection) as many:
        response = opens(leader, "ranking", **YEAR)
    assert len(tables(response)["镇"]) == 200
    assert len(many) == len(few)


def test_many_units_show_one_group_at_a_time(db: None, opens: Any) -> None:
    for name in ("甲组", "乙组"):
        group = UnitGroup.objects.create(name=name, order=1 if name == "甲组" else 2)
        made = Unit.objects.bulk_create(
            Unit(code=f"{name}{n}", name=f"{name}{n}", kind="town") for n in range(160)
        )
        GroupMembership.objects.bulk_create(
            GroupMembership(unit=u, group=group, year=2026) for u in made
        )
    response = opens(person(Role.LEADER), "ranking", **YEAR)
    assert list(tables(response)) == ["甲组"]
    assert "下面只列第一个分组" in text(response)
    assert f"group={group.pk}" in text(response)
    chosen = opens(person(Role.LEADER), "ranking", **YEAR, group=group.pk)
    assert list(tables(chosen)) == ["乙组"]


def test_excel_is_what_the_page_shows(county: County, opens: Any) -> None:
    response = opens(person(Role.OFFICER, at=county.first), "ranking_export", **YEAR)
    assert response.status_code == 200
    disposition = response["Content-Disposition"]
    assert disposition.startswith("attachment; filename*=utf-8''")
    assert unquote(disposition).endswith("信息工作得分情况（2026年1月1日至12月31日）.xlsx")
    assert disposition.isascii()
    book = openpyxl.load_workbook(BytesIO(response.getvalue()))
    assert book.sheetnames == ["镇", "明细"]
    assert {cell.value for cell in book["明细"]["B"][4:]} == {"甲镇"}
    assert [book["镇"].cell(5 + n, 2).value for n in range(4)] == ["甲镇", "乙镇", "丙镇", "丁镇"]
    everything = opens(person(Role.LEADER), "ranking_export", **YEAR)
    book = openpyxl.load_workbook(BytesIO(everything.getvalue()))
    assert book.sheetnames == ["汇总", "部门", "镇", "明细"]


def test_excel_follows_the_chosen_look(county: County, opens: Any) -> None:
    fact(county.zero, bulletin=county.province, number=3)
    submission(county.zero, 7)
    asked = {"layout": "rates", "sort": "fixed", "places": "0", "paper": "A3"}
    response = opens(person(Role.LEADER), "ranking_export", **YEAR, **asked)
    page = openpyxl.load_workbook(BytesIO(response.getvalue()))["镇"]
    assert page["A3"].value == "序号"
    assert page.page_setup.paperSize == 8
    # 丁镇 leads with 15 points and stands last in the fixed order; 3 of 7 is 42.9 per cent.
    assert [page.cell(5 + n, 2).value for n in range(4)] == ["甲镇", "乙镇", "丙镇", "丁镇"]
    assert page.cell(8, 5).value == 43
    unknown = {"layout": "x", "paper": "z"}
    response = opens(person(Role.LEADER), "ranking_export", **YEAR, **unknown)
    page = openpyxl.load_workbook(BytesIO(response.getvalue()))["镇"]
    assert (page["A3"].value, page.page_setup.paperSize) == ("排名", 9)
    assert page.cell(5, 2).value == "丁镇"


def test_excel_of_a_bad_choice_goes_back_to_the_message(county: County, opens: Any) -> None:
    response = opens(person(Role.LEADER), "ranking_export", start="2026-03-31", end="2026-03-01")
    assert response.status_code == 302
    assert response["Location"] == f"{reverse('ranking')}?start=2026-03-31&end=2026-03-01"


def test_nothing_is_changed_by_post(county: County, client: Client) -> None:
    client.force_login(person(Role.SCORER))
    for name in PAGES:
        args = [county.first.pk] if name == "ranking_details" else []
        assert client.post(reverse(name, args=args)).status_code == 405


def test_empty_states_say_what_to_do(db: None, opens: Any) -> None:
    leader = person(Role.LEADER)
    page = text(opens(leader, "ranking", **YEAR))
    assert "2026年还没有登记单位的考核分组" in page
    assert "没有施行的计分办法" in page
    lonely = unit("无组镇")
    page = text(opens(person(Role.OFFICER, at=lonely), "ranking", **YEAR))
    assert "本单位在2026年没有登记考核分组" in page
    in_group(lonely, "镇", 2026)
    UnitGroup.objects.create(name="企业")
    page = text(opens(leader, "ranking", **YEAR))
    assert "各单位均为零" in page
    assert "2026年没有单位的分组：企业" in page


def test_an_empty_period_offers_the_last_one_with_facts(county: County, opens: Any) -> None:
    page = text(opens(person(Role.LEADER), "ranking", start="2025-01-01", end="2025-12-31"))
    assert 'href="?start=2026-01-01&amp;end=2026-12-31"' in page
    stranger = person(Role.OFFICER, at=unit("新单位"))
    page = text(opens(stranger, "ranking", start="2025-01-01", end="2025-12-31"))
    assert "看最近有数据的" not in page


def test_names_are_escaped_everywhere(county: County, opens: Any) -> None:
    Unit.objects.filter(pk=county.first.pk).update(name="<script>x</script>")
    page = text(opens(person(Role.LEADER), "ranking", **YEAR))
    assert "<script>x" not in page
    assert "&lt;script&gt;" in page


def test_page_obeys_the_content_policy(county: County, opens: Any) -> None:
    """No inline style or script: the policy would drop it without a word."""
    for page in (
        text(opens(person(Role.LEADER), "ranking", **YEAR)),
        text(opens(person(Role.LEADER), "ranking_details", county.first.pk, **YEAR)),
    ):
        assert "style=" not in page
        assert "<style" not in page
        assert "<script" not in page


def test_menus_lead_here(county: County, client: Client) -> None:
    entry = f'href="{reverse("ranking")}"'
    client.force_login(person(Role.OFFICER, at=county.first))
    assert entry in client.get(reverse("ranking")).content.decode()
    client.force_login(person(Role.SCORER))
    assert reverse("ranking") in client.get(reverse("wagtailadmin_home")).content.decode()
    client.force_login(person(Role.AUDITOR))
    assert reverse("ranking") not in client.get(reverse("wagtailadmin_home")).content.decode()


def test_chart_shows_the_best_thirty(county: County, opens: Any) -> None:
    response = opens(person(Role.LEADER), "ranking", **YEAR)
    shown = {table.table.name: table.chart for table in response.context["tables"]}
    bars = [(bar.name, bar.points) for bar in shown["镇"].bars]
    assert bars == [("甲镇", "5"), ("乙镇", "2.5"), ("丙镇", "2.5"), ("丁镇", "0")]
    lengths = [bar.length for bar in shown["镇"].bars]
    assert lengths == [lengths[0], lengths[0] // 2, lengths[0] // 2, 0]
    rows = response.context["tables"][0].table.rows * (BARS_MAX + 5)
    many = chart(rows)
    assert many is not None
    assert (len(many.bars), many.left_out) == (BARS_MAX, len(rows) - BARS_MAX)
    assert chart([]) is None


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("甲镇", "甲镇"),
        ("国家统计局汾阳市调查队", "国家统计局汾阳市调…"),
        ("国家统计局汾阳调查队", "国家统计局汾阳调查队"),
        ("A" * 40, "A" * 19 + "…"),
    ],
)
def test_long_names_fit_beside_their_bar(name: str, shown: str) -> None:
    assert shorten(name) == shown
