"""The facts workbook through the pages: what its cells say, and what is wrong by row and column."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from scoring.adoptions.models import Fact
from scoring.imports.models import ImportRun, Upload
from scoring.ledger.models import Entry
from tests.builders import unit

from .pages import booked, said, send, upload
from .tables import DAY, HEAD, PAPER, adoption, csv, facts, xls, xlsx

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county"), pytest.mark.screens]


def test_a_table_is_looked_at_then_booked_and_earns(page: Client) -> None:
    answer = upload(page, facts(adoption(1), adoption(2, 单位="财政局、水务局")))
    assert "将新登记 2 条" in answer.content.decode()
    assert not Fact.objects.exists()
    report = send(page, answer, "book")
    assert "新登记 2 条" in report.content.decode()
    assert "第1条信息" in report.content.decode()
    assert Fact.objects.count() == 2
    assert sum(Entry.objects.values_list("hundredths", flat=True)) == 1200
    joint = Fact.objects.get(title="第2条信息")
    assert [line.unit.name for line in joint.lines.all()] == ["财政局", "水务局"]
    assert not Upload.objects.exists()
    run = ImportRun.objects.get()
    assert (run.rows, run.made, run.known, run.form) == (2, 2, 0, "facts")


def test_every_kind_with_all_its_columns(page: Client) -> None:
    head = (
        "事项*", "日期*", "单位*", "标题", "刊物", "采用形式", "期号", "稿件形式", "具体情况",
        "批示领导", "领导级别", "考核项目", "字数", "分值", "特征", "说明",
    )  # fmt: skip
    none = [""] * 9
    rows = [
        [
            "采用", DAY, "水务局", "甲", PAPER, "综合", "第3期", "调研", "", "", "", "", "１８００",
            "", "头版头条、转载", "",
        ],
        ["报送", DAY, "水务局", "乙", "", *none, "", ""],
        ["上报", DAY, "水务局", "丙", PAPER, *none, "", ""],
        [
            "批示", DAY, "水务局", "丁", "", "", "", "", "主要领导", "市长张某", "市级", "", "", "",
            "", "",
        ],
        ["约稿", DAY, "水务局", "戊", "", "", "", "", "未报", "", "", "", "", "", "", ""],
        ["紧急信息", DAY, "水务局", "己", "", "", "", "", "瞒报", "", "", "", "", "", "", ""],
        ["质量", DAY, "水务局", "庚", "", "", "", "", "失实", "", "", "", "", "", "", "数字不符"],
        ["考核项目", DAY, "水务局", "", "", "", "", "", "", "", "", "年度计划", "", "", "", ""],
        ["加减分", DAY, "水务局", "辛", "", "", "", "", "", "", "", "", "", "-2.5", "", "缺席培训"],
    ]  # fmt: skip
    booked(page, facts(*rows, head=head))
    found = {fact.kind: fact for fact in Fact.objects.all()}
    assert set(found) == {
        "adoption", "submission", "forwarding", "instruction", "commission", "urgent", "quality",
        "check", "adjustment",
    }  # fmt: skip
    first = found["adoption"]
    assert (first.form, first.issue_label, first.genre) == ("merged", "第3期", "research")
    assert (first.words, first.traits) == (1800, "front,repost")
    told = found["instruction"]
    assert (told.level, told.mark, told.leader) == (2, "main", "市长张某")
    assert (found["commission"].mark, found["urgent"].mark) == ("missed", "concealed")
    assert (found["quality"].mark, found["quality"].note) == ("untrue", "数字不符")
    assert (found["check"].check_item, found["check"].title) == ("年度计划", "年度计划")
    assert (found["adjustment"].hundredths, found["adjustment"].note) == (-250, "缺席培训")


FAR = (timezone.localdate() + timedelta(days=40)).isoformat()
BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"事项": "采纳了"}, "A 事项", "没有“采纳了”这个事项"),
    ({"事项": ""}, "A 事项", "请填写事项"),
    ({"日期": ""}, "B 日期", "请填写日期"),
    ({"日期": "上周"}, "B 日期", "不是日期"),
    ({"日期": "2026-02-30"}, "B 日期", "没有“2026-02-30”这一天"),
    ({"日期": FAR}, "B 日期", "日期不能晚于今天"),
    ({"日期": "1926-03-05"}, "B 日期", "日期不能早于1949年10月1日"),
    ({"单位": ""}, "C 单位", "请填写单位"),
    ({"单位": "水务局、水务局"}, "C 单位", "同一单位只能选一次"),
    ({"单位": "市水务局"}, "C 单位", "是不是“水务局”"),
    ({"单位": "外星办事处"}, "C 单位", "没有叫“外星办事处”的单位"),
    ({"标题": ""}, "D 标题", "请填写标题"),
    ({"标题": "长" * 201}, "D 标题", "标题不能超过200字"),
    ({"刊物": ""}, "E 刊物", "请选择刊物"),
    ({"刊物": "晋政信息普刊号"}, "E 刊物", "是不是“晋政信息·普刊”"),
    ({"事项": "报送"}, "E 刊物", "报送不分刊物"),
]


def test_what_is_wrong_is_said_by_row_and_column(page: Client) -> None:
    rows = [adoption(n, **changed) for n, (changed, _column, _message) in enumerate(BAD, 2)]
    answer = upload(page, facts(adoption(1), *rows))
    remarks = said(answer)
    for n, (_changed, column, message) in enumerate(BAD, 3):
        named = [where for row, where, words in remarks if row == n and message in words]
        assert named == [column], remarks
    assert not [remark for remark in remarks if remark[0] <= 2]
    assert answer.context["stopping"] == len(BAD)
    assert b'name="book"' not in answer.content
    send(page, answer, "book")
    assert not Fact.objects.exists()
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize(("changed", "column", "message"), BAD[:1])
def test_one_wrong_row_stops_the_whole(
    page: Client, changed: dict[str, Any], column: str, message: str
) -> None:
    answer = upload(page, facts(adoption(1), adoption(2, **changed)))
    assert [(row, where) for row, where, words in said(answer) if message in words] == [(3, column)]
    assert answer.context["stopping"] == 1
    send(page, answer, "book")
    assert not Fact.objects.exists()


def test_hints_do_not_stop(page: Client) -> None:
    answer = upload(
        page,
        xlsx(
            [
                [*HEAD, "采用人"],
                adoption(1, 日期="3月5日"),
                adoption(2, 日期="2025-03-05"),
                adoption(1, 日期="3月5日"),
            ]
        ),
    )
    year = timezone.localdate().year
    words = {(row, message) for row, _column, message in said(answer)}
    assert (1, "不认识“采用人”这一列，没有导入它。") in words
    assert (2, f"没有写年份，按{year}年登记。") in words
    assert (3, "2025-03-05没有施行的计分办法：会登记、计条数，不计分。") in words
    assert (4, "与第2行完全相同，只登记一次。") in words
    assert not answer.context["stopping"]
    send(page, answer, "book")
    assert sorted(Fact.objects.values_list("date", flat=True)) == [
        date(2025, 3, 5),
        date(year, 3, 5),
    ]


def test_a_unit_that_is_gone_is_named(page: Client) -> None:
    old = unit("旧乡政府")
    old.active_until = date(2020, 12, 31)
    old.save()
    answer = upload(page, facts(adoption(1, 单位="旧乡政府")))
    assert "旧乡政府在这一天不是在用单位" in said(answer)[0][2]


def test_merged_cells_in_the_body_are_named(page: Client) -> None:
    data = xlsx([HEAD, adoption(1), adoption(2), adoption(3)], merged=["C2:C4"])
    answer = upload(page, data)
    assert (2, "C 单位") in [(row, column) for row, column, _words in said(answer)]
    assert "C2至C4是合并单元格" in answer.content.decode()


def test_formulas_give_their_value_or_are_named(page: Client) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([*HEAD])
    sheet.append(adoption(1))
    sheet["D2"] = '="第"&"1条"'
    out = io.BytesIO()
    book.save(out)
    answer = upload(page, out.getvalue())
    assert any((row, c) == (2, "D 标题") and "公式没有计算结果" in m for row, c, m in said(answer))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("表.csv", csv([HEAD, adoption(1), adoption(2)])),
        ("表.csv", csv([HEAD, adoption(1), adoption(2)], "utf-8-sig")),
        ("表.csv", csv([HEAD, adoption(1), adoption(2)], "gbk")),
        ("表.txt", csv([HEAD, adoption(1), adoption(2)]).replace(b",", b"\t")),
        ("表.xls", xls([HEAD, adoption(1), adoption(2)])),
        ("表.xls", xls([HEAD, adoption(1), adoption(2, 日期=46086)])),
    ],
    ids=["utf-8", "bom", "gbk", "tabs", "xls", "xls-serial-day"],
)
def test_other_kinds_of_file_give_the_same(page: Client, name: str, data: bytes) -> None:
    booked(page, data, name)
    assert sorted(Fact.objects.values_list("title", flat=True)) == ["第1条信息", "第2条信息"]
    assert set(Fact.objects.values_list("date", flat=True)) == {date(2026, 3, 5)}


# --- once only ------------------------------------------------------------------------------


def test_the_template_can_be_filled_in_and_its_example_is_passed_over(page: Client) -> None:
    data = page.get(reverse("import_template")).content
    book = load_workbook(io.BytesIO(data))
    sheet = book["事项"]
    rules = sheet.data_validations.dataValidation
    assert {area.min_col for rule in rules for area in rule.sqref.ranges} >= {1, 3, 5, 6}
    assert all(cell.comment for cell in sheet[1])
    for column, value in enumerate(adoption(1), start=1):
        sheet.cell(3, column, value)
    out = io.BytesIO()
    book.save(out)
    answer = upload(page, out.getvalue())
    assert (2, "", "这是模板里的样例，没有导入。") in said(answer)
    assert not answer.context["stopping"]
    send(page, answer, "book")
    assert Fact.objects.get().title == "第1条信息"


# --- names and titles -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"", "表.xlsx", "文件是空的"),
        (b"%PDF-1.4 x", "表.pdf", "PDF"),
        (xlsx([]), "表.xlsx", "表格是空的"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "表.xls", "这不是 Excel 文件"),
        (xls([["a"]])[:3000], "表.xls", "不是 Excel"),
        (xls([["a"]], far=(65_535, 255)), "表.xls", "读不出来"),
    ],
    ids=["empty", "pdf", "blank", "ole", "cut", "far"],
)
def test_what_is_no_table_is_refused_in_words(
    page: Client, data: bytes, name: str, message: str
) -> None:
    answer = upload(page, data, name)
    assert answer.status_code == 200
    assert message in "".join(answer.context["form"].errors["file"])
    assert not Upload.objects.exists()


def test_a_table_without_headings_says_what_is_needed(page: Client) -> None:
    answer = upload(page, xlsx([["甲", "乙"], [1, 2]]))
    assert "没有找到表头" in said(answer)[0][2]
    answer = send(page, answer, "look", form="facts")
    assert "没有找到列名" in said(answer)[0][2]
