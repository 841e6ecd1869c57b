"""Tables that are made to take long or much memory, each with words of its refusal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.scoring.imports import tables

from . import office_files as office
from .other_files import ole

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@dataclass(frozen=True)
class Bomb:
    """One file: how it comes, and what must be answered."""

    title: str
    name: str
    make: Callable[[], bytes]
    refused: str


def sheet(body: str) -> bytes:
    """A workbook whose sheet holds exactly this between its rows' tags."""
    data = f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>'
    return office.xlsx(parts={"xl/worksheets/sheet1.xml": data})


def _shared(words: str) -> bytes:
    strings = f'<sst xmlns="{MAIN}"><si><t>{words}</t></si></sst>'
    return office.xlsx(parts={"xl/sharedStrings.xml": strings})


def _rows(number: int) -> str:
    return "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, number + 1))


BOMBS = [
    Bomb("一百兆的零", "表.xlsx", lambda: sheet("0" * 104_857_600), "过大"),
    Bomb("一百兆的共享字符串", "表.xlsx", lambda: _shared("字" * 34_952_534), "过大"),
    Bomb("一百万行", "表.xlsx", lambda: sheet(_rows(1_000_000)), "5万行"),
    Bomb("六万行", "表.xlsx", lambda: sheet(_rows(60_000)), "5万行"),
    Bomb("一百万行的空行", "表.xlsx", lambda: sheet("<row/>" * 1_000_000), "过大"),
    Bomb("一格在天边", "表.xlsx", lambda: sheet('<row><c r="XFD1048576"/></row>'), "5万行"),
    Bomb("矩形太大", "表.xlsx", lambda: sheet('<row><c r="XFD50000"/></row>'), "过大"),
    Bomb(
        "位置藏在引号里",
        "表.xlsx",
        lambda: sheet("<row>" + "<c s=' r=\"A1\"'/>" * 100_000 + "</row>" + "<row/>" * 49_000),
        "过大",
    ),
    Bomb("一万个条目", "表.xlsx", lambda: office.many_entries(10_000), "过大"),
    Bomb("重叠", "表.xlsx", office.overlapping, "过大"),
    Bomb("嵌套很深", "表.xlsx", lambda: sheet("<x>" * 9_000 + "</x>" * 9_000), "过大"),
    Bomb(
        "实体炸弹",
        "表.xlsx",
        lambda: office.xlsx(
            parts={"xl/sharedStrings.xml": '<!DOCTYPE l [<!ENTITY a "aaaa">]><sst>&a;</sst>'}
        ),
        "DTD",
    ),
    Bomb("CSV 一百万行", "表.csv", lambda: b"1,2\n" * 1_000_000, "5万行"),
    Bomb("CSV 三十兆", "表.csv", lambda: b"1,2,3,4,5\n" * 3_000_000, "20兆"),
    Bomb("CSV 一格两兆", "表.csv", lambda: b'"' + b"1" * 2_000_000 + b'"', "读不出来"),
    Bomb("旧表一格在天边", "表.xls", lambda: tables.xls([["a"]], far=(65_535, 255)), "读不出来"),
    Bomb("加密的表", "表.xlsx", lambda: ole("EncryptionInfo", "EncryptedPackage"), "密码"),
]
