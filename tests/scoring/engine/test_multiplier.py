"""Multipliers: by hand, in the order of the clauses, rounded once, and a slow twin."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.adoptions.rules import Trait
from scoring.schemes.engine import Clause, run
from scoring.schemes.rules import Rounding, points_text, to_hundredths

from .making import (
    FIVE,
    adoption,
    clause,
    points_of,
    score,
    sentence_of,
    spec,
    submission,
    table,
    traits,
)
from .making import given as shown


def times(factor: str, block_id: str = "times", clauses: str = "", **facts: Any) -> Clause:
    return clause("multiplier", block_id, factor=factor, whose={"clauses": clauses, "facts": facts})


FRONT = times("2", traits=["front"])
REPOST = times("1/2", "half", traits=["repost"])
PASSED_PROVINCE = times("4", "up", traits=["passed_up"], targets=["level:3"])
PASSED_CITY = times("2", "up2", traits=["passed_up"], targets=["level:2"])


@pytest.mark.parametrize(
    ("clauses", "fields", "points"),
    [
        ([FRONT], {"traits": traits(Trait.FRONT)}, "10"),
        ([FRONT], {}, "5"),
        ([REPOST], {"traits": traits(Trait.REPOST)}, "2.5"),
        ([FRONT, REPOST], {"traits": traits(Trait.FRONT, Trait.REPOST)}, "5"),
        ([FRONT, PASSED_PROVINCE], {"traits": traits(Trait.FRONT, Trait.PASSED_UP)}, "40"),
        ([PASSED_PROVINCE, PASSED_CITY], {"traits": traits(Trait.PASSED_UP)}, "20"),
        ([PASSED_PROVINCE, PASSED_CITY], {"traits": traits(Trait.PASSED_UP), "level": 2}, "10"),
        ([PASSED_PROVINCE, PASSED_CITY], {"traits": traits(Trait.PASSED_UP), "level": 1}, "5"),
        ([times("0", traits=["front"])], {"traits": traits(Trait.FRONT)}, "0"),
        ([times("20%", traits=["front"])], {"traits": traits(Trait.FRONT)}, "1"),
    ],
)
def test_by_hand(clauses: list[Clause], fields: dict[str, Any], points: str) -> None:
    assert points_of(score([adoption(1, **fields)], FIVE, *clauses)) == points


def test_difference_is_an_entry_of_its_own_about_the_fact() -> None:
    facts = [adoption(1, traits=traits(Trait.FRONT)), adoption(2)]
    entries = score(facts, FIVE, FRONT)
    assert shown(entries, "times") == [(1, 1, "5")]
    (added,) = [entry for entry in entries if entry.block_id == "times"]
    assert (added.about, added.date) == ("f1", facts[0].date)
    assert added.sentence == "头版头条按2倍计，已计5分，应计10分，加5分。"
    halved = score([adoption(1, traits=traits(Trait.REPOST))], FIVE, REPOST)
    assert sentence_of(halved, "half") == "转载按0.5倍计，已计5分，应计2.5分，减2.5分。"


def test_a_named_clause_alone_is_multiplied() -> None:
    base = table(("submission", "all", "1"), block_id="sent")
    facts = [submission(1), adoption(2)]
    both = times("3", clauses="采用分")
    assert points_of(score(facts, base, FIVE, both, sent="报送分", table="采用分")) == "16"
    # Named, the second looks at the table alone; unnamed it takes the first one's result.
    first = times("2", "first", "采用分")
    assert (
        points_of(score([adoption(2)], FIVE, first, times("2", "second", "采用分"), table="采用分"))
        == "15"
    )
    unnamed = times("2", "second", kinds=["adoption"])
    assert points_of(score([adoption(2)], FIVE, first, unnamed, table="采用分")) == "20"


def test_order_decides_before_and_after_an_addition() -> None:
    more = table(("adoption", "all", "1"), block_id="more")
    fact = adoption(1, traits=traits(Trait.FRONT))
    assert points_of(score([fact], FIVE, more, FRONT)) == "12"
    assert points_of(score([fact], FIVE, FRONT, more)) == "11"


@pytest.mark.parametrize(
    ("points", "factor", "rounding", "result"),
    [
        ("0.01", "1/2", Rounding.HALF_UP, "0.01"),
        ("0.01", "1/2", Rounding.DOWN, "0"),
        ("1", "1/3", Rounding.HALF_UP, "0.33"),
        ("2", "1/3", Rounding.HALF_UP, "0.67"),
        ("2", "1/3", Rounding.DOWN, "0.66"),
        ("2.5", "1.5", Rounding.HALF_UP, "3.75"),
        ("7.5", "0.333", Rounding.HALF_UP, "2.5"),
    ],
)
def test_the_result_is_rounded_not_the_difference(
    points: str, factor: str, rounding: Rounding, result: str
) -> None:
    rules = spec(
        table(("adoption", "all", points)), times(factor, kinds=["adoption"]), rounding=rounding
    )
    assert points_of(run(rules, [adoption(1)])) == result


def test_each_unit_of_a_joint_item_by_itself() -> None:
    shared = table(("adoption", "all", "5"), joint="ratio", joint_ratio="3:2")
    entries = score([adoption(1, units=(4, 2), traits=traits(Trait.FRONT))], shared, FRONT)
    assert (points_of(entries, 4), points_of(entries, 2)) == ("6", "4")


def test_nothing_is_booked_where_nothing_changes() -> None:
    nothing = table(("adoption", "all", "0"))
    double = times("2", kinds=["adoption"])
    assert not shown(score([adoption(1)], nothing, double), "times")


def test_words_of_the_clause() -> None:
    assert FRONT.describe() == ["头版头条：每项得分按2倍计。"]


CLAUSES = st.lists(
    st.tuples(
        st.sampled_from(["0", "1/2", "2", "4", "1/3", "1.25"]),
        st.sampled_from(["", "front", "repost"]),
    ),
    max_size=4,
)


@given(
    CLAUSES,
    st.lists(st.frozensets(st.sampled_from(["front", "repost"])), max_size=4),
    st.integers(1, 2_000),
    st.sampled_from(list(Rounding)),
)
def test_multipliers_equal_slow_twin(
    written: list[tuple[str, str]], pieces: list[frozenset[str]], each: int, rounding: Rounding
) -> None:
    """One fact after the other: take the number, multiply, round, go on."""
    facts = [adoption(n, traits=found) for n, found in enumerate(pieces)]
    rules = spec(
        table(("adoption", "all", points_text(each))),
        *(
            times(factor, f"t{n}", traits=[trait] if trait else [], kinds=["adoption"])
            for n, (factor, trait) in enumerate(written)
        ),
        rounding=rounding,
    )
    expected = 0
    for found in pieces:
        number = each
        for factor, trait in written:
            if not trait or trait in found:
                number = to_hundredths(Fraction(number, 100) * Fraction(factor), rounding)
        expected += number
    assert sum(entry.hundredths for entry in run(rules, facts)) == expected
