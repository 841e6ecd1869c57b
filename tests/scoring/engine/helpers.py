"""Facts, units and schemes for tests of clauses; short, so that a table of cases reads well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from scoring.adoptions.rules import FactKind
from scoring.schemes.engine import (
    Clause,
    EntryDraft,
    FactView,
    SchemeSpec,
    UnitView,
    World,
    build_clause,
    run,
)
from scoring.schemes.periods import PeriodKind
from scoring.schemes.rules import Rounding, points_text

YEAR = 2026
LATER = date(2027, 6, 1)


def fact(pk: int, kind: str = FactKind.ADOPTION, day: str = "03-05", **fields: Any) -> FactView:
    """A fact of 2026 about unit 1; adoptions are in a provincial bulletin."""
    carried = kind in (FactKind.ADOPTION, FactKind.FORWARDING)
    given: dict[str, Any] = {
        "id": pk,
        "kind": kind,
        "date": date.fromisoformat(f"{YEAR}-{day}"),
        "bulletin_id": 7 if carried else None,
        "bulletin": "晋政信息·普刊" if carried else "",
        "level": 3 if carried else None,
        "form": "single" if kind == FactKind.ADOPTION else "",
        "title": "某信息",
        "units": (1,),
        "subject": f"item:{pk}",
    } | fields
    return FactView(**given)


def facts(kind: str, number: int, day: str = "03-05", start: int = 1, **fields: Any) -> list:
    """Several facts that differ in nothing but their number and piece."""
    return [fact(pk, kind, day, **fields) for pk in range(start, start + number)]


def unit(pk: int = 1, *, group: int | None = None, **fields: Any) -> UnitView:
    """A unit, in a group of 2026."""
    return UnitView(pk, f"单位{pk}", groups={YEAR: group} if group else {}, **fields)


def world(
    *units: UnitView,
    as_of: date = LATER,
    start: date = date(YEAR, 1, 1),
    end: date = date(YEAR, 12, 31),
    targets: Mapping[tuple[int, str, str, int], int] | None = None,
) -> World:
    """The year 2026 seen from a day after it."""
    views = {view.id: view for view in units or (unit(),)}
    return World(start=start, end=end, as_of=as_of, units=views, targets=targets or {})


def clause(kind: str, name: str = "", **config: Any) -> Clause:
    """A clause as its block makes it; its short name is its id too."""
    return build_clause(kind, name or kind, config)


def table(**points: str) -> Clause:
    """A points table with the short name 采用分: kind → points."""
    rows = [{"kind": k, "target": "all", "points": p} for k, p in points.items()]
    return clause("points_table", "采用分", rows=rows)


def spec(
    *clauses: Clause, period: str = PeriodKind.QUARTER, rounding: Rounding = Rounding.HALF_UP
) -> SchemeSpec:
    """A scheme whose clauses have their ids as short names."""
    names = {c.block_id: c.block_id for c in clauses}
    return SchemeSpec(1, "办法", 1, clauses, rounding, period, names)


def given_by(last: Clause, entries: Iterable[EntryDraft]) -> list[tuple[int, str, str]]:
    """What one clause gave: (unit, month-day, points)."""
    return [
        (e.unit_id, f"{e.date:%m-%d}", points_text(e.hundredths))
        for e in entries
        if e.block_id == last.block_id
    ]


def scored(
    *clauses: Clause, facts: Iterable[FactView] = (), world: World, **more: Any
) -> list[tuple[int, str, str]]:
    """Run a scheme and return what its last clause gave."""
    return given_by(clauses[-1], run(spec(*clauses, **more), facts, world))


def only(*clauses: Clause, facts: Iterable[FactView] = (), world: World, **more: Any) -> EntryDraft:
    """Run a scheme and return the only entry of its last clause."""
    (entry,) = (
        e for e in run(spec(*clauses, **more), facts, world) if e.block_id == clauses[-1].block_id
    )
    return entry
