"""基础分, 任务, 采用率, 得分达标: what is due for a period; and the year's assessment.

Slow and obvious.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from scoring.schemes.facts import FactView, UnitView

from .state import (
    Config,
    Line,
    Period,
    State,
    existed,
    existed_throughout,
    number,
    piece,
    rounded,
    until,
)


def _number_for(config: Config, unit: UnitView, period: Period, name: str) -> int | None:
    """The same for all, or by group; who was not there all the time perhaps has none."""
    if config.text("newcomer") == "none" and not existed_throughout(unit, period):
        return None
    if config.text("basis") == "groups":
        group = str(unit.groups.get(period.last.year))
        for row in config.rows():
            if row.text("group") == group:
                return row.points(name)
    return config.points(name)


def base(config: Config, state: State, unit: int) -> list[Line]:
    """On the first day of each period, when that day has come."""
    me = state.world.units[unit]
    lines = []
    for period in state.periods(config.text("per")):
        day = max(period.first, state.world.start)
        points = _number_for(config, me, period, "points")
        if existed(me, period) and day <= state.world.as_of and points is not None:
            lines.append(Line(config.clause, unit, until(period), day, points))
    return lines


def _how_many(facts: list[FactView], once: Any) -> int:
    return len({piece(fact) for fact in facts}) if once else len(facts)


def _items_in(
    state: State, unit: int, which: dict[str, Any], kind: str, per: str, period: Period
) -> list[FactView]:
    """Items of a period; of one kind, unless the selection says which."""
    if not which.get("kinds"):
        which = {**which, "kinds": [kind]}
    return [f for f in state.items(unit, which) if state.period_of(f.date, per) == period]


def _sum_in(state: State, unit: int, whose: dict[str, Any], per: str, period: Period) -> int:
    given = state.given(unit, whose)
    return sum(line.points for line in given if state.period_of(line.day, per) == period)


def target(config: Config, state: State, unit: int) -> list[Line]:
    """What was to be reached, what was reached, and what follows; when the period is over."""
    me = state.world.units[unit]
    per = config.text("per")
    lines = []
    for period in state.ended(per):
        wanted = _target_of(config, state, me, period)
        if not existed(me, period) or not wanted:
            continue
        reached = _reached(config, state, unit, period)
        base_points = 0
        if config.text("base"):
            base_points = _sum_in(state, unit, {"clauses": config.text("base")}, per, period)
        points = rounded(_consequence(config, wanted, reached, base_points), state.rounding)
        if reached > wanted:
            points += _for_more(config, state, reached - wanted)
        short = reached < wanted
        flag = config.text("flag") if short else ""
        if points or flag or config.text("shortfall") in ("whole", "share"):
            lines.append(Line(config.clause, unit, until(period), period.last, points, flag=flag))
    return lines


def _target_of(config: Config, state: State, me: UnitView, period: Period) -> int | None:
    """Items in hundredths too, as a table of targets has them."""
    if config.text("basis") != "table":
        return _number_for(config, me, period, "number")
    if config.text("newcomer") == "none" and not existed_throughout(me, period):
        return None
    kind = config.text("per") or state.period
    measure = config.text("measure", "submitted")
    return state.world.targets.get((me.id, measure, kind, period.last.year))


def _reached(config: Config, state: State, unit: int, period: Period) -> int:
    per, whose = config.text("per"), config.part("whose")
    measure = config.text("measure", "submitted")
    if measure == "points":
        return _sum_in(state, unit, whose, per, period)
    kind = {"submitted": "submission", "adopted": "adoption"}[measure]
    items = _items_in(state, unit, whose.get("facts") or {}, kind, per, period)
    return 100 * _how_many(items, config.written.get("once"))


def _consequence(config: Config, wanted: int, reached: int, base_points: int) -> Fraction:
    """The forms of shortfall, in exact hundredths."""
    way = config.text("shortfall", "nothing")
    points = Fraction(config.points("points") or 0)
    missing = Fraction(max(wanted - reached, 0))
    done = Fraction(min(max(reached, 0), wanted), wanted)
    if way == "whole":
        return Fraction(0) if missing else points
    if way == "share":
        return points * done
    if not missing or way == "nothing":
        return Fraction(0)
    return {
        "each": -points * missing / 100,
        "fixed": -points,
        "share_off": -points * (1 - done),
        "times": -number(config.text("factor", "1")) * missing,
        "base": Fraction(min(-base_points, 0)),
    }[way]


def _for_more(config: Config, state: State, more: int) -> int:
    each, most = config.points("over") or 0, config.points("over_most")
    points = rounded(Fraction(each * more, 100), state.rounding)
    return points if most is None else min(points, most)


def rate_gate(config: Config, state: State, unit: int) -> list[Line]:
    """Adopted of the submitted; when the period is over."""
    me = state.world.units[unit]
    per = config.text("per")
    lines = []
    for period in state.ended(per):
        if not existed(me, period):
            continue
        sent = len(_items_in(state, unit, {}, "submission", per, period))
        items = _items_in(state, unit, config.part("which"), "adoption", per, period)
        adopted = _how_many(items, config.written.get("once"))
        if sent:
            below = Fraction(100 * adopted, sent) < number(config.text("percent"))
        else:
            below = adopted == 0 and config.text("nothing_sent") == "below"
        if below:
            minus = -(config.points("points") or 0)
            flag = config.text("flag")
            lines.append(Line(config.clause, unit, until(period), period.last, minus, flag=flag))
    return lines


def total_flag(config: Config, state: State, unit: int) -> list[Line]:
    """A sum held against a bar; when the time is over."""
    me = state.world.units[unit]
    kind = "year" if config.text("within") == "year" else ""
    bar = config.points("bar") or 0
    lines = []
    for period in state.ended(kind):
        sum_ = _sum_in(state, unit, config.part("whose"), kind, period)
        marked = {
            "below": sum_ < bar,
            "not_over": not sum_ > bar,
            "reaches": not sum_ < bar,
            "above": sum_ > bar,
        }[config.text("when", "below")]
        if marked and existed(me, period):
            flag = config.text("flag")
            lines.append(Line(config.clause, unit, until(period), period.last, 0, flag=flag))
    return lines


def convert_slowly(
    written: dict[str, Any],
    totals: Mapping[int, int],
    months: Mapping[int, Sequence[int]],
    targets: Mapping[int, int],
    rounding: str,
) -> dict[int, int]:
    """Return what each unit of a group gets in the assessment; all in hundredths."""
    config = Config("", written)
    way = config.text("way", "factor")
    factor = number(config.text("factor", "1"))
    full = config.points("full") or 0
    found = {}
    for unit, total in totals.items():
        if way == "factor":
            exact = total * factor
        elif way == "months":
            of_unit = months.get(unit) or [0]
            exact = Fraction(sum(of_unit), len(of_unit)) * factor
        elif way == "rank":
            exact = Fraction(_for_rank(config, total, list(totals.values())))
        else:
            whole = max(totals.values())
            if way == "target":
                own = config.points("number")
                whole = targets.get(unit, 0) if own is None else own
                if not whole:
                    continue
            part = Fraction(max(total, 0), whole) if whole > 0 else Fraction(0)
            exact = min(part, Fraction(1)) * full
        points = rounded(exact, rounding)
        most = config.points("most")
        found[unit] = points if most is None else min(points, most)
    return found


def _for_rank(config: Config, total: int, all_totals: list[int]) -> int:
    """Who has more stands before; equal ones stand at the same place."""
    place = 1
    for other in all_totals:
        if other > total:
            place += 1
    for row in config.rows():
        first = int(row.text("first"))
        if first <= place <= int(row.text("last", str(first))):
            return row.points("points") or 0
    return config.points("otherwise") or 0
