"""Adoption rate, strikes, mean and bars: worked by hand, and against slow twins."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.schemes.clauses.strike import Strike
from scoring.schemes.engine import run
from scoring.schemes.rules import Rounding, to_hundredths

from .helpers import clause, fact, facts, only, scored, spec, table, unit, world

Q1 = date(2026, 4, 1)


def sent(submitted: int, adopted: int, day: str = "02-03") -> list[Any]:
    return [
        *facts("submission", submitted, day),
        *facts("adoption", adopted, day, start=500),
    ]


# --- adoption rate ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("submitted", "adopted", "expected"),
    [
        (10, 2, "-1"),  # 钟楼: below 30 % −1
        (10, 3, None),  # exactly 30 %
        (10, 4, None),
        (1000, 299, "-1"),  # 29.9 %
        (7, 2, "-1"),  # 28.57 %
        (5, 0, "-1"),
        (0, 0, None),
        (0, 2, None),  # adopted this quarter, sent last quarter
        (14, 4, "-1"),  # 西宁 2017: 28.6 %
        (2, 3, None),
    ],
)
def test_rate_below_the_gate(submitted: int, adopted: int, expected: str | None) -> None:
    gate = clause("rate_gate", percent="30", points="1")
    found = scored(gate, facts=sent(submitted, adopted), world=world(as_of=Q1))
    assert found == ([] if expected is None else [(1, "03-31", expected)])


def test_rate_in_words_and_flag() -> None:
    gate = clause("rate_gate", percent="30", points="1", flag="通报批评")
    entry = only(gate, facts=sent(7, 2), world=world(as_of=Q1))
    assert entry.flag == "通报批评"
    assert entry.sentence == (
        "2026年第一季度报送7条，采用2条，采用率28.57%，低于30%，扣1分，通报批评。"
    )


def test_nothing_sent_is_below_when_the_scheme_says_so() -> None:
    gate = clause("rate_gate", percent="30", points="1", nothing_sent="below")
    entry = only(gate, world=world(as_of=Q1))
    assert entry.sentence == "2026年第一季度没有报送，按采用率未达到30%处理，扣1分。"
    assert scored(gate, facts=sent(0, 1), world=world(as_of=Q1)) == []


def test_which_adoptions_count_and_one_piece_once() -> None:
    twice = [*facts("submission", 2), fact(500, subject="item:1"), fact(501, subject="item:1")]
    for config, expected in (
        ({}, 0),
        ({"once": True}, 1),
        ({"which": {"targets": ["level:1"]}}, 1),
    ):
        gate = clause("rate_gate", percent="60", points="1", **config)
        assert len(scored(gate, facts=twice, world=world(as_of=Q1))) == expected


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 1000), st.booleans())
def test_rate_equals_slow_twin(submitted: int, adopted: int, tenths: int, below: bool) -> None:
    """Without fractions: count how many items would have to be adopted at least."""
    gate = clause(
        "rate_gate",
        percent=f"{tenths // 10}.{tenths % 10}",
        points="1",
        nothing_sent="below" if below else "passes",
    )
    found = scored(gate, facts=sent(submitted, adopted), world=world(as_of=Q1))
    needed = next(n for n in range(submitted + 1) if n * 1000 >= tenths * submitted)
    caught = adopted < needed if submitted else (below and adopted == 0)
    assert bool(found) == caught


# --- strikes ------------------------------------------------------------------------------

MISSED = {"kinds": ["commission"], "marks": ["missed"]}


def missed(*days: str, units: tuple[int, ...] = (1,)) -> list[Any]:
    return [fact(n, "commission", day, mark="missed", units=units) for n, day in enumerate(days, 1)]


@pytest.mark.parametrize(
    ("days", "config", "expected"),
    [
        ([], {}, []),
        (["02-01", "05-06"], {}, []),
        (["02-01", "05-06", "09-09"], {}, [(1, "09-09", "-8")]),
        (["09-09", "05-06", "02-01", "11-11"], {}, [(1, "09-09", "-8")]),
        # Within a period: only the quarter with three.
        (["02-01", "05-06", "09-09"], {"within": "period"}, []),
        (["02-01", "02-01", "03-31"], {"within": "period"}, [(1, "03-31", "-4")]),
        (["02-01", "02-02", "02-03"], {"way": "deduct", "points": "5"}, [(1, "02-03", "-5")]),
        (["02-01", "02-02", "02-03"], {"way": "flag", "flag": "取消评先"}, [(1, "02-03", "0")]),
    ],
)
def test_third_time(days: list[str], config: dict[str, Any], expected: list[Any]) -> None:
    """The unit has 4 points of March and 4 of December."""
    settings: dict[str, Any] = {"times": 3, "within": "year", "way": "zero"} | config
    strike = clause("strike", which=MISSED, **settings)
    adopted = [fact(90, day="03-05"), fact(91, day="12-05")]
    found = scored(table(adoption="4"), strike, facts=[*missed(*days), *adopted], world=world())
    assert found == expected


def test_strike_in_words() -> None:
    strike = clause("strike", which=MISSED, times=2, way="zero", flag="取消评先")
    entry = only(
        table(adoption="4"), strike, facts=[*missed("02-01", "05-06"), fact(90)], world=world()
    )
    assert entry.flag == "取消评先"
    assert entry.sentence == "2026年未报约稿达到2次（共2次），合计4分归零，取消评先。"


def test_nothing_above_zero_is_left_alone() -> None:
    strike = clause("strike", which=MISSED, times=2, way="zero")
    entry = only(table(commission="-3"), strike, facts=missed("02-01", "05-06"), world=world())
    assert (entry.hundredths, entry.sentence) == (
        0,
        "2026年未报约稿达到2次（共2次），合计-6分，已不高于零，不再扣。",
    )


def test_only_named_points_become_zero() -> None:
    base = clause("base", "基础分", points="6", per="year")
    strike = clause("strike", which=MISSED, times=2, way="zero", whose={"clauses": "采用分"})
    given_facts = [*missed("02-01", "05-06"), fact(90)]
    assert scored(base, table(adoption="4"), strike, facts=given_facts, world=world()) == [
        (1, "05-06", "-4")
    ]


@given(
    st.lists(st.tuples(st.integers(1, 12), st.integers(1, 2)), max_size=10),
    st.integers(1, 4),
    st.sampled_from(["period", "year"]),
    st.lists(st.integers(1, 12), max_size=4),
)
def test_strike_equals_slow_twin(
    happened: list[tuple[int, int]], times: int, within: str, adopted: list[int]
) -> None:
    """Walk through the months, counting on; what must be left in the end is nothing."""
    given_facts = [
        *(
            fact(n, "commission", f"{m:02}-15", mark="missed", units=(u,))
            for n, (m, u) in enumerate(happened)
        ),
        *(fact(100 + n, day=f"{m:02}-20", units=(1, 2)) for n, m in enumerate(adopted)),
    ]
    strike = clause("strike", which=MISSED, times=times, within=within, way=Strike.ZERO)
    entries = run(spec(table(adoption="4"), strike), given_facts, world(unit(1), unit(2)))
    for pk in (1, 2):
        expected: dict[int, int] = {}
        count = 0
        for month in range(1, 13):
            if within == "period" and month in (4, 7, 10):
                count = 0
            for m, u in happened:
                if (m, u) == (month, pk):
                    count += 1
                    if count == times:
                        first = (month - 1) // 3 * 3 + 1
                        months = range(first, first + 3) if within == "period" else range(1, 13)
                        expected[month] = -400 * sum(1 for a in adopted if a in months)
        assert {
            e.date.month: e.hundredths
            for e in entries
            if e.block_id == "strike" and e.unit_id == pk
        } == expected


# --- mean ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_facts", "config", "expected"),
    [
        ([], {}, []),
        ([fact(1)], {}, []),  # one item: its mean is itself
        ([fact(1), fact(2)], {}, [(1, "03-05", "-5")]),  # 10 → 5
        ([fact(1), fact(2), fact(3, "submission")], {}, [(1, "03-05", "-7.33")]),  # 11 ÷ 3 = 3.67
        ([fact(1, subject="a"), fact(2, subject="a")], {"once": True}, []),
        ([fact(1), fact(2, "forwarding")], {}, []),  # the second earned 0: not counted
        ([fact(1), fact(2, "forwarding")], {"zeros": True}, [(1, "03-05", "-2.5")]),
        ([fact(1, day="03-31"), fact(2, day="04-01")], {}, []),  # two quarters
        ([fact(1, day="03-31"), fact(2, day="04-01")], {"within": "year"}, [(1, "04-01", "-5")]),
    ],
)
def test_mean_by_hand(given_facts: list[Any], config: dict[str, Any], expected: list[Any]) -> None:
    """Adoption 5, submission 1, forwarding 0; base points are no item."""
    base = clause("base", "基础分", points="6")
    mean = clause("mean", **config)
    points = table(adoption="5", submission="1", forwarding="0")
    assert scored(base, points, mean, facts=given_facts, world=world()) == expected


def test_mean_in_words_and_rounding() -> None:
    mean = clause("mean", whose={"clauses": "采用分"})
    given_facts = [fact(1), fact(2), fact(3, "submission")]
    points = table(adoption="5", submission="1")
    entry = only(points, mean, facts=given_facts, world=world())
    assert entry.sentence == (
        "2026年第一季度采用分共11分，计3条，按平均11÷3=3.67分计，调整-7.33分。"
    )
    entry = only(points, mean, facts=given_facts, world=world(), rounding=Rounding.DOWN)
    assert entry.hundredths == 366 - 1100


@given(
    st.lists(
        st.tuples(st.integers(1, 12), st.sampled_from(["adoption", "quality", "check"])),
        max_size=12,
    ),
    st.booleans(),
    st.sampled_from(list(Rounding)),
)
def test_mean_equals_slow_twin(
    happened: list[tuple[int, str]], zeros: bool, rounding: Rounding
) -> None:
    """Build the mean up by walking through the items; what stands in the end is that mean."""
    worth = {"adoption": 700, "quality": -250, "check": 0}
    given_facts = [fact(n, kind, f"{m:02}-15") for n, (m, kind) in enumerate(happened)]
    mean = clause("mean", zeros=zeros)
    points = table(adoption="7", quality="-2.5", check="0")
    entries = run(spec(points, mean, rounding=rounding), given_facts, world())
    for quarter in range(1, 5):
        running, n = Fraction(0), 0
        for month, kind in happened:
            if (month + 2) // 3 == quarter and (worth[kind] or zeros):
                n += 1
                running += (Fraction(worth[kind], 100) - running) / n
        stands = sum(e.hundredths for e in entries if (e.date.month + 2) // 3 == quarter)
        assert stands == to_hundredths(running, rounding)


# --- bars ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "adopted", "marked"),
    [
        ("below", 0, True),
        ("below", 1, True),
        ("below", 2, False),  # 6 is not below 6
        ("not_over", 2, True),
        ("not_over", 3, False),
        ("reaches", 1, False),
        ("reaches", 2, True),
        ("above", 2, False),
        ("above", 3, True),
    ],
)
def test_bar_of_six_points(when: str, adopted: int, marked: bool) -> None:
    bar = clause("total_flag", when=when, bar="6", flag="不达标")
    found = scored(
        table(adoption="3"), bar, facts=facts("adoption", adopted), world=world(as_of=Q1)
    )
    assert found == ([(1, "03-31", "0")] if marked else [])


def test_zhonglou_below_six_fails() -> None:
    """Base 6, one late commission −1: 5 points, 不达标; no points change by that."""
    base = clause("base", "基础分", points="6")
    late = [fact(1, "commission", mark="late")]
    bar = clause("total_flag", when="below", bar="6", flag="不达标")
    entry = only(base, table(commission="-1"), bar, facts=late, world=world(as_of=Q1))
    assert (entry.hundredths, entry.flag) == (0, "不达标")
    assert entry.sentence == "2026年第一季度合计5分，低于6分：不达标。"


def test_bar_of_a_year_waits_for_its_end() -> None:
    bar = clause("total_flag", when="below", bar="6", flag="不达标", within="year")
    points = table(adoption="3")
    assert scored(points, bar, world=world(as_of=date(2026, 12, 31))) == []
    assert scored(points, bar, world=world(as_of=date(2027, 1, 1))) == [(1, "12-31", "0")]


@given(
    st.lists(st.integers(1, 12), max_size=8),
    st.integers(-5, 20),
    st.sampled_from(["below", "not_over", "reaches", "above"]),
)
def test_bar_equals_slow_twin(months: list[int], bar: int, when: str) -> None:
    """Sort the sum into a row of sums with the bar; where it stands tells."""
    flagged = clause("total_flag", when=when, bar=str(bar), flag="某")
    entries = run(
        spec(table(adoption="3"), flagged),
        [fact(n, day=f"{m:02}-15") for n, m in enumerate(months)],
        world(),
    )
    found = {(e.date.month + 2) // 3 for e in entries if e.flag}
    expected = set()
    for quarter in range(1, 5):
        sum_ = sum(3 for m in months if (m + 2) // 3 == quarter)
        row = sorted([sum_, bar])
        lower = any(a < b and a == sum_ for a, b in pairwise(row))
        higher = any(a < b and b == sum_ for a, b in pairwise(row))
        meets = {
            "below": lower,
            "not_over": not higher,
            "reaches": not lower,
            "above": higher,
        }[when]
        if meets:
            expected.add(quarter)
    assert found == expected
