"""Moments that cannot be are named in words; grades that numbers suggest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.urgent.presets import presets
from scoring.urgent.rules_clocks import problems
from scoring.urgent.rules_grades import EventClass, Grade, Measure, Threshold, highest, suggest
from tests.properties import examples

from .moments import at, facts

NOW = at("15:00")


@pytest.mark.parametrize(
    ("moments", "told"),
    [
        ("事发14:00 获悉14:03 接报14:05 电话14:10 书面14:40 续14:50 终报14:55 结束15:00", []),
        ("事发14:00 获悉14:00 电话14:00 书面14:00", []),
        # A phone's clock may run ahead by a minute.
        ("事发15:01 获悉15:01", []),
        ("事发15:01:01 获悉15:01:01", [
            "事发时间15:01:01还没有到（现在6月3日15:00），请核对日期和时间。",
            "获悉时间15:01:01还没有到（现在6月3日15:00），请核对日期和时间。",
        ]),
        ("事发13:00 获悉2027-06-03T13:00", [
            "获悉时间2027年6月3日13:00还没有到（现在6月3日15:00），请核对日期和时间。",
        ]),
        ("事发14:10 获悉14:03", ["获悉时间6月3日14:03早于事发时间14:10，请核对。"]),
        ("约 事发14:10 获悉14:03", []),
        ("约 事发14:10 获悉13:10 结束13:10", []),
        ("约 事发14:10 获悉13:09", ["获悉时间6月3日13:09早于事发时间14:10，请核对。"]),
        ("事发14:00 获悉14:03 书面2日14:10",
         ["书面报告时间6月2日14:10早于获悉时间6月3日14:03，请核对。"]),
        ("事发14:00 获悉14:03 电话14:02", ["电话报告时间6月3日14:02早于获悉时间14:03，请核对。"]),
        ("事发14:00 获悉14:03 接报13:59", ["接报时间6月3日13:59早于事发时间14:00，请核对。"]),
        ("获悉14:03 续14:20", ["还没有首报，不能续报。请先登记首报。"]),
        ("获悉14:03 电话14:10 续14:05", ["第1次续报时间6月3日14:05早于首报时间14:10，请核对。"]),
        ("获悉14:03 电话14:10 续14:30 续14:20",
         ["第2次续报时间6月3日14:20早于上一次续报时间14:30，请核对。"]),
        ("获悉14:03 终报14:20", ["还没有首报，不能终报。请先登记首报。"]),
        ("获悉14:03 书面14:10 续14:40 终报14:30",
         ["终报时间6月3日14:30早于最后一次续报时间14:40，请核对。"]),
        ("事发14:00 获悉14:03 结束13:00", ["处置结束时间6月3日13:00早于事发时间14:00，请核对。"]),
    ],
)  # fmt: skip
def test_problems(moments: str, told: list[str]) -> None:
    assert problems(facts(moments), NOW) == told


SAFETY = presets()["grades-493"].thresholds
GROUP = presets()["grades-group"].thresholds + presets()["grades-group-local"].thresholds
D, S, L, P = Measure.DEAD, Measure.SEVERE, Measure.LOSS, Measure.PEOPLE


@pytest.mark.parametrize(
    ("numbers", "cls", "grade"),
    [
        ({D: 30}, "accident", Grade.EXTREME),
        ({D: 29}, "accident", Grade.MAJOR),
        ({D: 10}, "accident", Grade.MAJOR),
        ({D: 9}, "accident", Grade.SERIOUS),
        ({D: 3}, "accident", Grade.SERIOUS),
        ({D: 2}, "accident", Grade.GENERAL),
        ({D: 0}, "accident", None),
        ({D: None}, "accident", None),
        ({S: 100}, "accident", Grade.EXTREME),
        ({S: 99}, "accident", Grade.MAJOR),
        ({S: 50}, "accident", Grade.MAJOR),
        ({S: 49}, "accident", Grade.SERIOUS),
        ({S: 10}, "accident", Grade.SERIOUS),
        ({S: 9}, "accident", Grade.GENERAL),
        ({L: 10_000}, "accident", Grade.EXTREME),
        ({L: 9_999}, "accident", Grade.MAJOR),
        ({L: 5_000}, "accident", Grade.MAJOR),
        ({L: 4_999}, "accident", Grade.SERIOUS),
        ({L: 1_000}, "accident", Grade.SERIOUS),
        ({L: 999}, "accident", Grade.GENERAL),
        # The highest wins.
        ({D: 2, S: 50, L: 1_000}, "accident", Grade.MAJOR),
        ({P: 5000}, "group", Grade.EXTREME),
        ({P: 4999}, "group", Grade.MAJOR),
        ({P: 1000}, "group", Grade.MAJOR),
        ({P: 999}, "group", Grade.SERIOUS),
        ({P: 30}, "group", Grade.SERIOUS),
        ({P: 5}, "group", Grade.GENERAL),
        ({P: 4}, "group", None),
        # Deaths of a fire count as an accident only where it is one.
        ({D: 30}, "nature", None),
    ],
)
def test_grades(numbers: dict[Measure, int | None], cls: str, grade: Grade | None) -> None:
    rows = [*SAFETY, *GROUP]
    assert suggest(numbers, rows, cls=cls, day=date(2026, 6, 3)).grade == grade


def test_what_a_suggestion_says() -> None:
    day = date(2026, 6, 3)
    assert suggest({D: 3, S: 2}, SAFETY, cls="accident", day=day).sentence == (
        "建议级别：较大。死亡3人，达到“3人以上”（含本数），"
        "依据《生产安全事故报告和调查处理条例》（国务院令第493号），几项标准取最高。"
        "仅供参考，级别由人确定。"
    )
    assert "直接经济损失1200万元，达到“1000万元以上”" in (
        suggest({L: 1_200}, SAFETY, cls="accident", day=day).sentence
    )
    assert "1亿元以上" in suggest({L: 10_000}, SAFETY, cls="accident", day=day).sentence
    assert suggest({D: 3}, SAFETY, cls="accident", day=date(2007, 5, 31)).grade is None
    ended = [replace(row, valid_to=date(2026, 6, 2)) for row in SAFETY]
    assert suggest({D: 3}, ended, cls="accident", day=day).grade is None


thresholds = st.lists(
    st.builds(
        Threshold,
        id=st.integers(1, 99),
        cls=st.sampled_from(["", *EventClass.values]),
        measure=st.sampled_from(Measure),
        grade=st.sampled_from(Grade),
        at_least=st.integers(1, 20),
        valid_from=st.sampled_from([date(2020, 1, 1), date(2026, 6, 4)]),
    ),
    max_size=12,
)


@given(
    st.dictionaries(st.sampled_from(Measure), st.none() | st.integers(0, 25)),
    thresholds,
    st.sampled_from(EventClass.values),
)
@examples(30)
def test_the_gravest_grade_that_any_number_reaches(
    numbers: dict[Measure, int | None], rows: list[Threshold], cls: str
) -> None:
    day = date(2026, 6, 3)
    reached = [
        row.grade
        for row in rows
        if row.cls in ("", cls)
        and row.valid_from <= day
        and (numbers.get(row.measure) or 0) >= row.at_least
    ]
    found = suggest(numbers, rows, cls=cls, day=day)
    assert found.grade == highest(reached)
    more = {measure: (number or 0) + 1 for measure, number in numbers.items()}
    grown = suggest(more, rows, cls=cls, day=day).grade
    assert found.grade is None or (grown is not None and grown.rank >= found.grade.rank)
