"""Titles in a table and items of ours: the most alike of the same unit, as one would compare."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from scoring.imports import names
from scoring.imports.names import TITLE_SCORE, KnownItem, Suggestion, Titles
from scoring.imports.rules import plain_name
from tests.properties import examples

UNITS = st.integers(1, 3)
WORDS = st.lists(st.sampled_from(("推进", "项目", "建设", "秋粮", "，", "A")), max_size=6).map(
    "".join
)


def slowly(items: list[KnownItem], title: str, units: tuple[int, ...]) -> Suggestion | None:
    """Compare one with one."""
    best: Suggestion | None = None
    best_score = 0.0
    for unit in units:
        for item in items:
            if unit not in item.units:
                continue
            score = fuzz.ratio(plain_name(title), plain_name(item.title))
            if score >= TITLE_SCORE and score > best_score:
                best, best_score = Suggestion(item.id, item.title, round(score)), score
    return best


@examples(30)
@given(
    known=st.lists(st.tuples(WORDS, UNITS), max_size=8),
    wanted=st.lists(st.tuples(WORDS, st.lists(UNITS, unique=True).map(tuple)), max_size=8),
    at_a_time=st.integers(1, 9),
)
def test_as_one_would_compare_one_by_one(
    known: list[tuple[str, int]], wanted: list[tuple[str, tuple[int, ...]]], at_a_time: int
) -> None:
    items = [KnownItem(n, title, (unit,)) for n, (title, unit) in enumerate(known, start=1)]
    kept, names.PAIRS_AT_A_TIME = names.PAIRS_AT_A_TIME, at_a_time
    try:
        found = Titles(items).alike(wanted)
    finally:
        names.PAIRS_AT_A_TIME = kept
    assert list(found) == sorted(found)
    assert [found.get(n) for n in range(len(wanted))] == [slowly(items, *one) for one in wanted]
