"""A stored text shown with the scanner's findings where they stand. Pure.

Offsets of findings refer to `text.to_text`; they are carried over to the blocks of the HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from cms.scanning.rules import Finding
from cms.scanning.show import marked

from . import text
from .text import Block


@dataclass(frozen=True)
class Placed:
    """A block and where its pieces begin in the plain text: one place, or one for each cell."""

    block: Block
    places: tuple[tuple[int, ...], ...]


def placed(blocks: Iterable[Block]) -> Iterator[Placed]:
    """Yield blocks with the places that `text.render_text` gives them."""
    place = 0
    after_table = False
    for block in blocks:
        is_table = block.kind == "table"
        if is_table and after_table:
            place += 1
        if is_table:
            rows: list[tuple[int, ...]] = []
            for row in block.rows:
                cells: list[int] = []
                for number, cell in enumerate(row):
                    cells.append(place)
                    # An empty first cell is written as one wide blank.
                    place += (len(cell) if cell or number else 1) + 1
                rows.append(tuple(cells))
            yield Placed(block, tuple(rows))
        else:
            written = text.render_text([block])
            yield Placed(block, ((place + len(written) - len(block.text),),))
            place += len(written) + 1
        after_table = is_table


def render_marked(stored: str, findings: Sequence[Finding]) -> SafeString:
    """Return a stored text as clean HTML with findings marked.

    Args:
        findings: those of this text, with offsets in `text.to_text(stored)`.
    """
    parts: list[str] = []
    for item in placed(text.parse_html(stored)):
        block = item.block
        if block.kind == "table":
            rows = "".join(
                "<tr>"
                + "".join(
                    f"<td>{marked(cell, findings, place)}</td>"
                    for cell, place in zip(row, places, strict=True)
                )
                + "</tr>"
                for row, places in zip(block.rows, item.places, strict=True)
            )
            parts.append(f"<table><tbody>{rows}</tbody></table>")
        else:
            inner = marked(block.text, findings, item.places[0][0])
            parts.append(f"<{block.kind}>{inner}</{block.kind}>")
    return mark_safe("".join(parts))  # noqa: S308 - names of blocks are ours, texts escaped


def of_part(findings: Iterable[Finding], part: str) -> list[Finding]:
    """Return the findings of one part."""
    return [finding for finding in findings if finding.part == part]
