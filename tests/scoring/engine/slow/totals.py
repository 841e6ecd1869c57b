"""同一稿件多次采用, 倍数, 封顶保底, 平均计分: what earlier points become. Slow and obvious."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from scoring.schemes.facts import FactView

from .state import Config, Line, Period, State, existed, number, piece, rounded, until


def several(config: Config, state: State, unit: int) -> list[Line]:
    """One piece adopted more than once: what does not count is taken off again."""
    way = config.text("way", "add")
    if way == "add":
        return []
    kind = "year" if config.text("within", "year") == "year" else ""
    given = state.given(unit, _adoptions_unless_said(config.part("whose")))
    facts = [fact for fact in state.happened if any(line.fact == fact.id for line in given)]

    def earned(fact: FactView) -> int:
        return sum(line.points for line in given if line.fact == fact.id)

    most = int(config.text("best", "1" if way == "best" else "999"))
    lines = []
    for fact in facts:
        alike = [
            other
            for other in facts
            if piece(other) == piece(fact)
            and state.period_of(other.date, kind) == state.period_of(fact.date, kind)
        ]
        # The highest first, of equals the earlier (`happened` is in order, and sorting keeps it).
        alike.sort(key=earned, reverse=True)
        counted: list[FactView] = []
        for other in alike:
            if len(counted) == most:
                break
            if way == "best" or all(other.level != before.level for before in counted):
                counted.append(other)
        if fact not in counted and earned(fact) > 0:
            lines.append(
                Line(config.clause, unit, f"f{fact.id}", fact.date, -earned(fact), fact.id)
            )
    return lines


def _adoptions_unless_said(whose: dict[str, Any]) -> dict[str, Any]:
    which = whose.get("facts") or {}
    if which.get("kinds"):
        return whose
    return {**whose, "facts": {**which, "kinds": ["adoption"]}}


def multiplier(config: Config, state: State, unit: int) -> list[Line]:
    """Whatever one thing has earned so far, times a factor."""
    given = state.given(unit, config.part("whose"))
    lines = []
    for thing in {line.thing for line in given}:
        about = [line for line in given if line.thing == thing]
        so_far = sum(line.points for line in about)
        wanted = rounded(so_far * number(config.text("factor")), state.rounding)
        if wanted != so_far:
            day = max(line.day for line in about)
            lines.append(
                Line(config.clause, unit, thing, day, wanted - so_far, about[0].fact),
            )
    return lines


def _by_period(config: Config, state: State, given: list[Line]) -> dict[Period, list[Line]]:
    kind = "year" if config.text("within", "period") == "year" else ""
    found: dict[Period, list[Line]] = {}
    for line in given:
        found.setdefault(state.period_of(line.day, kind), []).append(line)
    return found


def cap(config: Config, state: State, unit: int) -> list[Line]:
    """Not more, not less. Where nothing was given there is nothing to take off; but a floor
    above nothing is for everybody who was there, once the period is over."""
    lines = []
    given = state.given(unit, config.part("whose"))
    most, least = config.points("most"), config.points("least")
    by_period = _by_period(config, state, given)
    if least is not None and least > 0:
        me = state.world.units[unit]
        kind = "year" if config.text("within", "period") == "year" else ""
        for period in state.ended(kind):
            if period not in by_period and existed(me, period):
                lines.append(Line(config.clause, unit, until(period), period.last, least))
    for period, some in by_period.items():
        so_far = sum(line.points for line in some)
        wanted = so_far
        if most is not None and so_far > most:
            wanted = most
        elif least is not None and so_far < least:
            wanted = least
        if wanted != so_far:
            day = max(line.day for line in some)
            lines.append(Line(config.clause, unit, until(period), day, wanted - so_far))
    return lines


def mean(config: Config, state: State, unit: int) -> list[Line]:
    """The sum over the items, by their number."""
    lines = []
    given = [line for line in state.given(unit, config.part("whose")) if line.fact is not None]
    for period, some in _by_period(config, state, given).items():
        items: dict[Any, int] = {}
        for line in some:
            fact = state.fact(line.fact or 0)
            item = piece(fact) if config.written.get("once") else fact.id
            items[item] = items.get(item, 0) + line.points
        counted = [points for points in items.values() if points or config.written.get("zeros")]
        if len(counted) < 2:
            continue
        so_far = sum(items.values())
        wanted = rounded(Fraction(so_far, len(counted)), state.rounding)
        if wanted != so_far:
            day = max(line.day for line in some)
            lines.append(Line(config.clause, unit, until(period), day, wanted - so_far))
    return lines
