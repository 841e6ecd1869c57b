"""Instructions: the worked schemes by hand, several on one piece, and a slow twin."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.adoptions.rules import Mark, Trait
from scoring.schemes.clauses.instructions import Further
from scoring.schemes.engine import Clause, FactView, run
from scoring.schemes.periods import span_of
from scoring.schemes.rules import Rounding

from .making import clause, day, instruction, points_of, score, sentence_of, spec
from .making import given as shown
from .making import traits as made_of

MAIN, OTHER = Mark.MAIN_LEADER, Mark.OTHER_LEADER


def instructions(*rows: tuple[int | str, str, str, str], **config: Any) -> Clause:
    """Rows as (level, mark, target, points)."""
    names = ("level", "mark", "target", "points")
    return clause(
        "instructions", rows=[dict(zip(names, row, strict=True)) for row in rows], **config
    )


# Domain rules §4.2.
GUANGYUAN = instructions((4, "", "all", "20"), (3, "", "all", "10"), (2, "", "all", "5"))
LIANSHI = instructions(
    (1, "", "all", "10"), (2, "", "all", "30"), (3, "", "all", "40"), without=["urgent"]
)
# 昨日情况 (7): city leader +5; 政务建议 (8): instruction +10; province +50; State Council +100.
LIANYUNGANG = instructions(
    (2, "", "bulletin:7", "5"),
    (2, "", "bulletin:8", "10"),
    (3, "", "all", "50"),
    (4, "", "all", "100"),
)
BY_MARK = instructions((2, "main", "all", "10"), (2, "other", "all", "5"), (1, "", "all", "3"))


@pytest.mark.parametrize(
    ("rules", "level", "mark", "bulletin", "points"),
    [
        (GUANGYUAN, 4, MAIN, None, "20"),
        (GUANGYUAN, 3, OTHER, None, "10"),
        (GUANGYUAN, 2, OTHER, None, "5"),
        (GUANGYUAN, 1, MAIN, None, "0"),
        (LIANSHI, 1, MAIN, None, "10"),
        (LIANSHI, 2, MAIN, None, "30"),
        (LIANSHI, 3, OTHER, None, "40"),
        (LIANYUNGANG, 2, MAIN, 7, "5"),
        (LIANYUNGANG, 2, MAIN, 8, "10"),
        (LIANYUNGANG, 2, MAIN, None, "0"),
        (LIANYUNGANG, 3, MAIN, 8, "50"),
        (LIANYUNGANG, 4, OTHER, None, "100"),
        (BY_MARK, 2, MAIN, None, "10"),
        (BY_MARK, 2, OTHER, None, "5"),
        (BY_MARK, 1, OTHER, None, "3"),
    ],
)
def test_one_instruction(
    rules: Clause, level: int, mark: str, bulletin: int | None, points: str
) -> None:
    fact = instruction(1, level, mark, bulletin_id=bulletin, bulletin="某刊" if bulletin else "")
    assert points_of(score([fact], rules)) == points


@pytest.mark.parametrize(
    ("rows", "points"),
    [
        ((("", "", "all", "1"), (3, "", "all", "2")), "2"),
        (((3, "main", "all", "3"), (3, "", "all", "2")), "3"),
        (((3, "main", "all", "3"), ("", "", "bulletin:7", "4")), "4"),
        ((("", "", "bulletin:7", "4"), (3, "", "bulletin:7", "5")), "5"),
        ((("", "main", "all", "1"), (3, "", "all", "2")), "2"),
        (((3, "other", "all", "9"),), "0"),
    ],
)
def test_most_specific_row_counts(rows: Any, points: str) -> None:
    fact = instruction(1, 3, MAIN, bulletin_id=7, bulletin="某刊")
    for ordered in (rows, rows[::-1]):
        assert points_of(score([fact], instructions(*ordered))) == points


def test_urgent_items_do_not_count_in_lianshi() -> None:
    facts = [instruction(1, 2, traits=made_of(Trait.URGENT)), instruction(2, 2)]
    assert shown(score(facts, LIANSHI)) == [(1, 2, "30")]


def two_levels(*levels: int, marks: tuple[str, ...] = (), months: tuple[int, ...] = ()) -> Any:
    """Instructions on one piece, one after the other."""
    return [
        instruction(
            n + 1,
            level,
            marks[n] if marks else MAIN,
            date=day(months[n] if months else 3, n + 1),
            subject="item:9",
        )
        for n, level in enumerate(levels)
    ]


@pytest.mark.parametrize(
    ("config", "facts", "points"),
    [
        ({}, two_levels(2, 2, 3), ["5", "5", "10"]),
        ({"repeat": "first"}, two_levels(2, 2, 3), ["5", "0", "10"]),
        ({"repeat": "best"}, two_levels(2, 2, 3), ["5", "0", "10"]),
        ({"further": "2"}, two_levels(2, 3, 3), ["5", "2", "2"]),
        ({"further": "50%"}, two_levels(2, 3, 2), ["5", "5", "2.5"]),
        ({"further": "0"}, two_levels(3, 2), ["10", "0"]),
        ({"repeat": "first", "further": "2"}, two_levels(2, 2, 3), ["5", "0", "2"]),
        # A quarter by itself: the fourth month begins anew.
        ({"further": "2", "within": "period"}, two_levels(2, 2, months=(3, 4)), ["5", "5"]),
        ({"further": "2", "within": "year"}, two_levels(2, 2, months=(3, 4)), ["5", "2"]),
        ({"repeat": "best", "within": "period"}, two_levels(2, 2, months=(3, 4)), ["5", "5"]),
    ],
)
def test_several_on_one_piece(config: dict[str, Any], facts: Any, points: list[str]) -> None:
    rules = instructions((3, "", "all", "10"), (2, "", "all", "5"), **config)
    entries = run(spec(rules), facts)
    assert [text for _unit, _fact, text in sorted(shown(entries))] == points


def test_best_at_a_level_is_the_higher_leader() -> None:
    facts = two_levels(2, 2, marks=(OTHER, MAIN))
    rules = ((2, "main", "all", "10"), (2, "other", "all", "5"))
    best = score(facts, instructions(*rules, repeat="best"))
    assert sorted(shown(best)) == [(1, 1, "0"), (1, 2, "10")]
    first = score(facts, instructions(*rules, repeat="first"))
    assert sorted(shown(first)) == [(1, 1, "5"), (1, 2, "0")]


def test_sentences() -> None:
    rules = instructions((2, "", "all", "5"), (3, "", "all", "10"), repeat="first", further="2")
    entries = score(two_levels(2, 2, 3), rules)
    assert sentence_of(entries, "instructions", 1) == "获市级主要领导批示1次，每次5分，计5分。"
    assert sentence_of(entries, "instructions", 2) == (
        "获市级主要领导批示1次，同一稿件同一年度内同一级别只计最早的一次，本次不计分。"
    )
    assert sentence_of(entries, "instructions", 3) == (
        "获省级主要领导批示1次，是同一稿件的第2次批示，第一次计满分，以后每次计2分，计2分。"
    )
    on_bulletin = instruction(1, 2, OTHER, bulletin_id=7, bulletin="昨日情况", units=(1, 2))
    shared = instructions((2, "", "bulletin:7", "5"), joint="equal")
    assert {e.sentence for e in score([on_bulletin], shared)} == {
        "《昨日情况》获市级其他领导批示1次，每次5分，计5分（2个单位联合署名，平均分配，本单位计2.5分）。"
    }


def test_words_of_the_clause() -> None:
    rules = instructions((2, "", "all", "5"), repeat="best", further="50%", without=["urgent"])
    assert rules.describe() == [
        "只计批示（紧急信息除外）。",
        "同一稿件同一年度内同一级别只计最高的一次。",
        "同一稿件同一年度内获多次批示的，第一次计满分，以后每次按50%计。",
        "联合报送的，每个署名单位各计满分。",
    ]
    assert GUANGYUAN.describe()[0] == "同一稿件获多次批示的，每次都计。"


@pytest.mark.parametrize("text", ["abc", "-2", "200000%", "1e9%", "50%%", "2.345"])
def test_further_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"请填|不能|最多"):
        Further.parse(text)


@pytest.mark.parametrize("text", ["", "2", "2.5", "0", "50%", "12.5%", "0%"])
def test_further_is_kept_as_written(text: str) -> None:
    assert Further.parse(text).written == text
    assert Further.parse(Further.parse(text).written) == Further.parse(text)


# --- slow twin ----------------------------------------------------------------------------

FACTS = st.lists(
    st.tuples(
        st.integers(1, 4),
        st.sampled_from([MAIN, OTHER]),
        st.sampled_from([None, 7, 8]),
        st.sampled_from(["item:1", "item:2"]),
        st.dates(date(2026, 1, 1), date(2026, 12, 31)),
        st.lists(st.integers(1, 3), min_size=1, max_size=2, unique=True),
        st.booleans(),
    ),
    max_size=8,
)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["", 1, 2, 3, 4]),
        st.sampled_from(["", "main", "other"]),
        st.sampled_from(["all", "bulletin:7", "bulletin:8"]),
        st.sampled_from(["0", "1", "2.5", "10"]),
    ),
    max_size=6,
    unique_by=lambda row: row[:3],
)
CONFIG = st.fixed_dictionaries(
    {
        "repeat": st.sampled_from(["every", "best", "first"]),
        "further": st.sampled_from(["", "2", "50%", "33.33%"]),
        "within": st.sampled_from(["period", "year"]),
        "without": st.sampled_from([[], ["urgent"]]),
    }
)


def slow(rows: Any, config: dict[str, Any], facts: list[FactView]) -> dict[Any, Fraction]:
    """The rule, unit by unit and instruction by instruction, looking back each time."""
    result: dict[Any, Fraction] = {}

    def full(fact: FactView) -> Fraction | None:
        fits = [
            (target != "all", level != "", mark != "", Fraction(points))
            for level, mark, target, points in rows
            if target in ("all", f"bulletin:{fact.bulletin_id}")
            and level in ("", fact.level)
            and mark in ("", fact.mark)
        ]
        return max(fits)[3] if fits and not (config["without"] and fact.traits) else None

    def together(one: FactView, two: FactView) -> bool:
        kind = "year" if config["within"] == "year" else "quarter"
        return one.subject == two.subject and span_of(kind, one.date) == span_of(kind, two.date)

    ordered = sorted(facts, key=lambda fact: (fact.date, fact.id))
    for unit in (1, 2, 3):
        counted: list[FactView] = []
        mine = [fact for fact in ordered if unit in fact.units and full(fact) is not None]
        for place, fact in enumerate(mine):
            same = [f for f in mine if together(f, fact) and f.level == fact.level]
            if config["repeat"] == "first" and same[0] is not fact:
                result[unit, fact.id] = Fraction(0)
                continue
            if config["repeat"] == "best":
                top = max(full(f) or Fraction(0) for f in same)
                if next(f for f in same if full(f) == top) is not fact:
                    result[unit, fact.id] = Fraction(0)
                    continue
            value = full(fact)
            assert value is not None
            if any(together(f, fact) for f in counted) and config["further"]:
                text = config["further"]
                if text.endswith("%"):
                    hundredths = value * Fraction(text[:-1]) / 100 * 100
                    value = Fraction(int(hundredths + Fraction(1, 2)), 100)
                else:
                    value = Fraction(text)
            counted.append(fact)
            result[unit, fact.id] = value
            assert place < len(mine)
    return result


@given(ROWS, CONFIG, FACTS)
def test_instructions_equal_slow_twin(rows: Any, config: dict[str, Any], drawn: Any) -> None:
    facts = [
        instruction(
            n,
            level,
            mark,
            bulletin_id=bulletin,
            bulletin="某刊" if bulletin else "",
            subject=subject,
            date=when,
            units=tuple(units),
            traits=made_of(Trait.URGENT) if hot else frozenset(),
        )
        for n, (level, mark, bulletin, subject, when, units, hot) in enumerate(drawn)
    ]
    entries = run(spec(instructions(*rows, **config), rounding=Rounding.HALF_UP), facts)
    found = {(e.unit_id, e.fact_id): Fraction(e.hundredths, 100) for e in entries}
    assert found == slow(rows, config, facts)
