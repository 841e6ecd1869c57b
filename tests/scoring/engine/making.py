"""Facts, clauses and schemes for tests of the engine; short, and always the same day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from scoring.adoptions.rules import FactKind, Mark, Trait
from scoring.schemes.engine import Clause, FactView, SchemeSpec, UnitView, World, build_clause, run
from scoring.schemes.facts import EntryDraft
from scoring.schemes.periods import PeriodKind
from scoring.schemes.rules import Rounding, points_text

DAY = date(2026, 3, 5)


def day(month: int, number: int = 5) -> date:
    return date(2026, month, number)


def adoption(pk: int, **fields: Any) -> FactView:
    given: dict[str, Any] = {
        "id": pk,
        "kind": FactKind.ADOPTION,
        "date": DAY,
        "bulletin_id": 7,
        "bulletin": "晋政信息",
        "level": 3,
        "form": "single",
        "title": "某信息",
        "units": (1,),
        "subject": f"item:{pk}",
    } | fields
    return FactView(**given)


def other(pk: int, kind: str, **fields: Any) -> FactView:
    """A fact without a bulletin."""
    bare = {"kind": kind, "bulletin_id": None, "bulletin": "", "level": None, "form": ""}
    return adoption(pk, **(bare | fields))


def submission(pk: int, **fields: Any) -> FactView:
    return other(pk, FactKind.SUBMISSION, **fields)


def instruction(pk: int, level: int, mark: str = Mark.MAIN_LEADER, **fields: Any) -> FactView:
    return other(pk, FactKind.INSTRUCTION, **({"level": level, "mark": mark} | fields))


def quality(pk: int, mark: str = Mark.UNTRUE, **fields: Any) -> FactView:
    return other(pk, FactKind.QUALITY, mark=mark, **fields)


def urgent(pk: int, mark: str = Mark.LATE, **fields: Any) -> FactView:
    return other(pk, FactKind.URGENT, mark=mark, **fields)


def check(pk: int, name: str, **fields: Any) -> FactView:
    return other(pk, FactKind.CHECK, check=name, **fields)


def adjustment(pk: int, hundredths: int, note: str = "理由", **fields: Any) -> FactView:
    return other(pk, FactKind.ADJUSTMENT, hundredths=hundredths, note=note, **fields)


def traits(*names: Trait) -> frozenset[str]:
    return frozenset(str(name) for name in names)


def table(*rows: tuple[str, str, str], block_id: str = "table", **config: Any) -> Clause:
    """A points table; rows as (kind, target, points)."""
    written = [{"kind": kind, "target": target, "points": points} for kind, target, points in rows]
    return build_clause("points_table", block_id, {"rows": written, **config})


FIVE = table(("adoption", "all", "5"))


def clause(kind: str, block_id: str = "", /, **config: Any) -> Clause:
    return build_clause(kind, block_id or kind, config)


def spec(
    *clauses: Clause,
    period: str = PeriodKind.QUARTER,
    rounding: Rounding = Rounding.HALF_UP,
    **names: str,
) -> SchemeSpec:
    """A scheme of clauses; keyword arguments give short names by block id."""
    return SchemeSpec(
        id=1, name="办法", version=1, blocks=clauses, rounding=rounding, period=period, names=names
    )


def world(
    *units: UnitView | int,
    as_of: date = date.max,
    start: date = date(2026, 1, 1),
    end: date = date(2026, 12, 31),
    others: Iterable[UnitView] = (),
) -> World:
    views = [u if isinstance(u, UnitView) else UnitView(u, f"单位{u}") for u in units]
    return World(
        start=start,
        end=end,
        as_of=as_of,
        units={unit.id: unit for unit in views},
        others={unit.id: unit for unit in others},
    )


def given(entries: Iterable[EntryDraft], *block_ids: str) -> list[tuple[int, int | None, str]]:
    """Entries as (unit, fact, points); of some clauses only when they are named."""
    return [
        (entry.unit_id, entry.fact_id, points_text(entry.hundredths))
        for entry in entries
        if not block_ids or entry.block_id in block_ids
    ]


def points_of(entries: Iterable[EntryDraft], unit_id: int = 1) -> str:
    """What a unit has in all."""
    return points_text(sum(entry.hundredths for entry in entries if entry.unit_id == unit_id))


def score(facts: Iterable[FactView], *clauses: Clause, **names: str) -> tuple[EntryDraft, ...]:
    return run(replace(spec(*clauses), names=names), facts)


def sentence_of(entries: Iterable[EntryDraft], block_id: str, fact_id: int | None = None) -> str:
    """The only sentence of a clause (about a fact)."""
    (found,) = [
        entry.sentence
        for entry in entries
        if entry.block_id == block_id and fact_id in (None, entry.fact_id)
    ]
    return found
