"""Facts of a 直报点 that count for the unit above it."""

from __future__ import annotations

from typing import Any

import pytest

from scoring.schemes.engine import Clause, UnitView, run
from scoring.schemes.facts import EntryDraft

from .making import adjustment, adoption, check, clause, instruction, points_of, spec, table, world

# County 1 has the 直报点 11 and 12, county 2 has 21; the department 3 and the 直报点 4 stand alone.
COUNTIES = [UnitView(1, "甲县", "county"), UnitView(2, "乙县", "county"), UnitView(3, "丙局")]
POINTS = [
    UnitView(11, "甲县一村直报点", "direct", 1),
    UnitView(12, "甲县二企直报点", "direct", 1),
    UnitView(21, "乙县一村直报点", "direct", 2),
    UnitView(4, "独立直报点", "direct"),
]
ALL = [*COUNTIES, *POINTS]
TEN = table(("adoption", "all", "10"))
SPLIT = table(("adoption", "all", "10"), joint="equal")


def credit(to: str = "parent", **config: Any) -> Clause:
    return clause("credit", to=to, **config)


def scored(units: tuple[int, ...], *clauses: Clause) -> tuple[EntryDraft, ...]:
    return run(spec(*clauses), [adoption(1, units=units)], world(*ALL))


def sums(entries: tuple[EntryDraft, ...]) -> dict[int, str]:
    return {pk: points_of(entries, pk) for pk in sorted({e.unit_id for e in entries})}


@pytest.mark.parametrize(
    ("to", "rules", "units", "expected"),
    [
        ("parent", TEN, (11,), {1: "10"}),
        ("parent", TEN, (3,), {3: "10"}),
        ("parent", TEN, (4,), {4: "10"}),
        ("parent", TEN, (11, 12), {1: "10"}),
        ("parent", TEN, (1, 11), {1: "10"}),
        ("parent", TEN, (11, 3), {1: "10", 3: "10"}),
        ("parent", SPLIT, (11, 3), {1: "5", 3: "5"}),
        ("parent", SPLIT, (11, 12, 3), {1: "5", 3: "5"}),
        ("parent", SPLIT, (11, 21, 3), {1: "3.34", 2: "3.33", 3: "3.33"}),
        ("both", TEN, (11,), {1: "10", 11: "10"}),
        ("both", TEN, (4,), {4: "10"}),
        ("both", TEN, (11, 12), {1: "10", 11: "10", 12: "10"}),
        ("both", SPLIT, (11,), {1: "10", 11: "10"}),
        ("both", SPLIT, (11, 3), {1: "5", 3: "5", 11: "5"}),
        # The county stands in the place of its two 直报点 and is one of two.
        ("both", SPLIT, (11, 12), {1: "10", 11: "5", 12: "5"}),
        ("both", SPLIT, (11, 12, 3), {1: "5", 3: "3.33", 11: "3.34", 12: "3.33"}),
        # It signed itself: one of the signing units, nothing on top.
        ("both", SPLIT, (1, 11), {1: "5", 11: "5"}),
    ],
)
def test_by_hand(to: str, rules: Clause, units: tuple[int, ...], expected: dict[int, str]) -> None:
    assert sums(scored(units, credit(to), rules)) == expected


def test_order_of_names_is_kept() -> None:
    ratio = table(("adoption", "all", "10"), joint="ratio", joint_ratio="3:2")
    assert sums(scored((3, 11), credit(), ratio)) == {1: "4", 3: "6"}
    assert sums(scored((11, 3), credit(), ratio)) == {1: "6", 3: "4"}


def test_who_has_signed_itself_keeps_its_place_beside_its_senders() -> None:
    ratio = table(("adoption", "all", "10"), joint="ratio", joint_ratio="5:3:2")
    assert sums(scored((11, 3, 1), credit("both"), ratio)) == {1: "2", 3: "3", 11: "5"}
    # In the place of its 直报点 it stands where the first of them stood.
    assert sums(scored((11, 3, 1), credit("parent"), ratio)) == {1: "6.25", 3: "3.75"}


def test_sentences_tell_the_sender() -> None:
    (one,) = scored((11,), credit(), TEN)
    assert one.sentence == "《晋政信息》采用1条，每条10分，计10分（由甲县一村直报点报送）。"
    told = {e.unit_id: e.sentence for e in scored((11, 12, 3), credit("both"), SPLIT)}
    assert told[1].endswith(
        "计10分（2个单位联合署名，平均分配，本单位计5分）（由甲县一村直报点、甲县二企直报点报送）。"
    )
    assert told[11].endswith("计10分（3个单位联合署名，平均分配，本单位计3.34分）。")


def test_every_clause_about_a_fact_tells_the_sender() -> None:
    facts = [
        instruction(1, 3, units=(11,)),
        check(2, "培训", units=(11,)),
        adjustment(3, 100, units=(11,)),
    ]
    rules = [
        credit(),
        clause("instructions", rows=[{"level": 3, "points": "5"}]),
        clause("checklist", rows=[{"check": "培训", "points": "1"}]),
        clause("adjustment"),
    ]
    entries = run(spec(*rules), facts, world(*ALL))
    assert {entry.unit_id for entry in entries} == {1}
    assert all(entry.sentence.endswith("（由甲县一村直报点报送）。") for entry in entries)


def test_what_comes_before_stays_with_the_sender() -> None:
    more = table(("adoption", "all", "1"), block_id="more")
    assert sums(scored((11,), TEN, credit(), more)) == {1: "1", 11: "10"}


def test_one_piece_of_county_and_point_is_one_piece() -> None:
    facts = [adoption(1, units=(1,), subject="item:5"), adoption(2, units=(11,), subject="item:5")]
    best = clause("several", way="best")
    assert sums(run(spec(credit(), TEN, best), facts, world(*ALL))) == {1: "10"}


def test_other_kinds_of_units_and_words() -> None:
    towns = [UnitView(1, "甲县", "county"), UnitView(5, "某镇", "town", 1)]
    entries = run(spec(credit(kinds=["town"]), TEN), [adoption(1, units=(5,))], world(*towns))
    assert sums(entries) == {1: "10"}
    assert credit().describe()[0] == "直报点的报送、采用等事项计入其上级单位，自己不计。"
    assert credit("both", kinds=["town", "direct"]).describe()[0] == (
        "乡镇、直报点的报送、采用等事项自己计，也计入其上级单位。"
    )


@pytest.mark.parametrize("to", ["parent", "both"])
@pytest.mark.parametrize("units", [(11, 12, 2), (11, 21), (2, 11, 21, 3)])
def test_each_unit_scored_by_itself_gets_the_same(to: str, units: tuple[int, ...]) -> None:
    """The ledger scores a few units at a time and knows the others by name only."""
    whole = scored(units, credit(to), SPLIT)
    for unit in ALL:
        alone = world(unit, others=[other for other in ALL if other != unit])
        entries = run(spec(credit(to), SPLIT), [adoption(1, units=units)], alone)
        assert entries == tuple(e for e in whole if e.unit_id == unit.id)


@pytest.mark.parametrize("second", ["parent", "both"])
def test_one_step_up_also_through_two_clauses(second: str) -> None:
    """What a town has from its 直报点 stays with it; what it sends itself goes on up.

    The ledger scores a unit with the facts of those right below it, and no others.
    """
    chain = [
        UnitView(1, "甲县", "county"),
        UnitView(5, "某镇", "town", 1),
        UnitView(51, "某村直报点", "direct", 5),
    ]
    rules = [credit(), clause("credit", "towns", kinds=["town"], to=second), TEN]
    from_below = run(spec(*rules), [adoption(1, units=(51,))], world(*chain))
    assert sums(from_below) == {5: "10"}
    own = run(spec(*rules), [adoption(1, units=(5,))], world(*chain))
    assert sums(own) == ({1: "10"} if second == "parent" else {1: "10", 5: "10"})
    # Signed by both: the town has it as its own.
    both = run(spec(*rules), [adoption(1, units=(51, 5))], world(*chain))
    assert sums(both) == ({1: "10"} if second == "parent" else {1: "10", 5: "10"})


def test_a_unit_may_hand_on_its_own_and_have_another_from_below() -> None:
    """One clause for both steps: the county stands for the town, the town for its 直报点."""
    chain = [
        UnitView(1, "甲县", "county"),
        UnitView(5, "某镇", "town", 1),
        UnitView(51, "某村直报点", "direct", 5),
    ]
    rules = [credit(kinds=["town", "direct"]), SPLIT]
    entries = run(spec(*rules), [adoption(1, units=(5, 51))], world(*chain))
    assert sums(entries) == {1: "5", 5: "5"}


def test_beside_at_first_and_then_in_its_place() -> None:
    rules = [credit("both"), clause("credit", "later", to="parent"), SPLIT]
    assert sums(scored((11, 3), *rules)) == {1: "5", 3: "5"}


TOWN = UnitView(6, "某镇", "town", 2)


@pytest.mark.parametrize(
    ("first", "second", "units", "expected"),
    [
        # In its 直报点's place, and another's clause comes after: it shares as before.
        (("parent", "direct"), ("both", "town"), (11, 6), {1: "5", 2: "5", 6: "5"}),
        # Beside its 直报点, and another's clause comes after: it stays beside.
        (("both", "direct"), ("parent", "town"), (11, 6), {1: "5", 2: "5", 11: "5"}),
        # Said twice: once.
        (("both", "direct"), ("both", "direct"), (11, 3), {1: "5", 3: "5", 11: "5"}),
    ],
)
def test_who_shares_is_kept_by_a_later_clause(
    first: tuple[str, str], second: tuple[str, str], units: tuple[int, ...], expected: Any
) -> None:
    rules = [
        clause("credit", name, to=to, kinds=[kind])
        for name, (to, kind) in (("first", first), ("second", second))
    ]
    entries = run(spec(*rules, SPLIT), [adoption(1, units=units)], world(*ALL, TOWN))
    assert sums(entries) == expected
