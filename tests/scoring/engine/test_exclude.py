"""What earns nothing, and whether it still counts as an item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.adoptions.rules import Trait
from scoring.schemes.engine import Clause, run

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

SPEECH = traits(Trait.SPEECH)


def exclude(block_id: str = "out", **config: Any) -> Clause:
    which = {name: config.pop(name) for name in list(config) if name not in ("reason", "counts")}
    return clause("exclude", block_id, which=which, **config)


@dataclass(frozen=True)
class Seen:
    """A clause that notes the facts that count as items."""

    block_type: ClassVar[str] = "seen"
    block_id: str = "seen"

    @classmethod
    def from_config(cls, block_id: str, config: Any) -> Seen:
        return cls()

    def apply(self, context: Any) -> Any:
        SEEN.append([fact.id for fact in context.facts])
        return ()

    def describe(self) -> list[str]:
        return []


SEEN: list[list[int]] = []


@pytest.mark.parametrize(
    ("which", "points"),
    [
        ({"traits": ["speech"]}, "5"),  # 广元: leaders' speeches
        ({"targets": ["bulletin:7"], "traits": ["speech"]}, "5"),
        ({"targets": ["bulletin:8"], "traits": ["speech"]}, "10"),
        ({"targets": ["level:3"]}, "0"),  # a level counts for the target, not for points
        ({"traits": ["below"]}, "10"),
        ({"kinds": ["adoption"], "without": ["speech"]}, "5"),
    ],
)
def test_by_hand(which: dict[str, Any], points: str) -> None:
    facts = [adoption(1, traits=SPEECH), adoption(2)]
    assert points_of(score(facts, exclude(**which), FIVE)) == points


def test_every_unit_sees_the_reason() -> None:
    facts = [adoption(1, traits=SPEECH, units=(3, 8)), adoption(2)]
    entries = score(facts, exclude(traits=["speech"], reason="领导讲话不计分。"), FIVE)
    assert shown(entries, "out") == [(3, 1, "0"), (8, 1, "0")]
    assert {entry.sentence for entry in entries if entry.block_id == "out"} == {
        "《晋政信息》采用1条，领导讲话不计分，仍计入条数。"
    }
    unexplained = score(facts[:1], exclude(traits=["speech"], counts=False), FIVE)
    assert unexplained[0].sentence == "《晋政信息》采用1条，领导讲话不计分，也不计入条数。"


def test_only_what_comes_after_is_shut() -> None:
    facts = [submission(1, traits=SPEECH), adoption(2, traits=SPEECH)]
    sent = table(("submission", "all", "1"), block_id="sent")
    assert points_of(score(facts, sent, exclude(traits=["speech"]), FIVE)) == "1"
    assert points_of(score(facts, exclude(traits=["speech"]), sent, FIVE)) == "0"


@pytest.mark.parametrize(("counts", "seen"), [(True, [1, 2]), (False, [2])])
def test_items_for_targets(counts: bool, seen: list[int]) -> None:
    SEEN.clear()
    facts = [adoption(1, traits=SPEECH), adoption(2)]
    score(facts, FIVE, exclude(traits=["speech"], counts=counts), Seen())
    assert [seen] == SEEN


def test_later_clauses_still_know_facts_that_are_gone() -> None:
    """Earlier entries are about them; a cap or a multiplier must be able to ask."""
    facts = [adoption(1, traits=SPEECH), adoption(2)]
    double = clause("multiplier", "double", factor="2", whose={"facts": {"traits": ["speech"]}})
    entries = score(facts, FIVE, exclude(traits=["speech"], counts=False), double)
    assert points_of(entries) == "15"
    assert sentence_of(entries, "double").startswith("领导讲话按2倍计")


def test_a_fact_is_shut_once() -> None:
    twice = [exclude("a", traits=["speech"]), exclude("b", targets=["level:3"])]
    entries = score([adoption(1, traits=SPEECH), adoption(2)], *twice, FIVE)
    assert shown(entries) == [(1, 1, "0"), (1, 2, "0")]
    assert [entry.block_id for entry in entries] == ["a", "b"]


def test_what_earns_nothing_already_may_still_be_no_item() -> None:
    """The later clause says so of everything that it names, and tells each unit."""
    SEEN.clear()
    shut = [exclude("a", traits=["speech"]), exclude("b", targets=["level:3"], counts=False)]
    entries = score([adoption(1, traits=SPEECH), submission(2)], *shut, Seen())
    assert SEEN == [[2]]
    assert [(entry.block_id, entry.fact_id) for entry in entries] == [("a", 1), ("b", 1)]
    assert entries[1].sentence.endswith("也不计入条数。")


def test_words_of_the_clause() -> None:
    assert exclude(traits=["speech"], reason="无新内容").describe() == [
        "领导讲话不再计分，仍计入任务和采用率的条数。理由：无新内容。"
    ]


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 3)), max_size=8))
def test_rest_earns_as_if_the_excluded_were_not_there(drawn: list[tuple[bool, int]]) -> None:
    facts = [
        adoption(n, traits=SPEECH if speech else frozenset(), units=(unit,))
        for n, (speech, unit) in enumerate(drawn)
    ]
    left = [fact for fact in facts if not fact.traits]
    shut = run(spec(exclude(traits=["speech"]), FIVE), facts)
    assert [entry for entry in shut if entry.block_id == "table"] == list(run(spec(FIVE), left))
    assert {e.fact_id for e in shut} == {fact.id for fact in facts}
