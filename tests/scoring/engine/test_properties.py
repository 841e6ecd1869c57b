"""What holds for every scheme whatever its clauses: random schemes of all registered kinds."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scoring.ledger.models import SENTENCE_MAX
from scoring.schemes.blocks import SchemeBlocks
from scoring.schemes.engine import EntryDraft, known_clauses, run
from tests.properties import examples

from .strategies import Case, cases, credited, in_force, scored_alone

EXAMPLES = examples(40)


def by_unit(entries: tuple[EntryDraft, ...], unit: int) -> list[EntryDraft]:
    return [entry for entry in entries if entry.unit_id == unit]


def test_strategies_cover_every_registered_clause() -> None:
    assert set(known_clauses()) == set(SchemeBlocks().child_blocks)


@EXAMPLES
@given(cases(), st.randoms())
def test_order_of_facts_does_not_matter(case: Case, random: Any) -> None:
    scheme, happened, world = case.scheme, case.happened, case.world
    shuffled = list(happened)
    random.shuffle(shuffled)
    assert run(scheme, shuffled, world) == run(scheme, happened, world)


@EXAMPLES
@given(cases())
def test_adding_and_withdrawing_a_fact_restores_the_entries(case: Case) -> None:
    """Nothing is kept from one run to the next, in the clauses or anywhere else."""
    scheme, happened, world = case.scheme, case.happened, case.world
    before = run(scheme, happened, world)
    run(scheme, [*happened, *in_force(world, [case.extra])], world)
    assert run(scheme, happened, world) == before


@EXAMPLES
@given(cases())
def test_a_fact_touches_its_own_units_and_their_parents_alone(case: Case) -> None:
    scheme, happened, world = case.scheme, case.happened, case.world
    before = run(scheme, happened, world)
    after = run(scheme, [*happened, *in_force(world, [case.extra])], world)
    parents = {
        world.units[pk].parent_id
        for pk in case.extra.units
        if world.units[pk].kind in credited(scheme)
    }
    for pk in set(world.units) - set(case.extra.units) - parents:
        assert by_unit(after, pk) == by_unit(before, pk)


@EXAMPLES
@given(cases())
def test_unit_by_unit_equals_all_together(case: Case) -> None:
    scheme, happened, world = case.scheme, case.happened, case.world
    together = run(scheme, happened, world)
    for pk in world.units:
        assert list(scored_alone(scheme, happened, world, [pk])) == by_unit(together, pk)


@EXAMPLES
@given(cases())
def test_entries_can_be_booked(case: Case) -> None:
    """One for each place; days of the scheme; whole hundredths; a sentence that fits."""
    scheme, happened, world = case.scheme, case.happened, case.world
    entries = run(scheme, happened, world)
    places = Counter((entry.block_id, entry.about, entry.unit_id) for entry in entries)
    assert not places or max(places.values()) == 1
    known = {fact.id for fact in happened}
    for entry in entries:
        assert entry.unit_id in world.units
        assert world.start <= entry.date <= world.end
        assert type(entry.hundredths) is int
        assert entry.sentence.endswith("。")
        assert len(entry.sentence) <= SENTENCE_MAX
        assert len(entry.about) <= 60
        assert len(entry.flag) <= 40
        assert entry.fact_id is None or entry.fact_id in known


@EXAMPLES
@given(cases())
def test_every_clause_tells_what_it_does(case: Case) -> None:
    for clause in case.scheme.blocks:
        assert all(line.endswith("。") for line in clause.describe())
