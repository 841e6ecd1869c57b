"""质量, 紧急信息按比例扣分, 多次处理: what went wrong. Slow and obvious."""

from __future__ import annotations

from scoring.schemes.facts import FactView

from .state import Config, Line, State, number, piece, rounded, until


def _earned_by_facts(
    config: Config, state: State, unit: int, faults: list[FactView]
) -> list[tuple[FactView, int]]:
    """What each fact has earned a unit; the faults themselves have earned nothing."""
    given = state.given(unit, config.part("whose"))
    return [
        (fact, sum(line.points for line in given if line.fact == fact.id))
        for fact in state.happened
        if fact not in faults and any(line.fact == fact.id for line in given)
    ]


def quality(config: Config, state: State, unit: int) -> list[Line]:
    """What the piece has earned is gone; what the month has earned is gone; a deduction."""
    which = {"kinds": [config.text("kind", "quality")], "marks": config.written.get("marks")}
    faults = state.earning(unit, which)
    lines: list[Line] = []
    if config.written.get("zero_item"):
        for fact, points in _earned_by_facts(config, state, unit, faults):
            about_it = [fault for fault in faults if piece(fault) == piece(fact)]
            if about_it and points > 0:
                day = max(fact.date, about_it[0].date)
                lines.append(Line(config.clause, unit, f"f{fact.id}", day, -points, fact.id))
    if config.text("zero_span"):
        kind = "month" if config.text("zero_span") == "month" else ""
        seen = []
        gone = list(lines)
        for fault in faults:
            period = state.period_of(fault.date, kind)
            if period in seen:
                continue
            seen.append(period)
            left = sum(
                line.points
                for line in state.given(unit, config.part("whose"))
                if state.period_of(line.day, kind) == period
            )
            # What went with its piece is not taken twice.
            left += sum(
                line.points
                for line in gone
                if state.period_of(state.fact(line.fact or 0).date, kind) == period
            )
            if left > 0:
                lines.append(Line(config.clause, unit, until(period), fault.date, -left))
    minus = config.points("minus") or 0
    for fault in faults:
        thing = f"f{fault.id}"
        lines.append(
            Line(config.clause, unit, thing, fault.date, -minus, fault.id, config.text("flag"))
        )
    return lines


def urgent_share(config: Config, state: State, unit: int) -> list[Line]:
    """Each fault takes so much of the hundred of what its piece has earned, while there is any."""
    marks = config.written.get("marks") or ["late", "omitted", "wrong", "false", "concealed"]
    faults = state.earning(unit, {"kinds": ["urgent"], "marks": marks})
    earned = _earned_by_facts(config, state, unit, faults)
    lines: list[Line] = []
    for n, fault in enumerate(faults):
        whole = sum(points for fact, points in earned if piece(fact) == piece(fault))
        before = [other.id for other in faults[:n] if piece(other) == piece(fault)]
        left = whole + sum(line.points for line in lines if line.fact in before)
        off = 0
        if whole > 0:
            off = rounded(whole * number(config.text("percent")) / 100, state.rounding)
            off = min(off, left)
        lines.append(Line(config.clause, unit, f"f{fault.id}", fault.date, -off, fault.id))
    return lines


def strike(config: Config, state: State, unit: int) -> list[Line]:
    """Count on; on the day of the nth time the consequence."""
    kind = "year" if config.text("within", "year") == "year" else ""
    times = int(config.text("times", "1"))
    lines = []
    happened = state.items(unit, config.part("which"))
    for n, fact in enumerate(happened):
        period = state.period_of(fact.date, kind)
        so_often = sum(1 for f in happened[: n + 1] if state.period_of(f.date, kind) == period)
        if so_often != times:
            continue
        points = 0
        if config.text("way", "zero") == "zero":
            earned = sum(
                line.points
                for line in state.given(unit, config.part("whose"))
                if state.period_of(line.day, kind) == period
            )
            points = -earned if earned > 0 else 0
        if config.text("way") == "deduct":
            points = -(config.points("points") or 0)
        lines.append(
            Line(config.clause, unit, until(period), fact.date, points, flag=config.text("flag"))
        )
    return lines
