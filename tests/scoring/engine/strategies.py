"""Random schemes of every kind of clause, random facts, units and targets (hypothesis).

A clause's settings are made from its block (random_settings.py). Numbers stand for what the
database would hold: bulletins 1–3 (county, city, province), groups 1–3, units 1–5, of which 4
and 5 are 直报点 of 1 and 2, and the town 1 is of the county 3.

Hypothesis draws a seed and how many clauses and facts there are, and makes these fewer when it
has found a fault. Drawn part by part, every second example would be the one before with a part of
itself repeated, and the time would be hypothesis's own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

from hypothesis import strategies as st

from cms.items.rules import ItemForm
from infoflow.units.models import UnitKind
from scoring.adoptions.rules import MARKS_OF, AdoptionForm, FactKind, Trait
from scoring.schemes.blocks import SchemeBlocks
from scoring.schemes.engine import (
    EntryDraft,
    FactView,
    SchemeSpec,
    UnitView,
    World,
    build_clause,
    run,
)
from scoring.schemes.periods import PeriodKind
from scoring.schemes.rules import Measure, Rounding

from .random_settings import BULLETINS, CHECKS, Settings, rows_for_all

YEAR = 2026
LAST = date(YEAR, 12, 31)
UNITS = (1, 2, 3, 4, 5)
PARENTS = {1: 3, 4: 1, 5: 2}
KINDS = {3: UnitKind.COUNTY, 4: UnitKind.DIRECT, 5: UnitKind.DIRECT}
KINDS_OF_CLAUSES = sorted(SchemeBlocks().child_blocks)

# Clauses that are about one kind of fact.
ABOUT = {
    "instructions": FactKind.INSTRUCTION,
    "checklist": FactKind.CHECK,
    "adjustment": FactKind.ADJUSTMENT,
    "several": FactKind.ADOPTION,
    "quality": FactKind.QUALITY,
    "urgent_share": FactKind.URGENT,
    "rate_gate": FactKind.SUBMISSION,
    "target": FactKind.SUBMISSION,
}

# A clause as plain data: block type, block id, settings.
Config = tuple[str, str, dict[str, Any]]


@dataclass(frozen=True)
class Case:
    """A scheme as plain data, the facts of its days, one fact more, and the world."""

    made: list[Config]
    rounding: Rounding
    period: str
    happened: list[FactView]
    extra: FactView
    world: World

    @property
    def scheme(self) -> SchemeSpec:
        return SchemeSpec(
            id=1,
            name="随机办法",
            version=1,
            blocks=tuple(build_clause(*config) for config in self.made),
            rounding=self.rounding,
            period=self.period,
            names={block_id: config["name"] for _kind, block_id, config in self.made},
        )


@st.composite
def cases(
    draw: st.DrawFn, clauses: int = 6, facts: int = 18, sure: str = "", until: date = LAST
) -> Case:
    """A case with at most so many clauses and facts; `sure` is a kind of clause that is there."""
    case = random_case(draw(st.randoms(use_true_random=True)), clauses, facts, sure, until)
    fewer_clauses = draw(st.integers(1, clauses))
    fewer_facts = draw(st.sampled_from(range(facts // 2, facts + 1)))
    kinds = [kind for kind, _block_id, _config in case.made]
    # The kind that is to be there stays.
    least = kinds.index(sure) + 1 if sure else 1
    return replace(
        case,
        made=case.made[: max(fewer_clauses, least)],
        happened=case.happened[:fewer_facts],
    )


def random_case(
    random: Random, clauses: int, facts: int, sure: str = "", until: date = LAST
) -> Case:
    """A case with so many clauses, and as many facts or less."""
    world = random_world(random)
    # Every other fact is one that the kind of clause is about.
    wanted = [fact for fact in _pool(until) if fact.kind == ABOUT.get(sure, fact.kind)]
    chosen = [random.choice(random.choice([wanted, _pool(until)])) for _n in range(facts)]
    numbered = [
        fact._replace(id=pk, subject=fact.subject or f"item:{pk + 100}")
        for pk, fact in enumerate(chosen, start=1)
    ]
    return Case(
        made=random_configs(random, clauses, sure),
        rounding=random.choice(list(Rounding)),
        period=random.choice(PeriodKind.values),
        happened=in_force(world, numbered),
        extra=random.choice(_pool(until)),
        world=world,
    )


# --- schemes ------------------------------------------------------------------------------


def random_configs(random: Random, number: int, sure: str = "") -> list[Config]:
    """Clauses as plain data in any order: a points table among the first, and any kinds.

    Each has a short name, and refers to earlier ones alone. A kind that is to be there for sure
    stands behind the table more often than before it.
    """
    chosen = random.choices(KINDS_OF_CLAUSES, k=number - 1)
    wide = random.choice([0, 0, 1, 2])
    chosen.insert(wide, "points_table")
    if sure:
        place = random.choice([0, wide + 1, wide + 1, wide + 1])
        chosen.insert(place, sure)
        wide += place <= wide
    made: list[Config] = []
    for n, kind in enumerate(chosen):
        config = Settings(random, [f"条款{before}" for before in range(n)] or ["某"]).of(kind)
        if n == wide:
            # Something for every kind of fact, or later clauses would have nothing to work on.
            config["rows"] += rows_for_all(random)
        made.append((kind, f"b{n}", config | {"name": f"条款{n}"}))
    return made


# --- facts, units, targets ----------------------------------------------------------------


@cache
def _pool(until: date) -> list[FactView]:
    """Facts that could be recorded: each kind with what it must have."""
    random = Random(2026)
    return [_any_fact(random, until) for _n in range(3_000)]


def _any_fact(random: Random, until: date) -> FactView:
    kind = random.choice([*FactKind.values, *[FactKind.ADOPTION] * 4])
    carried = kind in (FactKind.ADOPTION, FactKind.FORWARDING)
    leader = kind == FactKind.INSTRUCTION
    on_one = carried or (leader and random.random() < 0.4)
    bulletin = random.choice(BULLETINS) if on_one else None
    adjusted = random.choice([-800, -1, 50, 800])
    first = date(until.year, 1, 1)
    # Mostly the first unit alone, and days near each other, so that facts meet.
    day = random.choice([random.randint(70, 92), random.randint(0, (until - first).days)])
    parties = random.sample(UNITS, random.randint(1, 3)) if random.random() < 0.4 else UNITS[:1]
    return FactView(
        id=999,
        kind=kind,
        date=first + timedelta(day),
        bulletin_id=bulletin,
        bulletin=f"刊物{bulletin}" if bulletin else "",
        level=random.randint(1, 4) if leader else bulletin,
        form=random.choice(["", *AdoptionForm.values]) if kind == FactKind.ADOPTION else "",
        title="某信息",
        units=tuple(parties),
        genre=random.choice(["", *ItemForm.values]),
        mark=random.choice(MARKS_OF[kind]) if kind in MARKS_OF else "",
        check=random.choice(CHECKS) if kind == FactKind.CHECK else "",
        leader=random.choice(["", "某领导"]) if leader else "",
        note="理由",
        subject=random.choice(["item:1", "item:1", "item:1", "item:2", ""]),
        words=random.choice([None, 1, 2, 3, 5]),
        hundredths=adjusted if kind == FactKind.ADJUSTMENT else random.choice([None, None, 5, 900]),
        traits=frozenset(random.sample(Trait.values, random.choice([0, 0, 1, 2]))),
    )


def random_world(random: Random) -> World:
    """A year of a scheme in force, or a part of it, seen from some day.

    All five units; some new, some gone, some without a group.
    """
    new_year = date(YEAR + 1, 1, 1)

    def any_day(first: date) -> date:
        return first + timedelta(random.randint(0, 480))

    def coming_or_going() -> date | None:
        return any_day(date(YEAR - 1, 10, 1)) if random.random() < 0.3 else None

    return World(
        start=random.choice([date(YEAR, 1, 1), date(YEAR, 1, 1), date(YEAR, 2, 16)]),
        end=random.choice([LAST, LAST, date(YEAR, 10, 9)]),
        as_of=random.choice([new_year, any_day(date(YEAR, 1, 1))]),
        units={
            pk: UnitView(
                id=pk,
                name=f"单位{pk}",
                kind=KINDS.get(pk, UnitKind.TOWN),
                parent_id=PARENTS.get(pk),
                groups=random.choice([{}, {YEAR: 1}, {YEAR: 2}]),
                active_from=coming_or_going(),
                active_until=coming_or_going(),
            )
            for pk in UNITS
        },
        targets={
            (unit, measure, period, YEAR): random.choice([0, 100, 200, random.randint(0, 1_000)])
            for unit in UNITS
            for measure in Measure.values
            for period in PeriodKind.values
            if random.random() < 0.3
        },
    )


def in_force(world: World, happened: Sequence[FactView]) -> list[FactView]:
    """The facts that a scheme sees: those of its own days."""
    return [fact for fact in happened if world.start <= fact.date <= world.end]


def credited(scheme: SchemeSpec) -> set[str]:
    """The kinds of units whose facts go to their parents."""
    return {kind for clause in scheme.blocks for kind in getattr(clause, "credits", ())}


def scored_alone(
    scheme: SchemeSpec, happened: Sequence[FactView], world: World, wanted: Sequence[int]
) -> tuple[EntryDraft, ...]:
    """Score some units as the ledger does: with their own facts and their 直报点's, no others."""
    kinds = credited(scheme)
    children = [
        pk for pk, one in world.units.items() if one.parent_id in wanted and one.kind in kinds
    ]
    seen = {*wanted, *children}
    own = [fact for fact in happened if not seen.isdisjoint(fact.units)]
    small = replace(world, units={pk: world.units[pk] for pk in wanted})
    if "others" in {field.name for field in fields(World)}:
        named = {pk for fact in own for pk in fact.units} - set(wanted) if kinds else set()
        small = replace(small, others={pk: world.units[pk] for pk in sorted(named)})
    return run(scheme, own, small)


def renumbered(value: Any, named: Callable[[str, str], str]) -> Any:
    """Return settings with the numbers of bulletins and groups put in place by `named`."""
    if isinstance(value, dict):
        return {
            key: named("group", part) if key == "group" else renumbered(part, named)
            for key, part in value.items()
        }
    if isinstance(value, list):
        return [renumbered(part, named) for part in value]
    if isinstance(value, str) and value.startswith("bulletin:"):
        return f"bulletin:{named('bulletin', value.partition(':')[2])}"
    return value
