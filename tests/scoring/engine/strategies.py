"""Random schemes of every kind of clause, random facts, units and targets (hypothesis).

A clause's settings are made from its block: a new kind of clause is covered as soon as it has
one. Numbers stand for what the database would hold: bulletins 1–3 (county, city, province),
groups 1–3, units 1–5, of which 4 and 5 are 直报点 of 1 and 2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

from hypothesis import strategies as st
from wagtail import blocks

from cms.items.rules import ItemForm
from infoflow.units.models import UnitKind
from scoring.adoptions.rules import MARKS_OF, AdoptionForm, FactKind, Trait
from scoring.schemes.blocks import SchemeBlocks
from scoring.schemes.blocks.common import (
    FactorBlock,
    NumberTextBlock,
    SignedPointsBlock,
    TargetBlock,
    TargetsBlock,
    WhichBlock,
)
from scoring.schemes.blocks.groups import GroupBlock, PercentBlock
from scoring.schemes.clauses.points_table import SIGNED
from scoring.schemes.engine import (
    EntryDraft,
    FactView,
    SchemeFault,
    SchemeSpec,
    UnitView,
    World,
    build_clause,
    run,
)
from scoring.schemes.periods import PeriodKind
from scoring.schemes.rules import Measure, Rounding, points_text

YEAR = 2026
BULLETINS = (1, 2, 3)
GROUPS = ("1", "2", "3")
UNITS = (1, 2, 3, 4, 5)
CHECKS = ("台账", "信息员会议")
PLACES = [*(f"level:{n}" for n in (1, 2, 3)), *(f"bulletin:{n}" for n in BULLETINS)]
MOST_CLAUSES = 6
LOSING = (FactKind.COMMISSION, FactKind.URGENT, FactKind.QUALITY)

# A clause as plain data: block type, block id, settings.
Config = tuple[str, str, dict[str, Any]]

# Fields that are text to a block and something else to its clause; by name, the same everywhere.
TEXTS: dict[str, Sequence[str]] = {
    "source": ("",),
    "joint_ratio": ("3:2", "5:3:2"),
    "flag": ("", "通报批评", "取消评先"),
    "check": CHECKS,
    "item": CHECKS,
    "checks": CHECKS,
}


# --- settings of a block ------------------------------------------------------------------


def _choices(block: Any) -> list[str]:
    """The values of a choice, without headings of groups."""
    found: list[str] = []
    for value, label in block.field.choices:
        found.extend([v for v, _label in label] if isinstance(label, (list, tuple)) else [value])
    return found


def _few(values: Sequence[Any]) -> st.SearchStrategy[list[Any]]:
    """Mostly none, which means any."""
    some = st.lists(st.sampled_from(list(values)), max_size=3, unique=True)
    return st.one_of(st.just([]), st.just([]), some)


def _number(block: Any) -> st.SearchStrategy[str]:
    if isinstance(block, FactorBlock):
        return st.sampled_from(["0", "0.5", "1/3", "1", "2", "20%"])
    if isinstance(block, PercentBlock):
        return st.sampled_from(["0", "30", "33.3", "100"])
    least = -1_000 if isinstance(block, SignedPointsBlock) else 0
    return st.integers(least, 1_500).map(points_text)


def setting(name: str, block: Any, earlier: Sequence[str]) -> st.SearchStrategy[Any]:
    """Return random settings for one block; `earlier` are short names to refer to."""
    if name in ("clauses", "base"):
        return st.lists(st.sampled_from(earlier), max_size=2, unique=True).map("、".join)
    if name in TEXTS:
        return st.sampled_from(list(TEXTS[name]))
    if isinstance(block, blocks.ListBlock):
        most = max(4, block.meta.min_num or 0)
        return st.lists(
            setting("", block.child_block, earlier), min_size=block.meta.min_num or 0, max_size=most
        )
    if isinstance(block, blocks.StructBlock):
        made = st.fixed_dictionaries(
            {key: setting(key, child, earlier) for key, child in block.child_blocks.items()}
        )
        if isinstance(block, WhichBlock):
            # Mostly everything: otherwise nearly nothing would ever match.
            return st.one_of(st.just({}), st.just({}), st.just({}), made)
        return made.map(_mended)
    return _single(block)


def _single(block: Any) -> st.SearchStrategy[Any]:
    made: st.SearchStrategy[Any]
    if isinstance(block, TargetBlock):
        return st.one_of(st.just("all"), st.sampled_from(["all", *PLACES]))
    if isinstance(block, TargetsBlock):
        return _few(PLACES)
    if isinstance(block, GroupBlock):
        return st.sampled_from(GROUPS)
    if isinstance(block, blocks.BooleanBlock):
        return st.booleans()
    if isinstance(block, blocks.MultipleChoiceBlock):
        return _few(_choices(block))
    if isinstance(block, blocks.ChoiceBlock):
        made = st.sampled_from(_choices(block))
        return made if block.field.required else st.one_of(st.just(""), st.just(""), made)
    if isinstance(block, blocks.IntegerBlock):
        least = block.field.min_value or 0
        made = st.integers(least, least + 3)
    elif isinstance(block, NumberTextBlock):
        made = _number(block)
    else:
        made = st.sampled_from(["甲", "乙"])
    return made if block.field.required else st.one_of(st.just(None), st.just(None), made)


def _mended(value: dict[str, Any]) -> dict[str, Any]:
    """Put right what the form would refuse and what is likely in random settings."""
    points = value.get("points")
    if "kind" in value and value["kind"] not in SIGNED and points:
        value = value | {"points": points.removeprefix("-")}
    if value.get("joint") == "fixed" and not value.get("joint_points"):
        value = value | {"joint_points": "1"}
    return value


@cache
def _settings_of(kind: str, earlier: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    def can_be_built(config: dict[str, Any]) -> bool:
        try:
            build_clause(kind, "b", config)
        except (ValueError, KeyError, SchemeFault):
            return False
        return True

    return setting("", SchemeBlocks().child_blocks[kind], earlier).filter(can_be_built)


def _rows_for_all(points: Sequence[int]) -> list[dict[str, str]]:
    return [
        {
            "kind": kind,
            "target": "all",
            "points": points_text(-number if kind in LOSING else number),
        }
        for kind, number in zip(FactKind.values, points, strict=True)
    ]


@st.composite
def configs(draw: st.DrawFn, most: int = MOST_CLAUSES) -> list[Config]:
    """Clauses as plain data in order: a points table first, then any kinds.

    Each has a short name, and refers to earlier ones alone.
    """
    kinds = sorted(SchemeBlocks().child_blocks)
    chosen = draw(st.lists(st.sampled_from(kinds), min_size=2, max_size=most - 1))
    made: list[Config] = []
    for n, kind in enumerate(["points_table", *chosen]):
        earlier = tuple(f"条款{before}" for before in range(n)) or ("某",)
        config = draw(_settings_of(kind, earlier))
        if n == 0:
            # Something for every kind of fact, or later clauses would have nothing to work on.
            wide = draw(st.lists(st.integers(0, 1_000), min_size=9, max_size=9))
            config = config | {"rows": [*config["rows"], *_rows_for_all(wide)]}
        made.append((kind, f"b{n}", config | {"name": f"条款{n}"}))
    return made


@st.composite
def specs(draw: st.DrawFn, most: int = MOST_CLAUSES) -> SchemeSpec:
    """A scheme of random clauses of all registered kinds."""
    made = draw(configs(most))
    return spec_from(
        made,
        rounding=draw(st.sampled_from(list(Rounding))),
        period=draw(st.sampled_from(PeriodKind.values)),
    )


def spec_from(made: Sequence[Config], *, rounding: Rounding, period: str) -> SchemeSpec:
    """Return the scheme of clauses that are plain data."""
    return SchemeSpec(
        id=1,
        name="随机办法",
        version=1,
        blocks=tuple(build_clause(*config) for config in made),
        rounding=rounding,
        period=period,
        names={block_id: config["name"] for _kind, block_id, config in made},
    )


# --- facts, units, targets ----------------------------------------------------------------


def facts(
    most: int = 14, until: date = date(YEAR, 12, 31), units: Sequence[int] = UNITS
) -> st.SearchStrategy[list[FactView]]:
    """Facts that could be recorded: each kind with what it must have."""
    some = st.lists(single_fact(until=until, units=units), min_size=most // 2, max_size=most)
    return some.map(_numbered)


def _numbered(some: list[FactView]) -> list[FactView]:
    return [
        replace(fact, id=pk, subject=fact.subject or f"item:{pk + 100}")
        for pk, fact in enumerate(some, start=1)
    ]


def _like(random: Random) -> FactView:
    kind = random.choice([*FactKind.values, *[FactKind.ADOPTION] * 4])
    carried = kind in (FactKind.ADOPTION, FactKind.FORWARDING)
    bulletin = random.choice(BULLETINS) if carried else None
    leader = kind == FactKind.INSTRUCTION
    adjusted = random.choice([-800, -1, 50, 800])
    return FactView(
        id=0,
        kind=kind,
        date=date(YEAR, 1, 1),
        bulletin_id=bulletin,
        bulletin=f"刊物{bulletin}" if bulletin else "",
        level=bulletin or (random.randint(1, 4) if leader else None),
        form=random.choice(["", *AdoptionForm.values]) if kind == FactKind.ADOPTION else "",
        title="某信息",
        units=(),
        genre=random.choice(["", *ItemForm.values]),
        mark=random.choice(MARKS_OF[kind]) if kind in MARKS_OF else "",
        check=random.choice(CHECKS) if kind == FactKind.CHECK else "",
        leader=random.choice(["", "某领导"]) if leader else "",
        note="理由",
        subject=random.choice(["item:1", "item:1", "item:2", ""]),
        words=random.choice([None, 1, 2, 3, 5]),
        hundredths=adjusted if kind == FactKind.ADJUSTMENT else random.choice([None, None, 5, 900]),
        traits=frozenset(random.sample(Trait.values, random.choice([0, 0, 1, 2]))),
    )


# What facts are like besides day and units; each could be recorded. Drawing them part by part
# would take most of the tests' time.
_LIKE = tuple(_like(random) for random in [Random(2026)] for _n in range(600))


@cache
def _parties(units: tuple[int, ...]) -> st.SearchStrategy[tuple[int, ...]]:
    """Mostly the first unit alone, so that facts meet each other."""
    several = st.lists(st.sampled_from(units), min_size=1, max_size=3, unique=True)
    return st.one_of(st.just(units[:1]), several.map(tuple))


def single_fact(
    until: date = date(YEAR, 12, 31), units: Sequence[int] = UNITS
) -> st.SearchStrategy[FactView]:
    """One fact that could be recorded, with the number 999."""
    first = date(until.year, 1, 1)
    return st.builds(
        lambda like, day, parties: replace(
            like, id=999, date=first + timedelta(day), units=parties
        ),
        st.sampled_from(_LIKE),
        st.integers(0, (until - first).days),
        _parties(tuple(units)),
    )


_DAYS = st.one_of(st.none(), st.none(), st.dates(date(YEAR - 1, 10, 1), date(YEAR + 1, 2, 1)))


@st.composite
def units(draw: st.DrawFn) -> dict[int, UnitView]:
    """All five units; some new, some gone, some without a group."""
    return {
        pk: UnitView(
            id=pk,
            name=f"单位{pk}",
            kind=UnitKind.DIRECT if pk > 3 else UnitKind.TOWN,
            parent_id=pk - 3 if pk > 3 else None,
            groups=draw(st.sampled_from([{}, {YEAR: 1}, {YEAR: 2}])),
            active_from=draw(_DAYS),
            active_until=draw(_DAYS),
        )
        for pk in UNITS
    }


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A year of a scheme in force, or a part of it, seen from some day."""
    start = draw(st.sampled_from([date(YEAR, 1, 1), date(YEAR, 2, 16)]))
    end = draw(st.sampled_from([date(YEAR, 12, 31), date(YEAR, 10, 9)]))
    keys = st.tuples(
        st.sampled_from(UNITS),
        st.sampled_from(Measure.values),
        st.sampled_from(PeriodKind.values),
        st.just(YEAR),
    )
    return World(
        start=start,
        end=end,
        as_of=draw(st.dates(date(YEAR, 1, 1), date(YEAR + 1, 2, 1))),
        units=draw(units()),
        targets=draw(st.dictionaries(keys, st.integers(0, 1_000), max_size=6)),
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
