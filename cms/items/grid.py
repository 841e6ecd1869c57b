"""A table of pasted HTML while it is read: merged cells are taken apart. Pure."""

from __future__ import annotations

from . import markup


class Grid:
    """Rows of cells; what reaches over several rows stands in each of them."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self.places: list[tuple[int, int]] = []  # row and column of the open cell's copies
        self.below: dict[int, tuple[int, int, int]] = {}  # column → rows left, row, first column
        self.cells = 0
        self.open = False

    def row(self) -> None:
        """Begin a row."""
        self.rows.append([])
        self.open = False

    def _fill(self) -> None:
        """Put in what reaches down from above, up to the next free column."""
        row = self.rows[-1]
        while len(row) in self.below:
            column = len(row)
            left, source, first = self.below[column]
            self._append(self.rows[source][first] if column == first else "")
            if left > 1:
                self.below[column] = (left - 1, source, first)
            else:
                del self.below[column]

    def _append(self, text: str) -> None:
        self.cells += 1
        if self.cells > markup.CELLS_MAX:
            raise markup.TooMuch
        self.rows[-1].append(text)

    def cell(self, across: str | None, down: str | None) -> None:
        """Begin a cell that reaches over so many columns and rows."""
        if not self.rows:
            self.row()
        self._fill()
        first = len(self.rows[-1])
        for place in range(_span(across)):
            self._append("")
            if _span(down) > 1:
                self.below[first + place] = (_span(down) - 1, len(self.rows) - 1, first)
        self.places = [(len(self.rows) - 1, first)]
        self.open = True

    def add(self, text: str) -> None:
        """Add words to the open cell."""
        row, column = self.places[0]
        before = self.rows[row][column]
        self.rows[row][column] = f"{before} {text}".strip()

    def take(self) -> list[list[str]]:
        """Return the rows and begin anew in the same cell."""
        rows, self.rows = self.rows, []
        self.below = {}
        if self.open:
            self.rows = [[""]]
            self.places = [(0, 0)]
        return rows


def _span(text: str | None) -> int:
    if text is None or not text.isascii() or not text.isdigit():
        return 1
    return min(max(int(text[:4]), 1), markup.SPAN_MAX)
