"""Two texts side by side: which sentences are the same. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from cms.similar.rules import normalised

from .text import Block

# A shorter piece ("二是") is in every text.
SAME_MIN = 5
NEAR_MIN = 10
# From this share of equal characters a sentence is the other one with a word changed.
NEAR = 75
# Comparing every sentence with every other one grows with the square; long texts get the
# plain comparison only.
COMPARED_MAX = 400

_END = re.compile("(?<=[\u3002\uff01!\uff1f?\uff1b;\n])")


@dataclass(frozen=True)
class Piece:
    """A sentence of a text; `kind` is "same", "near" or empty."""

    text: str
    kind: str = ""


@dataclass(frozen=True)
class Line:
    """A heading, paragraph or table row, in sentences."""

    kind: str  # "h2", "h3" or "p"
    pieces: tuple[Piece, ...]


def sentences(text: str) -> list[str]:
    """Return the sentences of a paragraph, each with its end mark."""
    return [part for part in _END.split(text) if part.strip()]


def _lines(blocks: Iterable[Block]) -> Iterator[tuple[str, str]]:
    for block in blocks:
        if block.kind == "table":
            for row in block.rows:
                yield "p", " ".join(cell for cell in row if cell)
        else:
            yield block.kind, block.text


def _forms(blocks: Sequence[Block]) -> dict[str, None]:
    found = (normalised(part) for _kind, line in _lines(blocks) for part in sentences(line))
    return {form: None for form in found if len(form) >= SAME_MIN}


def marked(blocks: Sequence[Block], other: Sequence[Block]) -> list[Line]:
    """Return a text's lines with the sentences marked that stand in the other text too."""
    known = _forms(other)
    near = list(known) if len(known) <= COMPARED_MAX else []
    lines = []
    for kind, line in _lines(blocks):
        pieces = tuple(
            Piece(part, _kind(normalised(part), known, near)) for part in sentences(line)
        )
        if pieces:
            lines.append(Line(kind, pieces))
    return lines


def _kind(form: str, known: dict[str, None], near: Sequence[str]) -> str:
    if form in known:
        return "same"
    if len(form) < NEAR_MIN:
        return ""
    return "near" if process.extractOne(form, near, scorer=fuzz.ratio, score_cutoff=NEAR) else ""
