"""The ranking from the database: who stands in it, what counts, at what cost."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from infoflow.units.models import GroupMembership, Unit, UnitGroup
from infoflow.units.roles import Role
from scoring.adoptions.actions import withdraw_fact
from scoring.adoptions.rules import FactKind
from scoring.rankings.queries import Behind, details, ranking
from scoring.rankings.tables import Ranking
from tests.builders import in_group, own_bulletin, person, unit

from .conftest import DAY, END, START, County, fact, scheme, submission

pytestmark = pytest.mark.django_db


def rows(found: Ranking, group: str) -> list[tuple[int, str, int, str]]:
    [table] = [table for table in found.groups if table.name == group]
    return [(r.rank, r.unit, r.figures.submitted, r.figures.points) for r in table.rows]


def test_every_member_stands_with_ties_and_zero(county: County) -> None:
    found = ranking(START, END)
    assert rows(found, "镇") == [
        (1, "甲镇", 4, "5"),
        (2, "乙镇", 0, "2.5"),
        (2, "丙镇", 0, "2.5"),
        (4, "丁镇", 0, "0"),
    ]
    assert rows(found, "部门") == [(1, "水务局", 0, "0.2")]
    assert found.scheme == str(county.scheme)
    assert [(c.name, c.level) for c in found.columns] == [
        ("昨日情况", "县级"),
        ("晋政信息·普刊", "省级"),
    ]
    assert (found.totals.submitted, found.totals.forwarded, found.totals.points) == (4, 1, "10.2")
    assert found.totals.adopted == {county.own.pk: 2, county.province.pk: 1}


def test_both_ends_of_the_period_count(county: County) -> None:
    assert ranking(DAY, DAY).totals.points == "10.2"
    before = ranking(START, date(2026, 3, 4))
    after = ranking(date(2026, 3, 6), END)
    assert (before.totals.points, after.totals.points) == ("0", "0")
    assert before.columns == ()
    assert not before.has_figures
    assert len(rows(before, "镇")) == 4


def test_groups_are_those_of_the_year_of_the_end(county: County) -> None:
    in_group(county.zero, "部门", 2027)
    assert "丁镇" in [row[1] for row in rows(ranking(START, END), "镇")]
    later = ranking(START, date(2027, 1, 1))
    # In 2027 only 丁镇 has a group; who has figures stays in sight.
    assert [row[1] for row in rows(later, "部门")] == ["丁镇"]
    assert [row[1] for row in rows(later, "未分组")] == ["甲镇", "乙镇", "丙镇", "水务局"]
    assert later.empty_groups == ("镇",)


def test_closed_units_stand_only_with_figures(county: County) -> None:
    Unit.objects.filter(pk__in=[county.zero.pk, county.first.pk]).update(
        active_until=date(2025, 12, 31)
    )
    assert [row[1] for row in rows(ranking(START, END), "镇")] == ["甲镇", "乙镇", "丙镇"]


def test_units_without_group_stand_only_with_figures(county: County) -> None:
    unit("从未报送的单位")
    lonely = unit("未登记分组的单位")
    submission(lonely)
    found = ranking(START, END)
    assert rows(found, "未分组") == [(1, "未登记分组的单位", 1, "0")]
    assert found.groups[-1].name == "未分组"


def test_withdrawn_facts_do_not_count(county: County) -> None:
    [made] = fact(county.zero, bulletin=county.own)
    assert rows(ranking(START, END), "镇")[1] == (2, "乙镇", 0, "2.5")
    assert rows(ranking(START, END), "镇")[3] == (2, "丁镇", 0, "2.5")
    withdraw_fact(fact_id=made.pk, person=person(Role.SCORER), reason="登记重复")
    assert rows(ranking(START, END), "镇")[3] == (4, "丁镇", 0, "0")


def test_joint_items_count_for_each_unit(county: County) -> None:
    fact(county.zero, county.department, bulletin=county.own)
    found = ranking(START, END)
    assert rows(found, "镇")[3] == (2, "丁镇", 0, "2.5")
    assert rows(found, "部门") == [(1, "水务局", 0, "2.7")]


def test_decimal_points_tie_exactly(db: None) -> None:
    """0.1 + 0.2 and 0.3 share a rank: floating sums would not."""
    small, middle, large = (own_bulletin(f"刊{n}") for n in range(3))
    scheme(
        ("adoption", f"bulletin:{small.pk}", "0.1"),
        ("adoption", f"bulletin:{middle.pk}", "0.2"),
        ("adoption", f"bulletin:{large.pk}", "0.3"),
    )
    sums, once = unit("甲", group="组", year=2026), unit("乙", group="组", year=2026)
    fact(sums, bulletin=small)
    fact(sums, bulletin=middle)
    fact(once, bulletin=large)
    assert rows(ranking(START, END), "组") == [(1, "甲", 0, "0.3"), (1, "乙", 0, "0.3")]


def test_schemes_in_force_are_named_oldest_first(county: County) -> None:
    scheme(
        ("adoption", "all", "1"),
        name="旧办法",
        valid_from=date(2025, 1, 1),
        valid_until=date(2025, 12, 31),
    )
    assert len(ranking(date(2025, 12, 1), END).schemes) == 2
    assert ranking(date(2025, 12, 1), END).schemes[0].startswith("旧办法")
    assert ranking(date(2024, 1, 1), date(2024, 12, 31)).scheme is None


def test_one_group_and_a_group_without_units(county: County) -> None:
    departments = UnitGroup.objects.get(name="部门")
    only = ranking(START, END, group=departments)
    assert [table.name for table in only.groups] == ["部门"]
    assert only.totals.points == "0.2"
    assert only.columns == ()
    chosen = ranking(START, END).only(departments.pk)
    assert (chosen.groups, chosen.columns, chosen.totals) == (only.groups, (), only.totals)
    empty = UnitGroup.objects.create(name="企业")
    assert [table.rows for table in ranking(START, END, group=empty).groups] == [()]
    assert "企业" in ranking(START, END).empty_groups


def test_a_unit_sees_its_own_group_only(county: County) -> None:
    officer = person(Role.OFFICER, at=county.department)
    found = ranking(START, END, user=officer)
    assert [table.name for table in found.groups] == ["部门"]
    assert found.empty_groups == ()
    everything = ranking(START, END, user=person(Role.LEADER))
    assert everything == ranking(START, END)


def test_a_unit_without_group_sees_itself_only(county: County) -> None:
    lonely, other = unit("甲直报点"), unit("乙直报点")
    submission(lonely)
    submission(other)
    found = ranking(START, END, user=person(Role.OFFICER, at=lonely))
    assert [(t.name, [r.unit for r in t.rows]) for t in found.groups] == [("未分组", ["甲直报点"])]


@pytest.mark.screens
def test_cost_does_not_grow_with_units(county: County) -> None:
    with CaptureQueriesContext(connection) as few:
        ranking(START, END)
    group = UnitGroup.objects.get(name="镇")
    units = Unit.objects.bulk_create(
        Unit(code=f"M{n}", name=f"村{n}", kind="town", order=n) for n in range(200)
    )
    GroupMembership.objects.bulk_create(
        GroupMembership(unit=u, group=group, year=2026) for u in units
    )
    for made in units[:50]:
        submission(made)
        fact(made, bulletin=county.own)
    with CaptureQueriesContext(connection) as many:
        found = ranking(START, END)
    assert len(found.groups[0].rows) + len(found.groups[1].rows) == 205
    assert len(many) == len(few) == 9


def test_details_add_up_to_the_number(county: County) -> None:
    fact(county.first, bulletin=county.own, number=3)
    all_of_it = details(county.first, START, END)
    assert (all_of_it.number, all_of_it.hundredths) == (8, 1250)
    assert (all_of_it.lines.count(), all_of_it.entries.count()) == (8, 4)
    province = details(county.first, START, END, Behind(FactKind.ADOPTION, county.province))
    assert (province.number, province.hundredths) == (1, 500)
    assert [entry.fact and entry.fact.title for entry in province.entries] == ["甲镇采用"]
    assert details(county.first, START, END, Behind(FactKind.SUBMISSION)).number == 4
    assert details(county.zero, START, END).number == 0


def test_details_show_withdrawals_as_lines(county: County) -> None:
    [made] = fact(county.zero, bulletin=county.own)
    withdraw_fact(fact_id=made.pk, person=person(Role.SCORER), reason="登记重复")
    found = details(county.zero, START, END)
    assert sorted(line.quantity for line in found.lines) == [-1, 1]
    assert (found.number, found.hundredths) == (0, 0)
