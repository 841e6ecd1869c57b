"""Two texts side by side, with what was taken out and put in marked. Pure.

Paragraphs are aligned first, then characters inside the ones that differ: a moved paragraph
stays readable, and one changed number is seen as one changed number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from rapidfuzz.distance import Indel

# Above this, comparing character by character takes too much memory; the whole line is marked.
CELLS_MAX = 20_000_000
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
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            for line in before[a:b]:
                shown = escape(line)
                found.append(Row(Change.SAME, shown, shown))
        else:
            found += _block(before[a:b], after[c:d])
    return found


def differs(found: list[Row]) -> bool:
    """Tell whether any line differs."""
    return any(row.change != Change.SAME for row in found)


def _block(before: list[str], after: list[str]) -> Iterator[Row]:
    """Yield the rows of a place where the texts differ: pairs as long as they are alike."""
    left, right = list(before), list(after)
    while left and right:
        if _alike(left[0], right[0]):
            yield _changed(left.pop(0), right.pop(0))
        elif any(_alike(left[0], line) for line in right[1:]):
            yield _added(right.pop(0))
        else:
            yield _removed(left.pop(0))
    for line in left:
        yield _removed(line)
    for line in right:
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
