"""First and last places, gaps, running sums."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from scoring.boards.rules import edges, gap_to_next, running
from scoring.rankings.tables import GroupTable, figures_of, group_tables
from scoring.tallies.rules import Counts


def table(points: Sequence[int]) -> GroupTable:
    members = [(n, f"{n}号镇", 1) for n in range(1, len(points) + 1)]
    figures = {n: figures_of(Counts(), value) for n, value in enumerate(points, start=1)}
    return group_tables(members=members, figures=figures, names={1: "镇"})[0]


@pytest.mark.parametrize(
    ("points", "first", "last", "zero"),
    [
        ([], [], [], 0),
        ([0, 0], [], [], 2),
        ([5, 4, 3, 2, 1, 0], [1, 2, 3], [4, 5], 1),
        ([9, 8, 7, 6, 5, 4, 3], [1, 2, 3], [5, 6, 7], 0),
        # A tie at either cut lists all.
        ([9, 8, 7, 7, 1], [1, 2, 3, 4], [5], 0),
        ([9, 8, 7, 3, 3, 3, 3], [1, 2, 3], [4, 5, 6, 7], 0),
        ([5, -1], [1], [2], 0),
    ],
)
def test_first_and_last(points: list[int], first: list[int], last: list[int], zero: int) -> None:
    found = edges(table(points))
    assert [row.unit_id for row in found.first] == first
    assert [row.unit_id for row in found.last] == last
    assert found.zero == zero


def test_gap_is_to_the_place_above_not_to_an_equal() -> None:
    made = table([500, 300, 300, 100])
    assert [gap_to_next(row, made) for row in made.rows] == [None, 200, 200, 200]


def test_running_sums_stop_with_the_months_that_have_begun() -> None:
    assert running([1, 0, 2, 5], 3) == [1, 1, 3, None]
