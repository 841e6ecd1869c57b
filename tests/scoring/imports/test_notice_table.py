"""Superiors' notices: what contradicts is told, a corrected notice books the difference."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from cms.bulletins.models import Bulletin
from infoflow.units.models import Unit
from scoring.adoptions.models import Fact
from scoring.imports.models import ImportRun

from .pages import booked, said, send, upload
from .tables import xlsx
from .world import bulletins, command, counts, units

pytestmark = [pytest.mark.screens, pytest.mark.django_db]


# --- what contradicts, what is wrong ----------------------------------------------------------


def small(*body: list[Any], head: list[Any] | None = None) -> bytes:
    return xlsx([head or ["单位", "报送条数", "普刊", "专报", "采用合计"], *body])


@pytest.fixture
def two(db: None) -> None:
    units("水务局", "财政局")
    bulletins("普刊", "专报")


def test_sums_that_do_not_add_up_are_told_and_left(page: Client, two: None) -> None:
    data = small(
        ["一、市直部门（3个）", "", "", "", ""],
        ["水务局", 3, 2, 1, 4],
        ["财政局", "５条", 1, "—", 1],
        ["合计", 9, 3, 1, 4],
        ["注：本表截至3月底", "", "", "", ""],
    )
    run = booked(page, data, "一季度.xlsx", day="2026-03-31")
    assert [tuple(line) for line in run.mismatches] == [
        (2, "A 单位", "“一、市直部门（3个）”写的是3个，下面列了2个。"),
        (3, "E 采用合计", "这一行合计写的是4，各列相加是3。"),
        (5, "B 报送条数", "合计行写的是9，各行相加是8。"),
        (5, "E 采用合计", "合计行写的是4，各行相加是5。"),
    ]
    assert counts("submission") == {"水务局": 3, "财政局": 5}
    assert counts("adoption") == {"水务局": 3, "财政局": 1}


# Row, column and message of each.
BAD: list[tuple[list[Any], str, str]] = [
    (["水务局", "十二", "", "", ""], "B 报送条数", "“十二”不是条数"),
    (["水务局", 1.5, "", "", ""], "B 报送条数", "条数要是整数"),
    (["水务局", -1, "", "", ""], "B 报送条数", "条数不能是负数"),
    (["水务局", 20_000, "", "", ""], "B 报送条数", "条数不能超过2000"),
    (["", 3, "", "", ""], "A 单位", "这一行有条数，没有单位名称"),
    (["水利局", 3, "", "", ""], "A 单位", "是不是“水务局”"),
    (["水务局", "=1+1", "", "", ""], "B 报送条数", "公式没有计算结果"),
]


def test_what_is_wrong_in_a_cell(page: Client, two: None) -> None:
    answer = upload(page, small(*(row for row, _column, _message in BAD)), "一季度.xlsx")
    answer = send(page, answer, "look", day="2026-03-31")
    for n, (_row, column, message) in enumerate(BAD, 2):
        assert [(r, c) for r, c, words in said(answer) if message in words] == [(n, column)]
    assert answer.context["stopping"]
    send(page, answer, "book")
    assert not Fact.objects.exists()


@pytest.mark.parametrize(("row", "column", "message"), BAD[-1:])
def test_one_wrong_cell_stops_the_table(
    page: Client, two: None, row: list[Any], column: str, message: str
) -> None:
    answer = upload(page, small(["财政局", 1, 1, "", 1], row), "一季度.xlsx")
    answer = send(page, answer, "look", day="2026-03-31")
    assert [(r, c) for r, c, words in said(answer) if message in words] == [(3, column)]
    assert answer.context["stopping"]
    send(page, answer, "book")
    assert not Fact.objects.exists()


def test_merged_unit_cells_and_double_units_are_named(page: Client, two: None) -> None:
    data = xlsx([["单位", "普刊"], ["水务局", 1], ["", 2], ["水 务 局", 3]], merged=["A2:A3"])
    answer = send(page, upload(page, data, "一季度.xlsx"), "look", day="2026-03-31")
    words = {(row, message) for row, _column, message in said(answer)}
    assert any(row == 3 and "单位名称是合并单元格" in message for row, message in words)
    assert (4, "水 务 局在第2行已有一行，同一单位只能有一行。") in words


def test_name_and_day_are_asked_for(page: Client, two: None) -> None:
    answer = upload(page, small(["水务局", 1, 1, "", 1]), "一季度.xlsx")
    assert "请填写登记日期" in said(answer)[0][2]
    answer = send(page, answer, "look", day="2099-01-01")
    assert "登记日期不能晚于今天" in said(answer)[0][2]
    answer = send(page, answer, "look", day="2026-03-31", notice=" ")
    assert "请填写通报名称" in said(answer)[0][2]


def test_two_columns_for_the_same_thing_are_refused(page: Client, two: None) -> None:
    data = xlsx([["单位", "普刊", "普刊号"], ["水务局", 1, 2]])
    paper = Bulletin.objects.get(name="普刊").pk
    answer = upload(page, data, "一季度.xlsx")
    last = answer.context["found"].columns[-1].key
    answer = send(page, answer, "look", day="2026-03-31", **{last: f"adoption:{paper}"})
    assert any("与B列是同一项，会重复计数" in m for _r, _c, m in said(answer))


# --- the same notice again --------------------------------------------------------------------


def test_a_corrected_notice_books_the_difference(page: Client, two: None) -> None:
    booked(page, small(["水务局", 3, 2, "", 2]), "一季度.xlsx", day="2026-03-31")
    run = booked(page, small(["水务局", 2, 4, "", 4]), "一季度.xlsx", day="2026-03-31")
    assert (run.made, run.known) == (2, 4)
    assert counts("adoption") == {"水务局": 4}
    assert counts("submission") == {"水务局": 3}
    assert any("条数比现在多" in message for _r, _c, message in run.mismatches)


def test_the_same_notice_on_another_day_is_refused(page: Client, two: None) -> None:
    data = small(["水务局", 3, 2, "", 2])
    booked(page, data, "一季度.xlsx", day="2026-03-31")
    answer = send(page, upload(page, data, "一季度.xlsx"), "look", day="2026-04-30")
    assert any("已按2026-03-31登记过" in m for _r, _c, m in said(answer))
    assert answer.context["stopping"]
    send(page, answer, "book")
    assert Fact.objects.count() == 5


def test_facts_of_a_notice_say_where_they_come_from(page: Client, two: None) -> None:
    booked(page, small(["水务局", "", 2, "", 2]), "某通报.xlsx", day="2026-03-31")
    titles = sorted(Fact.objects.values_list("title", flat=True))
    assert titles == ["据某通报：《普刊》第1条", "据某通报：《普刊》第2条"]
    assert len(set(Fact.objects.values_list("subject", flat=True))) == 2


# --- the command --------------------------------------------------------------------------------


def test_exit_codes_and_reports(tmp_path: Path, two: None) -> None:
    path = tmp_path / "一季度.xlsx"
    path.write_bytes(small(["水利局", 3, "", "", ""]))
    code, report = command(path, "--day", "2026-03-31")
    assert (code, report["ok"], report["booked"]) == (1, False, False)
    assert [r["row"] for r in report["remarks"] if r["weight"] == "ask"] == [2]
    path.write_bytes(b"%PDF-1.4")
    code, report = command(path)
    assert code == 2
    assert "PDF" in report["message"]
    path.write_bytes(small(["水务局", 1, "", "", ""], head=["单位", "绝密★1年", "", "", ""]))
    code, report = command(path)
    assert code == 2
    assert "密级标志" in report["message"]
    assert not ImportRun.objects.exists()
    path.write_bytes(small(["水务局", 3, "", "", ""]))
    assert command(path, "--day", "2026-03-31")[0] == 0
    out = StringIO()
    call_command("import_facts", str(path), "--day", "2026-03-31", stdout=out, stderr=StringIO())
    assert "以前已登记3条；已登记0条。" in out.getvalue()
    assert Unit.objects.get(name="水务局").fact_lines.count() == 3
