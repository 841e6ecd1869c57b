"""Several adoptions of one item, by hand: added, the highest only, the best few, one per level."""

from __future__ import annotations

from typing import Any

import pytest

from scoring.schemes.engine import Clause, EntryDraft, FactView, run

from .helpers import clause, fact, spec, unit, world

PIECE = {"subject": "item:9"}


def adopted(pk: int, bulletin: int, level: int, day: str = "03-05", **more: Any) -> FactView:
    return fact(pk, day=day, bulletin_id=bulletin, level=level, **(PIECE | more))


def entries(*clauses: Clause, facts: list[FactView]) -> tuple[EntryDraft, ...]:
    return run(spec(*clauses), facts, world(unit(1), unit(2)))


def by_level(**points: str) -> Clause:
    """A table with points for a level: city, province, centre."""
    levels = {"city": 2, "province": 3, "centre": 4}
    rows = [
        {"kind": "adoption", "target": f"level:{levels[name]}", "points": value}
        for name, value in points.items()
    ]
    return clause("points_table", "table", rows=rows)


TABLE = by_level(city="3", province="10", centre="20")
# One piece: twice by the city's bulletins, twice by the province's, once by the centre's.
FIVE = [
    adopted(1, 11, 2, "02-01"),
    adopted(2, 12, 2, "02-20"),
    adopted(3, 21, 3, "03-05"),
    adopted(4, 22, 3, "05-06"),
    adopted(5, 31, 4, "06-07"),
]


def left(config: dict[str, Any], facts: list[FactView], table: Clause = TABLE) -> dict[int, int]:
    """Return fact → hundredths that are left of it."""
    sums: dict[int, int] = {}
    for entry in entries(table, clause("several", **config), facts=facts):
        assert entry.fact_id is not None
        sums[entry.fact_id] = sums.get(entry.fact_id, 0) + entry.hundredths
    return sums


@pytest.mark.parametrize(
    ("config", "kept"),
    [
        ({"way": "add"}, {1: 300, 2: 300, 3: 1000, 4: 1000, 5: 2000}),
        ({"way": "best"}, {1: 0, 2: 0, 3: 0, 4: 0, 5: 2000}),
        # Of the two by the province the earlier one counts.
        ({"way": "best", "best": 2}, {1: 0, 2: 0, 3: 1000, 4: 0, 5: 2000}),
        ({"way": "best", "best": 4}, {1: 300, 2: 0, 3: 1000, 4: 1000, 5: 2000}),
        ({"way": "per_level"}, {1: 300, 2: 0, 3: 1000, 4: 0, 5: 2000}),
        ({"way": "per_level", "best": 2}, {1: 0, 2: 0, 3: 1000, 4: 0, 5: 2000}),
        # Within the quarter: the first three, and the other two, each by themselves.
        ({"way": "best", "within": "period"}, {1: 0, 2: 0, 3: 1000, 4: 0, 5: 2000}),
        ({"way": "per_level", "within": "period"}, {1: 300, 2: 0, 3: 1000, 4: 1000, 5: 2000}),
    ],
)
def test_what_is_left_of_each(config: dict[str, Any], kept: dict[int, int]) -> None:
    assert left(config, FIVE) == kept
    assert left(config, FIVE[::-1]) == kept


def test_what_is_taken_off_says_why() -> None:
    told = {
        entry.fact_id: entry.sentence
        for entry in entries(TABLE, clause("several", way="best", best=2), facts=FIVE)
        if entry.hundredths < 0
    }
    assert told[4] == "同一稿件同一年度内只计最高的2次，本次已计的10分不再计。"
    told = {
        entry.fact_id: entry.sentence
        for entry in entries(TABLE, clause("several", way="per_level", best=2), facts=FIVE)
        if entry.hundredths < 0
    }
    assert told[1] == "同一稿件同一年度内每一级别只计最高的一次，最多计2次，本次已计的3分不再计。"


def test_a_hundredth_is_taken_off_and_nothing_is_not() -> None:
    table = by_level(city="0.01", province="0.02", centre="0")
    best = clause("several", way="best")
    taken = [e for e in entries(table, best, facts=FIVE) if e.block_type == "several"]
    assert [(entry.fact_id, entry.hundredths) for entry in taken] == [(4, -2), (1, -1), (2, -1)]


def test_pieces_units_and_other_kinds_stand_apart() -> None:
    """Another piece, another unit and the submission of the same piece are left as they are."""
    other = adopted(6, 11, 2, subject="item:10")
    foreign = adopted(7, 11, 2, units=(2,))
    sent = fact(8, "submission", **PIECE)
    table = clause(
        "points_table",
        "table",
        rows=[
            {"kind": "adoption", "target": "all", "points": "3"},
            {"kind": "submission", "target": "all", "points": "1"},
        ],
    )
    kept = left({"way": "best"}, [*FIVE[:2], other, foreign, sent], table)
    assert kept == {1: 300, 2: 0, 6: 300, 7: 300, 8: 100}
    # Named, the submission is one of them.
    named = {"way": "best", "whose": {"facts": {"kinds": ["adoption", "submission"]}}}
    assert left(named, [*FIVE[:2], sent], table) == {1: 300, 2: 0, 8: 0}


@pytest.mark.parametrize(
    ("config", "line"),
    [
        ({"way": "add"}, "同一稿件多次采用的，全部累加计分。"),
        ({"way": "best"}, "采用：同一稿件同一年度内只计最高的1次。"),
        (
            {"way": "per_level", "best": 3},
            "采用：同一稿件同一年度内每一级别只计最高的一次，最多计3次。",
        ),
    ],
)
def test_the_rule_in_words(config: dict[str, Any], line: str) -> None:
    assert clause("several", **config).describe() == [line]
