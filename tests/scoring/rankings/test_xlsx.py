"""The workbook, read back with openpyxl and compared with the JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from infoflow.papers.xlsx import FIRST_ROW, Paper
from infoflow.units.models import Unit
from infoflow.units.roles import Role
from scoring.adoptions.actions import withdraw_fact
from scoring.demo import fenyang, huolinguole, zhalantun
from scoring.demo.tables import load
from scoring.rankings.layouts import Layout
from scoring.rankings.queries import ranking
from scoring.rankings.tables import Ranking, as_json
from scoring.rankings.workbook import Options, write_ranking
from tests.builders import own_bulletin, person, unit

from .conftest import END, START, County, fact, submission

pytestmark = pytest.mark.screens

PRINTED = date(2026, 11, 21)


def content(
    found: Ranking, options: Options | None = None, opens: Callable[[int], bool] = bool, **more: Any
) -> bytes:
    out = BytesIO()
    write_ranking(found, out, printed_on=PRINTED, opens=opens, options=options, **more)
    return out.getvalue()


def book(found: Ranking, options: Options | None = None, **more: Any) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(content(found, options, **more)))


def column(page: Worksheet, top: str, sub: str | None = None, *, nth: int = 0) -> list[Any]:
    """Return the cells below a heading; the nth when several have the name."""
    tops: list[str] = []
    for cell in page[3]:
        tops.append(cell.value or tops[-1])
    found = [
        at
        for at, (name, below) in enumerate(zip(tops, page[4], strict=True), start=1)
        if name == top and (sub is None or below.value == sub)
    ]
    return [page.cell(row, found[nth]).value for row in range(FIRST_ROW, page.max_row - 1)]


def heads(page: Worksheet) -> list[tuple[Any, Any]]:
    return [(top.value, sub.value) for top, sub in zip(page[3], page[4], strict=True)]


@pytest.mark.django_db
def test_same_numbers_as_the_json(county: County) -> None:
    found = ranking(START, END)
    wanted = as_json(found)
    made = book(found)
    assert made.sheetnames == ["汇总", *(group["group"] for group in wanted["groups"]), "明细"]
    for group in wanted["groups"]:
        page = made[group["group"]]
        bulletins = [c.name for c in found.columns]
        for cells, row in zip(page.iter_rows(min_row=FIRST_ROW), group["rows"], strict=False):
            values = [cell.value for cell in cells]
            assert values[:4] == [row["rank"], row["unit"], row["submitted"], row["forwarded"]]
            assert dict(zip(bulletins, values[4:], strict=False)) == row["adopted"]
            assert values[4 + len(bulletins)] == sum(row["adopted"].values())
            assert Decimal(str(values[-2])) == Decimal(row["points"])
            assert Decimal(str(values[-1])) == Decimal(row["total"])
            assert [cell.data_type for cell in cells[:4]] == ["n", "s", "n", "n"]
            assert cells[-1].data_type == "n"
        last = FIRST_ROW + len(group["rows"])
        assert page.cell(last, 2).value == "合计"
        assert page.max_row == last + 2
        assert [mark in page.cell(last + 2, 1).value for mark in ("制表", "审核", "签发")]
    sums = made["汇总"]
    summary = [cell.value for cell in sums[sums.max_row - 2]]
    assert summary[:3] == ["合计", 5, wanted["totals"]["submitted"]]
    assert Decimal(str(summary[-2])) == Decimal(wanted["totals"]["points"])


@pytest.mark.django_db
def test_head_title_and_print_setup(county: County) -> None:
    page = book(ranking(START, END))["镇"]
    assert page["A1"].value == "信息工作得分情况（2026年1月1日至12月31日） 镇"
    assert str(county.scheme) in page["A2"].value
    assert "2026年11月21日" in page["A2"].value
    assert heads(page) == [
        ("排名", None),
        ("单位", None),
        ("报送条数", None),
        ("上报条数", None),
        ("县级采用", "昨日情况"),
        ("省级采用", "晋政信息·普刊"),
        ("采用合计", None),
        ("采用率（%）", None),
        ("得分", None),
        ("累计得分", None),
    ]
    merged = {str(area) for area in page.merged_cells.ranges}
    assert {"A1:J1", "A2:J2", "A3:A4", "B3:B4", "J3:J4"} <= merged
    assert page.freeze_panes == "C5"
    assert page.print_title_rows == "$3:$4"
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    # 晋政信息·普刊 takes thirteen half-wide columns at least.
    assert page.column_dimensions["F"].width >= 13


@pytest.mark.django_db
def test_one_group_has_no_summary_sheet(county: County) -> None:
    group = county.department.memberships.get().group
    made = book(ranking(START, END, group=group))
    assert made.sheetnames == ["部门", "明细"]
    assert made["部门"]["A1"].value == "信息工作得分情况（2026年1月1日至12月31日）"


@pytest.mark.django_db
def test_an_empty_ranking_is_still_a_workbook() -> None:
    made = book(ranking(START, END))
    assert made.sheetnames == ["汇总"]
    assert "没有可排名的单位" in made["汇总"]["A1"].value


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["=1+1", "+SUM(A1)", "@x", "-2", '=HYPERLINK("http://x")'])
def test_user_text_never_becomes_a_formula(county: County, name: str) -> None:
    Unit.objects.filter(pk=county.zero.pk).update(name=name)
    submission(county.zero)
    page = book(ranking(START, END))["镇"]
    [cell] = [c for c in page["B"] if c.value == name]
    assert cell.data_type == "s"


@pytest.mark.django_db
def test_listing_adds_up_to_the_ranking(county: County) -> None:
    """Every number of a group's sheet is a sum of the sheet 明细; withdrawn facts cancel out."""
    fact(county.first, county.twin_a, bulletin=county.province, title="=联合信息")
    gone = fact(county.zero, bulletin=county.own, title="撤回的信息")[0]
    withdraw_fact(fact_id=gone.pk, person=person(Role.SCORER), reason="重复登记")
    found = ranking(START, END)
    page = book(found)["明细"]
    heads_of = [cell.value for cell in page[3]]
    rows = [
        dict(zip(heads_of, (cell.value for cell in cells), strict=True))
        for cells in page.iter_rows(min_row=FIRST_ROW)
    ]
    for table in found.groups:
        for row in table.rows:
            mine = [line for line in rows if line["单位"] == row.unit]
            assert {line["分组"] for line in mine} <= {table.name}
            scored = sum(Decimal(str(line["得分"])) for line in mine)
            assert scored == Decimal(row.figures.points)
            adopted = sum(line["条数"] for line in mine if line["事项"] == "采用")
            assert adopted == row.figures.adopted_total
    joint = [line for line in rows if line["标题"] == "=联合信息"]
    assert {line["单位"] for line in joint} == {"甲镇", "乙镇"}
    assert all(line["得分说明"] and "测试办法" in line["计分条款"] for line in joint)
    assert [line["备注"] for line in rows if line["标题"] == "撤回的信息"] == [None, "撤回"]
    assert {cell.data_type for cell in page["I"][FIRST_ROW - 1 :]} == {"s"}
    assert page.auto_filter.ref == f"A4:N{FIRST_ROW + len(rows) - 1}"


@pytest.mark.django_db
def test_listing_has_only_units_that_the_reader_may_open(county: County) -> None:
    made = book(ranking(START, END), opens=lambda pk: pk == county.first.pk)
    assert {cell.value for cell in made["明细"]["B"][FIRST_ROW - 1 :]} == {"甲镇"}
    nobody = book(ranking(START, END), opens=lambda pk: False)
    assert "明细" not in nobody.sheetnames


@pytest.mark.django_db
def test_a_long_listing_is_streamed_and_says_the_same(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    fact(county.first, bulletin=county.province, title="=1+1\x00")
    found = ranking(START, END)
    usual = book(found)
    monkeypatch.setattr("scoring.rankings.workbook.STREAMED_FROM", 3)
    long = book(found)
    assert long.sheetnames == usual.sheetnames
    for name in usual.sheetnames:
        for row, other in zip(usual[name].rows, long[name].rows, strict=True):
            assert [c.value for c in row] == [c.value for c in other]
        assert usual[name].merged_cells.ranges == long[name].merged_cells.ranges
        assert usual[name].print_area == long[name].print_area
    assert [c.data_type for c in long["明细"]["I"] if c.value == "=1+1"] == ["s"]


@pytest.mark.django_db
def test_too_long_a_listing_says_how_to_get_it(county: County) -> None:
    page = book(ranking(START, END), listing_max=2)["明细"]
    assert page["A1"].value == "明细没有导出"
    assert "请选择一个分组或较短的期间" in page.cell(FIRST_ROW, 1).value


@pytest.mark.django_db
@pytest.mark.parametrize("streamed_from", [0, 20_000])
def test_equal_data_gives_equal_bytes(
    county: County, monkeypatch: pytest.MonkeyPatch, streamed_from: int
) -> None:
    monkeypatch.setattr("scoring.rankings.workbook.STREAMED_FROM", streamed_from)
    first = content(ranking(START, END))
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert content(ranking(START, END)) == first
    submission(county.zero)
    assert content(ranking(START, END)) != first


@pytest.mark.django_db
def test_units_in_their_fixed_order_and_paper(county: County) -> None:
    page = book(ranking(START, END).in_unit_order(), Options(paper=Paper.A3))["镇"]
    assert column(page, "单位") == ["甲镇", "乙镇", "丙镇", "丁镇", "合计"]
    assert column(page, "排名") == [1, 2, 2, 4, None]
    assert page.page_setup.paperSize == 8


@pytest.mark.django_db
def test_changes_of_rank_and_flags_have_columns_only_when_there_are_any(county: County) -> None:
    found = ranking(date(2026, 3, 1), date(2026, 3, 31))
    assert "比上期" not in [cell.value for cell in book(found)["镇"][3]]
    scored = [(county.zero, 3), (county.first, 1)]
    for at, number in scored:
        fact(at, bulletin=county.own, day=date(2026, 4, 2), number=number)
    page = book(ranking(date(2026, 4, 1), date(2026, 4, 30)))["镇"]
    assert column(page, "单位") == ["丁镇", "甲镇", "乙镇", "丙镇", "合计"]
    assert column(page, "比上期") == ["▲3", "▼1", "▼1", "▼1", None]
    assert column(page, "得分") == [7.5, 2.5, 0, 0, 10]
    assert column(page, "累计得分") == [7.5, 7.5, 2.5, 2.5, 20]


@pytest.mark.django_db
def test_layout_by_levels(county: County) -> None:
    page = book(ranking(START, END), Options(layout=Layout.LEVELS))["镇"]
    assert heads(page)[2:6] == [
        ("县级采用", "条数"),
        (None, "得分"),
        ("省级采用", "条数"),
        (None, "得分"),
    ]
    assert column(page, "县级采用", "得分") == [0, 2.5, 2.5, 0, 5]
    assert column(page, "省级采用", "得分") == [5, 0, 0, 0, 5]
    assert column(page, "其他得分") == [0, 0, 0, 0, 0]
    other = book(ranking(START, END), Options(layout=Layout.LEVELS))["部门"]
    assert column(other, "其他得分") == [0.2, 0.2]


@pytest.mark.django_db
def test_monthly_layout_has_running_counts_and_points_by_cause(county: County) -> None:
    fact(county.first, bulletin=county.own, day=date(2026, 4, 2))
    submission(county.first, 2, day=date(2026, 4, 3))
    page = book(ranking(date(2026, 4, 1), date(2026, 4, 30)), Options(layout=Layout.MONTHLY))["镇"]
    assert (column(page, "本期报送")[0], column(page, "全年累计报送")[0]) == (2, 6)
    assert column(page, "昨日情况", "独立")[0] == 1
    assert column(page, "昨日情况", "合并、一句话")[0] == 0
    names = ("报送分", "采用分", "其他分", "本期分", "累计分")
    assert [column(page, name)[0] for name in names] == [0, 2.5, 0, 2.5, 7.5]


@pytest.mark.django_db
def test_layout_of_table_c_to_the_digit() -> None:
    """霍林郭勒 2018, January and February: two head rows, units in their fixed order."""
    load(huolinguole.TABLE)
    found = ranking(*huolinguole.TABLE.period)
    page = book(found.in_unit_order(), Options(layout=Layout.NOTICE))["苏木街道"]
    assert heads(page)[:3] == [("单位", None), ("报送条数", None), ("累计条数", None)]
    top, subs = "县级采用", [below for _top, below in heads(page)[3:6]]
    assert subs == ["微信公众号", "约稿", "上报"]
    assert heads(page)[6:] == [("累计得分", None), ("得分", None), ("全年累计得分", None)]
    names = ["达来胡硕苏木", "沙尔呼热街道", "莫斯台街道", "宝日呼吉尔街道", "珠斯花街道"]
    assert column(page, "单位")[:5] == names
    assert column(page, "报送条数") == [2, 12, 1, 15, 15, 0, 0, 0, 0, 45]
    assert column(page, top, "微信公众号") == [0, 3, 1, 2, 5, 0, 0, 0, 0, 11]
    assert column(page, top, "约稿") == [1, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    for name in ("累计得分", "得分", "全年累计得分"):
        assert column(page, name) == [5, 15, 5, 10, 25, 0, 0, 0, 0, 60]


@pytest.mark.django_db
def test_tables_a_and_b_to_the_digit() -> None:
    load(fenyang.TABLE)
    made = book(ranking(*fenyang.TABLE.period))
    sums = made["汇总"]
    bottom = {
        (top, below): sums.cell(sums.max_row - 2, at).value
        for at, (top, below) in enumerate(heads(sums), start=1)
    }
    assert bottom["报送条数", None] == 336
    assert bottom["上报条数", None] == 238
    assert bottom["得分", None] == 75
    load(zhalantun.TABLE)
    page = book(ranking(*zhalantun.TABLE.period))[zhalantun.TABLE.groups[0]]
    assert column(page, "单位")[0] == "现代农业产业园服务中心"
    assert column(page, "得分")[:5] == [205, 180, 145, 135, 130]


# Published table D, 西宁城中区, April 2017: submitted, adopted, rate.
TABLE_D = [
    *((14, 7, 50), (28, 16, 57.1), (15, 8, 53.3), (33, 12, 36.4), (33, 14, 42.4), (47, 20, 42.6)),
    *((14, 4, 28.6), (10, 5, 50), (0, 0, 0), (8, 6, 75), (18, 18, 100), (8, 6, 75), (7, 5, 71.4)),
]


@pytest.mark.django_db
def test_layout_of_table_d_to_the_digit() -> None:
    paper = own_bulletin("城中信息")
    # What the table's total has beyond the rows that we know.
    rest = (301 - 235, 159 - 121, 57.6)
    for n, (submitted, adopted, _rate) in enumerate([*TABLE_D, rest], start=1):
        at = unit(f"单位{n}", group="街道", year=2017)
        submission(at, submitted, day=date(2017, 4, 5))
        fact(at, bulletin=paper, day=date(2017, 4, 6), number=adopted)
    found = ranking(date(2017, 4, 1), date(2017, 4, 30))
    page = book(found.in_unit_order(), Options(layout=Layout.RATES))["街道"]
    names = ["序号", "单位", "报送数", "采用数", "采用率（%）"]
    assert [name for name, _below in heads(page)] == names
    got = zip(*(column(page, name) for name in names[2:]), strict=True)
    assert list(got) == [*TABLE_D, rest, (301, 159, 52.8)]
