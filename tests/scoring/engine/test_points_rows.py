"""Rows of a points table that are told apart by details, by hand."""

from __future__ import annotations

from typing import Any

from scoring.schemes.engine import Clause, run
from scoring.schemes.facts import Via

from .helpers import clause, fact, only, spec, unit, world


def test_a_limit_of_words_on_one_side_is_a_limit() -> None:
    """The narrower row counts and its sentence tells the words; a genre is told only if named."""
    plain = {"kind": "adoption", "target": "all", "points": "4"}
    for limit, words, points in (
        ({"words_max": 300}, 300, 100),
        ({"words_max": 300}, 301, 400),
        ({"words_min": 800}, 800, 100),
        ({"words_min": 800}, 799, 400),
    ):
        rows = [plain, {**plain, "points": "1", **limit}]
        clauses = clause("points_table", "t", rows=rows)
        piece = fact(1, words=words, genre="research")
        entry = only(clauses, facts=[piece], world=world())
        assert entry.hundredths == points
        assert (f"（{words}字）" in entry.sentence) == (points == 100)
        assert "调研" not in entry.sentence
    named = clause("points_table", "t", rows=[{**plain, "genre": "research"}])
    assert "调研" in only(named, facts=[fact(1, genre="research")], world=world()).sentence


def test_only_what_takes_points_is_called_a_deduction() -> None:
    rows = [
        {"kind": "commission", "target": "all", "mark": mark, "points": points}
        for mark, points in (("done", "0"), ("late", "-0.01"))
    ]
    table = clause("points_table", "t", rows=rows)
    told = {
        mark: only(table, facts=[fact(1, "commission", mark=mark)], world=world()).sentence
        for mark in ("done", "late")
    }
    assert "，每次0分，计0分。" in told["done"]
    assert "，每次扣0.01分，计-0.01分。" in told["late"]


def test_a_table_that_has_seen_facts_says_of_others_what_a_new_one_says() -> None:
    """What it remembers is for facts that differ in nothing that the sentence or points tell."""
    adopted = {"kind": "adoption", "target": "all"}
    rows = [
        {**adopted, "points": "4", "form": "single"},
        {**adopted, "points": "3", "genre": "research"},
        {**adopted, "points": "2", "target": "level:2"},
        {**adopted, "points": "6", "trait": "front"},
        {**adopted, "points": "1", "words_max": 300},
        {"kind": "check", "target": "all", "points": "1"},
        {"kind": "quality", "target": "all", "mark": "late", "points": "1", "most": "3"},
    ]

    def table() -> Clause:
        return clause("points_table", "t", rows=rows, joint="equal")

    chosen = {"mark": "late", "note": "晚了", "hundredths": 150}
    others: list[dict[str, Any]] = [
        {},
        {"bulletin": "改了名的刊物"},
        {"bulletin_id": 8, "bulletin": "参阅", "level": 2},
        {"form": "merged", "words": 99},
        {"form": "merged", "words": 99, "genre": "research"},
        {"traits": frozenset({"front"})},
        {"form": "", "words": 299},
        {"form": "", "words": 300},
        {"units": (1, 2)},
        {"units": (1, 2, 3)},
        {"units": (1, 2), "via": (Via(2, 3, "某直报点", True),)},
        {"kind": "check", "check": "报送制度"},
        {"kind": "check", "check": "值班制度"},
        {"kind": "quality", **chosen},
        {"kind": "quality", **chosen, "note": "很晚"},
        {"kind": "quality", **chosen, "hundredths": 200},
    ]
    kept, units = table(), world(unit(1), unit(2), unit(3))
    for other in [*others, *others]:
        given = [fact(1, **other)]
        entries = run(spec(kept), given, units)
        assert entries == run(spec(table()), given, units)
        assert entries
