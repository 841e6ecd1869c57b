"""Write tables to an Excel workbook: headings and rows in, bytes out. Knows nothing of HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.worksheet import Worksheet

from .rules import text_width

Value = str | int | Decimal | None

TITLE_ROW, NOTE_ROW, HEAD_TOP, HEAD_SUB = 1, 2, 3, 4
FIRST_ROW = 5
# Excel's own limits for the name of a sheet.
_SHEET_NAME_MAX = 31
_SHEET_NAME_BAD = re.compile(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff]")
_CELL_MAX = 32_767
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_WIDTH_MIN, _WIDTH_MAX = 6, 40
_LINE = Side(style="thin", color="808080")


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
    """One sheet. `frozen` columns stay in sight; `totals` may be None."""

    name: str
    title: str
    note: str
    headings: tuple[Heading, ...]
    rows: Iterable[Sequence[Value]]
    totals: Sequence[Value] | None = None
    frozen: int = 0


def clean_text(text: str) -> str:
    """Return text that a workbook can hold: no control characters, no half characters."""
    return _SURROGATES.sub("", ILLEGAL_CHARACTERS_RE.sub("", text))[:_CELL_MAX]


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


def write_workbook(sheets: Sequence[Sheet], out: IO[bytes]) -> None:
    """Write sheets as one .xlsx file to an open binary file."""
    book = Workbook()
    book.remove(book.active)
    for style in _styles():
        book.add_named_style(style)
    for sheet in sheets:
        page = book.create_sheet(sheet_name(sheet.name, book.sheetnames))
        _fill(page, sheet)
    book.save(out)


def _styles() -> list[NamedStyle]:
    """Return the named styles; one object per style keeps the file small and fast to write."""
    border = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
    centre = Alignment(horizontal="center", vertical="center", wrap_text=True)
    grey = PatternFill("solid", fgColor="E8EDF3")
    bold = Font(name="宋体", size=11, bold=True)
    plain = Font(name="宋体", size=11)
    return [
        NamedStyle("if_title", font=Font(name="黑体", size=16), alignment=centre),
        NamedStyle(
            "if_note", font=Font(name="宋体", size=10), alignment=Alignment(horizontal="center")
        ),
        NamedStyle("if_head", font=bold, alignment=centre, border=border, fill=grey),
        NamedStyle(
            "if_text",
            font=plain,
            alignment=Alignment(vertical="center", wrap_text=True),
            border=border,
            number_format="@",
        ),
        NamedStyle(
            "if_number",
            font=plain,
            alignment=Alignment(horizontal="right", vertical="center"),
            border=border,
        ),
        NamedStyle("if_total", font=bold, alignment=Alignment(horizontal="right"), border=border),
    ]


def _put(page: Worksheet, row: int, column: int, value: Value, style: str) -> None:
    """Write one cell. Text is stored as text whatever it begins with: never a formula."""
    cell = page.cell(row, column)
    if isinstance(value, str):
        text = clean_text(value)
        if text:
            cell.value = text
            cell.data_type = "s"
    else:
        cell.value = value
    cell.style = style


def _fill(page: Worksheet, sheet: Sheet) -> None:
    width = sum(len(heading.leaves) for heading in sheet.headings)
    for row, text, style in (
        (TITLE_ROW, sheet.title, "if_title"),
        (NOTE_ROW, sheet.note, "if_note"),
    ):
        _put(page, row, 1, text, style)
        page.merge_cells(start_row=row, start_column=1, end_row=row, end_column=width)
    page.row_dimensions[TITLE_ROW].height = 30
    _head(page, sheet.headings)
    widths = [text_width(leaf) for heading in sheet.headings for leaf in heading.leaves]
    last = HEAD_SUB
    for last, values in enumerate(sheet.rows, start=FIRST_ROW):
        _line(page, last, values, widths)
    if sheet.totals is not None:
        last += 1
        _line(page, last, sheet.totals, widths, total=True)
    for column, wanted in enumerate(widths, start=1):
        letter = get_column_letter(column)
        page.column_dimensions[letter].width = min(max(wanted + 2, _WIDTH_MIN), _WIDTH_MAX)
    _print_setup(page, sheet, width, last)


def _line(
    page: Worksheet, row: int, values: Sequence[Value], widths: list[int], total: bool = False
) -> None:
    for column, value in enumerate(values, start=1):
        style = "if_total" if total else "if_text" if isinstance(value, str) else "if_number"
        _put(page, row, column, value, style)
        widths[column - 1] = max(widths[column - 1], text_width(str(value or "")))


def _head(page: Worksheet, headings: Iterable[Heading]) -> None:
    column = 1
    for heading in headings:
        last = column + len(heading.leaves) - 1
        for at in range(column, last + 1):
            for row in (HEAD_TOP, HEAD_SUB):
                page.cell(row, at).style = "if_head"
        _put(page, HEAD_TOP, column, heading.top, "if_head")
        if heading.parts:
            for at, part in enumerate(heading.parts, start=column):
                _put(page, HEAD_SUB, at, part, "if_head")
            if last > column:
                page.merge_cells(
                    start_row=HEAD_TOP, start_column=column, end_row=HEAD_TOP, end_column=last
                )
        else:
            page.merge_cells(
                start_row=HEAD_TOP, start_column=column, end_row=HEAD_SUB, end_column=column
            )
        column = last + 1


def _print_setup(page: Worksheet, sheet: Sheet, width: int, last_row: int) -> None:
    page.freeze_panes = f"{get_column_letter(sheet.frozen + 1)}{FIRST_ROW}"
    page.print_title_rows = f"{HEAD_TOP}:{HEAD_SUB}"
    page.print_area = f"A1:{get_column_letter(width)}{last_row}"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToWidth = 1
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.page_margins = PageMargins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    page.print_options.horizontalCentered = True
    page.oddFooter.center.text = "第 &P 页 共 &N 页"
