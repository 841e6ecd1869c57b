"""Base points: worked by hand, and against a slow twin that walks through every day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.schemes.clauses.numbers import Basis, Newcomer
from scoring.schemes.engine import UnitView, run
from scoring.schemes.periods import PeriodKind, span_of

from .helpers import YEAR, clause, only, scored, spec, unit, world

QUARTERS = ["01-01", "04-01", "07-01", "10-01"]


def test_zhonglou_has_six_points_a_quarter() -> None:
    base = clause("base", points="6")
    assert scored(base, world=world()) == [(1, day, "6") for day in QUARTERS]
    assert only(base, world=world(as_of=date(2026, 1, 1))).sentence == "2026年第一季度基础分6分。"


@pytest.mark.parametrize(
    ("as_of", "periods"),
    [
        (date(2025, 12, 31), 0),
        (date(2026, 1, 1), 1),
        (date(2026, 3, 31), 1),
        (date(2026, 4, 1), 2),
        (date(2026, 12, 31), 4),
    ],
)
def test_it_is_given_once_the_period_has_begun(as_of: date, periods: int) -> None:
    assert len(scored(clause("base", points="6"), world=world(as_of=as_of))) == periods


@pytest.mark.parametrize(
    ("per", "days"),
    [
        ("", QUARTERS),
        ("year", ["01-01"]),
        ("half", ["01-01", "07-01"]),
        ("month_merged", ["01-01", *[f"{m:02}-01" for m in range(3, 13)]]),
    ],
)
def test_kind_of_period(per: str, days: list[str]) -> None:
    assert [e[1] for e in scored(clause("base", points="1", per=per), world=world())] == days


def test_by_group_with_a_number_for_the_others() -> None:
    rows = [{"group": "1", "points": "6"}, {"group": "2", "points": "4.5"}]
    units = unit(1, group=1), unit(2, group=2), unit(3, group=3), unit(4)
    base = clause("base", per="year", basis=Basis.GROUPS, rows=rows)
    assert scored(base, world=world(*units)) == [(1, "01-01", "6"), (2, "01-01", "4.5")]
    base = clause("base", per="year", basis=Basis.GROUPS, rows=rows, points="3")
    assert [e[2] for e in scored(base, world=world(*units))] == ["6", "4.5", "3", "3"]


@pytest.mark.parametrize(
    ("newcomer", "since", "until", "days"),
    [
        (Newcomer.FULL, date(2026, 2, 10), None, QUARTERS),
        (Newcomer.NONE, date(2026, 2, 10), None, QUARTERS[1:]),
        (Newcomer.NONE, date(2026, 1, 1), None, QUARTERS),
        (Newcomer.FULL, None, date(2026, 5, 31), QUARTERS[:2]),
        (Newcomer.NONE, None, date(2026, 5, 31), QUARTERS[:1]),
        (Newcomer.NONE, None, date(2026, 6, 30), QUARTERS[:2]),
        (Newcomer.FULL, date(2027, 1, 1), None, []),
    ],
)
def test_unit_that_did_not_exist_the_whole_period(
    newcomer: str, since: date | None, until: date | None, days: list[str]
) -> None:
    one = unit(active_from=since, active_until=until)
    base = clause("base", points="6", newcomer=newcomer)
    assert [e[1] for e in scored(base, world=world(one))] == days


def test_scheme_that_begins_within_a_period_gives_it_on_its_own_first_day() -> None:
    base = clause("base", points="6")
    begun = date(2026, 2, 16)
    assert scored(base, world=world(start=begun))[0] == (1, "02-16", "6")
    assert scored(base, world=world(start=begun, as_of=date(2026, 2, 15))) == []


UNITS = st.builds(
    UnitView,
    id=st.integers(1, 4),
    name=st.just("某单位"),
    groups=st.one_of(st.just({}), st.integers(1, 3).map(lambda g: {YEAR: g})),
    active_from=st.one_of(st.none(), st.dates(date(2025, 12, 1), date(2027, 1, 31))),
    active_until=st.one_of(st.none(), st.dates(date(2025, 12, 1), date(2027, 1, 31))),
)


@given(
    st.lists(UNITS, min_size=1, max_size=4, unique_by=lambda u: u.id),
    st.sampled_from(PeriodKind.values),
    st.sampled_from(Newcomer.values),
    st.dates(date(2025, 12, 25), date(2027, 1, 5)),
    st.integers(1, 20),
)
def test_base_equals_slow_twin(
    units: list[UnitView], per: str, newcomer: str, as_of: date, points: int
) -> None:
    """Every day of the year: is it the first of a period, and who is there on which days of it?"""
    expected = set()
    day = date(YEAR, 1, 1)
    while day.year == YEAR:
        span = span_of(per, day)
        if day == span.start and day <= as_of:
            days = [span.start + timedelta(n) for n in range((span.end - span.start).days + 1)]
            for one in units:
                there = [one.active_in(d, d) for d in days]
                if all(there) or (any(there) and newcomer == Newcomer.FULL):
                    expected.add((one.id, day, points * 100))
                elif newcomer == Newcomer.FULL and one.active_in(span.start, span.end):
                    # Its end lies before its beginning: a slip in the table of units.
                    expected.add((one.id, day, points * 100))
        day += timedelta(1)
    base = clause("base", points=str(points), per=per, newcomer=newcomer)
    entries = run(spec(base), (), world(*units, as_of=as_of))
    assert {(e.unit_id, e.date, e.hundredths) for e in entries} == expected
