"""The writer of workbooks by itself, read back with openpyxl."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infoflow.papers.xlsx import Heading, Sheet, clean_text, sheet_name, write_workbook

pytestmark = pytest.mark.screens


def book_of(sheets: list[Sheet], *, streamed: bool = False) -> openpyxl.Workbook:
    out = BytesIO()
    write_workbook(sheets, out, streamed=streamed)
    return openpyxl.load_workbook(BytesIO(out.getvalue()))


def test_levels_share_a_merged_heading() -> None:
    headings = (Heading("单位"), Heading("县级采用", ("甲刊", "乙刊")), Heading("得分"))
    page = book_of([Sheet("表", "标题", "说明", headings, [("甲镇", 1, 2, Decimal("0.3"))])])["表"]
    heads = [(top.value, sub.value) for top, sub in zip(page[3], page[4], strict=True)]
    assert heads == [("单位", None), ("县级采用", "甲刊"), (None, "乙刊"), ("得分", None)]
    assert {str(area) for area in page.merged_cells.ranges} == {
        "A1:D1",
        "A2:D2",
        "A3:A4",
        "B3:C3",
        "D3:D4",
    }
    assert [cell.value for cell in page[5]] == ["甲镇", 1, 2, 0.3]
    assert page["D5"].number_format == "General"


@pytest.mark.parametrize("streamed", [False, True])
def test_each_kind_of_value_has_its_type_and_its_style(streamed: bool) -> None:
    """Each style is there whole: name, format, font and lines, as openpyxl reads them."""
    row = ("=甲镇", "#N/A", "", None, 7, Decimal("0.25"), date(2026, 3, 1))
    headings = tuple(Heading(f"列{n}") for n in range(len(row)))
    sheet = Sheet("表", "标题", "说明", headings, [row], totals=row, foot="制表：")
    page = book_of([sheet], streamed=streamed)["表"]
    values = ["=甲镇", "#N/A", None, None, 7, 0.25]
    assert [cell.value for cell in page[5]][:-1] == values
    assert page["G5"].value.date() == row[-1]
    assert [cell.value for cell in page[6]][:-1] == values
    assert [cell.data_type for cell in page[5]] == ["s", "s", "n", "n", "n", "n", "d"]
    styles = ["if_text"] * 4 + ["if_number"] * 2 + ["if_date"]
    assert [cell.style for cell in page[5]] == styles
    assert {cell.style for cell in page[6]} == {"if_total"}
    tops = [page.cell(at, 1).style for at in (1, 2, 3, 8)]
    assert tops == ["if_title", "if_note", "if_head", "if_foot"]
    formats = ["@"] * 4 + ["General"] * 2 + ["yyyy-mm-dd"]
    assert [cell.number_format for cell in page[5]] == formats
    assert {cell.border.left.style for cell in (*page[3], *page[5], *page[6])} == {"thin"}
    assert [page[at].font.b for at in ("A3", "A5", "A6")] == [True, False, True]
    assert page["E5"].alignment.horizontal == "right"


def test_a_date_beside_a_formula_lends_it_nothing_in_a_long_sheet() -> None:
    rows = [("=1+1", date(2026, 3, 1)), ("=2+2", date(2026, 3, 2))]
    headings = (Heading("单位"), Heading("日期"))
    sheet = Sheet("表", "标题", "说明", headings, rows, widths=(12, 12))
    page = book_of([sheet], streamed=True)["表"]
    assert [(c.value, c.data_type, c.number_format) for c in page["A"][4:]] == [
        ("=1+1", "s", "General"),
        ("=2+2", "s", "General"),
    ]
    assert [c.number_format for c in page["B"][4:]] == ["yyyy-mm-dd"] * 2


@settings(deadline=None, max_examples=25)
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
