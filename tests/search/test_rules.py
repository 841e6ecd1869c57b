"""Grams, words of a query, pieces, snippets: tables of cases and properties."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.search import rules

HAN = st.text(alphabet="安全生产工作年关于的情况报告", min_size=1, max_size=12)
MIXED = st.text(alphabet="安全生产年 aB2，。\u3000GDP", max_size=30)


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        ("安全生产", ["安全", "全生", "生产", "产"]),
        ("安", ["安"]),
        ("安全，生产", ["安全", "全", "生产", "产"]),
        ("GDP增长5.2%", ["gdp", "增长", "长", "5", "2"]),
        ("２０２６年", ["2026", "年"]),
        ("㊙文件", ["秘文", "文件", "件"]),
        ("a_b", ["a", "b"]),
        ("", []),
        ("\x00'\\\":*<->", []),
    ],
)
def test_grams(text: str, grams: list[str]) -> None:
    assert rules.grams(text) == grams


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("安全", [(("安全",), False)]),
        ("安全生产", [(("安全", "全生", "生产"), False)]),
        ("安全 生产", [(("安全",), False), (("生产",), False)]),
        ("年", [(("年",), True)]),
        ("2026年", [(("2026", "年"), True)]),
        ("安全GDP", [(("安全", "全", "gdp"), True)]),
        ("GDP增长", [(("gdp", "增长"), False)]),
        ("“放管服”改革", [(("放管", "管服", "服", "改革"), False)]),
        ("安全 安全", [(("安全",), False)]),
        ("，。", []),
        ("AND OR NOT", [(("and",), True), (("or",), True), (("not",), True)]),
    ],
)
def test_words_of_a_query(query: str, words: list[tuple[tuple[str, ...], bool]]) -> None:
    assert [(word.grams, word.begun) for word in rules.words_of(query)] == words


def test_a_query_of_any_length_is_cut_off() -> None:
    words = rules.words_of("安全生产" * 5_000)
    assert len(words) == 1
    assert len(words[0].grams) == rules.GRAMS_MAX
    assert len(rules.words_of(" ".join(f"词{n}" for n in range(1_000)))) == rules.WORDS_MAX


def _stands_in(text: str, word: rules.Word) -> bool:
    """What the databases do with grams, slow and obvious."""
    grams, wanted = rules.grams(text), list(word.grams)
    for start in range(len(grams)):
        part = grams[start : start + len(wanted)]
        if word.begun and len(part) == len(wanted) and part[-1].startswith(wanted[-1]):
            part[-1] = wanted[-1]
        if part == wanted:
            return True
    return False


@given(HAN, HAN)
def test_a_chinese_word_is_found_exactly_where_it_stands(text: str, query: str) -> None:
    assert _stands_in(text, rules.words_of(query)[0]) == (query in text)


@given(HAN, HAN, HAN)
def test_a_word_inside_a_sentence_is_found(before: str, query: str, after: str) -> None:
    assert _stands_in(f"{before}{query}{after}", rules.words_of(query)[0])


@given(MIXED)
def test_every_text_is_found_by_its_own_words(text: str) -> None:
    for word in rules.words_of(text):
        assert _stands_in(text, word)


@given(st.text(alphabet="安全生产", min_size=0, max_size=40_000))
def test_pieces_hold_the_whole_text(text: str) -> None:
    pieces = rules.pieces(text)
    assert pieces[0] == text[: rules.PIECE]
    whole = pieces[0] + "".join(piece[rules.OVERLAP :] for piece in pieces[1:])
    assert whole == text
    assert rules.OVERLAP > rules.GRAMS_MAX


@given(st.text(max_size=60), st.text(max_size=6))
def test_marking_loses_nothing_of_the_text(text: str, query: str) -> None:
    words = rules.words_of(query)
    assert "".join(part for part, _hit in rules.marked(text, words)) == text
    for part, hit in rules.marked(text, words):
        if hit:
            folded = unicodedata.normalize("NFKC", part).casefold()
            assert any(word.plain in re.sub(r"[\W_]", "", folded) for word in words)


def test_a_snippet_is_short_and_shows_the_first_hit() -> None:
    text = "前文" * 100 + "扎实推进安全生产专项整治" + "后文" * 100
    parts = rules.cut(text, rules.words_of("安全生产"))
    assert ("安全生产", True) in parts
    assert parts[0] == ("…", False)
    assert parts[-1] == ("…", False)
    assert sum(len(part) for part, _hit in parts) <= rules.SNIPPET_MAX + 2


def test_wide_forms_are_marked_where_they_stand() -> None:
    assert rules.marked("共２０２６年", rules.words_of("2026年")) == [
        ("共", False),
        ("２０２６年", True),
    ]
