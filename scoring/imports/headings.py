"""The headings of a notice: where they stand, merged or not, and the words over them. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from infoflow.uploads.reading import Sheet

from . import meanings
from .cells import text_of

HEADER_WITHIN = 15
NOTICE_MAX = 60


@dataclass
class Header:
    """Where the headings stand, and the path of headings over each column."""

    first: int
    last: int
    paths: list[tuple[str, ...]]

    @property
    def unit(self) -> int:
        """The column of the units' names."""
        for place, path in enumerate(self.paths):
            if path and meanings.is_unit_heading(path[-1]):
                return place
        return 0


def header_of(sheet: Sheet) -> Header | None:
    """Return the headings, or None when no row has one over the units' names."""
    for number, row in enumerate(sheet.rows[:HEADER_WITHIN]):
        for column, cell in enumerate(row):
            if meanings.is_unit_heading(text_of(cell)):
                last = _last_row(sheet, number, column)
                width = max(len(r) for r in sheet.rows[number : last + 1])
                return Header(
                    number, last, [_path(sheet, number, last, place) for place in range(width)]
                )
    return None


def _last_row(sheet: Sheet, first: int, unit: int) -> int:
    """Return the last row of the headings: as far as the units' heading is merged, or one more
    when the row below names parts of a heading and no unit."""
    for (top, left), (bottom, right) in sheet.merged:
        if top <= first <= bottom and left <= unit <= right:
            return min(bottom, first + 2)
    below = sheet.rows[first + 1] if first + 1 < len(sheet.rows) else []
    names = [text_of(cell) for cell in below]
    if unit < len(names) and names[unit]:
        return first
    words = [name for name in names if name]
    return first + 1 if words and not any(name[0].isdigit() for name in words) else first


def _path(sheet: Sheet, first: int, last: int, column: int) -> tuple[str, ...]:
    """Return the headings over a column, widest first, without repeats."""
    found: list[str] = []
    for row in range(first, last + 1):
        words = text_of(sheet.cell(*origin(sheet, row, column)))
        if not words and row < last and not _covered(sheet, row, column):
            # In a CSV file a wide heading stands in its first column only.
            words = _from_left(sheet, row, last, column)
        if words and words not in found:
            found.append(words)
    return tuple(found)


def origin(sheet: Sheet, row: int, column: int) -> tuple[int, int]:
    """Return the first cell of the merged range that a cell lies in, or the cell itself."""
    for (top, left), (bottom, right) in sheet.merged:
        if top <= row <= bottom and left <= column <= right:
            return top, left
    return row, column


def _covered(sheet: Sheet, row: int, column: int) -> bool:
    return bool(sheet.merged) or origin(sheet, row, column) != (row, column)


def _from_left(sheet: Sheet, row: int, last: int, column: int) -> str:
    if not text_of(sheet.cell(last, column)):
        return ""
    for place in range(column - 1, -1, -1):
        words = text_of(sheet.cell(row, place))
        if words:
            return words if text_of(sheet.cell(last, place)) else ""
    return ""


def title_of(sheet: Sheet, header: Header) -> str:
    """Return the words over the headings, as a name for the notice."""
    for row in sheet.rows[: header.first]:
        for cell in row:
            words = text_of(cell)
            if len(words) > 3:
                return words[:NOTICE_MAX]
    return ""
