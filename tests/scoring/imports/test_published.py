"""The published tables come in as files and stand on the ranking's page to the digit."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cms.bulletins.models import Level
from infoflow.units.models import Unit
from scoring.adoptions.models import Fact, FactLine
from scoring.adoptions.rules import FactKind
from tests.page_tables import PageTable, tables_of

from .pages import booked, said, send, upload
from .tables import csv, xls, xlsx
from .world import bulletins, command, counts, points, scheme, units

pytestmark = [pytest.mark.screens, pytest.mark.django_db]

# Columns that compare or draw; the published tables have nothing of the kind.
DRAWN = "各月得分"


def ranked(page: Client, start: str, end: str, **chosen: str) -> list[PageTable]:
    """Return the tables of the ranking's page in a period."""
    return tables_of(page.get(reverse("ranking"), {"start": start, "end": end, **chosen}))


def opened(page: Client, start: str, end: str, unit: str, bulletin: int) -> str:
    """Press the number of a unit's adoptions by a bulletin; return the points that it opens to."""
    body = page.get(reverse("ranking"), {"start": start, "end": end}).content.decode()
    at = reverse("ranking_details", args=[Unit.objects.get(name=unit).pk])
    [link] = re.findall(rf'href="({at}\?[^"]*bulletin={bulletin})"', body)
    behind = page.get(link.replace("&amp;", "&"))
    found: str = behind.context["points"]
    assert f"合计 {found} 分" in behind.content.decode()
    return found


# --- A. 汾阳 2009 -----------------------------------------------------------------------------

RECEIVED = {
    "财政局": 137, "计生局": 22, "水务局": 55, "国家统计局汾阳调查队": 7, "文化局": 45,
    "畜牧兽医局": 61, "信访局": 1, "双百双千办": 1, "林业局": 2, "太和桥办事处": 5,
}  # fmt: skip
SILENT = ("教育局", "民政局"), ("杏花村镇", "贾家庄镇")
FENYANG_DAYS = ("2009-01-01", "2009-09-30")


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


def test_fenyang_through_the_command(page: Client, tmp_path: Path) -> None:
    *departments, town = RECEIVED
    units("汾阳市", group="县（市）", year=2009)
    units(*departments, *SILENT[0], group="市直部门", year=2009)
    units(town, *SILENT[1], group="乡镇街道", year=2009)
    first = bulletins("吕梁政务信息·普刊")["吕梁政务信息·普刊"]
    names = bulletins("晋政信息·普刊", "晋政信息·互联网", level=Level.PROVINCE)
    second, third = names.values()
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
    assert not [r for r in report["remarks"] if r["weight"] == "mismatch"]
    code, report = command(adopted, *arguments, *column)
    assert (code, report["new"], report["known"]) == (0, 0, 278)
    assert counts("submission") == RECEIVED
    fenyang_stands_on(page)
    behind = [opened(page, *FENYANG_DAYS, "汾阳市", pk) for pk in (first, second, third)]
    assert behind == ["23", "36", "16"]


def fenyang_stands_on(page: Client) -> None:
    """Every cell of the page is the published one, or zero."""
    shown = {table.name: table for table in ranked(page, *FENYANG_DAYS)}
    names = ("sum", "县（市）", "市直部门", "乡镇街道")
    sums, city, departments, towns = (shown[name] for name in names)
    heads = ["报送", "上报", "市级采用/吕梁政务信息·普刊", "省级采用/晋政信息·普刊",
             "省级采用/晋政信息·互联网", "采用合计", "采用率%", "得分"]  # fmt: skip
    assert sums.heads == ["分组", "单位数", *heads]
    for table in (city, departments, towns):
        assert table.heads == ["排名", "单位", *heads, DRAWN]
    adopted, nothing = ["238", "23", "9", "8", "40", "—", "75"], ["0"] * 7
    assert [row[:-1] for row in city.rows] == [["1", "汾阳市", "0", *adopted]]
    for table, silent in ((departments, SILENT[0]), (towns, SILENT[1])):
        wanted = {**RECEIVED, **dict.fromkeys(silent, 0)}
        listed = table.column("单位")
        # No unit has a point, so all share the first place in their fixed order.
        assert [row[:-1] for row in table.rows] == [
            ["1", name, str(wanted[name]), *nothing] for name in listed
        ]
        assert set(silent) < set(listed)
    assert {*departments.column("单位"), *towns.column("单位")} == {
        *RECEIVED,
        *SILENT[0],
        *SILENT[1],
    }
    assert sums.foot == [["合计", "15", "336", "238", "23", "9", "8", "40", "11.9", "75"]]


# --- B. 扎兰屯 2023 Q1 ------------------------------------------------------------------------

ZHALANTUN = {
    "现代农业产业园服务中心": (35, 3, 205),
    "水利局": (36, 0, 180),
    "市场监督管理局": (27, 1, 145),
    "公安局": (25, 1, 135),
    "民政局": (26, 0, 130),
}


@pytest.mark.parametrize("kind", ["xlsx", "csv", "xls"])
def test_zhalantun_through_the_page(page: Client, kind: str) -> None:
    # Not in the order of the points: the ranking has to find it.
    units(*sorted(ZHALANTUN), group="市直单位", year=2023)
    own, upper = bulletins("扎兰屯市政府网站", "呼伦贝尔市政府网站").values()
    scheme(2023, {f"bulletin:{own}": "5", f"bulletin:{upper}": "10"})
    rows: list[list[Any]] = [["单位", "扎兰屯市政府网站", "呼伦贝尔市政府网站", "得分", "排名"]]
    rows += [
        [name, first, second if n < 5 else "", score, n]
        for n, (name, (first, second, score)) in enumerate(ZHALANTUN.items(), start=1)
    ]
    writers: dict[str, Callable[[list[list[Any]]], bytes]] = {"xlsx": xlsx, "csv": csv, "xls": xls}
    made = writers[kind](rows)
    run = booked(page, made, f"2023年第一季度.{kind}", day="2023-03-31")
    assert run.notice == "2023年第一季度"
    assert points() == {name: score for name, (_a, _b, score) in ZHALANTUN.items()}
    [table] = ranked(page, "2023-01-01", "2023-03-31")
    heads = ("市级采用/扎兰屯市政府网站", "市级采用/呼伦贝尔市政府网站", "采用合计", "得分")
    assert table.cells("排名", "单位", *heads) == [
        (str(n), name, str(first), str(second), str(first + second), str(score))
        for n, (name, (first, second, score)) in enumerate(ZHALANTUN.items(), start=1)
    ]
    assert [table.total(head) for head in heads] == ["149", "5", "154", "795"]
    assert {*table.column("报送"), *table.column("上报")} == {"0"}
    assert len(table.heads) == 10  # and 采用率, which has no submissions to divide by, and the bars


# --- C. 霍林郭勒 2018 Jan–Feb -----------------------------------------------------------------

HUOLIN = {
    "达来胡硕苏木": (2, "", 1, 5),
    "沙尔呼热街道": (12, 3, "", 15),
    "莫斯台街道": (1, 1, "", 5),
    "宝日呼吉尔街道": (15, 2, "", 10),
    "珠斯花街道": (15, 5, "", 25),
}
# Four units are named in the notice's prose: nothing submitted, nothing adopted.
HUOLIN_ZERO = ("零单位一", "零单位二", "零单位三", "零单位四")


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
    units(*HUOLIN, *HUOLIN_ZERO, group="苏木街道", year=2018)
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
    assert points() == {name: row[3] for name, row in HUOLIN.items()}
    assert set(Fact.objects.values_list("date", flat=True)) == {date(2018, 2, 28)}
    huolin_stands_on(page)


def huolin_stands_on(page: Client) -> None:
    """In the fixed order of the units; the first two months, so running totals are the same."""
    days = ("2018-01-01", "2018-02-28")
    [table] = ranked(page, *days, sort="fixed")
    heads = ("报送", "市级采用/微信公众号", "约稿/按时完成", "得分")
    assert table.cells("单位", *heads) == [
        *(
            (name, str(sent), str(wechat or 0), str(asked or 0), str(score))
            for name, (sent, wechat, asked, score) in HUOLIN.items()
        ),
        *((name, "0", "0", "0", "0") for name in HUOLIN_ZERO),
    ]
    assert table.column("排名") == ["4", "2", "4", "3", "1", *["6"] * 4]
    assert [table.total(head) for head in heads] == ["45", "11", "1", "60"]
    assert {*table.column("上报")} == {"0"}
    assert table.column("采用合计") == table.column("市级采用/微信公众号")
    assert "全年累计" not in table.heads
    [later] = ranked(page, "2018-02-01", "2018-02-28", sort="fixed")
    assert later.column("全年累计") == table.column("得分")


# --- D. 西宁城中区 2017-04 --------------------------------------------------------------------

# Submitted, adopted, and the rate as it was published.
CHENGZHONG = [
    (14, 7, "50"), (28, 16, "57.1"), (15, 8, "53.3"), (33, 12, "36.4"), (33, 14, "42.4"),
    (47, 20, "42.6"), (14, 4, "28.6"), (10, 5, "50"), (0, 0, "0"), (8, 6, "75"),
    (18, 18, "100"), (8, 6, "75"), (7, 5, "71.4"),
]  # fmt: skip
# The published total has more than these rows: 301 and 159 against 235 and 121.
REST = (66, 38, "57.6")


def chengzhong(*, rest: bool) -> bytes:
    rows: list[list[Any]] = [["单位", "报送数", "采纳数", "采纳率"]]
    for n, (submitted, adopted, rate) in enumerate([*CHENGZHONG, *[REST] * rest], start=1):
        rows.append([f"城中{n}办", submitted, adopted, f"{rate}%"])
    return xlsx([*rows, ["合计", 301, 159, "52.8%"]])


@pytest.mark.parametrize("rest", [True, False], ids=["whole", "rows-at-hand"])
def test_chengzhong_with_its_rates(page: Client, rest: bool) -> None:
    names = [f"城中{n}办" for n in range(1, 14 + rest)]
    units(*names, group="街道部门", year=2017)
    paper = bulletins("城中信息")["城中信息"]
    scheme(2017, {f"bulletin:{paper}": "0"})
    data = chengzhong(rest=rest)
    answer = upload(page, data, "2017年4月.xlsx")
    adopted = next(c for c in answer.context["found"].columns if c.label == "采纳数")
    assert adopted.meaning == ""
    assert answer.context["stopping"]
    run = booked(
        page, data, "2017年4月.xlsx", day="2017-04-30", **{adopted.key: f"adoption:{paper}"}
    )
    said_wrong = ["合计行写的是301，各行相加是235。", "合计行写的是159，各行相加是121。"]
    assert [m for _r, _c, m in run.mismatches] == ([] if rest else said_wrong)
    assert not FactLine.objects.filter(unit__name="城中9办", kind=FactKind.SUBMISSION).exists()
    [table] = ranked(page, "2017-04-01", "2017-04-30", sort="fixed")
    heads = ("报送", "采用合计", "采用率%")
    rows = [*CHENGZHONG, *[REST] * rest]
    assert table.cells("单位", *heads) == [
        (name, str(sent), str(taken), rate)
        for name, (sent, taken, rate) in zip(names, rows, strict=True)
    ]
    total = ["301", "159", "52.8"] if rest else ["235", "121", "51.5"]
    assert [table.total(head) for head in heads] == total
    [exact] = ranked(page, "2017-04-01", "2017-04-30", sort="fixed", places="0")
    assert exact.column("采用率%")[:3] == ["50", "57", "53"]
