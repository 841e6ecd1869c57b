"""The engine against the second one, which says every clause once more in the obvious way."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.schemes.blocks import SchemeBlocks
from scoring.schemes.engine import SchemeSpec, build_clause, conversion_of, run
from scoring.schemes.rules import Rounding
from tests.properties import examples

from .random_settings import Settings
from .slow import CLAUSES, run_slowly
from .slow.periods import convert_slowly
from .slow.state import Line
from .strategies import Case, cases, random_case

KINDS = sorted(SchemeBlocks().child_blocks)


def by_engine(case: Case) -> list[Line]:
    """The engine's entries in the form of the second engine's lines."""
    return [
        Line(e.block_id, e.unit_id, e.about, e.date, e.hundredths, e.fact_id, e.flag)
        for e in run(case.scheme, case.happened, case.world)
    ]


def by_the_slow_one(case: Case) -> list[Line]:
    return run_slowly(
        case.made, case.happened, case.world, rounding=case.rounding, period=case.period
    )


def in_order(lines: list[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (line.clause, line.unit, line.thing))


def compare(case: Case) -> None:
    assert in_order(by_engine(case)) == in_order(by_the_slow_one(case))


def test_every_clause_is_said_twice() -> None:
    assert sorted(CLAUSES) == KINDS


def test_every_clause_does_something_in_random_schemes() -> None:
    """Two engines that never give anything would agree."""
    gave: Counter[str] = Counter()
    for seed in range(100):
        case = random_case(Random(seed), clauses=10, facts=30)
        kinds = {block_id: kind for kind, block_id, _config in case.made}
        lines = [line for line in by_engine(case) if line.points or line.flag]
        gave.update({kinds[line.clause] for line in lines})
    # These three change what others give; the first gives 0 and says so.
    assert set(KINDS) - set(gave) == {"exclude", "credit", "conversion"}
    assert min(gave.values()) >= 5, gave


@pytest.mark.parametrize("kind", KINDS)
@examples(12)
@given(data=st.data())
def test_a_clause_among_others_equals_its_twin(kind: str, data: st.DataObject) -> None:
    """Each kind is surely there, anywhere in the scheme."""
    compare(data.draw(cases(sure=kind)))


@examples(30)
@given(cases(clauses=10, facts=30))
def test_long_schemes_equal_their_twins(case: Case) -> None:
    compare(case)


@examples(100)
@given(st.randoms(use_true_random=True), st.sampled_from(list(Rounding)))
def test_conversion_equals_its_twin(random: Any, rounding: Rounding) -> None:
    config = Settings(random, []).of("conversion")
    units = range(1, random.randint(2, 6))
    totals = {unit: random.choice([0, 500, random.randint(-3_000, 9_000)]) for unit in units}
    months = {
        unit: random.choices(range(-500, 900), k=random.randint(0, 12)) for unit in units[::2]
    }
    targets = {unit: random.choice([0, 500, 3_000]) for unit in units[1:]}
    scheme = SchemeSpec(1, "办法", 1, (build_clause("conversion", "b", config),), rounding)
    conversion = conversion_of(scheme)
    assert conversion is not None
    expected = convert_slowly(config, totals, months, targets, rounding)
    assert conversion.converted(totals, months, targets) == expected
