"""The checklist: ticks, once a period, and items that stand until they are taken."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.schemes.checks import faults_of
from scoring.schemes.engine import Clause, UnitView, run
from scoring.schemes.rules import points_text

from .making import check, clause, day, points_of, spec, world
from .making import given as shown


def checklist(*rows: tuple[str, str, str]) -> Clause:
    """Rows as (name, points, when it counts)."""
    names = ("check", "points", "tick")
    return clause("checklist", rows=[dict(zip(names, row, strict=True)) for row in rows])


RULES = checklist(
    ("参加培训", "1", "each"),
    ("上报总结", "2", "once"),
    ("开会缺席", "-0.5", "each"),
    ("泄密", "-10", "once"),
)
TODAY = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("ticks", "points"),
    [
        ([("参加培训", 3)], "1"),
        ([("参加培训", 3), ("参加培训", 3)], "2"),
        ([("上报总结", 3), ("上报总结", 3)], "2"),
        ([("上报总结", 3), ("上报总结", 4)], "4"),
        ([("开会缺席", 3), ("开会缺席", 3)], "-1"),
        ([("泄密", 1), ("泄密", 3), ("泄密", 4)], "-20"),
        ([("参加 培训", 3)], "1"),
        ([("参加培训会", 3)], "0"),
        ([("参加培训", 3), ("上报总结", 3), ("泄密", 3)], "-7"),
    ],
)
def test_ticks(ticks: list[tuple[str, int]], points: str) -> None:
    facts = [check(n, name, date=day(month)) for n, (name, month) in enumerate(ticks)]
    assert points_of(run(spec(RULES), facts)) == points


def test_sentences() -> None:
    facts = [
        check(1, "上报总结"),
        check(2, "上报总结", date=day(3, 9)),
        check(3, "开会缺席", note="3月工作会。"),
    ]
    assert {e.fact_id: e.sentence for e in run(spec(RULES), facts)} == {
        1: "考核项目“上报总结”，计2分。",
        2: "考核项目“上报总结”2026年第一季度已计过，每期最多计一次，本次不计分。",
        3: "考核项目“开会缺席”，扣0.5分，3月工作会。",
    }
    assert RULES.describe()[1] == "上报总结：2分，每期最多计一次。"


def test_row_with_a_consequence_that_is_no_points() -> None:
    row = {"check": "反馈未报", "points": "-10", "flag": "视情况予以通报"}
    rules = clause("checklist", rows=[row])
    (entry,) = run(spec(rules), [check(1, "反馈未报", note="3月工作会。")])
    assert (entry.hundredths, entry.flag) == (-1_000, "视情况予以通报")
    assert entry.sentence == "考核项目“反馈未报”，扣10分，视情况予以通报，3月工作会。"
    assert rules.describe() == ["反馈未报：-10分，每登记一次计一次，视情况予以通报。"]


STANDING = checklist(("队伍健全", "3", "standing"), ("参加培训", "1", "each"))


@pytest.mark.parametrize(
    ("ticks", "points"),
    [
        ([], "6"),  # two quarters have begun
        ([("队伍健全", 2)], "3"),
        ([("队伍健全", 2), ("队伍健全", 3)], "3"),
        ([("队伍健全", 2), ("队伍健全", 4)], "0"),
        ([("参加培训", 2)], "7"),
    ],
)
def test_standing_items(ticks: list[tuple[str, int]], points: str) -> None:
    facts = [check(n, name, date=day(month)) for n, (name, month) in enumerate(ticks)]
    entries = run(spec(STANDING), facts, world(1, as_of=TODAY))
    assert points_of(entries) == points


def test_standing_points_come_on_the_first_day_of_period_scheme_or_unit() -> None:
    new = UnitView(2, "新设单位", active_from=date(2026, 5, 4))
    gone = UnitView(3, "撤销单位", active_until=date(2026, 3, 31))
    here = world(1, new, gone, as_of=TODAY, start=date(2026, 2, 1))
    entries = run(spec(STANDING), [], here)
    assert [(e.unit_id, e.about, e.date) for e in entries] == [
        (1, "p2026-03-31:0", date(2026, 2, 1)),
        (3, "p2026-03-31:0", date(2026, 2, 1)),
        (1, "p2026-06-30:0", date(2026, 4, 1)),
        (2, "p2026-06-30:0", date(2026, 5, 4)),
    ]
    assert entries[0].sentence == "2026年第一季度考核项目“队伍健全”默认得3分。"


def test_taken_points_are_told_and_never_go_below_the_standing_ones() -> None:
    facts = [check(n, "队伍健全", date=day(3, n)) for n in (1, 2)]
    entries = run(spec(STANDING), facts, world(1, as_of=date(2026, 3, 31)))
    assert shown(entries) == [(1, None, "3"), (1, 1, "-3"), (1, 2, "0")]
    assert [e.sentence for e in entries[1:]] == [
        "考核项目“队伍健全”未做到，扣回2026年第一季度默认的3分。",
        "考核项目“队伍健全”2026年第一季度已扣过，不再扣。",
    ]
    # Ends in the quarter: nothing stands, so nothing can be taken.
    cut = world(1, as_of=date(2026, 3, 31), end=date(2026, 3, 15))
    assert shown(run(spec(STANDING), facts[:1], cut)) == [(1, 1, "0")]


@pytest.mark.parametrize(("rules", "found"), [(RULES, 0), (STANDING, 1)])
def test_standing_points_need_a_whole_period(rules: Clause, found: int) -> None:
    """A scheme that ends before its first quarter does would never give them."""
    short = faults_of(spec(rules), date(2026, 1, 1), date(2026, 2, 28))
    assert len(short) == found
    assert not faults_of(spec(rules), date(2026, 1, 1), date(2026, 3, 31))


TICKS = st.lists(
    st.tuples(st.integers(0, 2), st.dates(date(2026, 1, 1), TODAY), st.integers(1, 2)),
    max_size=10,
)


@given(TICKS, st.lists(st.sampled_from(["each", "once", "standing"]), min_size=3, max_size=3))
def test_checklist_equals_slow_twin(ticks: Any, ways: list[str]) -> None:
    worth = (100, 250, 30)
    rules = checklist(*((f"项{n}", points_text(worth[n]), way) for n, way in enumerate(ways)))
    facts = [
        check(pk, f"项{n}", date=when, units=(unit,)) for pk, (n, when, unit) in enumerate(ticks)
    ]
    entries = run(spec(rules), facts, world(1, 2, as_of=TODAY))
    for unit in (1, 2):
        expected = 0
        for n, way in enumerate(ways):
            for quarter in (0, 1):
                number = sum(
                    1
                    for item, when, who in ticks
                    if item == n and who == unit and (when.month - 1) // 3 == quarter
                )
                times = {"each": number, "once": min(number, 1), "standing": 1 - min(number, 1)}
                expected += worth[n] * times[way]
        assert points_of(entries, unit) == points_text(expected)
