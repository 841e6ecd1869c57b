"""The sheets of a workbook as bytes: read to their end without a call for each of a million cells.

`xmlwalk` calls back for every element, which takes five times as long as reading them. A sheet
that only holds values needs no call: expat sees that it is XML, and its signs are counted. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.parsers import expat

from .xmlwalk import Budget
from .zips import damaged, too_much

# How deep a sheet goes is looked at so often.
_STEP = 16 * 1024
# A tag that is longer, or a text, is none.
LONGEST_TAG = 200_000
# Elements without an end of their own.
_EMPTY = re.compile(
    rb"<[\w:.-]+(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*\s*/>",
)
# What may hold a formula, with any prefix; the first look is the quicker one.
_MAY_FETCH = re.compile(rb"f[\s/>]")
_FETCHING = re.compile(rb"<(?:[^\s<>/:]*:)?f[\s/>]")


def is_sheet(name: str) -> bool:
    """Tell whether a part of a workbook holds cells."""
    lowered = name.lower()
    return lowered.startswith("xl/worksheets/") and lowered.endswith(".xml")


def has(piece: bytes, sign: bytes, rare: bytes) -> bool:
    """Tell whether a sign stands in a piece of a sheet.

    Args:
        rare: a byte of the sign that cells hardly ever have. One byte is found ten times as
            quick as several.
    """
    return rare in piece and sign in piece


def pieces_of(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same bytes again, cut before a tag: no tag is torn.

    Raises:
        BadFile: a tag, or a text, does not end.
    """
    tail = b""
    for chunk in chunks:
        piece = tail + chunk
        cut = piece.rfind(b"<")
        piece, tail = (piece[:cut], piece[cut:]) if cut >= 0 else (b"", piece)
        if len(tail) > LONGEST_TAG:
            raise too_much()
        yield piece
    yield tail


def only_values(chunks: Iterable[bytes], budget: Budget) -> bool:
    """Read a sheet and tell whether it holds values only; its elements are then paid for.

    False means nothing but "look at it closely": formulas, comments, another encoding, too deep.

    Raises:
        BadFile: more elements than the budget allows, or no XML.
    """
    parser = expat.ParserCreate()
    tags = _Tags(budget.depth)
    try:
        for piece in pieces_of(chunks):
            if not tags.only_values(piece):
                return False
            if tags.elements > budget.elements:
                raise too_much()
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError):
        raise damaged() from None
    budget.elements -= tags.elements
    return True


class _Tags:
    """The tags of an XML document, counted by their signs.

    Without comments every < begins a tag: no other may stand in a text or in a value, and all
    encodings that expat takes write it as ASCII does, or with a zero beside it.
    """

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.elements = self.opened = 0
        self.first = True

    def only_values(self, piece: bytes) -> bool:
        """Count a piece's tags; tell whether there is nothing in it but values, not too deep."""
        declared = self.first and piece.startswith((b"<?xml ", b"\xef\xbb\xbf<?xml "))
        if piece:
            self.first = False
        if has(piece, b"<!", b"!") or b"\x00" in piece:
            return False
        if (piece.count(b"<?") if b"?" in piece else 0) != declared:
            return False
        # Fields that fetch.
        if has(piece, b"instrText", b"x") or has(piece, b"fldSimple", b"f"):
            return False
        if has(piece, b"ddeLink", b"k"):
            return False
        if _MAY_FETCH.search(piece) and _FETCHING.search(piece):
            return False
        self.elements -= declared
        self.opened -= declared
        start = 0
        while start < len(piece):
            end = _end_of_step(piece, start)
            self._count(piece, start, end)
            if self.opened > self.depth:
                return False
            start = end
        return True

    def _count(self, piece: bytes, start: int, end: int) -> None:
        ends = piece.count(b"</", start, end)
        starts = piece.count(b"<", start, end) - ends
        self.elements += starts
        self.opened += starts - ends
        if piece.find(b"/>", start, end) >= 0:
            self.opened -= len(_EMPTY.findall(piece, start, end))


def _end_of_step(piece: bytes, start: int) -> int:
    end = start + _STEP
    cut = piece.rfind(b"<", start + 1, end) if end < len(piece) else -1
    return end if cut < 0 else cut
