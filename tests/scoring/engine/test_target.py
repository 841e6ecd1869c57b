"""Targets: the six forms of shortfall and over-target by hand, and against a slow twin."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.schemes.clauses.numbers import Basis, Newcomer
from scoring.schemes.clauses.target import Shortfall
from scoring.schemes.engine import FactView, run
from scoring.schemes.rules import Rounding, points_text, to_hundredths

from .helpers import clause, fact, facts, only, scored, spec, table, unit, world

END_OF_MARCH = date(2026, 4, 1)


def of_items(**config: Any):
    """A target of 4 submitted items in a quarter."""
    return clause("target", **{"measure": "submitted", "basis": "one", "number": "4"} | config)


def first_quarter(*clauses: Any, facts: Sequence[FactView] = (), **more: Any):
    return scored(*clauses, facts=facts, world=world(as_of=END_OF_MARCH), **more)


@pytest.mark.parametrize(
    ("sent", "config", "points"),
    [
        # 1. per missing item: 练市 2007, fewer than 4 −2 per missing
        (0, {"shortfall": "each", "points": "2"}, "-8"),
        (3, {"shortfall": "each", "points": "2"}, "-2"),
        (4, {"shortfall": "each", "points": "2"}, None),
        (6, {"shortfall": "each", "points": "2"}, None),
        # 2. fixed
        (3, {"shortfall": "fixed", "points": "5"}, "-5"),
        (0, {"shortfall": "fixed", "points": "5"}, "-5"),
        (4, {"shortfall": "fixed", "points": "5"}, None),
        # 3. all or nothing; the unit reads why it has 0
        (4, {"shortfall": "whole", "points": "10"}, "10"),
        (3, {"shortfall": "whole", "points": "10"}, "0"),
        # 4. proportional, both ways round
        (3, {"shortfall": "share", "points": "10"}, "7.5"),
        (0, {"shortfall": "share", "points": "10"}, "0"),
        (9, {"shortfall": "share", "points": "10"}, "10"),
        (3, {"shortfall": "share_off", "points": "10"}, "-2.5"),
        (0, {"shortfall": "share_off", "points": "10"}, "-10"),
        (4, {"shortfall": "share_off", "points": "10"}, None),
        # 5. k × shortfall
        (3, {"shortfall": "times", "factor": "2"}, "-2"),
        (1, {"shortfall": "times", "factor": "0.5"}, "-1.5"),
        (1, {"shortfall": "times", "factor": "1/3"}, "-1"),
        # over the target
        (6, {"shortfall": "each", "points": "2", "over": "0.5"}, "1"),
        (9, {"shortfall": "each", "points": "2", "over": "0.5", "over_most": "2"}, "2"),
        (6, {"shortfall": "whole", "points": "10", "over": "1"}, "12"),
        (4, {"shortfall": "nothing", "over": "1"}, None),
        (2, {"shortfall": "nothing", "over": "1"}, None),
    ],
)
def test_forms_of_shortfall(sent: int, config: dict[str, str], points: str | None) -> None:
    expected = [] if points is None else [(1, "03-31", points)]
    assert first_quarter(of_items(**config), facts=facts("submission", sent)) == expected


@pytest.mark.parametrize(
    ("base_points", "expected"),
    [("6", [(1, "03-31", "-6")]), ("0", []), ("2.5", [(1, "03-31", "-2.5")])],
)
def test_it_loses_the_base_points_of_its_period(base_points: str, expected: list[Any]) -> None:
    """Form 6; the base points of other quarters and other points stay."""
    base = clause("base", "基础分", points=base_points)
    target = of_items(shortfall="base", base="基础分")
    adopted = [fact(1)]
    assert first_quarter(base, table(adoption="5"), target, facts=adopted) == expected
    assert first_quarter(base, target, facts=facts("submission", 4)) == []


@pytest.mark.parametrize(
    ("config", "sent", "sentence"),
    [
        (
            {"shortfall": "each", "points": "1.5"},
            2,
            "2026年第一季度报送条数任务4条，完成2条，欠2条，每欠1条扣1.5分，计-3分。",
        ),
        (
            {"shortfall": "whole", "points": "10", "over": "1", "over_most": "2"},
            9,
            "2026年第一季度报送条数任务4条，完成9条，超5条，完成得10分，"
            "每超1条加1分，最多加2分，计12分。",
        ),
        # Nothing is said of what is over when the scheme gives nothing for it, nor of a limit
        # that is only just reached.
        (
            {"shortfall": "whole", "points": "10"},
            9,
            "2026年第一季度报送条数任务4条，完成9条，超5条，完成得10分，计10分。",
        ),
        (
            {"shortfall": "whole", "points": "10", "over": "1", "over_most": "2"},
            6,
            "2026年第一季度报送条数任务4条，完成6条，超2条，完成得10分，每超1条加1分，计12分。",
        ),
        (
            {"shortfall": "share", "points": "10"},
            0,
            "2026年第一季度报送条数任务4条，完成0条，欠4条，按完成比例得10×0÷4分，计0分。",
        ),
        (
            {"shortfall": "share", "points": "10"},
            3,
            "2026年第一季度报送条数任务4条，完成3条，欠1条，按完成比例得10×3÷4分，计7.5分。",
        ),
        (
            {"shortfall": "fixed", "points": "5", "flag": "通报批评"},
            0,
            "2026年第一季度报送条数任务4条，完成0条，欠4条，未完成扣5分，计-5分，通报批评。",
        ),
    ],
)
def test_sentence_shows_number_target_and_arithmetic(
    config: dict[str, str], sent: int, sentence: str
) -> None:
    entry = only(
        of_items(**config), facts=facts("submission", sent), world=world(as_of=END_OF_MARCH)
    )
    assert entry.sentence == sentence


def test_short_by_a_hundredth_is_short() -> None:
    target = clause(
        "target",
        measure="points",
        number="4",
        shortfall="fixed",
        points="1",
        flag="通报批评",
    )
    entry = only(table(adoption="3.99"), target, facts=[fact(1)], world=world(as_of=END_OF_MARCH))
    assert (entry.hundredths, entry.flag) == (-100, "通报批评")
    assert first_quarter(table(adoption="4"), target, facts=[fact(1)]) == []


def test_without_base_points_there_are_none_to_lose() -> None:
    target = of_items(shortfall="base", base="采用分")
    assert first_quarter(table(adoption="5"), target) == []


@pytest.mark.parametrize(
    ("config", "lines"),
    [
        (
            {"shortfall": "each", "points": "2"},
            ["每期报送条数任务4条。", "每欠1条扣2分。"],
        ),
        (
            {
                "basis": "table",
                "per": "year",
                "measure": "points",
                "shortfall": "fixed",
                "points": "5",
            },
            ["每年得分任务按任务表。", "计入任务的得分：合计。", "未完成的扣5分。"],
        ),
        (
            {"basis": "groups", "number": "", "rows": [{"group": "1", "number": "9"}]},
            ["每期报送条数任务按考核分组确定，未列出的分组没有任务。", "未完成的不影响得分。"],
        ),
        (
            {
                "basis": "groups",
                "number": "3",
                "rows": [{"group": "1", "number": "9"}],
                "once": True,
                "over": "1",
                "over_most": "2",
                "newcomer": "none",
                "flag": "取消评先",
            },
            [
                "每期报送条数任务按考核分组确定，未列出的分组3条。",
                "同一稿件只算1条。",
                "未完成的不影响得分。",
                "未完成的：取消评先。",
                "每超1条加1分，最多加2分。",
                "期内新设或撤销的单位当期不考核任务。",
            ],
        ),
        (
            {"whose": {"facts": {"kinds": ["adoption"]}}, "over": "1"},
            [
                "每期报送条数任务4条。",
                "计入任务的事项：采用。",
                "未完成的不影响得分。",
                "每超1条加1分。",
            ],
        ),
    ],
)
def test_the_rule_in_words(config: dict[str, Any], lines: list[str]) -> None:
    made = of_items(**config)
    assert made.describe() == lines
    from_table = ("points", "year") if config.get("basis") == "table" else None
    assert made.from_table("quarter") == from_table
    assert made.ends_with("quarter") == config.get("per", "quarter")


def test_flag_without_points() -> None:
    target = of_items(shortfall="nothing", flag="取消评先")
    entry = only(target, world=world(as_of=END_OF_MARCH))
    assert (entry.hundredths, entry.flag) == (0, "取消评先")
    assert first_quarter(target, facts=facts("submission", 4)) == []


def test_period_must_be_over() -> None:
    target = of_items(shortfall="fixed", points="5")
    assert scored(target, world=world(as_of=date(2026, 3, 31))) == []
    assert [e[1] for e in scored(target, world=world())] == ["03-31", "06-30", "09-30", "12-31"]


def test_other_kind_of_period_and_items_of_other_periods() -> None:
    """Monthly minimum in a quarterly scheme: each month by itself."""
    target = of_items(shortfall="each", points="2", per="month")
    sent = [*facts("submission", 5, "01-15"), *facts("submission", 3, "03-31", start=9)]
    assert first_quarter(target, facts=sent) == [(1, "02-28", "-8"), (1, "03-31", "-2")]


def test_number_by_group_and_from_the_table() -> None:
    units = unit(1, group=1), unit(2, group=2), unit(3)
    rows = [{"group": "1", "number": "4"}, {"group": "2", "number": "0"}]
    grouped = of_items(basis="groups", rows=rows, number="", shortfall="each", points="1")
    there = world(*units, as_of=END_OF_MARCH)
    assert scored(grouped, world=there) == [(1, "03-31", "-4")]
    others = of_items(basis="groups", rows=rows, number="1", shortfall="each", points="1")
    assert scored(others, world=there) == [(1, "03-31", "-4"), (3, "03-31", "-1")]

    tabled = of_items(basis=Basis.TABLE, number="", shortfall="each", points="1")
    targets = {
        (1, "submitted", "quarter", 2026): 300,
        (2, "submitted", "year", 2026): 9900,  # another kind of period
        (2, "adopted", "quarter", 2026): 9900,  # another measure
        (3, "submitted", "quarter", 2025): 9900,  # another year
    }
    there = world(*units, as_of=END_OF_MARCH, targets=targets)
    assert scored(tabled, world=there) == [(1, "03-31", "-3")]


def test_dazhou_like_target_of_points() -> None:
    """A county owes 150 points a year, has 120.5: 29.5 short, twice that is 59 off."""
    target = clause(
        "target",
        measure="points",
        per="year",
        basis="table",
        shortfall="times",
        factor="2",
        whose={"clauses": "采用分"},
    )
    there = world(targets={(1, "points", "year", 2026): 15_000})
    adopted = facts("adoption", 241)  # 0.5 each
    base = clause("base", "基础分", points="6")  # not among the counted points
    entry = only(base, table(adoption="0.5"), target, facts=adopted, world=there)
    assert entry.hundredths == -5900
    assert entry.sentence == (
        "2026年得分任务150分，完成120.5分，欠29.5分，按所欠数的2倍扣分，29.5×2，计-59分。"
    )


def test_which_items_count() -> None:
    target = clause(
        "target",
        measure="adopted",
        number="2",
        shortfall="each",
        points="1",
        whose={"facts": {"targets": ["level:3"]}},
    )
    adopted = [fact(1), fact(2, level=1, bulletin_id=1), fact(3, "submission")]
    assert first_quarter(target, facts=adopted) == [(1, "03-31", "-1")]
    forwarded = clause(
        "target",
        measure="submitted",
        number="2",
        shortfall="each",
        points="1",
        whose={"facts": {"kinds": ["forwarding"]}},
    )
    assert first_quarter(forwarded, facts=facts("forwarding", 2)) == []
    assert first_quarter(forwarded, facts=facts("submission", 2)) == [(1, "03-31", "-2")]


def test_one_piece_adopted_twice() -> None:
    adopted = [fact(1, subject="item:1"), fact(2, subject="item:1", bulletin_id=8)]
    twice = clause("target", measure="adopted", number="2", shortfall="each", points="1")
    assert first_quarter(twice, facts=adopted) == []
    once = clause("target", measure="adopted", number="2", shortfall="each", points="1", once=True)
    assert first_quarter(once, facts=adopted) == [(1, "03-31", "-1")]


def test_joint_item_counts_for_each_unit() -> None:
    target = of_items(number="1", shortfall="fixed", points="1")
    there = world(unit(1), unit(2), unit(3), as_of=END_OF_MARCH)
    joint = [fact(1, "submission", units=(1, 2))]
    assert scored(target, facts=joint, world=there) == [(3, "03-31", "-1")]


def test_newcomer_has_no_target() -> None:
    since = unit(active_from=date(2026, 2, 1))
    for newcomer, expected in ((Newcomer.FULL, 1), (Newcomer.NONE, 0)):
        target = of_items(shortfall="fixed", points="1", newcomer=newcomer)
        assert len(scored(target, world=world(since, as_of=END_OF_MARCH))) == expected


def test_share_is_rounded_as_the_scheme_states() -> None:
    target = of_items(number="3", shortfall="share", points="10")
    sent = facts("submission", 2)
    assert first_quarter(target, facts=sent) == [(1, "03-31", "6.67")]
    assert first_quarter(target, facts=sent, rounding=Rounding.DOWN) == [(1, "03-31", "6.66")]


def slow(way: str, number: int, actual: int, x: Fraction, k: Fraction, over: Fraction) -> Fraction:
    """The same rule item by item: each missing or extra item is looked at by itself."""
    missing = [n for n in range(1, number + 1) if n > actual]
    extra = [n for n in range(1, actual + 1) if n > number]
    sum_ = Fraction(0)
    if way == "each":
        sum_ -= sum((x for _n in missing), Fraction(0))
    elif way == "fixed":
        sum_ -= x if missing else 0
    elif way == "whole":
        sum_ += 0 if missing else x
    elif way == "share":
        sum_ += sum((x / number for n in range(1, number + 1) if n not in missing), Fraction(0))
    elif way == "share_off":
        sum_ -= sum((x / number for _n in missing), Fraction(0))
    elif way == "times":
        sum_ -= k * len(missing)
    elif way == "base":
        sum_ -= 6 if missing else 0
    return sum_ + over * len(extra)


@given(
    st.sampled_from(Shortfall.values),
    st.integers(0, 8),
    st.lists(
        st.tuples(st.sampled_from(["submission", "adoption"]), st.integers(1, 12)), max_size=12
    ),
    st.integers(0, 2_000),
    st.sampled_from(["0", "0.5", "1/3", "2"]),
    st.integers(0, 200),
    st.sampled_from(list(Rounding)),
)
def test_target_equals_slow_twin(
    way: str,
    number: int,
    happened: list[tuple[str, int]],
    points: int,
    factor: str,
    over: int,
    rounding: Rounding,
) -> None:
    given_facts = [
        fact(pk, kind, f"{month:02}-10") for pk, (kind, month) in enumerate(happened, start=1)
    ]
    target = of_items(
        number=str(number),
        shortfall=way,
        points=points_text(points),
        factor=factor,
        base="基础分",
        over=points_text(over),
    )
    base = clause("base", "基础分", points="6")
    entries = run(spec(base, target, rounding=rounding), given_facts, world())
    found = {e.date.month // 3: e.hundredths for e in entries if e.block_id == "target"}
    for quarter in range(1, 5):
        actual = sum(1 for kind, m in happened if kind == "submission" and (m + 2) // 3 == quarter)
        x, k, more = Fraction(points, 100), Fraction(factor), Fraction(over, 100)
        expected = 0
        if number:
            # Over-target is rounded by itself; whole items times hundredths never need it.
            at_most = slow(way, number, min(actual, number), x, k, Fraction(0))
            expected = to_hundredths(at_most, rounding)
            expected += int(slow("nothing", number, actual, x, k, more) * 100)
        assert found.get(quarter, 0) == expected
