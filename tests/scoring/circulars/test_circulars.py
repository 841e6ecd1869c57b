"""通报 and 告知书: the text from numbers, the Word file read back, the page and the command."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx import Document

from infoflow.papers.parts import Heading, Table
from infoflow.papers.word import TEXT_WIDTH, column_widths
from infoflow.units.actions import set_group
from infoflow.units.models import UnitGroup
from scoring.circulars.files import circular_file
from scoring.circulars.queries import circular_data, period_before
from scoring.circulars.rules import (
    CircularData,
    LevelNumbers,
    UnitNumbers,
    compared,
    compose,
    first_of,
    merged_counts,
    rate_shown,
    zero_letter,
)
from scoring.demo import fenyang
from scoring.demo.tables import load
from scoring.rankings.rules import Period
from tests.builders import Office, superior_bulletin, unit
from tests.scoring.rankings.conftest import fact, scheme

pytestmark = pytest.mark.screens

Q1 = Period(date(2026, 1, 1), date(2026, 3, 31))


def numbers(name: str, rank: int = 1, points: int = 500, **fields: Any) -> UnitNumbers:
    given: dict[str, Any] = {
        "group": "县区",
        "submitted": 3,
        "adopted": 1,
        "points": str(points // 100),
        "silent": False,
    } | fields
    return UnitNumbers(name=name, rank=rank, hundredths=points, **given)


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        ([("甲", 3), ("乙", 3), ("丙", 1)], "甲、乙各3条，丙1条"),
        ([("甲", 1), ("乙", 0)], "甲1条"),
        ([("丙", 1), ("甲", 2)], "甲2条，丙1条"),
        ([("甲", 0)], ""),
        ([], ""),
    ],
)
def test_equal_counts_are_merged(counts: list[tuple[str, int]], text: str) -> None:
    assert merged_counts(counts) == text


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [
        (5, 5, "与上期持平"),
        (3, 0, "上期为0条"),
        (15, 10, "比上期增加5条（50%）"),
        (10, 15, "比上期减少5条（33.3%）"),
        (0, 8, "比上期减少8条（100%）"),
    ],
)
def test_compared_in_words(now: int, before: int, text: str) -> None:
    assert compared(now, before) == text


def test_tie_at_the_cut_lists_all_and_nobody_without_points() -> None:
    ranks = [(1, 900), (2, 500), (3, 300), (3, 300), (5, 0)]
    units = [numbers(f"单位{n}", rank, points) for n, (rank, points) in enumerate(ranks)]
    assert [u.name for u in first_of(units, 3)] == ["单位0", "单位1", "单位2", "单位3"]
    assert [u.name for u in first_of(units, 5)] == ["单位0", "单位1", "单位2", "单位3"]


def data(**fields: Any) -> CircularData:
    given: dict[str, Any] = {
        "period": "2026年第一季度",
        "basis": ("某办法（第1版）",),
        "units": (
            numbers("甲县", 1, 900, submitted=10, adopted=4),
            numbers("乙县", 2, 100, submitted=2, adopted=0),
            numbers("丙县", 3, 0, submitted=0, adopted=0, silent=True),
        ),
        "submitted_before": 6,
        "adopted_before": 4,
        "levels": (LevelNumbers("省级", (("甲县", 4), ("乙县", 0))),),
        "commissions": (2, 1, 0),
        "instructions": 1,
        "rate": "33.3",
        "items": (("2026-01-05", "甲县", "《晋政信息》（省级）", "某信息"),),
        "score_tables": (("县区", Table(("排名", "单位"), (("1", "甲县"),))),),
    }
    return CircularData(**(given | fields))


def test_a_rate_above_the_whole_is_not_printed() -> None:
    """More adopted than submitted: superiors carried what never came through the system."""
    row = ("1", "甲县", "2", "—")
    table = Table(("排名", "单位", "报送", "采用率%"), (row,))
    units = (numbers("甲县", submitted=2, adopted=5),)
    told = text_of(compose(data(units=units, rate="250", score_tables=(("县区", table),))))
    assert "采用率—（采用含未经本系统报送的稿件）。" in told
    assert "250" not in told
    assert "注：采用率为“—”的，采用含未经本系统报送的稿件。" in told
    assert rate_shown(2, 2, "100") == "100"
    plain = text_of(compose(data()))
    assert "采用率33.3%。" in plain
    assert "未经本系统" not in plain


@pytest.mark.django_db
def test_the_annex_has_no_rate_above_the_whole_either() -> None:
    at, paper = unit("甲县", group="县区", year=2026), superior_bulletin()
    fact(at, kind="submission", day=date(2026, 2, 3))
    fact(at, bulletin=paper, day=date(2026, 2, 3), number=3)
    [(_name, table)] = circular_data(Q1).score_tables
    assert table.rows[0][table.headings.index("采用率%")] == "—"


def text_of(parts: list[Any]) -> str:
    return "\n".join(part.text for part in parts if not isinstance(part, Table))


def test_every_section_says_its_numbers() -> None:
    text = text_of(compose(data()))
    assert "根据《某办法（第1版）》，现将2026年第一季度" in text
    assert "共收到信息12条，比上期增加6条（100%）；采用4条次，与上期持平；采用率33.3%" in text
    assert "省级采用4条次：甲县4条。" in text
    assert "约稿共3次，按时完成2次，迟报1次，未报0次。" in text
    assert "县区得分前3名：甲县（9分）、乙县（1分）。" in text
    assert "零报送、零采用的单位1个：丙县。" in text
    assert "有报送但没有采用的单位1个：乙县。" in text
    assert [p.text for p in compose(data()) if isinstance(p, Heading) and p.level == 0] == [
        "附件1　得分一览表（县区）",
        "附件2　采用条目",
        "附件3　零报送单位名单",
    ]


def test_empty_sections_are_left_out_and_numbers_follow_on() -> None:
    parts = compose(data(commissions=(0, 0, 0), levels=(), instructions=0))
    headings = [p.text for p in parts if isinstance(p, Heading) and p.level == 1]
    assert headings == ["一、总体情况", "二、工作较好的单位", "三、存在的问题", "四、下一步要求"]


@pytest.mark.parametrize(
    ("period", "before"),
    [
        (Q1, Period(date(2025, 10, 1), date(2025, 12, 31))),
        (Period(date(2026, 3, 1), date(2026, 3, 31)), Period(date(2026, 2, 1), date(2026, 2, 28))),
        (
            Period(date(2026, 7, 1), date(2026, 10, 9)),
            Period(date(2026, 3, 22), date(2026, 6, 30)),
        ),
    ],
)
def test_period_before(period: Period, before: Period) -> None:
    assert period_before(period) == before


def test_letter_counts_periods_in_a_row() -> None:
    assert "连续" not in text_of(zero_letter("丙县", "2026年第一季度", 1))
    assert "已连续3期没有报送" in text_of(zero_letter("丙县", "2026年第一季度", 3))


# --- with real facts ----------------------------------------------------------------------


def words_in(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


@pytest.fixture
def county(db: None) -> UnitGroup:
    group = UnitGroup.objects.create(name="县区")
    one, silent = unit(), unit()
    for at in (one, silent):
        set_group(unit=at, group=group, year=2026)
    bulletin = superior_bulletin()
    scheme(("adoption", f"bulletin:{bulletin.pk}", "4"))
    fact(one, kind="submission", number=3, day=date(2026, 2, 1))
    fact(one, bulletin=bulletin, number=2, title="=1+1\x07", day=date(2026, 2, 1))
    return group


def test_word_file_reads_back(county: UnitGroup) -> None:
    made = circular_file(Q1, office="某市委办公室", day=date(2026, 4, 10))
    text = words_in(made)
    assert "关于2026年第一季度政务信息工作情况的通报" in text
    assert "共收到信息3条" in text
    assert "=1+1" in text
    assert "\x07" not in text
    assert "某市委办公室" in text
    assert "2026年4月10日" in text
    assert "零报送单位名单" in text


def test_equal_data_gives_equal_bytes(county: UnitGroup) -> None:
    first, second = (circular_file(Q1, office="", day=date(2026, 4, 10)) for _n in range(2))
    assert first == second


def test_columns_are_as_wide_as_what_they_hold() -> None:
    """Names have room, and the whole table fits between the margins."""
    long = "演示县经济技术开发区管理委员会社会事务综合协调服务保障中心"
    table = Table(("排名", "单位", "得分"), (("1", long, "30"), ("2", "南关镇", "28.5")))
    widths = column_widths(table)
    assert widths[1] > 2 * widths[0]
    assert widths[0] * 100 > sum(widths) * 10
    assert sum(widths) <= TEXT_WIDTH


@pytest.mark.django_db
def test_published_table_a_comes_out_in_the_circular() -> None:
    load(fenyang.TABLE)
    period = Period(date(2009, 1, 1), date(2009, 9, 30))
    text = words_in(circular_file(period, office="", day=date(2009, 10, 1)))
    assert "共收到信息336条" in text
    assert "采用40条次" in text
    assert "财政局" in text


def test_page_shows_what_the_file_says(client: Client, office: Office, county: UnitGroup) -> None:
    client.force_login(office.scorer)
    asked = {"start": "2026-01-01", "end": "2026-03-31", "office": "某办"}
    page = client.get(reverse("circular"), asked)
    assert "共收到信息3条" in page.content.decode()
    got = client.get(reverse("circular_file"), asked)
    assert "某办" in words_in(got.content)
    letters = client.get(reverse("circular_letters"), asked)
    assert "零报送单位告知书" in words_in(letters.content)


def test_no_letters_when_nobody_is_silent(client: Client, office: Office, db: None) -> None:
    client.force_login(office.scorer)
    answer = client.get(
        reverse("circular_letters"), {"start": "2026-01-01", "end": "2026-03-31"}, follow=True
    )
    assert "没有零报送单位" in answer.content.decode()


def test_others_make_none(client: Client, office: Office) -> None:
    client.force_login(office.officer)
    for name in ("circular", "circular_file", "circular_letters"):
        assert client.get(reverse(name)).status_code in (302, 403, 404)


@pytest.mark.screens
def test_page_costs_the_same_for_few_and_many_units(
    client: Client, office: Office, county: UnitGroup
) -> None:
    client.force_login(office.scorer)
    asked = {"start": "2026-01-01", "end": "2026-03-31"}
    client.get(reverse("circular"), asked)
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("circular"), asked)
    for _n in range(20):
        at = unit()
        set_group(unit=at, group=county, year=2026)
        fact(at, kind="submission", day=date(2026, 2, 1))
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("circular"), asked)
    assert len(many) == len(few)


def test_command_writes_the_file(county: UnitGroup, tmp_path: Path) -> None:
    out = tmp_path / "通报.docx"
    dates = ("--from", "2026-01-01", "--to", "2026-03-31")
    call_command("notice", *dates, "--docx", str(out), stdout=io.StringIO())
    assert "共收到信息3条" in words_in(out.read_bytes())
    with pytest.raises(CommandError, match="早于开始日期"):
        call_command("notice", "--from", "2026-02-01", "--to", "2026-01-01", "--docx", str(out))
    with pytest.raises(CommandError, match="不能写入"):
        call_command("notice", *dates, "--docx", "/nowhere/x.docx")
