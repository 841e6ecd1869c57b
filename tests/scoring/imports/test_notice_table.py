"""Superiors' notices: the published tables come out to the digit, what contradicts is told."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from cms.bulletins.actions import create_bulletin
from cms.bulletins.models import Bulletin, Level
from infoflow.units.models import Unit
from scoring.adoptions.models import Fact, FactLine
from scoring.imports.models import ImportRun
from scoring.ledger.models import Entry
from scoring.schemes.actions import create_scheme, publish_scheme
from tests.builders import unit

from .pages import booked, said, send, upload
from .tables import csv, xls, xlsx

pytestmark = pytest.mark.django_db


def units(*names: str) -> None:
    for name in names:
        unit(name)


def bulletins(*names: str, level: int = Level.CITY) -> dict[str, int]:
    return {name: create_bulletin(name=name, level=level).pk for name in names}


def scheme(year: int, rows: dict[str, str]) -> None:
    """Points by target ("bulletin:3") or by kind ("submission")."""
    made = create_scheme(
        name=f"办法{year}",
        valid_from=date(year, 1, 1),
        valid_until=date(year, 12, 31),
        rows=[
            {
                "kind": "adoption" if target.startswith("bulletin") else target,
                "target": target if target.startswith("bulletin") else "all",
                "form": "",
                "points": points,
            }
            for target, points in rows.items()
        ],
    )
    publish_scheme(scheme_id=made.pk)


def counts(kind: str, bulletin: str = "") -> dict[str, int]:
    lines = FactLine.objects.filter(kind=kind)
    if bulletin:
        lines = lines.filter(bulletin__name=bulletin)
    return dict(Counter(lines.values_list("unit__name", flat=True)))


def points() -> dict[str, int]:
    found: Counter[str] = Counter()
    for name, hundredths in Entry.objects.values_list("unit__name", "hundredths"):
        found[name] += hundredths
    return {name: value // 100 for name, value in found.items() if value}


def command(path: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Run the command; return its exit code and its report."""
    out = StringIO()
    try:
        call_command("import_facts", str(path), *arguments, "--json", "-", stdout=out)
        code = 0
    except SystemExit as left:
        code = int(left.code or 0)
    return code, json.loads(out.getvalue())


# --- A. 汾阳 2009 -----------------------------------------------------------------------------

RECEIVED = {
    "财政局": 137, "计生局": 22, "水务局": 55, "国家统计局汾阳调查队": 7, "文化局": 45,
    "畜牧兽医局": 61, "信访局": 1, "双百双千办": 1, "林业局": 2, "太和桥办事处": 5,
}  # fmt: skip


def fenyang_received() -> bytes:
    rows = [["2009年前三季度信息报送情况"], ["序号", "单位", "报送条数"]]
    rows += [[n, name, count] for n, (name, count) in enumerate(RECEIVED.items(), start=1)]  # type: ignore[list-item]
    return xlsx([*rows, ["", "合计", 336]], merged=["A1:C1"])


def fenyang_adopted() -> bytes:
    return xlsx(
        [
            ["单位", "上报条数", "采用情况", "", "", "", "得分"],
            ["", "", "吕梁政务信息·普刊", "晋政信息·普刊", "晋政信息·互联网", "合计", ""],
            ["汾阳市", "238条", 23, 9, 8, 40, 75],
        ],
        merged=["A1:A2", "B1:B2", "C1:F1", "G1:G2"],
    )


def test_fenyang_through_the_command(tmp_path: Path) -> None:
    units("汾阳市", *RECEIVED)
    names = bulletins("吕梁政务信息·普刊", "晋政信息·普刊", "晋政信息·互联网")
    first, second, third = names.values()
    scheme(2009, {f"bulletin:{first}": "1", f"bulletin:{second}": "4", f"bulletin:{third}": "2"})
    received, adopted = tmp_path / "报送.xlsx", tmp_path / "采用.xlsx"
    received.write_bytes(fenyang_received())
    adopted.write_bytes(fenyang_adopted())
    code, report = command(received, "--day", "2009-09-30", "--dry-run")
    assert (code, report["new"], report["booked"]) == (0, 336, False)
    assert not Fact.objects.exists()
    code, report = command(received, "--day", "2009-09-30")
    assert (code, report["new"], report["notice"]) == (0, 336, "2009年前三季度信息报送情况")
    arguments = ("--day", "2009-09-30", "--notice", "2009年前三季度通报")
    code, report = command(adopted, *arguments)
    assert code == 1, report
    column = ("--column", "B=上报《吕梁政务信息·普刊》")
    code, report = command(adopted, *arguments, *column)
    assert (code, report["new"]) == (0, 278), report
    assert counts("submission") == RECEIVED
    assert counts("forwarding") == {"汾阳市": 238}
    assert [counts("adoption", name)["汾阳市"] for name in names] == [23, 9, 8]
    assert points() == {"汾阳市": 75}
    assert not [r for r in report["remarks"] if r["weight"] == "mismatch"]
    code, report = command(adopted, *arguments, *column)
    assert (code, report["new"], report["known"]) == (0, 0, 278)


# --- B. 扎兰屯 2023 Q1 ------------------------------------------------------------------------

ZHALANTUN = {
    "现代农业产业园服务中心": (35, 3, 205),
    "水利局": (36, 0, 180),
    "市场监督管理局": (27, 1, 145),
    "公安局": (25, 1, 135),
    "民政局": (26, "", 130),
}


@pytest.mark.parametrize("kind", ["xlsx", "csv", "xls"])
def test_zhalantun_through_the_page(page: Client, kind: str) -> None:
    units(*ZHALANTUN)
    own, upper = bulletins("扎兰屯市政府网站", "呼伦贝尔市政府网站").values()
    scheme(2023, {f"bulletin:{own}": "5", f"bulletin:{upper}": "10"})
    rows: list[list[Any]] = [["单位", "扎兰屯市政府网站", "呼伦贝尔市政府网站", "得分", "排名"]]
    rows += [
        [name, first, second, score, n]
        for n, (name, (first, second, score)) in enumerate(ZHALANTUN.items(), start=1)
    ]
    writers: dict[str, Callable[[list[list[Any]]], bytes]] = {"xlsx": xlsx, "csv": csv, "xls": xls}
    made = writers[kind](rows)
    run = booked(page, made, f"2023年第一季度.{kind}", day="2023-03-31")
    assert run.notice == "2023年第一季度"
    assert points() == {name: score for name, (_a, _b, score) in ZHALANTUN.items()}
    assert counts("adoption", "呼伦贝尔市政府网站") == {
        "现代农业产业园服务中心": 3,
        "市场监督管理局": 1,
        "公安局": 1,
    }


# --- C. 霍林郭勒 2018 Jan–Feb -----------------------------------------------------------------

HUOLIN = {
    "达来胡硕苏木": (2, "", 1, 5),
    "沙尔呼热街道": (12, 3, "", 15),
    "莫斯台街道": (1, 1, "", 5),
    "宝日呼吉尔街道": (15, 2, "", 10),
    "珠斯花街道": (15, 5, "", 25),
}


def huolin() -> bytes:
    top = ["单位", "报送条数", "累计条数", "市本级采用", "", "", "", "", "累计得分", "通辽市采用",
           "累计得分", "自治区采用", "累计得分", "得分", "累计得分"]  # fmt: skip
    low = ["", "", "", "普发", "微信公众号", "参阅", "约稿", "上报", *[""] * 7]
    body = [
        [name, sent, sent, "", wechat, "", asked, "", score, "", "", "", "", score, score]
        for name, (sent, wechat, asked, score) in HUOLIN.items()
    ]
    single = [f"{letter}1:{letter}2" for letter in "ABCIJKLMNO"]
    return xlsx([top, low, *body, ["莫斯台社区", *[""] * 14]], merged=["D1:H1", *single])


def test_huolinguole_with_two_rows_of_headings(page: Client) -> None:
    units(*HUOLIN)
    wechat, paper, upper, region = bulletins(
        "微信公众号", "霍林郭勒信息", "通辽信息", "内蒙古信息"
    ).values()
    scheme(2018, {f"bulletin:{wechat}": "5", "commission": "5", "submission": "0"})
    answer = upload(page, huolin(), "1-2月通报.xlsx")
    columns = {c.label: (c.meaning, c.suggested) for c in answer.context["found"].columns}
    assert columns["市本级采用/微信公众号"] == (f"adoption:{wechat}", False)
    assert columns["市本级采用/约稿"] == ("commission:done", True)
    assert columns["报送条数"] == ("submission", False)
    assert {columns[label][0] for label in ("累计条数", "累计得分", "得分")} == {"skip"}
    by_label = {c.label: c.key for c in answer.context["found"].columns}
    answer = send(
        page,
        answer,
        "look",
        day="2018-02-28",
        notice="2018年1—2月通报",
        **{
            by_label["市本级采用/普发"]: f"adoption:{paper}",
            by_label["市本级采用/参阅"]: f"adoption:{paper}:digest",
            by_label["市本级采用/上报"]: f"forwarding:{upper}",
            by_label["通辽市采用"]: f"adoption:{upper}",
            by_label["自治区采用"]: f"adoption:{region}",
        },
    )
    assert not answer.context["stopping"], said(answer)
    assert any("“莫斯台社区”不是单位，也没有条数" in m for _r, _c, m in said(answer))
    send(page, answer, "book")
    assert counts("submission") == {name: row[0] for name, row in HUOLIN.items()}
    assert points() == {name: row[3] for name, row in HUOLIN.items()}
    assert counts("commission") == {"达来胡硕苏木": 1}
    assert set(Fact.objects.values_list("date", flat=True)) == {date(2018, 2, 28)}


# --- D. 西宁城中区 2017-04 --------------------------------------------------------------------

PAIRS = [
    (14, 7), (28, 16), (15, 8), (33, 12), (33, 14), (47, 20), (14, 4), (10, 5), (0, 0), (8, 6),
    (18, 18), (8, 6), (7, 5),
]  # fmt: skip
# The published total of adoptions is 159; the thirteen rows add up to 121.
ADOPTED_SUM = sum(adopted for _submitted, adopted in PAIRS)


def chengzhong() -> bytes:
    rows: list[list[Any]] = [["单位", "报送数", "采纳数", "采纳率"]]
    for n, (submitted, adopted) in enumerate(PAIRS, start=1):
        rate = round(100 * adopted / submitted, 1) if submitted else 0
        rows.append([f"城中{n}办", submitted, adopted, f"{rate:g}%"])
    return xlsx([*rows, ["合计", 301, 159, "52.8%"]])


def test_chengzhong_is_imported_with_its_contradictions_listed(page: Client) -> None:
    units(*(f"城中{n}办" for n in range(1, 14)))
    [paper] = bulletins("城中信息").values()
    answer = upload(page, chengzhong(), "2017年4月.xlsx")
    adopted = next(c for c in answer.context["found"].columns if c.label == "采纳数")
    assert adopted.meaning == ""
    assert answer.context["stopping"]
    run = booked(
        page, chengzhong(), "2017年4月.xlsx", day="2017-04-30", **{adopted.key: f"adoption:{paper}"}
    )
    assert sum(counts("submission").values()) == sum(sent for sent, _a in PAIRS)
    assert sum(counts("adoption").values()) == ADOPTED_SUM
    told = [message for _row, _column, message in run.mismatches]
    wanted = [
        f"合计行写的是{said_total}，各行相加是{found}。"
        for said_total, found in ((301, sum(s for s, _a in PAIRS)), (159, ADOPTED_SUM))
        if said_total != found
    ]
    assert told == wanted
    assert FactLine.objects.filter(unit__name="城中9办").count() == 0


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


@pytest.mark.parametrize(
    ("row", "place", "message"),
    [
        (["水务局", "十二", "", "", ""], (2, "B 报送条数"), "“十二”不是条数"),
        (["水务局", 1.5, "", "", ""], (2, "B 报送条数"), "条数要是整数"),
        (["水务局", -1, "", "", ""], (2, "B 报送条数"), "条数不能是负数"),
        (["水务局", 20_000, "", "", ""], (2, "B 报送条数"), "条数不能超过2000"),
        (["", 3, "", "", ""], (2, "A 单位"), "这一行有条数，没有单位名称"),
        (["水利局", 3, "", "", ""], (2, "A 单位"), "是不是“水务局”"),
        (["水务局", "=1+1", "", "", ""], (2, "B 报送条数"), "公式没有计算结果"),
    ],
)
def test_what_is_wrong_in_a_cell(
    page: Client, two: None, row: list[Any], place: tuple[int, str], message: str
) -> None:
    answer = upload(page, small(row), "一季度.xlsx")
    answer = send(page, answer, "look", day="2026-03-31")
    assert [(r, c) for r, c, words in said(answer) if message in words] == [place], said(answer)
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
