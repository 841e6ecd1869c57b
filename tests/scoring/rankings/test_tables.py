"""From counts to ranked rows, against a slow and obvious second implementation."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scoring.adoptions.rules import FactKind
from scoring.rankings.rules import Period
from scoring.rankings.tables import (
    UNGROUPED,
    Column,
    Ranking,
    add,
    as_json,
    figures_of,
    group_tables,
)
from scoring.tallies.rules import Counts

BULLETINS = (7, 9)
NAMES = {1: "一组", 2: "二组", 3: "空组", UNGROUPED: "未分组"}

UNITS = st.integers(1, 8)
FACTS = st.lists(
    st.tuples(
        UNITS,
        st.sampled_from(list(FactKind)),
        st.sampled_from(BULLETINS),
        st.sampled_from([1, 1, 1, -1]),
    ),
    max_size=40,
)
ENTRIES = st.lists(st.tuples(UNITS, st.integers(-500, 1000)), max_size=30)
# unit → (group or None, active in the period)
MEMBERS = st.fixed_dictionaries({unit: st.sampled_from([1, 2, None]) for unit in range(1, 9)})


def counts_of(facts: list[Any], unit: int) -> Counts:
    """Count one by one what a unit has."""
    found = Counts()
    for at, kind, bulletin, number in facts:
        if at != unit:
            continue
        if kind == FactKind.SUBMISSION:
            found.submitted += number
        elif kind == FactKind.FORWARDING:
            found.forwarded += number
        elif kind == FactKind.ADOPTION:
            found.adopted[bulletin] = found.adopted.get(bulletin, 0) + number
    return found


@given(FACTS, ENTRIES, MEMBERS)
def test_same_as_counting_one_by_one(facts: Any, entries: Any, groups: Any) -> None:
    sums: Counter[int] = Counter()
    for unit, hundredths in entries:
        sums[unit] += hundredths
    figures = {
        unit: figures_of(counts_of(facts, unit), sums[unit])
        for unit in {fact[0] for fact in facts} | set(sums)
    }
    members = [(unit, f"单位{unit}", group) for unit, group in groups.items()]
    tables = group_tables(members=members, figures=figures, names=NAMES)

    assert [table.name for table in tables] == list(NAMES.values())
    seen = []
    for table in tables:
        scores = [row.figures.hundredths for row in table.rows]
        assert scores == sorted(scores, reverse=True)
        for row in table.rows:
            seen.append(row.unit_id)
            mine = [fact for fact in facts if fact[0] == row.unit_id]
            assert (groups[row.unit_id] or UNGROUPED) == table.group_id
            assert row.rank == 1 + sum(score > row.figures.hundredths for score in scores)
            assert row.figures.hundredths == sum(h for u, h in entries if u == row.unit_id)
            assert row.figures.submitted == sum(f[3] for f in mine if f[1] == FactKind.SUBMISSION)
            assert row.figures.forwarded == sum(f[3] for f in mine if f[1] == FactKind.FORWARDING)
            for bulletin in BULLETINS:
                assert row.figures.adopted.get(bulletin, 0) == sum(
                    f[3] for f in mine if f[1] == FactKind.ADOPTION and f[2] == bulletin
                )
        assert table.totals.submitted == sum(row.figures.submitted for row in table.rows)
    with_figures = {fact[0] for fact in facts} | {unit for unit, _h in entries}
    grouped = {unit for unit, group in groups.items() if group is not None}
    assert sorted(seen) == sorted(grouped | with_figures)
    assert add(table.totals for table in tables).hundredths == sum(h for _u, h in entries)


def test_equal_points_keep_the_order_of_units() -> None:
    members = [(3, "丙", 1), (1, "甲", 1), (2, "乙", 1)]
    figures = {2: figures_of(Counts(), 100)}
    rows = group_tables(members=members, figures=figures, names={1: "组"})[0].rows
    assert [(row.rank, row.unit) for row in rows] == [(1, "乙"), (2, "丙"), (2, "甲")]


def test_published_json_form() -> None:
    columns = (Column(7, "普刊", "市级"), Column(9, "参阅", "省级"))
    figures = {
        1: figures_of(
            Counts(submitted=4, adopted={7: 2}, instructions={2: 1}, commissions={"done": 3}),
            250,
            -50,
        ),
        2: figures_of(Counts(forwarded=1, adopted={9: 1}), 0),
    }
    tables = group_tables(
        members=[(1, "甲镇", 1), (2, "乙镇", 1)],
        figures=figures,
        names={1: "镇"},
        more={1: (1000, 2, None, ("取消评先",))},
    )
    ranking = Ranking(
        period=Period(date(2026, 1, 1), date(2026, 3, 31)),
        schemes=("甲办法(第1版)", "乙办法(第2版)"),
        columns=columns,
        groups=tuple(tables),
        totals=add(table.totals for table in tables),
    )
    assert as_json(ranking) == {
        "period": {"from": "2026-01-01", "to": "2026-03-31"},
        "scheme": "甲办法(第1版)、乙办法(第2版)",
        "groups": [
            {
                "group": "镇",
                "rows": [
                    {
                        "rank": 1,
                        "unit": "甲镇",
                        "submitted": 4,
                        "forwarded": 0,
                        "adopted": {"普刊": 2, "参阅": 0},
                        "adopted_total": 2,
                        "rate": "50",
                        "instructions": {"2": 1},
                        "commissions": {"done": 3},
                        "deducted": "-0.5",
                        "points": "2.5",
                        "total": "10",
                        "rank_before": 2,
                        "rank_last_year": None,
                        "flags": ["取消评先"],
                    },
                    {
                        "rank": 2,
                        "unit": "乙镇",
                        "submitted": 0,
                        "forwarded": 1,
                        "adopted": {"普刊": 0, "参阅": 1},
                        "adopted_total": 1,
                        "rate": "—",
                        "instructions": {},
                        "commissions": {},
                        "deducted": "0",
                        "points": "0",
                        "total": "0",
                        "rank_before": None,
                        "rank_last_year": None,
                        "flags": [],
                    },
                ],
            }
        ],
        "totals": {
            "submitted": 4,
            "forwarded": 1,
            "adopted": {"普刊": 2, "参阅": 1},
            "adopted_total": 3,
            "rate": "75",
            "instructions": {"2": 1},
            "commissions": {"done": 3},
            "deducted": "-0.5",
            "points": "2.5",
            "total": "10",
        },
    }
