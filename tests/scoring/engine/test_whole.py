"""A scheme of many clauses: what must hold whatever it says and whatever happened."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scoring.adoptions.rules import MARKS_OF, FactKind, Trait
from scoring.schemes.engine import FactView, SchemeSpec, UnitView, World, run
from scoring.schemes.periods import span_of

from .making import clause, table

UNITS = [
    UnitView(1, "甲县", "county"),
    UnitView(2, "乙县", "county"),
    UnitView(3, "丙局", "department", active_from=date(2026, 4, 10)),
    UnitView(11, "甲县直报点", "direct", 1),
    UnitView(12, "甲县第二直报点", "direct", 1),
]
TODAY = date(2026, 11, 20)

CHECKED = [
    {"check": "队伍健全", "points": "3", "tick": "standing"},
    {"check": "参加培训", "points": "1", "tick": "once"},
]
WHOLE = (
    table(("submission", "all", "0.5"), ("adoption", "bulletin:1", "5"), ("adoption", "all", "3"),
          ("urgent", "all", "-1"), block_id="table", joint="ratio", joint_ratio="3:2"),
    clause("instructions", rows=[{"level": 3, "points": "10"}, {"points": "5"}],
           repeat="best", further="50%", joint="equal"),
    clause("checklist", rows=CHECKED),
    clause("adjustment", plus_most="5"),
    clause("multiplier", factor="2", whose={"facts": {"traits": ["front"]}}),
    clause("multiplier", "half", factor="1/3", whose={"facts": {"traits": ["repost"]}}),
    clause("several", way="per_level", best=2),
    clause("urgent_share", percent="20"),
    clause("quality", marks=["untrue", "serious"], zero_item=True, zero_span="month", minus="2"),
    clause("cap", most="40", least="0"),
)  # fmt: skip
OUT = clause("exclude", which={"traits": ["speech"]}, counts=False)

SPECS = st.builds(
    lambda period, credited, out: SchemeSpec(
        id=1,
        name="办法",
        version=1,
        blocks=(
            *([clause("credit", to=credited)] if credited else []),
            *([OUT] if out else []),
            *WHOLE,
        ),
        period=period,
    ),
    st.sampled_from(["month_merged", "quarter", "year"]),
    st.sampled_from(["", "parent", "both"]),
    st.booleans(),
)


@st.composite
def facts(draw: st.DrawFn) -> list[FactView]:
    made = []
    for pk in range(1, draw(st.integers(0, 9)) + 1):
        kind = draw(st.sampled_from(FactKind.values))
        bulletin = draw(st.integers(1, 3)) if kind == "adoption" else None
        marks: Any = MARKS_OF.get(kind) or ("",)
        made.append(
            FactView(
                id=pk,
                kind=kind,
                date=draw(st.dates(date(2026, 1, 1), TODAY)),
                bulletin_id=bulletin,
                bulletin=f"刊{bulletin}" if bulletin else "",
                level=bulletin or (draw(st.integers(1, 4)) if kind == "instruction" else None),
                form="single" if kind == "adoption" else "",
                title="某信息",
                units=tuple(
                    draw(
                        st.lists(
                            st.sampled_from([u.id for u in UNITS]),
                            min_size=1,
                            max_size=3,
                            unique=True,
                        )
                    )
                ),
                mark=draw(st.sampled_from(marks)),
                check=draw(st.sampled_from(["队伍健全", "参加培训"])) if kind == "check" else "",
                note="理由",
                subject=draw(st.sampled_from(["item:1", "item:2", ""])),
                hundredths=draw(st.integers(-900, 900)) if kind == "adjustment" else None,
                traits=frozenset(draw(st.lists(st.sampled_from(Trait.values), max_size=2))),
            )
        )
    return made


def year(units: list[UnitView]) -> World:
    return World(
        start=date(2026, 1, 1),
        end=date(2026, 12, 31),
        as_of=TODAY,
        units={unit.id: unit for unit in units},
        others={unit.id: unit for unit in UNITS if unit not in units},
    )


@given(SPECS, facts(), st.randoms())
def test_order_of_facts_changes_nothing(
    spec: SchemeSpec, happened: list[FactView], random: Any
) -> None:
    shuffled = list(happened)
    random.shuffle(shuffled)
    assert run(spec, happened, year(UNITS)) == run(spec, shuffled, year(UNITS))


@given(SPECS, facts())
def test_a_unit_depends_on_its_own_facts_alone(spec: SchemeSpec, happened: list[FactView]) -> None:
    """So that the ledger may score a few units at a time, as it does.

    Its own: those that name it, or one of its 直报点 when the scheme credits them.
    """
    whole = run(spec, happened, year(UNITS))
    credited = any(hasattr(block, "redirect") for block in spec.blocks)
    for unit in UNITS:
        own = {unit.id, *(u.id for u in UNITS if credited and u.parent_id == unit.id)}
        mine = [fact for fact in happened if not own.isdisjoint(fact.units)]
        alone = run(spec, mine, year([unit]))
        assert sorted(alone, key=str) == sorted(
            (entry for entry in whole if entry.unit_id == unit.id), key=str
        )


@given(SPECS, facts())
def test_every_entry_says_why_and_every_period_stays_within_the_limits(
    spec: SchemeSpec, happened: list[FactView]
) -> None:
    sums: dict[Any, int] = {}
    for entry in run(spec, happened, year(UNITS)):
        assert entry.sentence.endswith("。")
        assert date(2026, 1, 1) <= entry.date <= TODAY
        assert "。。" not in entry.sentence
        assert "，，" not in entry.sentence
        key = (entry.unit_id, span_of(spec.period, entry.date))
        sums[key] = sums.get(key, 0) + entry.hundredths
    assert all(0 <= sum_ <= 4_000 for sum_ in sums.values())
