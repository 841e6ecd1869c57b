"""The wide ranking page: every number opens to what it counts; changes, ties, order, closing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from infoflow.units.models import UnitGroup
from infoflow.units.roles import Role
from scoring.adoptions.actions import record_facts
from scoring.adoptions.rules import AdoptionForm, FactKind, FactRow, Source
from scoring.closings.models import Closing
from scoring.rankings.charts import Series, lines_chart, month_words, strips
from scoring.rankings.queries import ranking
from scoring.rankings.shown import Change, change_of, fields_of, heads_of, places_of
from scoring.rankings.snapshots import digest_of, snapshot_of, text_of
from tests.builders import Office, in_group, person, unit

from .conftest import DAY, END, START, County, fact, submission

pytestmark = [pytest.mark.screens, pytest.mark.django_db]

YEAR = {"start": "2026-01-01", "end": "2026-12-31"}
MARCH = {"start": "2026-03-01", "end": "2026-03-31"}
LINK = re.compile(r'<a href="(/ranking/units/\d+/\?[^"]*)">(-?[\d.]+)</a>')


@pytest.fixture
def page(client: Client) -> Callable[..., Any]:
    """Open a page as a leader or somebody else: page("ranking", start=…, user=…)."""

    def get(name: str = "ranking", user: Any = None, **query: Any) -> Any:
        client.force_login(user or person(Role.LEADER))
        response = client.get(reverse(name), query)
        assert response.status_code == 200
        return response

    return get


def _more(county: County) -> None:
    """Merged adoptions, instructions of two levels, commissions of three marks, a deduction."""
    rows = [
        {"kind": FactKind.ADOPTION, "bulletin": county.own.pk, "form": AdoptionForm.MERGED},
        {"kind": FactKind.ADOPTION, "bulletin": county.own.pk, "genre": "line"},
        {"kind": FactKind.INSTRUCTION, "mark": "main", "level": 2, "leader": "甲"},
        {"kind": FactKind.INSTRUCTION, "mark": "other", "level": 3, "leader": "乙"},
        {"kind": FactKind.COMMISSION, "mark": "done"},
        {"kind": FactKind.COMMISSION, "mark": "late"},
        {"kind": FactKind.COMMISSION, "mark": "missed"},
    ]
    record_facts(
        FactRow(
            date=DAY,
            title=f"第{n}件",
            units=(county.first.pk,),
            key=f"wide:{n}",
            source=Source.TABLE,
            **row,  # type: ignore[arg-type]
        )
        for n, row in enumerate(rows)
    )


def test_every_number_opens_to_exactly_what_it_counts(
    county: County, page: Any, client: Client
) -> None:
    _more(county)
    body = page(**MARCH).content.decode()
    links = [(url.replace("&amp;", "&"), number) for url, number in LINK.findall(body)]
    assert len(links) > 20
    kinds = set()
    for url, number in links:
        behind = client.get(url)
        assert behind.status_code == 200
        counted = "kind=" in url
        found = behind.context["number"] if counted else behind.context["points"]
        assert str(found) == number, url
        kinds.add(re.sub(r".*?end=[\d-]+", "", url))
    assert {
        "&kind=adoption&merged=1",
        "&kind=instruction&level=2",
        "&kind=commission&mark=late",
    } < kinds


def test_head_names_what_happened_and_leaves_out_the_rest(county: County) -> None:
    before = [head.top for head in heads_of(fields_of(ranking(START, END)))]
    assert before == ["报送", "上报", "县级采用", "省级采用", "采用合计", "采用率%", "得分"]
    _more(county)
    heads = {head.top: head.leaves for head in heads_of(fields_of(ranking(START, END)))}
    assert heads["批示"] == ("市级", "省级")
    assert heads["约稿"] == ("按时完成", "迟报", "未报")
    assert "其中综合" in heads
    month = [h.top for h in heads_of(fields_of(ranking(date(2026, 3, 1), date(2026, 3, 31))))]
    assert month[-1] == "全年累计"


@pytest.mark.parametrize(
    ("rank", "then", "ranked", "text"),
    [(1, 3, True, "▲2"), (3, 2, True, "▼1"), (2, 2, True, "—"), (2, None, True, "新")],
)
def test_changes(rank: int, then: int | None, ranked: bool, text: str) -> None:
    found = change_of(rank, then, ranked=ranked)
    assert isinstance(found, Change)
    assert found.text == text
    assert found.words


def test_nothing_is_new_where_nobody_had_a_rank(county: County, page: Any) -> None:
    assert change_of(1, None, ranked=False) is None
    body = page(**MARCH).content.decode()
    assert "比上期" not in body.split("<tbody>")[0]
    fact(county.twin_b, bulletin=county.province, day=date(2026, 2, 3))
    response = page(**MARCH)
    table = next(t for t in response.context["tables"] if t.table.name == "镇")
    changes = {line.row.unit: line.before.text for line in table.lines}
    assert changes == {"甲镇": "▲1", "乙镇": "—", "丙镇": "▼1", "丁镇": "▼2"}
    assert "比上期" in response.content.decode()


def test_a_tie_at_the_cut_lists_all(county: County, page: Any) -> None:
    twin = unit("戊镇", group="镇", year=2026)
    fact(twin, bulletin=county.own)
    table = next(t for t in ranking(START, END).groups if t.name == "镇")
    assert [(p.rank, p.units) for p in places_of(table)] == [(1, "甲镇"), (2, "乙镇、丙镇、戊镇")]
    body = page(**YEAR).content.decode()
    assert "并列的全部列出" in body
    assert "乙镇、丙镇、戊镇" in body


def test_fixed_order_and_precision(county: County, page: Any) -> None:
    submission(county.twin_a, 6)
    submission(county.twin_b, 9)
    fact(county.twin_b, bulletin=county.own)
    towns = UnitGroup.objects.get(name="镇").pk
    fixed = page(**YEAR, sort="fixed", group=towns)
    assert [line.row.unit for line in fixed.context["tables"][0].lines] == [
        "甲镇", "乙镇", "丙镇", "丁镇",
    ]  # fmt: skip
    by_points = page(**YEAR, group=towns)
    assert [line.row.unit for line in by_points.context["tables"][0].lines][:2] == ["甲镇", "丙镇"]
    rates = {}
    for places in ("0", "1", "2", "4"):
        lines = page(**YEAR, group=towns, places=places).context["tables"][0].lines
        rates[places] = next(x.row.figures.rate for x in lines if x.row.unit == "乙镇")
    assert rates == {"0": "17", "1": "16.7", "2": "16.67", "4": "16.6667"}
    assert "没有这种排列" in page(**YEAR, sort="x").content.decode()
    assert "请从列表中选择" in page(**YEAR, places="9").content.decode()


def test_a_closed_period_says_when_and_with_which_digest(county: County, page: Any) -> None:
    body = page(**MARCH).content.decode()
    assert "已结账" not in body
    start, end = date(2026, 3, 1), date(2026, 3, 31)
    snapshot = text_of(snapshot_of(ranking(start, end)))
    digest = digest_of(snapshot)
    Closing.objects.create(start=start, end=end, snapshot=snapshot, digest=digest)
    body = page(**MARCH, places="2").content.decode()
    assert "已结账" in body
    assert digest in body
    assert "已结账" not in page(**YEAR).content.decode()


def test_strips_share_one_scale_and_say_their_months() -> None:
    drawn = strips({1: [0, 100, 0, -50, *[0] * 8], 2: [0] * 12, 3: [1, *[0] * 11]})
    assert set(drawn) == {1, 3}
    assert drawn[1].words == "2月 1，4月 -0.5"
    assert drawn[1].base == 14
    assert "v-14.7" in drawn[1].path
    assert "v-1.0" in drawn[3].path
    assert strips({1: [0] * 12}) == {}
    assert month_words([0] * 12) == "没有得分"


def test_lines_have_round_marks_and_words() -> None:
    drawn = lines_chart([Series("今年", [100, 1230, None]), Series("去年", [0, 0, 0], "then")])
    assert drawn is not None
    assert [tick.text for tick in drawn.rows] == ["0", "5", "10", "15"]
    assert len(drawn.months) == 12
    assert drawn.words.startswith("今年：1月 1，2月 12.3；去年：")
    assert lines_chart([Series("空", [0, None])]) is None


def test_persons_stand_beside_units(office: Office, page: Any) -> None:
    in_group(office.unit, "镇", 2026)
    other = Office()
    in_group(other.unit, "镇", 2026)
    fact(office.unit, kind=FactKind.SUBMISSION)
    for made, title, number in ((office, "我的稿件", 1), (other, "别家的稿件", 2)):
        item = made.signed(title)
        scheme_bulletin = _bulletin()
        for n in range(number):
            fact(made.unit, bulletin=scheme_bulletin, item=item, title=f"{title}{n}")
    query = {"start": "2020-01-01", "end": "2026-12-31"}
    everything = page("ranking_people", **query)
    [table] = everything.context["tables"]
    assert {(row.person, row.adopted) for row in table.rows} == {
        (office.officer.name, 1),
        (other.officer.name, 2),
    }
    body = everything.content.decode()
    assert "我的稿件" not in body
    mine = page("ranking_people", user=office.officer, **query)
    [table] = mine.context["tables"]
    assert [row.person for row in table.rows] == [office.officer.name]
    assert table.of == 2
    assert other.officer.name not in mine.content.decode()


def _bulletin() -> Any:
    from cms.bulletins.models import Bulletin
    from tests.builders import own_bulletin

    return Bulletin.objects.first() or own_bulletin()
