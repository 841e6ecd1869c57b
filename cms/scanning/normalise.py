"""A text as the scanner reads it, and the way back to the place where it stands. Pure.

Words hide behind blanks, zero-width characters, full-width digits, dots and dashes. The
scanner reads a text without them: NFKC and case folding character by character, what
separates nothing left out. Every place found is told in offsets of the text as it came in.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy

# Stands between the parts of a page; joins nothing and is no character of any text.
BARRIER = "\n\ue000\n"
# What may stand inside a word without separating it, besides blanks and signs nobody sees.
FILLING = "·•‧・･⋅∙▪﹒. _﹍*⁎∗﹡-~‾`´^¨'\u02b9\u2032"
_BREAKS = "\n\t"
_LINE_ENDS = "\r\x0b\x0c\x85\u2028\u2029"
# Z: blanks; C: control, format (zero-width), private; M: marks that ride on a letter.
_UNSEEN = frozenset({"Zs", "Cc", "Cf", "Mn", "Me", "Pd"})
# Hangul fillers and the Braille blank are letters and signs by category, but nobody sees them.
_BLANK_LETTERS = "\u115f\u1160\u3164\uffa0\u2800"
_DROP = 0
# Not one character but several: the slow way.
_SEVERAL = 0x110000
_CODE = 0x1FFFFF
# Above the code point: this is a digit. A first look for numbers costs nothing then.
_DIGIT = 0x1000000
# Beyond these planes only compatibility ideographs, tags and variation selectors change.
_RANGES = ((0, 0x20000), (0x2F800, 0x2FA20))
_NUMBERS = ((0, 0x10000), (0x1D7CE, 0x1D800), (0x1F100, 0x1F10B))
_TAGS = (0xE0000, 0xE1000)


def folded(char: str) -> str:
    """Return what one character says: empty when it says nothing."""
    if char in _BREAKS:
        return char
    if char in _LINE_ENDS:
        return "\n"
    if _says_nothing(char):
        return ""
    wide = unicodedata.normalize("NFKC", char).casefold()
    return "".join(c for c in wide if not _says_nothing(c))


def _says_nothing(char: str) -> bool:
    return (
        char in FILLING
        or char in _BLANK_LETTERS
        or unicodedata.category(char) in _UNSEEN
        or _TAGS[0] <= ord(char) < _TAGS[1]
    )


@cache
def _table() -> Any:
    """Return for every code point the one it is read as (or `_DROP`, `_SEVERAL`), with
    `_DIGIT` added for a digit."""
    table = numpy.arange(0x110000, dtype=numpy.uint32)
    for start, end in _RANGES:
        for code in range(start, end):
            if 0xD800 <= code < 0xE000:
                continue
            read = folded(chr(code))
            table[code] = _DROP if not read else ord(read) if len(read) == 1 else _SEVERAL
    table[_TAGS[0] : _TAGS[1]] = _DROP
    for char in "0123456789０１２３４５６７８９":
        table[ord(char)] |= _DIGIT
    return table


@dataclass(frozen=True)
class Reading:
    """A text as the scanner reads it.

    `places[i]` is the offset in the source of the i-th character read; `digits` tells for
    each character of the source whether it is a digit.
    """

    source: str
    words: str
    places: Any
    digits: Any

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where in the source the characters from `start` to before `end` stand."""
        return int(self.places[start]), int(self.places[end - 1]) + 1


def codes_of(text: str) -> Any:
    """Return a text's code points as an array."""
    return numpy.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=numpy.uint32)


def read(text: str) -> Reading:
    """Read a text, exactly as `folded` reads its characters one by one."""
    codes = codes_of(text)
    entries = _table()[codes]
    read_as = entries & _CODE
    if (read_as == _SEVERAL).any():
        read_as, kept = _spread(codes, read_as)
    else:
        kept = (read_as != _DROP).nonzero()[0]
        read_as = read_as[kept]
    words = read_as.tobytes().decode("utf-32-le", "surrogatepass")
    return Reading(text, words, kept, entries >= _DIGIT)


def _spread(codes: Any, read_as: Any) -> tuple[Any, Any]:
    """Return code points and places of a text with characters that say several (\u3231, ㎡)."""
    several = (read_as == _SEVERAL).nonzero()[0]
    said = [folded(chr(codes[place])) for place in several]
    counts = (read_as != _DROP).astype(numpy.int64)
    counts[several] = [len(words) for words in said]
    places = numpy.repeat(numpy.arange(len(codes)), counts)
    spread = read_as[places]
    ends = numpy.cumsum(counts)
    for place, words in zip(several, said, strict=True):
        spread[ends[place] - len(words) : ends[place]] = codes_of(words)
    return spread, places


@cache
def _number_table() -> Any:
    table = numpy.arange(0x110000, dtype=numpy.uint32)
    for start, end in _NUMBERS:
        for code in range(start, end):
            wide = unicodedata.normalize("NFKC", chr(code))
            if len(wide) == 1:
                table[code] = ord(wide)
    return table


def plain_digits(text: str) -> str:
    """Return a text with its digits and signs in their plain form, nothing left out.

    Numbers are looked for here: joining digits across blanks would invent numbers. Offsets
    are the source's.
    """
    plain: bytes = _number_table()[codes_of(text)].tobytes()
    return plain.decode("utf-32-le", "surrogatepass")


def windows(places: Iterable[int], around: int) -> Iterator[tuple[int, int]]:
    """Yield the surroundings of some places in order, joined where they meet."""
    begin, stop = -1, -1
    for place in places:
        if stop >= 0 and place - around > stop:
            yield begin, stop
            stop = -1
        if stop < 0:
            begin = max(0, place - around)
        stop = place + around
    if stop >= 0:
        yield begin, stop
