"""Selections of facts and of earlier entries."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.adoptions.rules import AdoptionForm, FactKind, Mark, Trait
from scoring.schemes.engine import FactView
from scoring.schemes.facts import EntryDraft
from scoring.schemes.which import Which, Whose, read_targets, split_names

from .making import DAY, adoption, instruction, submission, traits

FRONT = adoption(1, traits=traits(Trait.FRONT, Trait.PASSED_UP), genre="report")


@pytest.mark.parametrize(
    ("config", "fact", "covered"),
    [
        ({}, FRONT, True),
        (None, FRONT, True),
        ({"kinds": ["adoption"]}, FRONT, True),
        ({"kinds": ["submission"]}, FRONT, False),
        ({"kinds": ["submission", "adoption"]}, submission(2), True),
        ({"targets": ["bulletin:7"]}, FRONT, True),
        ({"targets": ["bulletin:8"]}, FRONT, False),
        ({"targets": ["level:3"]}, FRONT, True),
        ({"targets": ["level:2"]}, FRONT, False),
        ({"targets": ["bulletin:8", "level:3"]}, FRONT, True),
        ({"targets": ["all"]}, submission(2), True),
        ({"targets": ["level:3"]}, submission(2), False),
        ({"targets": ["level:4"]}, instruction(3, 4), True),
        ({"forms": ["single"]}, FRONT, True),
        ({"forms": ["merged"]}, FRONT, False),
        ({"genres": ["report"]}, FRONT, True),
        ({"genres": ["brief"]}, FRONT, False),
        ({"marks": ["main"]}, instruction(3, 4), True),
        ({"marks": ["other"]}, instruction(3, 4), False),
        ({"traits": ["front"]}, FRONT, True),
        ({"traits": ["front", "repost"]}, FRONT, True),
        ({"traits": ["repost"]}, FRONT, False),
        ({"without": ["passed_up"]}, FRONT, False),
        ({"without": ["repost"]}, FRONT, True),
        ({"traits": ["front"], "without": ["passed_up"]}, FRONT, False),
    ],
)
def test_selections(config: dict[str, Any] | None, fact: FactView, covered: bool) -> None:
    assert Which.from_config(config).covers(fact) is covered


@pytest.mark.parametrize("target", ["bulletin:x", "unit:3", "bulletin:", "3"])
def test_unknown_target_is_refused(target: str) -> None:
    with pytest.raises(ValueError, match=r"unknown target|invalid literal"):
        read_targets([target])


@pytest.mark.parametrize(
    ("config", "text"),
    [
        ({}, "各类事项"),
        ({"kinds": ["adoption"]}, "采用"),
        ({"targets": ["level:3", "level:4"], "kinds": ["adoption"]}, "省级、中央采用"),
        ({"traits": ["front"], "kinds": ["adoption"]}, "头版头条采用"),
        ({"kinds": ["instruction"], "without": ["urgent"]}, "批示（紧急信息除外）"),
        ({"targets": ["bulletin:7"], "kinds": ["adoption"]}, "采用（指定刊物）"),
    ],
)
def test_words_of_a_selection(config: dict[str, Any], text: str) -> None:
    assert Which.from_config(config).text == text


def entry(block_id: str, fact_id: int | None = 1) -> EntryDraft:
    return EntryDraft(1, "x", DAY, 100, block_id, "t", "因为。", fact_id=fact_id)


@pytest.mark.parametrize(
    ("config", "drafts", "covered"),
    [
        ({}, entry("a"), True),
        ({}, entry("a", None), True),
        ({"clauses": "采用分"}, entry("a"), True),
        ({"clauses": "采用分"}, entry("b"), False),
        ({"clauses": "基础分，采用分"}, entry("b", None), True),
        ({"facts": {"kinds": ["adoption"]}}, entry("a"), True),
        ({"facts": {"kinds": ["adoption"]}}, entry("a", None), False),
        ({"facts": {"kinds": ["submission"]}}, entry("a"), False),
        ({"clauses": "采用分", "facts": {"traits": ["front"]}}, entry("a"), True),
        ({"clauses": "基础分", "facts": {"traits": ["front"]}}, entry("a"), False),
    ],
)
def test_selections_of_entries(config: dict[str, Any], drafts: EntryDraft, covered: bool) -> None:
    names = {"a": "采用分", "b": "基础分"}
    meant = Whose.from_config(config).among([drafts], {1: FRONT}, names)
    assert list(meant) == [drafts] * covered


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ()),
        ("采用分", ("采用分",)),
        ("采用分、约稿分", ("采用分", "约稿分")),
        (" 采用分，约稿分; 基础分 ；", ("采用分", "约稿分", "基础分")),
    ],
)
def test_names_are_split(text: str, names: tuple[str, ...]) -> None:
    assert split_names(text) == names


SOME = {
    "kinds": st.lists(st.sampled_from(FactKind.values), max_size=3),
    "targets": st.lists(
        st.sampled_from(["level:2", "level:3", "bulletin:7", "bulletin:8"]), max_size=2
    ),
    "forms": st.lists(st.sampled_from(AdoptionForm.values), max_size=2),
    "marks": st.lists(st.sampled_from(Mark.values), max_size=2),
    "traits": st.lists(st.sampled_from(Trait.values), max_size=2),
    "without": st.lists(st.sampled_from(Trait.values), max_size=2),
}
FACTS = st.builds(
    adoption,
    st.just(1),
    kind=st.sampled_from(FactKind.values),
    bulletin_id=st.sampled_from([None, 7, 8]),
    level=st.sampled_from([None, 2, 3]),
    form=st.sampled_from(["", *AdoptionForm.values]),
    mark=st.sampled_from(["", *Mark.values]),
    traits=st.frozensets(st.sampled_from(Trait.values), max_size=3),
)


@given(st.fixed_dictionaries({}, optional=SOME), FACTS)
def test_selection_equals_slow_twin(config: dict[str, list[str]], fact: FactView) -> None:
    """Every list by itself: empty, or one of it fits."""
    where = {f"bulletin:{fact.bulletin_id}", f"level:{fact.level}"}
    fits = [
        any(kind == fact.kind for kind in config.get("kinds", [])) or not config.get("kinds"),
        any(target in where for target in config.get("targets", [])) or not config.get("targets"),
        any(form == fact.form for form in config.get("forms", [])) or not config.get("forms"),
        any(mark == fact.mark for mark in config.get("marks", [])) or not config.get("marks"),
        any(t in fact.traits for t in config.get("traits", [])) or not config.get("traits"),
        not any(t in fact.traits for t in config.get("without", [])),
    ]
    assert Which.from_config(config).covers(fact) is all(fits)
