"""A year's totals as points of the annual assessment: by hand, and against slow twins."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.schemes.engine import conversion_of, run
from scoring.schemes.rules import Rounding, to_hundredths

from .helpers import clause, fact, spec, table, world


def converted(
    totals: dict[int, int],
    *,
    months: dict[int, list[int]] | None = None,
    targets: dict[int, int] | None = None,
    rounding: Rounding = Rounding.HALF_UP,
    **config: Any,
) -> dict[int, int]:
    found = conversion_of(spec(clause("conversion", **config), rounding=rounding))
    assert found is not None
    return found.converted(totals, months or {}, targets or {})


# 扎兰屯 2023 Q1 (domain rules §4.3 B): 205, 180, 145, 135, 130.
ZHALANTUN = {1: 20_500, 2: 18_000, 3: 14_500, 4: 13_500, 5: 13_000}
RANKS = [
    {"first": 1, "points": "10"},
    {"first": 2, "last": 3, "points": "8"},
    {"first": 4, "last": 4, "points": "5.5"},
]


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"way": "factor", "factor": "0.05"}, [1025, 900, 725, 675, 650]),
        ({"way": "factor", "factor": "1/3"}, [6833, 6000, 4833, 4500, 4333]),
        ({"way": "factor", "factor": "0.05", "most": "10"}, [1000, 900, 725, 675, 650]),
        # 180/205 × 10 = 8.780…, 145/205 × 10 = 7.073…, 6.585…, 6.341…
        ({"way": "highest", "full": "10"}, [1000, 878, 707, 659, 634]),
        ({"way": "target", "full": "5", "number": "150"}, [500, 500, 483, 450, 433]),
        ({"way": "rank", "rows": RANKS}, [1000, 800, 800, 550, 0]),
        ({"way": "rank", "rows": RANKS, "otherwise": "3"}, [1000, 800, 800, 550, 300]),
    ],
)
def test_zhalantun_converted(config: dict[str, Any], expected: list[int]) -> None:
    assert list(converted(ZHALANTUN, **config).values()) == expected


def test_ties_share_the_rank() -> None:
    assert converted({1: 500, 2: 500, 3: 400, 4: 0}, way="rank", rows=RANKS) == {
        1: 1000,
        2: 1000,
        3: 800,
        4: 550,
    }


def test_target_of_the_table_leaves_out_who_has_none() -> None:
    targets = {1: 15_000, 2: 3_000, 3: 0}
    assert converted(
        {1: 12_000, 2: 4_500, 3: 100, 4: 100}, targets=targets, way="target", full="10"
    ) == {1: 800, 2: 1000}


def test_mean_of_months_times_weight() -> None:
    months = {1: [1000, 2000, 600], 2: [0, 0, 100], 3: []}
    assert converted({1: 3600, 2: 100, 3: 0}, months=months, way="months", factor="20%") == {
        1: 240,
        2: 7,  # 1/3 × 0.2 = 0.0667
        3: 0,
    }


def test_below_zero() -> None:
    totals = {1: -500, 2: 1000}
    assert converted(totals, way="factor", factor="0.1") == {1: -50, 2: 100}
    assert converted(totals, way="highest", full="10") == {1: 0, 2: 1000}
    assert converted(totals, way="target", full="10", number="20") == {1: 0, 2: 500}
    assert converted({1: -500, 2: 0}, way="highest", full="10") == {1: 0, 2: 0}


def test_rounding_is_the_schemes() -> None:
    totals = {1: 18_000, 2: 20_500, 3: 200}
    assert converted(totals, way="highest", full="10")[1] == 878
    assert converted(totals, way="factor", factor="1/3", rounding=Rounding.DOWN)[3] == 66
    assert converted(totals, way="factor", factor="1/3")[3] == 67


def test_it_gives_no_entries_and_may_be_missing() -> None:
    conversion = clause("conversion", way="factor", factor="0.1")
    with_it, without = spec(table(adoption="4"), conversion), spec(table(adoption="4"))
    assert run(with_it, [fact(1)], world()) == run(without, [fact(1)], world())
    assert conversion_of(without) is None
    found = conversion_of(with_it)
    assert found is not None
    assert found.describe() == ["年度考核得分=全年得分×0.1。"]


TOTALS = st.dictionaries(st.integers(1, 8), st.integers(-500, 20_000), min_size=1)


@given(TOTALS, st.integers(1, 2_000), st.sampled_from(list(Rounding)))
def test_highest_equals_slow_twin(totals: dict[int, int], full: int, rounding: Rounding) -> None:
    best = sorted(totals.values())[-1]
    expected = {}
    for unit, total in totals.items():
        share = Fraction(total, best) if total > 0 else Fraction(0)
        expected[unit] = to_hundredths(share * full / 100, rounding)
    found = converted(
        totals, way="highest", full=f"{full // 100}.{full % 100:02}", rounding=rounding
    )
    assert found == expected
    if best > 0:
        assert max(found.values()) == full


@given(TOTALS, st.lists(st.integers(0, 9), min_size=1, max_size=8))
def test_ranks_equal_slow_twin(totals: dict[int, int], points: list[int]) -> None:
    """Line the units up, the best first; equals of the one before stand in its place."""
    rows = [{"first": n, "points": str(p)} for n, p in enumerate(points, start=1)]
    expected: dict[int, int] = {}
    place, before = 0, None
    for n, (unit, total) in enumerate(sorted(totals.items(), key=lambda t: -t[1]), start=1):
        if total != before:
            place, before = n, total
        expected[unit] = points[place - 1] * 100 if place <= len(points) else 0
    assert converted(totals, way="rank", rows=rows) == expected


@given(
    TOTALS,
    st.dictionaries(st.integers(1, 8), st.lists(st.integers(-100, 900), max_size=12)),
    st.dictionaries(st.integers(1, 8), st.integers(0, 9_000)),
    st.sampled_from(["0", "0.5", "1/3", "2"]),
)
def test_factor_months_and_target_equal_slow_twins(
    totals: dict[int, int], months: dict[int, list[int]], targets: dict[int, int], factor: str
) -> None:
    k = Fraction(factor)
    half = Fraction(1, 2)

    def near(value: Fraction) -> int:
        return int(value + half) if value >= 0 else -int(-value + half)

    assert converted(totals, way="factor", factor=factor) == {
        unit: near(total * k) for unit, total in totals.items()
    }
    by_month = {}
    for unit in totals:
        counted = months.get(unit, [])
        mean = sum((Fraction(m, len(counted)) for m in counted), Fraction(0))
        by_month[unit] = near(mean * k)
    assert converted(totals, months=months, way="months", factor=factor) == by_month
    reached = {}
    for unit, total in totals.items():
        if targets.get(unit):
            reached[unit] = (
                800
                if total >= targets[unit]
                else near(Fraction(max(total, 0) * 800, targets[unit]))
            )
    assert converted(totals, targets=targets, way="target", full="8") == reached
