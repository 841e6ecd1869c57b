"""What holds for every scheme whatever its clauses: random schemes of all registered kinds."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from scoring.ledger.models import SENTENCE_MAX
from scoring.schemes.blocks import SchemeBlocks
from scoring.schemes.engine import EntryDraft, FactView, SchemeSpec, World, known_clauses, run

from . import strategies
from .strategies import credited, in_force, scored_alone, single_fact, specs, worlds

EXAMPLES = settings(max_examples=80)
Scored = tuple[SchemeSpec, list[FactView], World]


@st.composite
def cases(draw: st.DrawFn) -> Scored:
    """A scheme, facts of its days, and the world."""
    world, happened = draw(worlds()), draw(strategies.facts())
    return draw(specs()), in_force(world, happened), world


def by_unit(entries: tuple[EntryDraft, ...], unit: int) -> list[EntryDraft]:
    return [entry for entry in entries if entry.unit_id == unit]


def test_strategies_cover_every_registered_clause() -> None:
    assert set(known_clauses()) == set(SchemeBlocks().child_blocks)


def test_random_schemes_reach_nearly_every_clause() -> None:
    """Properties of schemes that never give anything would hold by themselves."""
    gave: Counter[str] = Counter()

    @settings(max_examples=300, derandomize=True, database=None, phases=[Phase.generate])
    @given(cases())
    def look(case: Scored) -> None:
        gave.update({entry.block_type for entry in run(*case)})

    look()
    silent = set(known_clauses()) - set(gave) - {"conversion", "credit"}
    assert len(silent) <= 2, silent
    assert gave["points_table"] > 100


@EXAMPLES
@given(cases(), st.randoms())
def test_order_of_facts_does_not_matter(case: Scored, random: Any) -> None:
    scheme, happened, world = case
    shuffled = list(happened)
    random.shuffle(shuffled)
    assert run(scheme, shuffled, world) == run(scheme, happened, world)


@EXAMPLES
@given(cases(), single_fact())
def test_adding_and_withdrawing_a_fact_restores_the_entries(case: Scored, extra: FactView) -> None:
    """Nothing is kept from one run to the next, in the clauses or anywhere else."""
    scheme, happened, world = case
    before = run(scheme, happened, world)
    run(scheme, [*happened, *in_force(world, [extra])], world)
    assert run(scheme, happened, world) == before


@EXAMPLES
@given(cases(), single_fact())
def test_a_fact_touches_its_own_units_and_their_parents_alone(
    case: Scored, extra: FactView
) -> None:
    scheme, happened, world = case
    before = run(scheme, happened, world)
    after = run(scheme, [*happened, *in_force(world, [extra])], world)
    parents = {
        world.units[pk].parent_id for pk in extra.units if world.units[pk].kind in credited(scheme)
    }
    for pk in set(world.units) - set(extra.units) - parents:
        assert by_unit(after, pk) == by_unit(before, pk)


@EXAMPLES
@given(cases())
def test_unit_by_unit_equals_all_together(case: Scored) -> None:
    scheme, happened, world = case
    together = run(scheme, happened, world)
    for pk in world.units:
        assert list(scored_alone(scheme, happened, world, [pk])) == by_unit(together, pk)


@EXAMPLES
@given(cases())
def test_entries_can_be_booked(case: Scored) -> None:
    """One for each place; days of the scheme; whole hundredths; a sentence that fits."""
    scheme, happened, world = case
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
@given(specs())
def test_every_clause_tells_what_it_does(scheme: SchemeSpec) -> None:
    for clause in scheme.blocks:
        assert all(line.endswith("。") for line in clause.describe())
