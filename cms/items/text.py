"""The text of an item or entry: headings, paragraphs and tables. Pure.

Stored as clean HTML of five kinds of element (h2, h3, p, table with tr and td). Written in
a plain text field: one paragraph a line, a line that begins with 一、 or (一) is a heading,
lines with tabs (as pasted from Excel or Word) are a table. Both forms say the same.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

import nh3
from django.utils.translation import gettext_lazy as _

from . import markup
from .grid import Grid

# Longest body, in characters of plain text. Published items run to 3,000; research to 8,000.
BODY_MAX = 50_000
HEADING_MAX = 60

_NUMERAL = "一二三四五六七八九十百"
_H2 = re.compile(rf"^[{_NUMERAL}]+、")
# Chinese and Latin brackets: \uff08 \uff09 are the wide ones.
_H3 = re.compile(rf"^[(\uff08][{_NUMERAL}]+[)\uff09]")
# 。 and the wide and Latin ; ! ? : and commas.
_SENTENCE_END = tuple("\u3002\uff1b;\uff01!\uff1f?\uff1a:\uff0c,")
_BLANK = re.compile(r"[^\S\n\t]+")
# A whole tag on one line. "a<b 且 c>d" is none: attributes begin with a Latin letter.
_TAG = re.compile(
    r"</?(?:p|div|span|br|table|tbody|tr|td|th|h[1-6]|ul|ol|li|b|i|u|strong|em|a|img|"
    r"script|style|svg|iframe|object|embed|form|input|font|o:p|meta|link|html|body|section)"
    r"(?: +[a-z][^<>\n\t]*| */| *)>",
    re.IGNORECASE,
)
_STORED_TAG = re.compile(r"<[^<>]*>")
_RISKY = {
    _("脚本"): re.compile(r"<script\b|javascript:|\son\w+\s*=", re.IGNORECASE),
    _("样式"): re.compile(r"<style\b|<link\b|\sstyle\s*=", re.IGNORECASE),
    _("图片"): re.compile(r"<(?:img|svg|picture)\b", re.IGNORECASE),
    _("嵌入内容"): re.compile(r"<(?:iframe|object|embed|form|input|meta)\b", re.IGNORECASE),
}
# Line ends of other systems and programs; \x0b is Word's line break.
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Control characters other than tab and line feed; lone surrogates; direction overrides.
_UNFIT = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


@dataclass(frozen=True)
class Block:
    """One heading, paragraph or table of a text."""

    kind: str  # "h2", "h3", "p" or "table"
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


def plain_lines(text: str) -> str:
    """Return a text with one kind of line end."""
    return _LINE_END.sub("\n", text)


def unfit_characters(text: str) -> bool:
    """Tell whether a text holds characters that no document has (NUL, lone surrogates …)."""
    return bool(_UNFIT.search(plain_lines(text)))


def without_unfit(text: str) -> str:
    """Return a text with one kind of line end and without characters that no database takes."""
    return _UNFIT.sub("", plain_lines(text))


def unfit_place(text: str) -> str:
    """Return the words before the first unfit character; empty at the very start."""
    lines = plain_lines(text)
    found = _UNFIT.search(lines)
    return lines[: found.start()].rsplit("\n", 1)[-1][-10:].strip() if found else ""


def carries_markup(text: str) -> bool:
    """Tell whether pasted text is HTML rather than plain text."""
    return bool(_TAG.search(text))


def removed_parts(text: str) -> list[str]:
    """Return the names of what cleaning takes out of pasted HTML besides its looks."""
    if not carries_markup(text):
        return []
    return [str(name) for name, pattern in _RISKY.items() if pattern.search(text)]


def carries_script(text: str) -> bool:
    """Tell whether pasted HTML holds scripts, styles or other active parts."""
    return bool(removed_parts(text))


def one_line(text: str) -> str:
    """Return a title as one line, without blanks that nobody sees."""
    return _squeeze(plain_lines(text).replace("\n", " ").replace("\t", " "))


def _squeeze(text: str) -> str:
    r"""Return a line without needless blanks, and without anything that reads as a tag.

    A text that says "<p>" (escaped in the HTML it came from) would turn into a real tag
    when it is edited again; the wide bracket \uff1c keeps what it says.
    """
    fit = _UNFIT.sub("", text).replace("\u200b", "").replace("\ufeff", "")
    joined = _BLANK.sub(" ", fit)
    return _TAG.sub(lambda m: f"\uff1c{m[0][1:]}", joined).strip(" \u3000\xa0")


def _line_kind(line: str) -> str:
    short = len(line) <= HEADING_MAX and not line.endswith(_SENTENCE_END)
    if short and _H2.match(line):
        return "h2"
    if short and _H3.match(line):
        return "h3"
    return "p"


def _line(line: str) -> Block:
    """Return the heading or paragraph that one line is; # and ## mark unnumbered headings."""
    for mark, kind in (("## ", "h3"), ("# ", "h2")):
        if line.startswith(mark) and len(line) > len(mark):
            return _heading(kind, line[len(mark) :].strip())
    return Block(_line_kind(line), line)


def _heading(kind: str, text: str) -> Block:
    """Return a heading; its number knows the level better than who marked it."""
    numbered = _line_kind(text)
    return Block(kind if numbered == "p" else numbered, text)


def _table(lines: Sequence[str]) -> list[Block]:
    """Return the table that lines with tabs make; a lone cell is a paragraph after all."""
    rows = [tuple(_squeeze(cell) for cell in line.split("\t")) for line in lines]
    width = max(len(row) for row in rows)
    if width * len(rows) > markup.CELLS_MAX:
        raise markup.TooMuch
    full = tuple(row + ("",) * (width - len(row)) for row in rows if any(row))
    if width > 1 and sum(1 for row in full for cell in row if cell) > 1:
        return [Block("table", rows=full)]
    return [_line(cell) for row in full for cell in row if cell]


def parse_text(text: str) -> list[Block]:
    """Read what a person typed or pasted as plain text.

    Raises:
        TooMuch: there is more in it than a text can hold.
    """
    markup.check_size(text)
    blocks: list[Block] = []
    table: list[str] = []
    for raw in [*plain_lines(text).split("\n"), ""]:
        inner = "\t" in raw.lstrip("\t ")
        if inner or (table and "\t" in raw and raw.strip()):
            table.append(raw)
            continue
        if table:
            blocks.extend(_table(table))
            table = []
        line = _squeeze(raw.replace("\t", " "))
        if line:
            blocks.append(_line(line))
    return blocks


class _Reader(HTMLParser):
    """Turns HTML that nh3 has already cleaned into blocks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self.buffer: list[str] = []
        self.kind = "p"
        self.grids: list[Grid] = []  # tables that are open, outermost first

    def _flush(self) -> None:
        text = _squeeze("".join(self.buffer).replace("\n", " ").replace("\t", " "))
        self.buffer.clear()
        if not text:
            return
        if self.grids and self.grids[-1].open:
            self.grids[-1].add(text)
        else:
            self.blocks.append(_line(text) if self.kind == "p" else _heading(self.kind, text))

    def _end_table(self) -> None:
        """Close the innermost table. The one around it goes on in the cell that was open."""
        self._flush()
        self._put_rows(self.grids.pop())

    def _put_rows(self, grid: Grid) -> None:
        lines = ["\t".join(row) for row in grid.take() if any(row)]
        if lines:
            self.blocks.extend(_table(lines))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._flush()
        if tag == "table":
            # The inner table is the data; what stood before it in the outer one is kept.
            if self.grids:
                self._put_rows(self.grids[-1])
            self.grids.append(Grid())
        elif self.grids:
            if tag == "tr":
                self.grids[-1].row()
            elif tag == "td":
                spans = dict(attrs)
                self.grids[-1].cell(spans.get("colspan"), spans.get("rowspan"))
        elif tag in ("h2", "h3"):
            self.kind = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == "table" and self.grids:
            self._end_table()
            return
        self._flush()
        if tag in ("h2", "h3"):
            self.kind = "p"

    def handle_data(self, data: str) -> None:
        self.buffer.append(data)

    def finish(self) -> list[Block]:
        self.close()
        while self.grids:
            self._end_table()
        self._flush()
        return self.blocks


_KEPT = {"h2", "h3", "p", "br", "table", "tr", "td"}
_SPANS = {"td": {"colspan", "rowspan"}}


def parse_html(source: str) -> list[Block]:
    """Read HTML from anywhere; scripts, styles, images and attributes do not survive.

    Raises:
        TooMuch: there is more in it than a text can hold.
    """
    cleaned = nh3.clean(
        markup.flat(_UNFIT.sub("", plain_lines(source))),
        tags=_KEPT,
        attributes=_SPANS,
        clean_content_tags=set(markup.UNSEEN),
        link_rel=None,
    )
    reader = _Reader()
    reader.feed(cleaned)
    return reader.finish()


def parse(source: str) -> list[Block]:
    """Read typed text or pasted HTML, whichever it is."""
    return parse_html(source) if carries_markup(source) else parse_text(source)


def render_html(blocks: Iterable[Block]) -> str:
    """Write blocks as the clean HTML that is stored and shown."""
    parts: list[str] = []
    for block in blocks:
        if block.kind == "table":
            rows = "".join(
                "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
                for row in block.rows
            )
            parts.append(f"<table><tbody>{rows}</tbody></table>")
        else:
            parts.append(f"<{block.kind}>{html.escape(block.text)}</{block.kind}>")
    return "".join(parts)


def _typed_heading(block: Block) -> str:
    if _line(block.text) == block:
        return block.text
    return f"{'#' if block.kind == 'h2' else '##'} {block.text}"


def render_text(blocks: Iterable[Block]) -> str:
    """Write blocks as the plain text that a person edits.

    An empty first cell becomes a wide blank, so that the line still reads as a table's.
    """
    parts: list[str] = []
    after_table = False
    for block in blocks:
        if block.kind == "table":
            if after_table:
                parts.append("")
            parts.extend("\t".join((row[0] or "\u3000", *row[1:])) for row in block.rows)
        else:
            parts.append(block.text if block.kind == "p" else _typed_heading(block))
        after_table = block.kind == "table"
    return "\n".join(parts)


def to_html(source: str) -> str:
    """Return typed text or pasted HTML as clean HTML."""
    return render_html(parse(source))


def to_text(stored: str) -> str:
    """Return stored HTML as the plain text that a person edits."""
    return render_text(parse_html(stored))


def length(stored: str) -> int:
    """Return the number of characters of a stored text, blanks not counted."""
    return len("".join(html.unescape(_STORED_TAG.sub(" ", stored)).split()))
