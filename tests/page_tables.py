"""Tables of a page as a reader sees them: every cell in its place, spans filled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any


@dataclass(frozen=True)
class PageTable:
    """One table: a heading for each column, the rows of its body and of its foot.

    Where a narrow heading stands under a wide one it reads "wide/narrow".
    """

    name: str  # of the region that the table stands in
    heads: list[str]
    rows: list[list[str]]
    foot: list[list[str]]

    def column(self, head: str) -> list[str]:
        """Return a column's cells, the body's only."""
        at = self.heads.index(head)
        return [row[at] for row in self.rows]

    def cells(self, *heads: str) -> list[tuple[str, ...]]:
        """Return the rows of the body, reduced to some columns."""
        return list(zip(*(self.column(head) for head in heads), strict=True))

    def total(self, head: str) -> str:
        """Return what the last row of the foot says in a column."""
        return self.foot[-1][self.heads.index(head)]


class _Reader(HTMLParser):
    """Collect tables; each cell is (text, columns, rows). What is said twice for narrow screens,
    and hidden from those who listen, is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, list[list[list[Any]]]]]] = []
        self.region = self.part = self.hidden = ""
        self.cell: list[Any] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("aria-hidden") == "true":
            self.hidden = tag
        if given.get("role") == "region":
            self.region = given.get("aria-label") or given.get("aria-labelledby") or ""
        elif tag == "table":
            self.found.append((self.region, {"thead": [], "tbody": [], "tfoot": []}))
        elif tag in ("thead", "tbody", "tfoot"):
            self.part = tag
        elif tag == "tr":
            self.found[-1][1][self.part].append([])
        elif tag in ("td", "th"):
            self.cell = ["", int(given.get("colspan") or 1), int(given.get("rowspan") or 1)]
            self.found[-1][1][self.part][-1].append(self.cell)

    def handle_endtag(self, tag: str) -> None:
        if tag == self.hidden:
            self.hidden = ""
        if tag in ("td", "th"):
            self.cell = None

    def handle_data(self, data: str) -> None:
        if self.cell is not None and not self.hidden:
            self.cell[0] += data


def _grid(rows: list[list[list[Any]]]) -> list[list[str]]:
    """Return rows with as many cells as there are columns."""
    filled: dict[tuple[int, int], str] = {}
    for r, row in enumerate(rows):
        c = 0
        for text, across, down in row:
            while (r, c) in filled:
                c += 1
            for dr in range(down):
                for dc in range(across):
                    filled[r + dr, c + dc] = " ".join(text.split())
            c += across
    width = 1 + max((c for _r, c in filled), default=-1)
    return [[filled.get((r, c), "") for c in range(width)] for r in range(len(rows))]


def _heads(rows: list[list[str]]) -> Iterator[str]:
    for column in zip(*rows, strict=True):
        yield "/".join(dict.fromkeys(text for text in column if text))


def tables_of(response: Any) -> list[PageTable]:
    """Return the tables of a page in their order."""
    assert response.status_code == 200, response
    reader = _Reader()
    reader.feed(response.content.decode())
    return [
        PageTable(
            name, list(_heads(_grid(parts["thead"]))), _grid(parts["tbody"]), _grid(parts["tfoot"])
        )
        for name, parts in reader.found
    ]
