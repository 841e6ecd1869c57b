"""Rows of a points table that are told apart by details, by hand."""

from __future__ import annotations

from .helpers import clause, fact, only, world


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
