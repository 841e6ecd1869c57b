"""Quality, shares of urgent items, adjustments: by hand and against slow twins."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.adoptions.rules import Mark
from scoring.schemes.engine import Clause, FactView, run
from scoring.schemes.rules import Rounding, points_text

from .making import (
    FIVE,
    adjustment,
    adoption,
    clause,
    day,
    other,
    points_of,
    quality,
    score,
    sentence_of,
    spec,
    submission,
    table,
    urgent,
)
from .making import given as shown

# --- quality ------------------------------------------------------------------------------


def untrue(**config: Any) -> Clause:
    return clause("quality", **({"marks": ["untrue"]} | config))


# A piece adopted twice (10 points), another one in March (5), one in April (5), one in February.
PIECES = [
    adoption(1, subject="item:9"),
    adoption(2, subject="item:9", date=day(3, 20)),
    adoption(3),
    adoption(4, date=day(4, 2)),
    adoption(5, date=day(2, 2)),
]
FAULT = quality(90, subject="item:9", date=day(3, 25))


@pytest.mark.parametrize(
    ("config", "points"),
    [
        ({"minus": "3"}, "22"),
        ({"zero_item": True}, "15"),
        ({"zero_item": True, "minus": "3"}, "12"),
        ({"zero_span": "month"}, "10"),
        ({"zero_span": "month", "minus": "3"}, "7"),
        ({"zero_span": "period"}, "5"),
        ({"zero_item": True, "zero_span": "month"}, "10"),
        ({"zero_item": True, "zero_span": "period", "minus": "2"}, "3"),
        ({"flag": "通报批评"}, "25"),
        ({"marks": ["serious"], "minus": "3"}, "25"),
        ({"kind": "urgent", "marks": ["late"], "minus": "3"}, "25"),
    ],
)
def test_effects_by_hand(config: dict[str, Any], points: str) -> None:
    assert points_of(score([*PIECES, FAULT], FIVE, untrue(**config))) == points


def test_zhonglou_serious_error_is_two_points_each() -> None:
    rules = clause("quality", marks=["serious"], minus="2", flag="通报批评")
    entries = score([quality(n, Mark.SERIOUS) for n in (1, 2)], rules)
    assert points_of(entries) == "-4"
    assert [entry.flag for entry in entries] == ["通报批评", "通报批评"]
    assert sentence_of(entries, "quality", 1) == "信息严重差错1次：扣2分，通报批评。"


def test_guangyuan_commission_not_sent_is_ten_points_each_and_may_be_named() -> None:
    config = {"kind": "commission", "marks": ["late", "missed"], "minus": "10"}
    rules = clause("quality", **config, flag="视情况予以通报")
    marks = (Mark.MISSED, Mark.LATE, Mark.DONE)
    entries = score([other(n, "commission", mark=m) for n, m in enumerate(marks)], rules)
    assert points_of(entries) == "-20"
    assert [entry.flag for entry in entries] == ["视情况予以通报"] * 2
    assert sentence_of(entries, "quality", 0) == "约稿未报1次：扣10分，视情况予以通报。"
    assert rules.describe() == ["约稿迟报、未报的：扣10分，视情况予以通报。"]


def test_only_gains_of_the_piece_go_and_only_once() -> None:
    both = table(("adoption", "all", "5"), ("quality", "all", "-1"))
    faults = [FAULT, quality(91, subject="item:9", date=day(3, 28))]
    entries = score([*PIECES, *faults], both, untrue(zero_item=True))
    assert points_of(entries) == "13"  # 25 − 2 × 1 stays deducted, 10 go once
    assert shown(entries, "quality") == [
        (1, 1, "-5"),
        (1, 2, "-5"),
        (1, 90, "0"),
        (1, 91, "0"),
    ]


def test_what_the_fault_itself_has_earned_is_no_earning_of_the_piece() -> None:
    any_report = table(("urgent", "all", "1"), ("adoption", "all", "5"))
    rules = untrue(kind="urgent", marks=["late"], zero_item=True)
    entries = score([adoption(1), urgent(2, subject="item:1")], any_report, rules)
    assert shown(entries, "quality") == [(1, 1, "-5"), (1, 2, "0")]
    assert points_of(entries) == "1"


def test_zero_takes_place_on_the_day_of_the_fault_or_of_a_later_gain() -> None:
    later = adoption(6, subject="item:9", date=day(5, 1))
    entries = score([*PIECES, later, FAULT], FIVE, untrue(zero_item=True))
    days = {e.fact_id: e.date for e in entries if e.block_id == "quality"}
    assert days == {1: day(3, 25), 2: day(3, 25), 6: day(5, 1), 90: day(3, 25)}


def test_a_month_and_an_item_of_another_month_are_both_lost() -> None:
    old = adoption(1, subject="item:9", date=day(2, 2))
    entries = score([old, adoption(2), FAULT], FIVE, untrue(zero_item=True, zero_span="month"))
    assert points_of(entries) == "0"
    assert sentence_of(entries, "quality", 1) == "信息失实1次，该稿件已计的5分归零。"
    assert sentence_of(entries, "quality", 90) == "信息失实1次：该稿件得分归零，当月得分归零。"
    (month,) = [e for e in entries if e.about == "p2026-03-31"]
    assert month.sentence == "信息失实1次，2026年3月已计的5分归零。"


def test_month_below_zero_stays_and_other_units_keep_theirs() -> None:
    minus = table(("quality", "all", "-7"), ("adoption", "all", "5"))
    entries = score([adoption(1, units=(1, 2)), FAULT], minus, untrue(zero_span="month"))
    assert (points_of(entries, 1), points_of(entries, 2)) == ("-2", "5")


def test_zero_of_named_points_only() -> None:
    sent = table(("submission", "all", "1"), block_id="sent")
    facts = [submission(8, subject="item:9"), *PIECES, FAULT]
    whose = {"clauses": "采用分"}
    entries = score(facts, sent, FIVE, untrue(zero_item=True, whose=whose), table="采用分")
    assert points_of(entries) == "16"
    assert untrue(zero_item=True, whose=whose).describe() == [
        "信息失实的：该稿件得分归零。",
        "归零只针对：采用分。",
    ]


FACTS = st.lists(
    st.tuples(
        st.booleans(),
        st.sampled_from(["item:1", "item:2"]),
        st.dates(date(2026, 1, 1), date(2026, 6, 30)),
        st.lists(st.integers(1, 2), min_size=1, max_size=2, unique=True),
    ),
    max_size=8,
)


@given(FACTS, st.booleans(), st.sampled_from(["", "month", "period"]), st.integers(0, 500))
def test_quality_equals_slow_twin(drawn: Any, zero_item: bool, zero_span: str, minus: int) -> None:
    facts: list[FactView] = [
        (quality if bad else adoption)(n, subject=subject, date=when, units=tuple(units))
        for n, (bad, subject, when, units) in enumerate(drawn)
    ]
    rules = untrue(zero_item=zero_item, zero_span=zero_span, minus=points_text(minus))
    entries = run(spec(FIVE, rules), facts)

    def month_or_quarter(when: date) -> int:
        return when.month if zero_span == "month" else (when.month - 1) // 3

    for unit in (1, 2):
        mine = [fact for fact in facts if unit in fact.units]
        faults = [fact for fact in mine if fact.kind == "quality"]
        kept = [
            fact
            for fact in mine
            if fact.kind == "adoption"
            and not (zero_item and any(f.subject == fact.subject for f in faults))
            and not (
                zero_span
                and any(month_or_quarter(f.date) == month_or_quarter(fact.date) for f in faults)
            )
        ]
        expected = 500 * len(kept) - minus * len(faults)
        assert points_of(entries, unit) == points_text(expected)


# --- urgent_share -------------------------------------------------------------------------


def share(percent: str = "20", **config: Any) -> Clause:
    return clause("urgent_share", percent=percent, **config)


@pytest.mark.parametrize(
    ("percent", "facts", "points"),
    [
        ("20", [adoption(1), urgent(2, subject="item:1")], "4"),
        ("20", [adoption(1), urgent(2, subject="item:7")], "5"),
        ("20", [adoption(1), urgent(2, Mark.DONE, subject="item:1")], "5"),
        ("100", [adoption(1), urgent(2, subject="item:1")], "0"),
        ("60", [adoption(1), *(urgent(n, subject="item:1") for n in (2, 3))], "0"),
        ("20", [adoption(1), *(urgent(n, subject="item:1") for n in (2, 3))], "3"),
        ("33.33", [adoption(1), urgent(2, subject="item:1")], "3.33"),
        ("20", [urgent(2)], "0"),
        # adopted twice: of both
        ("10", [adoption(1), adoption(3, subject="item:1"), urgent(2, subject="item:1")], "9"),
    ],
)
def test_share_by_hand(percent: str, facts: list[FactView], points: str) -> None:
    assert points_of(score(facts, FIVE, share(percent))) == points


def test_share_of_named_points_and_its_sentence() -> None:
    facts = [adoption(1), submission(3, subject="item:1"), urgent(2, subject="item:1")]
    sent = table(("submission", "all", "1"), block_id="sent")
    rules = share(marks=["late"], whose={"clauses": "采用分"})
    entries = score(facts, sent, FIVE, rules, table="采用分")
    assert sentence_of(entries, "urgent_share") == (
        "紧急信息迟报1次，该条信息已计5分，按20%扣，扣1分。"
    )
    assert points_of(entries) == "5"
    assert rules.describe() == [
        "迟报紧急信息：每次扣该条信息已计得分（采用分）的20%，扣完该条得分为止。"
    ]


@given(
    st.lists(st.sampled_from(["item:1", "item:2"]), max_size=5),
    st.lists(st.sampled_from(["item:1", "item:2"]), max_size=5),
    st.integers(1, 2_000),
    st.integers(1, 10_000),
    st.sampled_from(list(Rounding)),
)
def test_share_equals_slow_twin(
    adopted: list[str], late: list[str], each: int, percent: int, rounding: Rounding
) -> None:
    facts = [adoption(n, subject=subject) for n, subject in enumerate(adopted)]
    facts += [urgent(100 + n, subject=subject) for n, subject in enumerate(late)]
    rules = spec(
        table(("adoption", "all", points_text(each))),
        share(points_text(percent)),
        rounding=rounding,
    )
    total = sum(entry.hundredths for entry in run(rules, facts))
    expected = 0
    for piece in ("item:1", "item:2"):
        left = each * adopted.count(piece)
        exact = Fraction(left * percent, 10_000)
        off = int(exact + Fraction(1, 2)) if rounding == Rounding.HALF_UP else int(exact)
        expected += max(left - off * late.count(piece), 0)
    assert total == expected


# --- adjustment ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "hundredths", "points", "sentence"),
    [
        ({}, 250, "2.5", "加2.5分，理由：理由。"),
        ({}, -1000, "-10", "减10分，理由：理由。"),
        ({"plus_most": "2"}, 250, "2", "加2分（登记2.5分，每次最多2分），理由：理由。"),
        ({"plus_most": "2"}, -1000, "-10", "减10分，理由：理由。"),
        ({"minus_most": "5"}, -1000, "-5", "减5分（登记10分，每次最多5分），理由：理由。"),
        ({"minus_most": "5"}, 1000, "10", "加10分，理由：理由。"),
        ({"plus_most": "0"}, 100, "0", "加0分（登记1分，每次最多0分），理由：理由。"),
    ],
)
def test_adjustments(config: dict[str, Any], hundredths: int, points: str, sentence: str) -> None:
    entries = score([adjustment(1, hundredths)], clause("adjustment", **config))
    assert points_of(entries) == points
    assert entries[0].sentence == sentence


def test_adjustment_for_several_units_and_without_the_clause() -> None:
    fact = adjustment(1, 300, note="组织培训。", units=(1, 2))
    assert shown(score([fact], clause("adjustment"))) == [(1, 1, "3"), (2, 1, "3")]
    assert not score([fact], FIVE)
    assert clause("adjustment", plus_most="5").describe() == [
        "登记的加减分按登记的分值计，理由显示在得分明细中。",
        "每次最多加5分。",
    ]
