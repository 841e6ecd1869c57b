"""封顶保底: where the difference is booked, and whom a floor above 0 lifts. By hand."""

from __future__ import annotations

from datetime import date

import pytest

from scoring.adoptions.rules import FactKind
from scoring.schemes.engine import Clause, EntryDraft, FactView, run
from tests.scoring.engine.helpers import clause, fact, facts, spec, table, unit, world

LATER = date(2026, 7, 10)


def entries(*clauses: Clause, given: list[FactView], as_of: date = LATER) -> list[EntryDraft]:
    """What the last clause gives units 1 and 2, of which the second has no fact."""
    made = run(spec(*clauses), given, world(unit(1), unit(2), as_of=as_of))
    return [entry for entry in made if entry.block_type == "cap"]


def told(found: list[EntryDraft]) -> list[tuple[int, str, int]]:
    return [(entry.unit_id, f"{entry.date:%m-%d}", entry.hundredths) for entry in found]


def test_over_the_cap_is_taken_off_on_the_day_of_the_last_point() -> None:
    """Two points of 4 in the first quarter, at most 6; the total is right on every later day."""
    given = [fact(1, day="02-03"), fact(2, day="03-05"), fact(3, day="05-06")]
    found = entries(table(adoption="4"), clause("cap", most="6"), given=given)
    assert told(found) == [(1, "03-05", -200)]


@pytest.mark.parametrize(
    ("as_of", "wanted"),
    [
        ("02-28", []),
        # Below the floor with one point: at once. Without any: when the quarter has ended.
        ("03-31", [(1, "03-05", 300)]),
        ("04-01", [(1, "03-05", 300), (2, "03-31", 500)]),
        ("07-01", [(1, "03-05", 300), (2, "03-31", 500), (1, "06-30", 500), (2, "06-30", 500)]),
    ],
)
def test_floor_above_zero_lifts_units_without_a_point_when_the_period_has_ended(
    as_of: str, wanted: list[tuple[int, str, int]]
) -> None:
    day = date.fromisoformat(f"2026-{as_of}")
    given = [one for one in facts(FactKind.ADOPTION, 1) if one.date <= day]
    found = entries(table(adoption="2"), clause("cap", least="5"), given=given, as_of=day)
    assert told(found) == wanted


def test_floor_of_a_year_and_of_some_points_only() -> None:
    """At least 3 for adoptions, whatever was sent; the year has not ended on 10 July."""
    whose = {"facts": {"kinds": ["adoption"]}}
    given = facts(FactKind.SUBMISSION, 4)
    points = table(adoption="2", submission="1")
    limit = clause("cap", least="3", within="year", whose=whose)
    assert entries(points, limit, given=given) == []
    ended = entries(points, limit, given=given, as_of=date(2027, 1, 1))
    assert told(ended) == [(1, "12-31", 300), (2, "12-31", 300)]
    assert ended[0].sentence == "2026年采用最低计3分，已计0分，补回3分。"


def test_a_floor_of_zero_gives_nothing_to_who_has_nothing() -> None:
    assert entries(table(adoption="2"), clause("cap", least="0"), given=[]) == []


def test_units_that_did_not_exist_are_not_lifted() -> None:
    there = unit(1, active_until=date(2026, 3, 31))
    made = run(spec(table(adoption="2"), clause("cap", least="1")), [], world(there, as_of=LATER))
    assert told(list(made)) == [(1, "03-31", 100)]


def test_the_rule_is_told() -> None:
    lines = clause("cap", least="5").describe()
    assert lines[-1] == "一笔得分也没有的单位，期满后也按此计。"
    assert len(clause("cap", most="5", least="0").describe()) == 2
