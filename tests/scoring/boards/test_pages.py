"""我单位的分 and the leaders' board, as each role meets them."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from infoflow.units.roles import Role
from scoring.schemes.models import Scheme
from scoring.targets.models import Target
from tests.builders import in_group, own_bulletin, person, unit
from tests.scoring.rankings.conftest import fact, scheme, submission

pytestmark = [pytest.mark.screens, pytest.mark.django_db]


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def in_force(today: date) -> Scheme:
    """2.5 points for an adoption, this year."""
    start, end = today.replace(month=1, day=1), today.replace(month=12, day=31)
    return scheme(("adoption", "all", "2.5"), valid_from=start, valid_until=end)


def page_of(client: Client, name: str, **query: str | int) -> str:
    response = client.get(reverse(name), query)
    assert response.status_code == 200
    return response.content.decode()


def test_own_points_with_every_sentence_and_nothing_of_others(
    client: Client, today: date, in_force: Scheme
) -> None:
    mine, other = (unit(name, group="镇", year=today.year) for name in ("甲镇", "乙镇"))
    paper = own_bulletin("昨日情况")
    fact(mine, bulletin=paper, title="甲镇采用的信息", day=today)
    fact(other, bulletin=paper, title="乙镇秘而不宣的信息", day=today, number=2)
    client.force_login(person(Role.OFFICER, at=mine))
    found = page_of(client, "own_points")
    assert "甲镇采用的信息" in found
    assert "乙镇秘而不宣的信息" not in found
    assert "2个单位中排第<b>2</b>名" in found
    assert "距上一名差2.5分" in found
    assert "提出异议" in found
    assert f"{today.month}月 2.5分" in found
    other_month = today.month % 12 + 1
    assert "甲镇采用的信息" not in page_of(client, "own_points", month=other_month)
    assert "甲镇采用的信息" in page_of(client, "own_points", month=today.month)


def test_another_unit_cannot_be_asked_for(client: Client, today: date) -> None:
    mine, other = (unit(name, group="镇", year=today.year) for name in ("甲镇", "乙镇"))
    client.force_login(person(Role.SIGNATORY, at=mine))
    found = page_of(client, "own_points", unit=other.pk)
    assert "甲镇" in found
    assert "乙镇" not in found


@pytest.mark.parametrize("query", [{"year": "x"}, {"year": "9999"}, {"month": "13"}, {"unit": "²"}])
def test_odd_addresses_show_this_year(client: Client, today: date, query: dict[str, str]) -> None:
    client.force_login(person(Role.OFFICER, at=unit("甲镇", group="镇", year=today.year)))
    assert f"甲镇{today.year}年得分" in page_of(client, "own_points", **query)


def test_a_unit_without_group_is_told_whom_to_ask(client: Client) -> None:
    client.force_login(person(Role.OFFICER, at=unit("甲镇")))
    assert "没有登记考核分组" in page_of(client, "own_points")


def test_board_shows_first_last_silent_and_behind(
    client: Client, today: date, in_force: Scheme
) -> None:
    paper = own_bulletin("昨日情况")
    for n in range(1, 6):
        at = unit(f"{n}号镇", group="镇", year=today.year)
        fact(at, bulletin=paper, day=today, number=n)
        submission(at, day=today)
    silent = unit("哑镇", group="镇", year=today.year)
    Target.objects.create(
        unit=silent, year=today.year, measure="submitted", per="year", hundredths=100_000
    )
    client.force_login(person(Role.LEADER))
    found = page_of(client, "leaders_board")
    assert "第1名 5号镇 12.5分" in found
    assert "第5名 1号镇 2.5分" in found
    assert "6个单位中1个没有得分" in found
    assert "零报送：1个" in found
    assert found.count("哑镇") == 2
    assert "没有逾期的反馈" in found


def test_board_of_an_empty_office_explains_itself(client: Client) -> None:
    client.force_login(person(Role.LEADER))
    assert "还没有登记考核分组" in page_of(client, "leaders_board")


def test_who_stays_outside(client: Client) -> None:
    client.force_login(person(Role.LEADER))
    assert client.get(reverse("own_points")).status_code == 403
    client.force_login(person(Role.OFFICER, at=unit()))
    assert client.get(reverse("leaders_board")).status_code == 403
    assert client.post(reverse("own_points")).status_code == 405


def test_pages_cost_the_same_for_few_and_many_units(
    client: Client, today: date, in_force: Scheme
) -> None:
    mine = unit("甲镇", group="镇", year=today.year)
    paper = own_bulletin("昨日情况")
    fact(mine, bulletin=paper, day=today)
    leader, officer = person(Role.LEADER), person(Role.OFFICER, at=mine)
    costs = []
    for _round in range(2):
        found = []
        for user, name in ((leader, "leaders_board"), (officer, "own_points")):
            client.force_login(user)
            client.get(reverse(name))
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse(name))
            found.append(len(queries))
        costs.append(found)
        for n in range(20):
            at = unit(f"{n}村")
            in_group(at, "镇", today.year)
            fact(at, bulletin=paper, day=today)
            fact(mine, bulletin=paper, day=today)
    assert costs[0] == costs[1]
