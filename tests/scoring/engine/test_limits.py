"""Splits, caps, floors and rounding: what must hold for all numbers and all schemes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.schemes.engine import EntryDraft, run
from scoring.schemes.joint import Joint, JointRule
from scoring.schemes.periods import PeriodKind, span_of, spans_between
from scoring.schemes.rules import Remainder, Rounding, split, to_hundredths
from tests.properties import examples

from .making import adoption, clause, spec, table
from .strategies import Case, cases

# --- splits -------------------------------------------------------------------------------

NUMBERS = (0, 1, -1, 99, 100, 1000, -1000, 999_999)
PARTNERS = (1, 2, 3, 7, 30)
RATIOS = ((3, 2), (5, 3, 2), (1, 0, 2), (1000, 1))


@pytest.mark.parametrize("remainder", list(Remainder))
@pytest.mark.parametrize("ratio", [None, *RATIOS])
def test_shares_are_the_whole_but_for_what_is_dropped(
    remainder: Remainder, ratio: tuple[int, ...] | None
) -> None:
    way = Joint.RATIO if ratio else Joint.EQUAL
    rule = JointRule(way=way, ratio=ratio or (), remainder=remainder)
    for hundredths, partners in product(NUMBERS, PARTNERS):
        shares = [share for _unit, share, _why in rule.shares(range(partners), hundredths)]
        assert len(shares) == partners
        dropped = abs(hundredths) - abs(sum(shares))
        if remainder == Remainder.NOBODY and partners > 1:
            # Less than a hundredth for each who shares.
            assert 0 <= dropped < partners
        else:
            assert dropped == 0
        assert all(share * hundredths >= 0 for share in shares)


@given(
    st.integers(-100_000, 100_000),
    st.lists(st.integers(0, 1_000), min_size=1, max_size=30).filter(any),
    st.sampled_from(list(Remainder)),
)
def test_nobody_gets_less_than_the_hundredths_of_the_exact_part(
    hundredths: int, weights: list[int], remainder: Remainder
) -> None:
    shares = split(hundredths, weights, remainder)
    parts = [Fraction(abs(hundredths) * weight, sum(weights)) for weight in weights]
    over = [abs(share) - int(part) for share, part in zip(shares, parts, strict=True)]
    sharing = [place for place, weight in enumerate(weights) if weight]
    keeper = {Remainder.FIRST: sharing[0], Remainder.LAST: sharing[-1]}.get(remainder)
    assert all(more == 0 for place, more in enumerate(over) if place != keeper)
    assert remainder == Remainder.NOBODY or sum(shares) == hundredths


@pytest.mark.parametrize("way", list(Joint))
@pytest.mark.parametrize("counted", [None, 1, 2, 30])
def test_every_partner_sees_the_item_whatever_the_rule(way: Joint, counted: int | None) -> None:
    settings: dict[str, Any] = {"joint": way, "joint_counted": counted}
    settings |= {"joint_points": "3", "joint_ratio": "3:2"}
    rows = table(("adoption", "all", "10"), **settings)
    entries = run(spec(rows), [adoption(1, units=tuple(range(1, 31)))])
    assert [entry.unit_id for entry in entries] == list(range(1, 31))
    if way in (Joint.EQUAL, Joint.RATIO, Joint.LEAD):
        assert sum(entry.hundredths for entry in entries) == 1_000


# --- caps and floors ----------------------------------------------------------------------


def totals(entries: tuple[EntryDraft, ...], kind: str) -> Counter[Any]:
    found: Counter[Any] = Counter()
    for entry in entries:
        found[entry.unit_id, span_of(kind, entry.date)] += entry.hundredths
    return found


def with_one_more(case: Case, last: dict[str, Any]) -> tuple[EntryDraft, ...]:
    made = [*case.made, ("cap", "last", {"name": "末条", **last})]
    return run(replace(case, made=made).scheme, case.happened, case.world)


@examples(20)
@given(cases(), st.integers(-2_000, 6_000), st.sampled_from(["period", "year"]))
def test_a_cap_never_raises_and_a_floor_never_lowers(case: Case, limit: int, within: str) -> None:
    before = run(case.scheme, case.happened, case.world)
    kind = PeriodKind.YEAR if within == "year" else case.period
    sums = totals(before, kind)
    text = f"{limit / 100:.2f}"
    for side, sign in (("most", -1), ("least", 1)):
        after = with_one_more(case, {side: text, "within": within})
        assert after[: len(before)] == before
        more = after[len(before) :]
        assert all(entry.hundredths * sign > 0 for entry in more)
        limited = totals(after, kind)
        # At the limit where it was passed, and as before where it was not.
        expected = {
            place: min(sum_, limit) if side == "most" else max(sum_, limit)
            for place, sum_ in sums.items()
        }
        if side == "least" and limit > 0:
            # Who has no point at all is lifted too, once the period has ended.
            for span in spans_between(kind, case.world.start, case.world.end):
                for unit in case.world.units.values():
                    if span.end < case.world.as_of and unit.active_in(span.start, span.end):
                        expected.setdefault((unit.id, span), limit)
        assert dict(limited) == expected


@examples(12)
@given(cases(), st.integers(-2_000, 6_000))
def test_a_cap_said_twice_says_nothing_more(case: Case, limit: int) -> None:
    cap = {"most": f"{limit / 100:.2f}", "least": f"{limit / 100:.2f}"}
    made = [*case.made, ("cap", "once", {"name": "一", **cap})]
    once = run(replace(case, made=made).scheme, case.happened, case.world)
    twice = with_one_more(replace(case, made=made), cap)
    assert twice == once


# --- rounding -----------------------------------------------------------------------------


@given(st.fractions(-1_000, 1_000), st.sampled_from(list(Rounding)))
def test_rounding_is_at_most_so_far_off_and_the_same_on_both_sides(
    points: Fraction, rounding: Rounding
) -> None:
    found = to_hundredths(points, rounding)
    off = abs(points) * 100 - abs(found)
    if rounding == Rounding.DOWN:
        assert 0 <= off < 1
    else:
        assert -Fraction(1, 2) <= off < Fraction(1, 2)
    assert to_hundredths(-points, rounding) == -found


# Clauses that divide or multiply; all others only add and compare.
ROUNDING = {"instructions", "multiplier", "urgent_share", "mean", "target"}


@examples(20)
@given(cases())
def test_rounding_matters_only_where_a_clause_divides_or_multiplies(case: Case) -> None:
    exact = [config for config in case.made if config[0] not in ROUNDING]
    found = {
        rounding: run(
            replace(case, made=exact, rounding=rounding).scheme, case.happened, case.world
        )
        for rounding in Rounding
    }
    assert found[Rounding.DOWN] == found[Rounding.HALF_UP]


def test_halves_add_up_without_rounding_in_between() -> None:
    """A third and a third of a hundredth: each product is rounded once, and no sum again."""
    third = clause("multiplier", factor="1/3", whose={"facts": {"kinds": ["adoption"]}})
    facts = [adoption(n) for n in range(3)]
    for rounding, each in ((Rounding.HALF_UP, 167), (Rounding.DOWN, 166)):
        entries = run(spec(table(("adoption", "all", "5")), third, rounding=rounding), facts)
        assert sum(entry.hundredths for entry in entries) == 3 * each
