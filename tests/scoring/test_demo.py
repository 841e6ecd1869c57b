"""The demonstration sets give exactly the published figures."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cms.review.models import Decision
from infoflow.units.models import GroupMembership, Unit
from infoflow.units.roles import Role
from scoring.adoptions.models import Fact, FactLine
from scoring.adoptions.rules import FactKind
from scoring.closings.models import Closing
from scoring.demo import past_months
from scoring.ledger.models import Entry
from tests.builders import person
from tests.page_tables import tables_of

pytestmark = pytest.mark.django_db

TABLES = ("fenyang-2009", "zhalantun-2023q1", "huolinguole-2018", "xining-2017")


def load(*names: str) -> str:
    out = io.StringIO()
    call_command("load_demo", *names, stdout=out)
    return out.getvalue()


def points(code: str) -> dict[str, int]:
    """Points per unit in the table's order; whole points here."""
    sums = (
        Unit.objects.filter(code__startswith=f"DEMO-{code}-")
        .order_by("order")
        .annotate(sum=Sum("ledger_entries__hundredths"))
    )
    return {unit.name: (unit.sum or 0) // 100 for unit in sums}


def counts(code: str, kind: str, bulletin: str | None = None) -> dict[str, int]:
    lines = FactLine.objects.filter(unit__code__startswith=f"DEMO-{code}-", kind=kind)
    if bulletin is not None:
        lines = lines.filter(bulletin__name=bulletin)
    rows = lines.order_by().values_list("unit__name").annotate(sum=Sum("quantity"))
    return dict(rows)


def test_fenyang() -> None:
    load("fenyang-2009")
    received = {
        "财政局": 137,
        "计生局": 22,
        "水务局": 55,
        "国家统计局汾阳调查队": 7,
        "文化局": 45,
        "畜牧兽医局": 61,
        "信访局": 1,
        "双百双千办": 1,
        "林业局": 2,
        "太和桥办事处": 5,
    }
    assert counts("FY", "submission") == received
    assert sum(received.values()) == 336
    assert counts("FY", "forwarding") == {"汾阳市": 238}
    for bulletin, number in (
        ("吕梁政务信息·普刊", 23),
        ("晋政信息·普刊", 9),
        ("晋政信息·互联网", 8),
    ):
        assert counts("FY", "adoption", bulletin) == {"汾阳市": number}
    assert points("FY")["汾阳市"] == 75
    assert sum(points("FY").values()) == 75
    silent = set(points("FY")) - set(received) - {"汾阳市"}
    assert len(silent) == 12


@pytest.mark.screens
def test_zhalantun() -> None:
    load("zhalantun-2023q1")
    assert list(points("ZLT").items()) == [
        ("现代农业产业园服务中心", 205),
        ("水利局", 180),
        ("市场监督管理局", 145),
        ("公安局", 135),
        ("民政局", 130),
    ]
    assert counts("ZLT", "adoption", "上级网站") == {
        "现代农业产业园服务中心": 3,
        "市场监督管理局": 1,
        "公安局": 1,
    }


@pytest.mark.screens
def test_huolinguole() -> None:
    load("huolinguole-2018")
    five = ["达来胡硕苏木", "沙尔呼热街道", "莫斯台街道", "宝日呼吉尔街道", "珠斯花街道"]
    assert list(points("HLGL").items())[:5] == list(zip(five, [5, 15, 5, 10, 25], strict=True))
    assert counts("HLGL", "submission") == dict(zip(five, [2, 12, 1, 15, 15], strict=True))
    zero = list(points("HLGL").items())[5:]
    assert [value for _name, value in zero] == [0, 0, 0, 0]
    assert all(name.startswith("零报送单位") for name, _value in zero)


def test_xining_on_the_page(client: Client) -> None:
    load("xining-2017")
    client.force_login(person(Role.LEADER))
    days = {"start": "2017-04-01", "end": "2017-04-30", "sort": "fixed"}
    [table] = tables_of(client.get(reverse("ranking"), days))
    heads = ("报送", "采用合计", "采用率%")
    *rows, rest = table.cells(*heads)
    assert rows == [
        *(("14", "7", "50"), ("28", "16", "57.1"), ("15", "8", "53.3"), ("33", "12", "36.4")),
        *(("33", "14", "42.4"), ("47", "20", "42.6"), ("14", "4", "28.6"), ("10", "5", "50")),
        *(("0", "0", "0"), ("8", "6", "75"), ("18", "18", "100"), ("8", "6", "75")),
        ("7", "5", "71.4"),
    ]
    assert rest[:2] == ("66", "38")
    assert [table.total(head) for head in heads] == ["301", "159", "52.8"]
    assert set(table.column("得分")) == {"0"}


@pytest.mark.screens
def test_twice_changes_nothing_and_every_fact_says_that_only_counts_are_known() -> None:
    first = load(*TABLES)
    assert first.count("新登记") == len(TABLES)

    def sizes() -> list[int]:
        return [m.objects.count() for m in (Unit, GroupMembership, Fact, FactLine, Entry)]

    before = sizes()
    assert load(*TABLES).count("已载入过，没有变化") == len(TABLES)
    assert sizes() == before
    assert not Fact.objects.exclude(title__endswith="条（仅有条数）").exists()
    assert set(Fact.objects.values_list("source", flat=True)) == {"table"}
    assert not Fact.objects.filter(kind=FactKind.SUBMISSION, item__isnull=False).exists()
    one = Fact.objects.filter(title__startswith="财政局报送").earliest("date", "pk")
    assert (one.title, one.date.year) == ("财政局报送第1条（仅有条数）", 2009)


@pytest.mark.screens
def test_list_and_unknown_name() -> None:
    out = io.StringIO()
    call_command("load_demo", "--list", stdout=out)
    assert all(name in out.getvalue() for name in TABLES)
    with pytest.raises(CommandError, match="没有名为“巴彦”的演示数据") as refusal:
        load("巴彦", "fenyang-2009")
    assert refusal.value.returncode == 2
    assert not Fact.objects.exists()


@pytest.mark.screens
def test_production_loads_none(settings) -> None:
    settings.INFOFLOW_DEMO_ALLOWED = False
    with pytest.raises(CommandError, match="正式环境不能载入演示数据"):
        load("fenyang-2009")


@pytest.mark.screens
def test_the_county_stands_at_every_station_and_has_a_year_behind_it() -> None:
    assert load("walkthrough").startswith("walkthrough:新登记")
    facts = Fact.objects.count()
    assert load("walkthrough") == "walkthrough:已载入过，没有变化。\n"
    assert Fact.objects.count() == facts
    roads = set(Decision.objects.values_list("verdict", flat=True))
    assert roads >= {"submit", "pass", "return", "close", "refuse", "withdraw"}
    today = timezone.localdate()
    submitted = Fact.objects.filter(kind=FactKind.SUBMISSION, item__isnull=True)
    assert {fact.date.month for fact in submitted} == set(range(1, today.month))
    assert not submitted.exclude(date__year=today.year, date__lt=today).exists()
    # The last quarter that has ended is left to whoever looks at the demonstration.
    assert Closing.objects.count() == max((today.month - 1) // 3 - 1, 0)
    units = {unit.name: unit for unit in Unit.objects.filter(code__startswith="DEMO-X-")}
    whole = [row.key for row in past_months.rows_of(units, today.year, 12)]
    assert len(set(whole)) == len(whole) > 100
