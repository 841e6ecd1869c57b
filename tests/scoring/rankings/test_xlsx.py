"""The workbook, read back with openpyxl and compared with the JSON."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from infoflow.units.models import Unit
from scoring.rankings.queries import ranking
from scoring.rankings.tables import Ranking, as_json
from scoring.rankings.workbook import ranking_sheets
from scoring.rankings.xlsx import (
    FIRST_ROW,
    Heading,
    Sheet,
    clean_text,
    sheet_name,
    write_workbook,
)

from .conftest import END, START, County, submission

pytestmark = pytest.mark.screens

PRINTED = date(2026, 11, 21)


def book_of(sheets: list[Sheet]) -> openpyxl.Workbook:
    out = BytesIO()
    write_workbook(sheets, out)
    return openpyxl.load_workbook(BytesIO(out.getvalue()))


def book(found: Ranking) -> openpyxl.Workbook:
    return book_of(ranking_sheets(found, printed_on=PRINTED))


def heads(page: Worksheet) -> list[tuple[Any, Any]]:
    return [(top.value, sub.value) for top, sub in zip(page[3], page[4], strict=True)]


@pytest.mark.django_db
def test_same_numbers_as_the_json(county: County) -> None:
    found = ranking(START, END)
    wanted = as_json(found)
    made = book(found)
    assert made.sheetnames == ["汇总", *(group["group"] for group in wanted["groups"])]
    for group in wanted["groups"]:
        page = made[group["group"]]
        bulletins = [c.name for c in found.columns]
        for cells, row in zip(page.iter_rows(min_row=FIRST_ROW), group["rows"], strict=False):
            values = [cell.value for cell in cells]
            assert values[:4] == [row["rank"], row["unit"], row["submitted"], row["forwarded"]]
            assert dict(zip(bulletins, values[4:], strict=False)) == row["adopted"]
            assert values[4 + len(bulletins)] == sum(row["adopted"].values())
            assert Decimal(str(values[-1])) == Decimal(row["points"])
            assert [cell.data_type for cell in cells[:4]] == ["n", "s", "n", "n"]
            assert cells[-1].data_type == "n"
        last = [cell.value for cell in page[FIRST_ROW + len(group["rows"])]]
        assert last[1] == "合计"
        assert page.max_row == FIRST_ROW + len(group["rows"])
    summary = [cell.value for cell in made["汇总"][made["汇总"].max_row]]
    assert summary[:3] == ["合计", 5, wanted["totals"]["submitted"]]
    assert Decimal(str(summary[-1])) == Decimal(wanted["totals"]["points"])


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
    ]
    merged = {str(area) for area in page.merged_cells.ranges}
    assert {"A1:I1", "A2:I2", "A3:A4", "B3:B4", "I3:I4"} <= merged
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
    assert made.sheetnames == ["部门"]
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


def test_levels_share_a_merged_heading() -> None:
    headings = (Heading("单位"), Heading("县级采用", ("甲刊", "乙刊")), Heading("得分"))
    page = book_of([Sheet("表", "标题", "说明", headings, [("甲镇", 1, 2, Decimal("0.3"))])])["表"]
    assert heads(page) == [("单位", None), ("县级采用", "甲刊"), (None, "乙刊"), ("得分", None)]
    assert {str(area) for area in page.merged_cells.ranges} == {
        "A1:D1",
        "A2:D2",
        "A3:A4",
        "B3:C3",
        "D3:D4",
    }
    assert [cell.value for cell in page[5]] == ["甲镇", 1, 2, 0.3]
    assert page["D5"].number_format == "General"


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=60), st.lists(st.text(max_size=40), max_size=5))
def test_any_text_can_be_written(text: str, names: list[str]) -> None:
    sheets = [
        Sheet(name, text, text, (Heading(text),), [(text,), (Decimal("2.5"),)])
        for name in ["表", *names]
    ]
    made = book_of(sheets)
    assert len(made.sheetnames) == len(sheets)
    for name in made.sheetnames:
        assert 0 < len(name) <= 31
        assert made[name]["A6"].value == 2.5
        assert made[name]["A5"].data_type == ("s" if clean_text(text) else "n")


@given(st.lists(st.text(max_size=50), max_size=12))
def test_sheet_names_are_distinct_and_allowed(wanted: list[str]) -> None:
    taken: list[str] = []
    for name in wanted:
        taken.append(sheet_name(name, taken))
    assert len({name.casefold() for name in taken}) == len(taken)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in taken)
    assert "history" not in {name.casefold() for name in taken}
