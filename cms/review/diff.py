"""Two texts side by side, with what was taken out and put in marked. Pure.

Paragraphs are aligned first, then characters inside the ones that differ: a moved paragraph
stays readable, and one changed number is seen as one changed number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from rapidfuzz.distance import Indel

# Above this, comparing character by character takes too much memory; the whole line is marked.
CELLS_MAX = 20_000_000
# Above this many pairs of lines they are not aligned, only walked through in order.
PAIRS_MAX = 10_000_000
# How far to look for the line that one was moved or changed to. Without a limit a text of
# 25,000 short lines holds a worker for minutes.
LOOK_AHEAD = 12
# Two lines that share less than this are two lines, not one that was changed.
ALIKE = 0.3
# A shorter run of the same characters between two changes is chance, not a part that stayed.
RUN_MIN = 2


class Change(StrEnum):
    """What happened to a line."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Row:
    """One line of both texts; a side is None where the other has a line more."""

    change: Change
    old: SafeString | None
    new: SafeString | None


def rows(old: str, new: str) -> list[Row]:
    """Return the lines of two plain texts beside one another, escaped, changes marked."""
    before, after = old.splitlines(), new.splitlines()
    found: list[Row] = []
    for same, a, b, c, d in _aligned(before, after):
        if same:
            for line in before[a:b]:
                shown = escape(line)
                found.append(Row(Change.SAME, shown, shown))
        else:
            found += _block(before[a:b], after[c:d])
    return found


def differs(found: list[Row]) -> bool:
    """Tell whether any line differs."""
    return any(row.change != Change.SAME for row in found)


def _aligned(before: list[str], after: list[str]) -> Iterator[tuple[bool, int, int, int, int]]:
    """Yield the runs of lines in order: (same, from, to in the old, from, to in the new)."""
    if len(before) * len(after) > PAIRS_MAX:
        yield before == after, 0, len(before), 0, len(after)
        return
    pending: list[int] = []
    for code in Indel.opcodes(before, after):
        if code.tag == "equal":
            if pending:
                yield False, pending[0], code.src_start, pending[1], code.dest_start
                pending = []
            yield True, code.src_start, code.src_end, code.dest_start, code.dest_end
        elif not pending:
            pending = [code.src_start, code.dest_start]
    if pending:
        yield False, pending[0], len(before), pending[1], len(after)


def _block(left: list[str], right: list[str]) -> Iterator[Row]:
    """Yield the rows of a place where the texts differ: pairs as long as they are alike."""
    old = new = 0
    while old < len(left) and new < len(right):
        if left[old] == right[new]:
            shown = escape(left[old])
            yield Row(Change.SAME, shown, shown)
            old, new = old + 1, new + 1
        elif _alike(left[old], right[new]):
            yield _changed(left[old], right[new])
            old, new = old + 1, new + 1
        elif any(_alike(left[old], line) for line in right[new + 1 : new + 1 + LOOK_AHEAD]):
            yield _added(right[new])
            new += 1
        else:
            yield _removed(left[old])
            old += 1
    for line in left[old:]:
        yield _removed(line)
    for line in right[new:]:
        yield _added(line)


def _alike(old: str, new: str) -> bool:
    if len(old) * len(new) > CELLS_MAX:
        return True
    return Indel.normalized_similarity(old, new) >= ALIKE


def _added(line: str) -> Row:
    return Row(Change.ADDED, None, _mark("ins", line))


def _removed(line: str) -> Row:
    return Row(Change.REMOVED, _mark("del", line), None)


def _changed(old: str, new: str) -> Row:
    """Return a line with its changed characters marked."""
    if len(old) * len(new) > CELLS_MAX:
        return Row(Change.CHANGED, _mark("del", old), _mark("ins", new))
    left: list[str] = []
    right: list[str] = []
    for same, before, after in _runs(old, new):
        if same:
            left.append(escape(before))
            right.append(escape(after))
        else:
            left.append(_mark("del", before))
            right.append(_mark("ins", after))
    return Row(Change.CHANGED, mark_safe("".join(left)), mark_safe("".join(right)))  # noqa: S308


def _runs(old: str, new: str) -> list[tuple[bool, str, str]]:
    """Return the pieces of two lines in order: (same, old piece, new piece)."""
    pieces: list[tuple[bool, str, str]] = []
    codes = list(Indel.opcodes(old, new))
    for place, code in enumerate(codes):
        inner = 0 < place < len(codes) - 1
        before, after = old[code.src_start : code.src_end], new[code.dest_start : code.dest_end]
        same = code.tag == "equal" and not (inner and len(before) < RUN_MIN)
        if pieces and pieces[-1][0] == same:
            _kept, old_piece, new_piece = pieces[-1]
            pieces[-1] = (same, old_piece + before, new_piece + after)
        else:
            pieces.append((same, before, after))
    return pieces


def _mark(tag: str, text: str) -> SafeString:
    """Return an escaped piece in its element; nothing for nothing."""
    if not text:
        return mark_safe("")
    return mark_safe(f"<{tag}>{escape(text)}</{tag}>")  # noqa: S308
