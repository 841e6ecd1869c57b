"""What of a text is found by which words. Pure; the same on every database.

A run of Chinese characters is cut into overlapping pairs, and ends in its last character alone:
安全生产 → 安全 全生 生产 产. So every place of a text begins exactly one gram, a word of two or
more characters is a phrase of neighbouring grams, and it is found inside a sentence as surely
as at its start. Letters and digits stay together: GDP, 2026.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

# Longest query that is looked at; what follows is cut off.
QUERY_MAX = 200
WORDS_MAX = 8
# A phrase of more grams than this finds nothing that its first grams do not find.
GRAMS_MAX = 50
# Letters and digits in a row: the rest is cut off on both ends alike.
LATIN_MAX = 40
# Length of the pieces that a long text is kept in. PostgreSQL counts 16,383 places of a text at
# most; pieces overlap by more than the longest phrase, so that none is cut in two.
PIECE = 8_000
OVERLAP = 100
CONTEXT = 36
SNIPPET_MAX = 120

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"([{_HAN}]+)|([^\W_{_HAN}]+)")
_OTHER = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Word:
    """One word of a query: neighbouring grams, the last of them perhaps only begun."""

    grams: tuple[str, ...]
    begun: bool  # the last gram may go on: 年 finds 年度, 202 finds 2026
    plain: str  # the word in the form in which texts are compared

    @property
    def titles_only(self) -> bool:
        """A single character stands in nearly every text; it is looked for in titles only."""
        return len(self.plain) == 1


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def grams(text: str) -> list[str]:
    """Return the grams of a text in their order."""
    found: list[str] = []
    for han, other in _RUN.findall(_folded(text)):
        if han:
            found.extend(_pairs(han))
        else:
            found.append(other[:LATIN_MAX])
    return found


def words_of(query: str) -> list[Word]:
    """Return the words of a query; quotes, operators and other signs mean nothing."""
    words: list[Word] = []
    for part in _folded(query[:QUERY_MAX]).split():
        found, begun = _of_query(_RUN.findall(part))
        if found:
            cut_off = len(found) > GRAMS_MAX
            plain = _OTHER.sub("", part)
            word = Word(tuple(found[:GRAMS_MAX]), begun and not cut_off, plain)
            if word not in words:
                words.append(word)
    return words[:WORDS_MAX]


def _of_query(runs: Sequence[tuple[str, str]]) -> tuple[list[str], bool]:
    """Return the grams of a word that is looked for, and whether the last has only begun."""
    found: list[str] = []
    begun = True
    for place, (han, other) in enumerate(runs):
        begun = True
        if not han:
            found.append(other[:LATIN_MAX])
            continue
        pairs = _pairs(han)
        if len(han) > 1 and place == len(runs) - 1:
            # The last character stands alone only at the end of a text's run.
            pairs, begun = pairs[:-1], False
        found.extend(pairs)
    return found, begun


def _pairs(han: str) -> list[str]:
    return [han[place : place + 2] for place in range(len(han))]


def pieces(text: str) -> list[str]:
    """Return a text in pieces that overlap; a text of usual length is one piece."""
    found = [text[:PIECE]]
    for start in range(PIECE - OVERLAP, len(text) - OVERLAP, PIECE - OVERLAP):
        found.append(text[start : start + PIECE])
    return found


def digest(title: str, body: str) -> str:
    """Return a short digest by which an unchanged text is known."""
    source = f"{title}\0{body}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(source, digest_size=16).hexdigest()


def _with_places(text: str) -> tuple[str, list[int]]:
    """Return what is compared of a text, and the place in it that each character has."""
    kept: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        for one in _folded(char):
            if one.isalnum():
                kept.append(one)
                places.append(place)
    return "".join(kept), places


def _places_of(word: str, text: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    start = text.find(word) if word else -1
    while start >= 0:
        found.append((start, start + len(word)))
        start = text.find(word, start + len(word))
    return found


def hits(text: str, words: Sequence[Word]) -> list[tuple[int, int]]:
    """Return the places of the words in a text, in order, without overlaps."""
    found: list[tuple[int, int]] = []
    folded = _folded(text)
    # As a rule nothing changes its length and the word stands there as it was typed: the map
    # of places costs a step for each character.
    if len(folded) == len(text) and all(word.plain in folded for word in words):
        for word in words:
            found += _places_of(word.plain, folded)
    else:
        kept, places = _with_places(text)
        for word in words:
            found += [
                (places[start], places[end - 1] + 1) for start, end in _places_of(word.plain, kept)
            ]
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def cut(text: str, words: Sequence[Word]) -> list[tuple[str, bool]]:
    """Return a short part of a text around its first hits, as (text, is it a hit)."""
    found = hits(text, words)
    begin = max(found[0][0] - CONTEXT, 0) if found else 0
    end = min(begin + SNIPPET_MAX, len(text))
    parts = [("…", False)] if begin else []
    parts += _marked(text, [hit for hit in found if hit[1] <= end], begin, end)
    if end < len(text):
        parts.append(("…", False))
    return parts


def marked(text: str, words: Sequence[Word]) -> list[tuple[str, bool]]:
    """Return a whole text, as (text, is it a hit)."""
    return _marked(text, hits(text, words), 0, len(text))


def _marked(
    text: str, found: Sequence[tuple[int, int]], begin: int, end: int
) -> list[tuple[str, bool]]:
    parts: list[tuple[str, bool]] = []
    place = begin
    for start, stop in found:
        if start > place:
            parts.append((text[place:start], False))
        parts.append((text[start:stop], True))
        place = stop
    if place < end:
        parts.append((text[place:end], False))
    return parts
