"""Cells as people write them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infoflow.uploads.reading import Sheet
from scoring.imports.cells import count_of, day_of, points_of, text_of
from scoring.imports.columns import COLUMNS
from scoring.imports.facts_cells import FactCells
from scoring.imports.facts_table import Reader, Setting
from scoring.imports.names import KnownUnit, Names
from scoring.imports.rules import content_key

EXCEL_DAYS_FROM_1950 = 18_264


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("１２", 12),
        ("12条", 12),
        ("12 篇", 12),
        (12.0, 12),
        (12, 12),
        ("1,234", 1234),
        ("12.0", 12),
        ("0", 0),
        ("", None),
        (None, None),
        ("—", None),
        ("/", None),
        ("无", None),
        ("零", None),
        ("　", None),
    ],
)
def test_counts(cell: object, number: int | None) -> None:
    assert count_of(cell) == number


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("十二", "不是条数"),
        (2.5, "要是整数"),
        ("-3", "不能是负数"),
        (date(2026, 1, 1), "这里是日期"),
        ("3、4", "不是条数"),
        ("1e5", "不是条数"),
    ],
)
def test_what_is_no_count(cell: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        count_of(cell)


@pytest.mark.parametrize(
    "cell",
    [
        date(2026, 3, 5),
        datetime(2026, 3, 5, 9, 30),  # noqa: DTZ001 - Excel knows no zones
        "2026-03-05",
        "2026-3-5",
        "2026/3/5",
        "2026.3.5",
        "2026年3月5日",
        "２０２６年３月５日",
        "2026 年 3 月 5 日",
        "20260305",
        20260305.0,
        46086,
        46086.0,
        "46086",
        "2026-03-05 00:00:00",
    ],
)
def test_days(cell: object) -> None:
    assert day_of(cell, 2020) == (date(2026, 3, 5), False)


@pytest.mark.parametrize("cell", ["3月5日", "3月5", "3-5", "3.5", "３月５日", 3.5])
def test_days_without_a_year_take_the_given_one_and_say_so(cell: object) -> None:
    assert day_of(cell, 2026) == (date(2026, 3, 5), True)


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("上周", "不是日期"),
        ("2026-02-30", "没有“2026-02-30”这一天"),
        ("13月5日", "没有“13月5日”这一天"),
        (5, "不是日期"),
        (True, "不是日期"),
    ],
)
def test_what_is_no_day(cell: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        day_of(cell, 2026)


@given(st.dates(date(1950, 1, 1), date(2110, 12, 31)))
def test_a_day_is_the_same_however_it_is_written(day: date) -> None:
    serial = (day - date(1950, 1, 1)).days + EXCEL_DAYS_FROM_1950
    ways = (day, serial, day.isoformat(), f"{day.year}/{day.month}/{day.day}", f"{day:%Y%m%d}")
    assert {day_of(way, 1999) for way in ways} == {(day, False)}


@pytest.mark.parametrize(
    ("cell", "hundredths"),
    [("2.5", 250), (2.5, 250), ("－２．５分", -250), ("", None), (3, 300), ("+1", 100)],
)
def test_points(cell: object, hundredths: int | None) -> None:
    assert points_of(cell) == hundredths


@pytest.mark.parametrize(("cell", "message"), [("两分", "请填数字"), ("1.234", "最多两位小数")])
def test_what_are_no_points(cell: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        points_of(cell)


@pytest.mark.parametrize(
    ("cell", "text"),
    [(3.0, "3"), (True, "是"), ("甲\n乙", "甲 乙"), (date(2026, 1, 2), "2026-01-02")],
)
def test_text(cell: object, text: str) -> None:
    assert text_of(cell) == text


def test_a_key_is_made_of_all_that_a_row_says() -> None:
    """Keys are stored: however a row is worked out, the same content must give the same one."""
    head = [spec.label for spec in COLUMNS]
    cells: dict[str, Any] = {
        "kind": "采用", "date": "3月5日", "units": "甲镇、乙局", "title": " 一 件事 ",
        "bulletin": "专报", "form": "综合", "issue_label": "第1期", "genre": "动态", "words": 800.0,
        "hundredths": 2.5, "traits": "转载、头版头条", "note": "市里定的",
    }  # fmt: skip
    rows = [
        head,
        [cells.get(spec.field, "") for spec in COLUMNS],
        [{"kind": "批示", "level": "县级", "mark": "主要领导", "leader": "某领导"}.get(
            spec.field, cells[spec.field] if spec.field in ("date", "units", "title") else ""
        ) for spec in COLUMNS],
    ]  # fmt: skip
    names = Names([KnownUnit(1, "甲镇", "a"), KnownUnit(2, "乙局", "b")], bulletins={7: "专报"})
    setting = Setting(names, date(2026, 6, 1), 2026)
    found = Reader(Sheet("表", rows), setting).read()
    day = date(2026, 3, 5)
    assert [row.key for row in found.rows] == [
        content_key(
            "table",
            ["adoption", day, (1, 2), "一 件事", 7, "merged", "第1期", "news", "", "", None, "",
             800, 250, ("front", "repost"), "市里定的"],
        ),
        content_key(
            "table",
            ["instruction", day, (1, 2), "一 件事", None, "", "", "", "main", "某领导", 1, "",
             None, None, (), ""],
        ),
    ]  # fmt: skip


def test_equal_cells_of_another_kind_say_something_else() -> None:
    cells = FactCells(2026)
    assert cells.words(1.0).value == cells.words(1).value == 1
    assert "是" in cells.words(True).told[0].message
    assert cells.described("check", ("", 1.0, "", "", "", "", "")).issue_label == "1"
    assert cells.described("check", ("", True, "", "", "", "", "")).issue_label == "是"
