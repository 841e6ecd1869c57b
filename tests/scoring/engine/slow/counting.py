"""不计分, 直报点计入上级: who counts a fact, and which facts count. Slow and obvious."""

from __future__ import annotations

from typing import Any

from .state import Config, Line, State, meant, without_doubles


def nothing(config: Config, state: State, unit: int) -> list[Line]:
    """A clause without points: what it does, it does to others' points or outside the ledger."""
    return []


def exclude(config: Config, state: State, unit: int) -> list[Line]:
    """Each unit sees 0 points for a fact that earns nothing from here on."""
    still_counts = config.written.get("counts", True) is not False
    facts = state.earning if still_counts else state.items
    return [
        Line(config.clause, unit, f"f{fact.id}", fact.date, 0, fact.id)
        for fact in facts(unit, config.part("which"))
    ]


def shut_out(written: dict[str, Any], state: State) -> None:
    """From here on these earn nothing; perhaps they are no items for targets either."""
    for fact in state.happened:
        if meant(written.get("which"), fact):
            state.earns_nothing.add(fact.id)
            if written.get("counts", True) is False:
                state.no_item.add(fact.id)


def hand_up(written: dict[str, Any], state: State) -> None:
    """From here on the unit above counts a fact, instead of the one below or beside it.

    One step up: what a unit has from below stays with it. Of several from below the unit above
    stands once among the names, where the first of them stood; who has signed itself and counts
    beside them stays where it signed.
    """
    kinds = written.get("kinds") or ["direct"]
    units = {**state.world.others, **state.world.units}
    for fact in state.happened:
        names = state.names_on[fact.id]
        above: dict[int, int] = {}
        for name in names:
            parent = units[name].parent_id if name in units else None
            if parent and units[name].kind in kinds and (fact.id, name) not in state.from_below:
                above[name] = parent
        before = state.who_counts(fact)
        for name, parent in above.items():
            if parent not in before:
                state.from_below.add((fact.id, parent))
                if written.get("to") == "both":
                    state.beside.append((fact.id, parent, name))
        if written.get("to") != "both":
            instead = [above.get(name, name) for name in names]
            state.names_on[fact.id] = without_doubles(instead)
