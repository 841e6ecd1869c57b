"""分值表, 批示, 考核项目, 加减分: what a fact itself earns. Slow and obvious."""

from __future__ import annotations

from fractions import Fraction

from scoring.schemes.facts import FactView

from .state import Config, Line, State, existed, number, piece, rounded, until


def _line(config: Config, unit: int, fact: FactView, points: int) -> Line:
    return Line(config.clause, unit, f"f{fact.id}", fact.date, points, fact.id)


# --- joint items ---


def share(config: Config, state: State, fact: FactView, unit: int, points: int) -> int:
    """What one unit of a joint item gets of its points."""
    names = state.names_seen_by(unit, fact)
    place = names.index(unit)
    way = config.text("joint", "full")
    if way == "fixed" and points <= 0:
        way = "full"  # a fixed gain stands for a gain
    if way == "lead":
        return points if place == 0 else 0
    if len(names) == 1:
        return points
    counted = min(int(config.text("joint_counted", "999")), len(names))
    if way == "ratio":
        weights = [int(weight) for weight in config.text("joint_ratio").split(":")][:counted]
    else:
        weights = [1] * counted
    if place >= len(weights):
        return 0
    if way == "full":
        return points
    if way == "fixed":
        return config.points("joint_points") or 0
    return split_one_by_one(points, weights, config.text("joint_remainder", "first"))[place]


def split_one_by_one(points: int, weights: list[int], remainder: str) -> list[int]:
    """Split hundredths: everybody has the whole hundredths of his exact part; then the rest."""
    if points < 0:
        return [-part for part in split_one_by_one(-points, weights, remainder)]
    parts = [int(Fraction(points * weight, sum(weights))) for weight in weights]
    sharing = [place for place, weight in enumerate(weights) if weight > 0]
    while remainder != "nobody" and sum(parts) < points:
        parts[sharing[0] if remainder == "first" else sharing[-1]] += 1
    return parts


# --- points table ---


def _row_fits(row: Config, fact: FactView) -> bool:
    if row.text("kind") != fact.kind:
        return False
    if row.text("target", "all") not in (
        "all",
        f"level:{fact.level}",
        f"bulletin:{fact.bulletin_id}",
    ):
        return False
    for name, value in (("mark", fact.mark), ("genre", fact.genre), ("form", fact.form)):
        if row.text(name) and row.text(name) != value:
            return False
    if row.text("trait") and row.text("trait") not in fact.traits:
        return False
    if row.text("words_min") or row.text("words_max"):
        if fact.words is None:
            return False
        return int(row.text("words_min", "0")) <= fact.words <= int(row.text("words_max", "999999"))
    return True


def _how_narrow(row: Config) -> list[bool]:
    """A trait; a bulletin before a level before all; the mark, the genre, the form, the words."""
    target = row.text("target", "all")
    return [
        bool(row.text("trait")),
        target.startswith("bulletin:"),
        target.startswith("level:"),
        bool(row.text("mark")),
        bool(row.text("genre")),
        bool(row.text("form")),
        bool(row.text("words_min") or row.text("words_max")),
    ]


def points_table(config: Config, state: State, unit: int) -> list[Line]:
    """The narrowest row that fits; of equal ones the upper."""
    lines = []
    for fact in state.earning(unit):
        best: Config | None = None
        for row in config.rows():
            if _row_fits(row, fact) and (best is None or _how_narrow(row) > _how_narrow(best)):
                best = row
        if best is None:
            continue
        points = best.points("points") or 0
        most = best.points("most")
        if most is not None and fact.hundredths is not None:
            # Chosen by a person between the two.
            points = max(points, fact.hundredths)
            points = min(points, most)
        lines.append(_line(config, unit, fact, share(config, state, fact, unit, points)))
    return lines


# --- instructions ---


def _row_of_instruction(config: Config, fact: FactView) -> Config | None:
    """A row that names the bulletin before one that names the level before one with a mark."""
    fitting = [
        row
        for row in config.rows()
        if row.text("target", "all") in ("all", f"bulletin:{fact.bulletin_id}")
        and row.text("level", str(fact.level)) == str(fact.level)
        and row.text("mark", fact.mark) == fact.mark
    ]
    for bulletin in (True, False):
        for level in (True, False):
            for mark in (True, False):
                for row in fitting:
                    named = [row.text("target", "all") != "all"]
                    named += [bool(row.text("level")), bool(row.text("mark"))]
                    if named == [bulletin, level, mark]:
                        return row
    return None


def instructions(config: Config, state: State, unit: int) -> list[Line]:
    """One instruction after another: has this piece had one of this level, or any, before?"""
    which = {
        "kinds": ["instruction"],
        "traits": config.written.get("traits"),
        "without": config.written.get("without"),
    }
    kind = "year" if config.text("within", "year") == "year" else ""
    rated = []
    for fact in state.earning(unit, which):
        row = _row_of_instruction(config, fact)
        if row is not None:
            rated.append((fact, row.points("points") or 0))
    lines = []
    for at, (fact, full) in enumerate(rated):
        alike = [
            (n, other, points)
            for n, (other, points) in enumerate(rated)
            if piece(other) == piece(fact)
            and state.period_of(other.date, kind) == state.period_of(fact.date, kind)
        ]
        if not _is_counted(config, at, alike):
            lines.append(_line(config, unit, fact, 0))
            continue
        earlier = [n for n, _other, _points in alike if n < at and _is_counted(config, n, alike)]
        points = _further(config, state, full) if earlier else full
        lines.append(_line(config, unit, fact, share(config, state, fact, unit, points)))
    return lines


def _is_counted(config: Config, at: int, alike: list[tuple[int, FactView, int]]) -> bool:
    """Every one; or of one level the earliest; or the highest, of equals the earliest."""
    repeat = config.text("repeat", "every")
    ((level, points),) = [(fact.level, points) for n, fact, points in alike if n == at]
    for n, fact, other in alike:
        if n == at or fact.level != level:
            continue
        if repeat == "first" and n < at:
            return False
        if repeat == "best" and (other > points or (other == points and n < at)):
            return False
    return True


def _further(config: Config, state: State, full: int) -> int:
    """From the second on: in full, a part of it, or fixed points."""
    written = config.text("further")
    if not written:
        return full
    if written.endswith("%"):
        return rounded(full * number(written), state.rounding)
    return config.points("further") or 0


# --- checklist ---


def checklist(config: Config, state: State, unit: int) -> list[Line]:
    """Ticked: each time, once a period, or standing from the first day and lost by a tick."""
    lines = []
    world, me = state.world, state.world.units[unit]
    standing = set()
    for n, row in enumerate(config.rows()):
        if row.text("tick") == "standing":
            for period in state.periods():
                came = me.active_from or period.first
                day = max(period.first, world.start, came)
                if existed(me, period) and day <= world.as_of:
                    standing.add((row.text("check"), period))
                    points = row.points("points") or 0
                    lines.append(Line(config.clause, unit, f"{until(period)}:{n}", day, points))
    for row in config.rows():
        ticks = [
            fact
            for fact in state.earning(unit, {"kinds": ["check"]})
            if fact.check == row.text("check")
        ]
        points = row.points("points") or 0
        for n, fact in enumerate(ticks):
            period = state.period_of(fact.date)
            first = not any(state.period_of(before.date) == period for before in ticks[:n])
            if row.text("tick", "each") == "each":
                earned = points
            elif row.text("tick") == "once":
                earned = points if first else 0
            else:
                earned = -points if first and (row.text("check"), period) in standing else 0
            lines.append(_line(config, unit, fact, earned)._replace(flag=row.text("flag")))
    return lines


# --- adjustments ---


def adjustment(config: Config, state: State, unit: int) -> list[Line]:
    """As registered, for each unit in full; not more up or down than the limits."""
    lines = []
    plus_most, minus_most = config.points("plus_most"), config.points("minus_most")
    for fact in state.earning(unit, {"kinds": ["adjustment"]}):
        points = fact.hundredths or 0
        if plus_most is not None and points > plus_most:
            points = plus_most
        if minus_most is not None and points < -minus_most:
            points = -minus_most
        lines.append(_line(config, unit, fact, points))
    return lines
