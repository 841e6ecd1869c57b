"""Write tables to an Excel workbook: headings and rows in, bytes out. Knows nothing of HTTP.

Equal sheets give equal bytes: times inside the file are fixed.
"""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from .widths import text_width

Value = str | int | Decimal | date | None

TITLE_ROW, NOTE_ROW, HEAD_TOP, HEAD_SUB = 1, 2, 3, 4
FIRST_ROW = 5
# Excel's own limits for the name of a sheet, and for a sheet.
_SHEET_NAME_MAX = 31
_SHEET_NAME_BAD = re.compile(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff]")
_CELL_MAX = 32_767
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_WIDTH_MIN, _WIDTH_MAX = 6, 40
_LINE = Side(style="thin", color="808080")
_FIXED = datetime(2000, 1, 1)  # noqa: DTZ001 (a file has no time zone)


class Paper(StrEnum):
    A4 = "A4"
    A3 = "A3"


@dataclass(frozen=True, slots=True)
class Heading:
    """One entry of the head's upper row; without parts it fills both rows."""

    top: str
    parts: tuple[str, ...] = ()

    @property
    def leaves(self) -> tuple[str, ...]:
        return self.parts or (self.top,)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet.

    `frozen` columns stay in sight; `totals` may be None; `foot` is the line for signatures.
    `widths` (half-wide columns) are measured when not given, for which rows are held in
    memory; `filtered` offers Excel's own filter in the head.
    """

    name: str
    title: str
    note: str
    headings: tuple[Heading, ...]
    rows: Iterable[Sequence[Value]]
    totals: Sequence[Value] | None = None
    frozen: int = 0
    foot: str = ""
    widths: tuple[int, ...] | None = None
    paper: Paper = Paper.A4
    filtered: bool = False


def clean_text(text: str) -> str:
    """Return text that a workbook can hold: no control characters, no half characters."""
    if not text.isprintable():
        text = _SURROGATES.sub("", ILLEGAL_CHARACTERS_RE.sub("", text))
    return text[:_CELL_MAX]


def sheet_name(wanted: str, taken: Iterable[str]) -> str:
    """Return a name that Excel accepts and that is not taken (Excel ignores case)."""
    base = _SHEET_NAME_BAD.sub(" ", wanted).strip().strip("'")[:_SHEET_NAME_MAX].strip()
    base = base or "Sheet"
    used = {name.casefold() for name in taken} | {"history"}
    name, number = base, 1
    while name.casefold() in used:
        number += 1
        tail = f" ({number})"
        name = base[: _SHEET_NAME_MAX - len(tail)] + tail
    return name


def write_workbook(sheets: Sequence[Sheet], out: IO[bytes], *, streamed: bool = False) -> None:
    """Write sheets as one .xlsx file to an open binary file.

    Args:
        streamed: for tables of tens of thousands of rows. Rows are written as they come, so
            memory does not grow; rows of sheets with `widths` have no lines around cells
            (they are printed with grid lines instead).
    """
    book = Workbook(write_only=streamed)
    for page in book.worksheets:
        book.remove(page)
    for style in _styles():
        book.add_named_style(style)
    for sheet in sheets:
        page = book.create_sheet(sheet_name(sheet.name, book.sheetnames))
        _Writer(page, streamed).fill(sheet)
    _save(book, out)


class _StillZip(zipfile.ZipFile):
    """Every entry has the same time; openpyxl gives it texts and temporary files."""

    def writestr(self, zinfo_or_arcname: Any, data: Any, *args: Any, **kwargs: Any) -> None:
        super().writestr(self._entry(str(zinfo_or_arcname)), data)

    def write(self, filename: Any, arcname: Any = None, *args: Any, **kwargs: Any) -> None:
        with Path(filename).open("rb") as source, self.open(self._entry(arcname), "w") as target:
            shutil.copyfileobj(source, target, 1 << 16)

    def _entry(self, name: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(name, date_time=_FIXED.timetuple()[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED
        return entry


def _save(book: Workbook, out: IO[bytes]) -> None:
    """Do what Workbook.save does, but for the time of day (openpyxl.writer.excel)."""
    book.properties.created = book.properties.modified = _FIXED
    with _StillZip(out, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        ExcelWriter(book, archive).write_data()


def _styles() -> list[NamedStyle]:
    """Return the named styles; one object per style keeps the file small and fast to write."""
    border = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
    centre = Alignment(horizontal="center", vertical="center", wrap_text=True)
    grey = PatternFill("solid", fgColor="E8EDF3")
    bold = Font(name="宋体", size=11, bold=True)
    plain = Font(name="宋体", size=11)
    wrapped = Alignment(vertical="center", wrap_text=True)
    right = Alignment(horizontal="right", vertical="center")
    small = Font(name="宋体", size=10)
    return [
        NamedStyle("if_title", font=Font(name="黑体", size=16), alignment=centre),
        NamedStyle("if_note", font=small, alignment=Alignment(horizontal="center")),
        NamedStyle("if_head", font=bold, alignment=centre, border=border, fill=grey),
        NamedStyle("if_text", font=plain, alignment=wrapped, border=border, number_format="@"),
        NamedStyle("if_number", font=plain, alignment=right, border=border),
        NamedStyle(
            "if_date", font=plain, alignment=centre, border=border, number_format="yyyy-mm-dd"
        ),
        NamedStyle("if_total", font=bold, alignment=right, border=border),
        NamedStyle("if_foot", font=plain, alignment=Alignment(vertical="center")),
    ]


class _StyledCell(Cell):
    """A cell that is told its type and the number of its style.

    A plain cell works its type out and, when it is written, looks its style up by content: in
    a ranking that is an eighth of all the work.
    """

    __slots__ = ("style_id",)
    has_style = True

    def __init__(self, page: Worksheet, value: Value, data_type: str, style_id: int) -> None:
        super().__init__(page, 1, 1)
        self._value = value  # type: ignore[misc] # slots are not in the stubs
        self.data_type = data_type  # type: ignore[misc]
        self.style_id = style_id


class _StyleNumbers(dict[str, int]):
    """The numbers of named styles on a page, given in the order in which they are first used."""

    def __init__(self, page: Worksheet) -> None:
        self.page = page

    def __missing__(self, name: str) -> int:
        sample = Cell(self.page)
        sample.style = name
        self[name] = sample.style_id
        return self[name]


class _Writer:
    """Fills one page, row by row from the top, as write-only workbooks ask for."""

    def __init__(self, page: Worksheet, streamed: bool) -> None:
        self.page = page
        self.streamed = streamed
        self.row = 0
        self.styles = _StyleNumbers(page)

    def fill(self, sheet: Sheet) -> None:
        width = sum(len(heading.leaves) for heading in sheet.headings)
        rows, widths = sheet.rows, sheet.widths
        if widths is None:
            rows = list(rows)
            lines = rows if sheet.totals is None else [*rows, sheet.totals]
            widths = _widths(sheet.headings, lines)
        self._columns(widths)
        self._print_setup(sheet)
        self._banner(sheet.title, "if_title", width, height=30)
        self._banner(sheet.note, "if_note", width)
        self._head(sheet.headings)
        bare = self.streamed and sheet.widths is not None
        for values in rows:
            self._append(self._bare(values) if bare else self._cells(values))
        last = self.row
        if sheet.totals is not None:
            self._append(self._cells(sheet.totals, total=True))
        if sheet.foot:
            self._append([])
            self._banner(sheet.foot, "if_foot", width, height=24)
        letter = get_column_letter(width)
        if sheet.filtered:
            self.page.auto_filter.ref = f"A{HEAD_SUB}:{letter}{max(last, HEAD_SUB)}"
        self.page.print_options.gridLines = bare
        self.page.print_area = f"A1:{letter}{self.row}"

    def _cell(self, value: Value, style: str) -> Cell:
        """Return one cell; its place is given when it is appended.

        Text is stored as text whatever it begins with: never a formula.
        """
        data_type = "n"
        if isinstance(value, str):
            value = clean_text(value) or None
            data_type = "n" if value is None else "s"
        elif isinstance(value, date):
            data_type = "d"
        return _StyledCell(self.page, value, data_type, self.styles[style])

    def _cells(self, values: Sequence[Value], *, total: bool = False) -> list[Cell]:
        if total:
            return [self._cell(value, "if_total") for value in values]
        page, styles = self.page, self.styles
        cells = []
        for value in values:
            if isinstance(value, (int, Decimal)):
                # Most cells of a ranking; a call for each of them would be a tenth of all.
                cell: Cell = _StyledCell(page, value, "n", styles["if_number"])
            else:
                text = value is None or isinstance(value, str)
                cell = self._cell(value, "if_text" if text else "if_date")
            cells.append(cell)
        return cells

    def _bare(self, values: Sequence[Value]) -> list[Any]:
        """Return values without style; what Excel would read as a formula stays a text."""
        found: list[Any] = []
        for value in values:
            if not isinstance(value, str):
                found.append(value)
                continue
            text = clean_text(value)
            if text[:1] == "=":
                cell = Cell(self.page, 1, 1, text)
                cell.data_type = "s"
                found.append(cell)
            else:
                found.append(text)
        return found

    def _append(self, cells: Sequence[Any]) -> None:
        self.page.append(cells)
        self.row += 1

    def _banner(self, text: str, style: str, width: int, height: int | None = None) -> None:
        """Write a text across the table."""
        if height is not None:
            self.page.row_dimensions[self.row + 1].height = height
        self._append([self._cell(text, style)])
        self._merge(self.row, 1, self.row, width)

    def _merge(self, row: int, column: int, last_row: int, last_column: int) -> None:
        if (row, column) != (last_row, last_column):
            first, last = get_column_letter(column), get_column_letter(last_column)
            self.page.merged_cells.add(f"{first}{row}:{last}{last_row}")

    def _head(self, headings: Iterable[Heading]) -> None:
        tops: list[str] = []
        subs: list[str] = []
        for heading in headings:
            column, last = len(tops) + 1, len(tops) + len(heading.leaves)
            tops += [heading.top, *[""] * (len(heading.leaves) - 1)]
            subs += heading.parts or [""]
            self._merge(HEAD_TOP, column, HEAD_TOP if heading.parts else HEAD_SUB, last)
        for texts in (tops, subs):
            self._append([self._cell(text, "if_head") for text in texts])

    def _columns(self, widths: Iterable[int]) -> None:
        for column, wanted in enumerate(widths, start=1):
            wide = min(max(wanted + 2, _WIDTH_MIN), _WIDTH_MAX)
            self.page.column_dimensions[get_column_letter(column)].width = wide

    def _print_setup(self, sheet: Sheet) -> None:
        page = self.page
        page.freeze_panes = f"{get_column_letter(sheet.frozen + 1)}{FIRST_ROW}"
        page.print_title_rows = f"{HEAD_TOP}:{HEAD_SUB}"
        page.page_setup.orientation = "landscape"
        page.page_setup.paperSize = (
            Worksheet.PAPERSIZE_A3 if sheet.paper == Paper.A3 else Worksheet.PAPERSIZE_A4
        )
        page.page_setup.fitToWidth = 1
        page.page_setup.fitToHeight = 0
        page.sheet_properties.pageSetUpPr.fitToPage = True
        page.page_margins = PageMargins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        page.print_options.horizontalCentered = True
        page.oddFooter.center.text = "第 &P 页 共 &N 页"


def _widths(headings: Iterable[Heading], rows: Iterable[Sequence[Value]]) -> tuple[int, ...]:
    """Return the width of the widest text in each column."""
    widths = list(_head_widths(headings))
    values: Sequence[Value] = ()
    for values in rows:
        for at, value in enumerate(values):
            if isinstance(value, str) and len(value) * 2 > widths[at]:
                widths[at] = max(widths[at], text_width(value))
    # No number is longer than that in the totals, which come last.
    for at, value in enumerate(values):
        widths[at] = max(widths[at], len(str(value or "")))
    return tuple(widths)


def _head_widths(headings: Iterable[Heading]) -> Iterator[int]:
    for heading in headings:
        wide = text_width(heading.top)
        for leaf in heading.leaves:
            # The upper text may take two lines over the columns below it.
            yield max(text_width(leaf), -(-wide // (2 * len(heading.leaves))), _NUMBER_WIDTH)


_NUMBER_WIDTH = 8
