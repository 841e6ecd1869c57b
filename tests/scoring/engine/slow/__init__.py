"""A second engine: every clause once more, as slow and as obvious as it can be said.

Written from the field's rules (what the schemes say, and what the forms tell a scorer), and not
from `scoring.schemes`: it reads the plain data of the blocks, looks at one unit after another,
asks every fact and every earlier line again for each of them, and keeps nothing. `test_slow.py`
holds both engines against each other. It gives no sentences: those are tested by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from scoring.schemes.facts import FactView, World

from . import counting, facts, faults, periods, totals
from .state import Config, Line, State

CLAUSES: dict[str, Callable[[Config, State, int], list[Line]]] = {
    "points_table": facts.points_table,
    "instructions": facts.instructions,
    "checklist": facts.checklist,
    "adjustment": facts.adjustment,
    "exclude": counting.exclude,
    "credit": counting.nothing,
    "conversion": counting.nothing,
    "several": totals.several,
    "multiplier": totals.multiplier,
    "cap": totals.cap,
    "mean": totals.mean,
    "quality": faults.quality,
    "urgent_share": faults.urgent_share,
    "strike": faults.strike,
    "base": periods.base,
    "target": periods.target,
    "rate_gate": periods.rate_gate,
    "total_flag": periods.total_flag,
}


def run_slowly(
    made: Sequence[tuple[str, str, dict[str, Any]]],
    happened: Sequence[FactView],
    world: World,
    *,
    rounding: str,
    period: str,
) -> list[Line]:
    """Return what clauses, given as plain data in order, give the units of a world."""
    state = State.at_first(happened, world, rounding, period)
    for kind, block_id, config in made:
        lines = [
            line
            for unit in sorted(world.units)
            for line in CLAUSES[kind](Config(block_id, config), state, unit)
        ]
        if kind == "exclude":
            counting.shut_out(config, state)
        if kind == "credit":
            counting.hand_up(config, state)
        state.names[block_id] = config.get("name", "")
        state.lines.extend(lines)
    return state.lines
