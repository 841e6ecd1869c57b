"""The engine and its points table: rules as cases, and as properties against a slow twin."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.adoptions.rules import AdoptionForm, FactKind
from scoring.schemes.clauses.points_table import PointsTable
from scoring.schemes.engine import (
    Clause,
    EntryDraft,
    FactView,
    SchemeFault,
    SchemeSpec,
    build_clause,
    run,
)
from scoring.schemes.rules import points_text

DAY = date(2026, 3, 5)


def fact(pk: int = 1, **fields: Any) -> FactView:
    given_fields: dict[str, Any] = {
        "id": pk,
        "kind": FactKind.ADOPTION,
        "date": DAY,
        "bulletin_id": 7,
        "bulletin": "晋政信息·普刊",
        "level": 3,
        "form": "single",
        "title": "某信息",
        "units": (1,),
    } | fields
    return FactView(**given_fields)


def table(*rows: tuple[str, str, str, str]) -> Clause:
    """Rows as (kind, target, form, points)."""
    names = ("kind", "target", "form", "points")
    return build_clause(
        "points_table", "b1", {"rows": [dict(zip(names, row, strict=True)) for row in rows]}
    )


def scheme(*clauses: Clause) -> SchemeSpec:
    return SchemeSpec(id=1, name="办法", version=1, blocks=clauses)


def points(fact_given: FactView, *rows: tuple[str, str, str, str]) -> str | None:
    entries = run(scheme(table(*rows)), [fact_given])
    return points_text(entries[0].hundredths) if entries else None


EVERY_REACH = (
    ("adoption", "bulletin:7", "merged", "6"),
    ("adoption", "bulletin:7", "", "5"),
    ("adoption", "level:3", "merged", "4"),
    ("adoption", "level:3", "", "3"),
    ("adoption", "all", "merged", "2"),
    ("adoption", "all", "", "1"),
)


@pytest.mark.parametrize("first", range(6))
def test_most_specific_row_counts(first: int) -> None:
    """bulletin+form, bulletin, level+form, level, all+form, all: whatever the order of rows."""
    rows = EVERY_REACH[first:]
    merged = fact(form="merged")
    assert points(merged, *rows) == rows[0][3]
    assert points(merged, *reversed(rows)) == rows[0][3]


def test_row_of_another_form_does_not_count() -> None:
    assert points(fact(form="single"), *EVERY_REACH) == "5"
    assert points(fact(form="headline"), ("adoption", "all", "merged", "2")) is None


def test_fact_without_row_gets_no_entry_and_zero_gets_one() -> None:
    submission = fact(kind="submission", bulletin_id=None, bulletin="", level=None, form="")
    assert points(submission, ("adoption", "all", "", "3")) is None
    assert points(submission, ("submission", "all", "", "0")) == "0"


WITH_TRAITS = [
    {"kind": "adoption", "target": "all", "trait": "commissioned", "points": "5"},
    {"kind": "adoption", "target": "level:3", "trait": "commissioned", "points": "6"},
    {"kind": "adoption", "target": "all", "trait": "front", "points": "8"},
    {"kind": "adoption", "target": "bulletin:7", "form": "single", "points": "2"},
]


@pytest.mark.parametrize(
    ("traits", "fields", "points"),
    [
        ((), {}, "2"),
        (("urgent",), {}, "2"),
        # before a row that names the bulletin; among rows with traits the level goes first
        (("commissioned",), {}, "6"),
        (("commissioned",), {"level": 2}, "5"),
        # the traits of two rows that reach as far: the upper one
        (("commissioned", "front"), {"level": 2}, "5"),
        (("front", "urgent"), {"level": 2}, "8"),
    ],
)
def test_row_for_a_trait_goes_before_every_other(
    traits: tuple[str, ...], fields: dict[str, Any], points: str
) -> None:
    rows = build_clause("points_table", "b1", {"rows": WITH_TRAITS})
    # beside one without traits, which must not lend it its row
    facts = [fact(1), fact(2, traits=frozenset(traits), **fields)]
    first, second = run(scheme(rows), facts)
    assert points_text(first.hundredths) == "2"
    assert points_text(second.hundredths) == points


def test_trait_that_made_the_points_is_told() -> None:
    rows = build_clause("points_table", "b1", {"rows": WITH_TRAITS})
    (entry,) = run(scheme(rows), [fact(1, traits=frozenset({"front"}))])
    assert entry.sentence == "《晋政信息·普刊》采用1条（头版头条），每条8分，计8分。"


# The simple lines of the six worked schemes (domain rules §4.2).
GUANGYUAN = (
    ("adoption", "bulletin:1", "", "2"),  # 政务晨讯
    ("adoption", "bulletin:2", "", "5"),  # 政务参阅
    ("adoption", "bulletin:3", "", "10"),  # 国办
)
LIANYUNGANG = (
    ("forwarding", "all", "", "2"),  # 选送到省
    ("adoption", "bulletin:1", "", "3"),  # 昨日情况
    ("adoption", "bulletin:1", "digest", "1"),  # 简讯
    ("adoption", "bulletin:2", "", "20"),  # 专报信息
)
ZHONGLOU = (
    ("adoption", "level:1", "", "10"),
    ("adoption", "level:2", "", "15"),
    ("adoption", "level:3", "", "30"),
    ("adoption", "level:4", "", "30"),
)
LIANSHI = (
    ("submission", "all", "", "1"),
    ("adoption", "bulletin:1", "", "3"),
    ("adoption", "level:2", "", "20"),
    ("adoption", "level:3", "", "30"),
)
SHANGYU = (
    ("adoption", "bulletin:1", "", "2"),
    ("adoption", "bulletin:1", "digest", "1"),
    ("adoption", "level:2", "", "5"),
    ("adoption", "level:2", "digest", "2.5"),
    ("adoption", "level:4", "", "15"),
    ("adoption", "level:4", "digest", "7.5"),
)
FENYANG = (
    ("adoption", "bulletin:1", "", "1"),
    ("adoption", "bulletin:2", "", "4"),
    ("adoption", "bulletin:3", "", "2"),
)


@pytest.mark.parametrize(
    ("rows", "kind", "bulletin", "level", "form", "expected"),
    [
        (GUANGYUAN, "adoption", 1, 2, "single", "2"),
        (GUANGYUAN, "adoption", 2, 2, "single", "5"),
        (GUANGYUAN, "adoption", 3, 4, "merged", "10"),
        (GUANGYUAN, "submission", None, None, "", None),
        (LIANYUNGANG, "forwarding", 9, 3, "", "2"),
        (LIANYUNGANG, "adoption", 1, 2, "single", "3"),
        (LIANYUNGANG, "adoption", 1, 2, "digest", "1"),
        (LIANYUNGANG, "adoption", 2, 3, "single", "20"),
        (ZHONGLOU, "adoption", 9, 1, "single", "10"),
        (ZHONGLOU, "adoption", 9, 2, "single", "15"),
        (ZHONGLOU, "adoption", 9, 4, "merged", "30"),
        (LIANSHI, "submission", None, None, "", "1"),
        (LIANSHI, "adoption", 1, 1, "single", "3"),
        (LIANSHI, "adoption", 9, 3, "merged", "30"),
        (SHANGYU, "adoption", 1, 1, "digest", "1"),
        (SHANGYU, "adoption", 9, 2, "digest", "2.5"),
        (SHANGYU, "adoption", 9, 4, "digest", "7.5"),
        (FENYANG, "adoption", 1, 2, "single", "1"),
        (FENYANG, "adoption", 2, 3, "single", "4"),
        (FENYANG, "adoption", 3, 3, "merged", "2"),
    ],
)
def test_simple_lines_of_worked_schemes(
    rows: tuple[tuple[str, str, str, str], ...],
    kind: str,
    bulletin: int | None,
    level: int | None,
    form: str,
    expected: str | None,
) -> None:
    name = "某刊" if bulletin else ""
    subject = fact(kind=kind, bulletin_id=bulletin, bulletin=name, level=level, form=form)
    assert points(subject, *rows) == expected


@pytest.mark.parametrize(
    ("row", "fields", "sentence"),
    [
        (("adoption", "bulletin:7", "", "4"), {}, "《晋政信息·普刊》采用1条，每条4分，计4分。"),
        (
            ("adoption", "bulletin:7", "merged", "2.5"),
            {"form": "merged"},
            "《晋政信息·普刊》综合采用1条，每条2.5分，计2.5分。",
        ),
        (
            ("adoption", "level:3", "single", "30"),
            {},
            "《晋政信息·普刊》（省级）单篇采用1条，每条30分，计30分。",
        ),
        (
            ("forwarding", "all", "", "2"),
            {"kind": "forwarding", "form": ""},
            "上报《晋政信息·普刊》1条，每条2分，计2分。",
        ),
        (
            ("submission", "all", "", "0"),
            {"kind": "submission", "bulletin_id": None, "bulletin": "", "level": None, "form": ""},
            "报送1条，每条0分，计0分。",
        ),
        (
            ("adoption", "all", "", "4"),
            {"units": (1, 2, 3)},
            "《晋政信息·普刊》采用1条，每条4分，计4分（3个单位联合署名，各计满分）。",
        ),
    ],
)
def test_sentences(row: tuple[str, str, str, str], fields: dict[str, Any], sentence: str) -> None:
    entries = run(scheme(table(row)), [fact(**fields)])
    assert {entry.sentence for entry in entries} == {sentence}


def test_joint_item_gives_each_unit_full_points() -> None:
    entries = run(scheme(table(("adoption", "all", "", "4"))), [fact(units=(3, 1, 2))])
    assert [(entry.unit_id, entry.hundredths) for entry in entries] == [
        (3, 400),
        (1, 400),
        (2, 400),
    ]


def test_later_clause_sees_entries_of_earlier_ones() -> None:
    class Doubling:
        block_type: ClassVar[str] = "doubling"
        block_id = "b2"

        @classmethod
        def from_config(cls, block_id, config):
            return cls()

        def apply(self, context):
            for entry in context.entries:
                yield EntryDraft(
                    entry.unit_id,
                    entry.about,
                    entry.date,
                    entry.hundredths,
                    self.block_id,
                    self.block_type,
                    "再加一倍。",
                )

        def describe(self):
            return []

    entries = run(scheme(table(("adoption", "all", "", "4")), Doubling()), [fact()])
    assert [(entry.block_id, entry.hundredths) for entry in entries] == [("b1", 400), ("b2", 400)]
    assert not run(scheme(Doubling(), table()), [fact()])


def test_clause_with_two_entries_for_one_fact_and_unit_is_refused() -> None:
    class Twice:
        block_type: ClassVar[str] = "twice"
        block_id = "b2"

        @classmethod
        def from_config(cls, block_id, config):
            return cls()

        def apply(self, context):
            yield from [EntryDraft(1, "f1", DAY, 100, "b2", "twice", "一分。")] * 2

        def describe(self):
            return []

    with pytest.raises(SchemeFault):
        run(scheme(Twice()), [fact()])


def test_unknown_block_is_refused() -> None:
    with pytest.raises(SchemeFault):
        build_clause("magic", "b1", {})


# --- properties ---------------------------------------------------------------------------

KINDS = st.sampled_from(FactKind.values)
FORMS = st.sampled_from(["", *AdoptionForm.values])
TARGETS = st.one_of(
    st.just("all"),
    st.integers(1, 4).map(lambda n: f"level:{n}"),
    st.integers(1, 3).map(lambda n: f"bulletin:{n}"),
)
ROWS = st.lists(
    st.tuples(KINDS, TARGETS, FORMS, st.integers(0, 12_000).map(points_text)), max_size=12
)


@st.composite
def facts(draw: st.DrawFn) -> list[FactView]:
    made = []
    for pk in range(draw(st.integers(0, 6))):
        kind = draw(KINDS)
        bulletin = None if kind == "submission" else draw(st.integers(1, 3))
        made.append(
            fact(
                pk=pk,
                kind=kind,
                date=draw(st.dates(date(2026, 1, 1), date(2026, 12, 31))),
                bulletin_id=bulletin,
                bulletin=f"刊{bulletin}" if bulletin else "",
                level=bulletin and bulletin + 1,
                form=draw(FORMS) if kind == "adoption" else "",
                units=tuple(draw(st.lists(st.integers(1, 5), min_size=1, max_size=3, unique=True))),
            )
        )
    return made


def slow_points(subject: FactView, rows: list[tuple[str, str, str, str]]) -> Fraction | None:
    """The same rule, written the slow way: weigh every row that fits, take the heaviest."""
    best: tuple[int, int] | None = None
    result = None
    for n, (kind, target, form, text) in enumerate(rows):
        if kind != subject.kind or (form and form != subject.form):
            continue
        if target == "all":
            weight = 0
        elif target == f"level:{subject.level}":
            weight = 2
        elif target == f"bulletin:{subject.bulletin_id}":
            weight = 4
        else:
            continue
        rank = (weight + (1 if form else 0), -n)
        if best is None or rank > best:
            best, result = rank, Fraction(text)
    return result


@given(ROWS, facts())
def test_points_table_equals_slow_twin(
    rows: list[tuple[str, str, str, str]], subjects: list[FactView]
) -> None:
    expected = {
        (subject.id, unit): value
        for subject in subjects
        if (value := slow_points(subject, rows)) is not None
        for unit in subject.units
    }
    entries = run(scheme(table(*rows)), subjects)
    assert {
        (entry.fact_id, entry.unit_id): Fraction(entry.hundredths, 100) for entry in entries
    } == expected


@given(ROWS, facts(), st.randoms())
def test_order_of_facts_changes_nothing(
    rows: list[tuple[str, str, str, str]], subjects: list[FactView], random: Any
) -> None:
    shuffled = list(subjects)
    random.shuffle(shuffled)
    clause = table(*rows)
    assert run(scheme(clause), subjects) == run(scheme(clause), shuffled)


def test_joint_and_rows_survive_conversion() -> None:
    clause = table(("adoption", "level:2", "merged", "2.5"))
    assert isinstance(clause, PointsTable)
    assert clause.rows[0].reach == ("adoption", None, 2, "merged", "", "", "", None, None)
    assert clause.rows[0].hundredths == 250
