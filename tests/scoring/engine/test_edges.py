"""Edges that random schemes seldom meet: found by changing the clauses and seeing no test fail."""

from __future__ import annotations

from datetime import date

import pytest

from scoring.schemes.engine import run

from .making import adoption, check, clause, given, points_of, score, spec, table, world


@pytest.mark.parametrize(
    ("words", "points"),
    [(None, "1"), (1, "5"), (2, "5"), (3, "1"), (4, "1"), (5, "2"), (9, "2")],
)
@pytest.mark.parametrize("turned", [False, True])
def test_rows_with_a_number_of_words_go_before_those_without(
    words: int | None, points: str, turned: bool
) -> None:
    """Both limits belong to their rows; one of them is enough to be the narrower row."""
    rows = [
        {"kind": "adoption", "target": "all", "points": "1"},
        {"kind": "adoption", "target": "all", "points": "5", "words_max": 2},
        {"kind": "adoption", "target": "all", "points": "2", "words_min": 5},
    ]
    rules = clause("points_table", rows=rows[::-1] if turned else rows)
    assert points_of(score([adoption(1, words=words)], rules)) == points


def test_a_multiplied_thing_has_the_day_of_its_last_point() -> None:
    """Base points of the quarter's first day, capped on the day of the last adoption."""
    rules = [
        clause("base", points="6"),
        table(("adoption", "all", "5")),
        clause("cap", most="8"),
        clause("multiplier", factor="2", whose={"clauses": "基础分、封顶"}),
    ]
    entries = run(spec(*rules, base="基础分", cap="封顶"), [adoption(1)], world(1))
    doubled = [entry for entry in entries if entry.about == "p2026-03-31"][-1]
    assert (doubled.block_id, doubled.date, doubled.hundredths) == (
        "multiplier",
        date(2026, 3, 5),
        300,
    )


@pytest.mark.parametrize(
    ("as_of", "there"),
    [(date(2026, 2, 15), False), (date(2026, 2, 16), True), (date(2026, 3, 1), True)],
)
def test_what_stands_from_the_first_day_waits_for_the_scheme(as_of: date, there: bool) -> None:
    """The quarter has begun, the scheme comes into force on 16 February."""
    rows = [{"check": "队伍健全", "points": "3", "tick": "standing"}]
    for rules in (clause("base", points="6"), clause("checklist", rows=rows)):
        begun = world(1, start=date(2026, 2, 16), as_of=as_of)
        entries = run(spec(rules), [], begun)
        assert [entry.date for entry in entries] == ([date(2026, 2, 16)] if there else [])


def test_ticks_are_told_apart_by_period_and_by_unit() -> None:
    """Once a period for each unit; standing points are lost once, by the first tick alone."""
    once = [{"check": "培训", "points": "2", "tick": "once"}]
    standing = [{"check": "培训", "points": "2", "tick": "standing"}]
    facts = [
        check(1, "培训", units=(1,)),
        check(2, "培训", units=(1, 2)),
        check(3, "培训", units=(1,), date=date(2026, 4, 1)),
    ]
    found = given(run(spec(clause("checklist", rows=once)), facts, world(1, 2)))
    assert found == [(1, 1, "2"), (1, 2, "0"), (2, 2, "2"), (1, 3, "2")]
    found = given(run(spec(clause("checklist", rows=standing)), facts, world(1, 2)))
    assert [line for line in found if line[1]] == [
        (1, 1, "-2"),
        (1, 2, "0"),
        (2, 2, "-2"),
        (1, 3, "-2"),
    ]
