"""A letter as a Word file, laid out as offices print (GB/T 9704-2012, domain rules §9)."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Iterable, Sequence

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph as WordParagraph

from .parts import Heading, Paragraph, Part, Table

BODY, TITLE, BOLD = "仿宋_GB2312", "方正小标宋简体", "黑体"
LINE = Pt(28)
TEXT_WIDTH = Cm(15.6)  # of a line between the margins
# Characters that a column of a table is made wide for, at least and at most.
NARROWEST, WIDEST = 3, 12
# Nothing in the file may depend on the hour in which it was made.
FIXED = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def clean(text: str) -> str:
    """Return text without the control characters that no Word file may hold."""
    return _CONTROL.sub("", text)


def _font(run: object, name: str, size: float, *, bold: bool = False) -> None:
    run.font.name = name  # type: ignore[attr-defined]
    run.font.size = Pt(size)  # type: ignore[attr-defined]
    run.font.bold = bold  # type: ignore[attr-defined]
    properties = run._element.get_or_add_rPr()  # type: ignore[attr-defined]
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _line(paragraph: WordParagraph, *, indent: bool) -> None:
    layout = paragraph.paragraph_format
    layout.line_spacing = LINE
    layout.space_before = layout.space_after = Pt(0)
    if indent:
        layout.first_line_indent = Pt(32)  # two characters of 16 pt


def _page_number(document: DocumentType) -> None:
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _font(paragraph.add_run("— "), "宋体", 14)
    run = paragraph.add_run()
    _font(run, "宋体", 14)
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._element.append(mark)
    _font(paragraph.add_run(" —"), "宋体", 14)


def new_document() -> DocumentType:
    """Return an empty A4 document with the margins of an official paper."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.top_margin, section.bottom_margin = Cm(3.7), Cm(3.5)
    section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
    _page_number(document)
    core = document.core_properties
    core.author = core.last_modified_by = ""
    core.created = core.modified = FIXED
    return document


def add_title(document: DocumentType, text: str) -> None:
    """Add a centred title."""
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_after = Pt(28)
    _font(paragraph.add_run(clean(text)), TITLE, 22)


def column_widths(table: Table) -> list[int]:
    """Return widths that share a line of the page by what the columns hold, names widest."""
    columns = zip(table.headings, *table.rows, strict=True)
    shares = [min(max(NARROWEST, *map(len, texts)), WIDEST) for texts in columns]
    return [int(TEXT_WIDTH * share / sum(shares)) for share in shares]


def _table(document: DocumentType, table: Table) -> None:
    made = document.add_table(rows=1, cols=len(table.headings), style="Table Grid")
    header = made.rows[0]
    mark = OxmlElement("w:tblHeader")  # repeated on every page
    mark.set(qn("w:val"), "true")
    header._tr.get_or_add_trPr().append(mark)
    widths = column_widths(table)
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Emu(width)
    _cells(header.cells, table.headings, widths, bold=True)
    for row in table.rows:
        _cells(made.add_row().cells, row, widths, bold=False)


def _cells(
    cells: Sequence[_Cell], texts: Sequence[str], widths: Sequence[int], *, bold: bool
) -> None:
    for cell, text, width in zip(cells, texts, widths, strict=True):
        cell.width = Emu(width)
        paragraph = cell.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if bold else WD_ALIGN_PARAGRAPH.LEFT
        _font(paragraph.add_run(clean(text)), BOLD if bold else BODY, 12)


def add_parts(document: DocumentType, parts: Iterable[Part]) -> None:
    """Add headings, paragraphs and tables; every annex begins on a page of its own."""
    for part in parts:
        if isinstance(part, Table):
            _table(document, part)
            continue
        paragraph = document.add_paragraph()
        if isinstance(part, Heading):
            if part.level == 0:
                paragraph.add_run().add_break(WD_BREAK.PAGE)
            _line(paragraph, indent=part.level > 0)
            paragraph.paragraph_format.keep_with_next = True
            _font(paragraph.add_run(clean(part.text)), BOLD, 16)
        elif isinstance(part, Paragraph):
            _line(paragraph, indent=not part.text.endswith("："))
            _font(paragraph.add_run(clean(part.text)), BODY, 16)


def add_signature(document: DocumentType, office: str, day: str) -> None:
    """Add who signs and the date, at the right."""
    for text in filter(None, (office, day)):
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _line(paragraph, indent=False)
        paragraph.paragraph_format.right_indent = Pt(64)
        _font(paragraph.add_run(clean(text)), BODY, 16)


def page_break(document: DocumentType) -> None:
    """Begin a new page."""
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def to_bytes(document: DocumentType) -> bytes:
    """Return the file; equal content gives equal bytes."""
    first = io.BytesIO()
    document.save(first)
    first.seek(0)
    out = io.BytesIO()
    with zipfile.ZipFile(first) as source, zipfile.ZipFile(out, "w") as target:
        for name in sorted(source.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            entry = zipfile.ZipInfo(name, date_time=FIXED.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return out.getvalue()
