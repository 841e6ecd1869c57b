"""Word lists as Excel sheets: rows in, faults by row and column, bytes out."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from .rules import Grade

if TYPE_CHECKING:
    from .models import Word

COLUMNS = (
    ("words", gettext_lazy("词语"), 24),
    ("right", gettext_lazy("正确写法"), 24),
    ("unless", gettext_lazy("例外"), 36),
    ("grade", gettext_lazy("级别"), 10),
    ("valid_from", gettext_lazy("起用日期"), 14),
    ("valid_until", gettext_lazy("停用日期"), 14),
    ("active", gettext_lazy("在用"), 8),
)
ROWS_MAX = 20_000
_GRADES = {str(grade.label): grade.value for grade in Grade}
_YES, _NO = ("是", "1", "在用", ""), ("否", "0", "停用")


# What openpyxl raises for files that other programs have written wrongly.
_UNREADABLE = (
    AttributeError, IndexError, KeyError, OSError, SyntaxError, TypeError, ValueError, BadZipFile,
)  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell. Rows count as Excel counts them."""

    row: int
    column: str
    message: str


@dataclass(frozen=True)
class Line:
    """One row as it was read; `values` are fields of a word."""

    row: int
    values: dict[str, Any]


def read(data: bytes) -> tuple[list[Line], list[Fault]]:
    """Return the rows of a sheet and what is wrong with them.

    Args:
        data: an .xlsx file that `infoflow.uploads.rules.inspect` has let in.
    """
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        with closing(book):
            rows = book.worksheets[0].iter_rows(values_only=True, max_row=ROWS_MAX + 2)
            return _read_rows(rows)
    except _UNREADABLE:
        message = _("文件读不出来，请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。")
        return [], [Fault(1, "", message)]


def _read_rows(rows: Iterator[tuple[Any, ...]]) -> tuple[list[Line], list[Fault]]:
    head = [_text(cell) for cell in next(rows, ())]
    names = {str(label): name for name, label, _width in COLUMNS}
    if str(COLUMNS[0][1]) not in head:
        message = _("第一行要有列名，至少有“词语”一列；可先导出一份作样子。")
        return [], [Fault(1, str(COLUMNS[0][1]), message)]
    places = [(place, names[label], label) for place, label in enumerate(head) if label in names]
    lines: list[Line] = []
    faults: list[Fault] = []
    first: dict[str, int] = {}
    for number, row in enumerate(rows, start=2):
        if not any(_text(cell) for cell in row):
            continue
        if len(lines) >= ROWS_MAX:
            faults.append(Fault(number, "", _("一次最多导入%(max)d行。") % {"max": ROWS_MAX}))
            break
        values: dict[str, Any] = {}
        for place, name, label in places:
            try:
                values[name] = _value(name, row[place] if place < len(row) else None)
            except ValueError as wrong:
                faults.append(Fault(number, label, str(wrong)))
        words = values.get("words", "")
        if words in first:
            message = _("与第%(row)d行重复。") % {"row": first[words]}
            faults.append(Fault(number, str(COLUMNS[0][1]), message))
        first.setdefault(words, number)
        lines.append(Line(number, values))
    return lines, faults


def _text(cell: Any) -> str:
    """Return a cell as text; Excel holds whole numbers as 1.0."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _value(name: str, cell: Any) -> Any:
    """Return a cell as its field's value.

    Raises:
        ValueError: what is wrong, for the person.
    """
    text = _text(cell)
    if name == "grade":
        if text and text not in _GRADES:
            raise ValueError(_("级别只能填“一般”“重要”“严重”。"))
        return _GRADES.get(text, Grade.COMMON.value)
    if name in ("valid_from", "valid_until"):
        return _date(cell, text)
    if name == "active":
        if text not in _YES + _NO:
            raise ValueError(_("只能填“是”或“否”。"))
        return text in _YES
    return text


def _date(cell: Any, text: str) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if not text:
        return None
    try:
        return date.fromisoformat(text.replace("/", "-").replace(".", "-"))
    except ValueError:
        raise ValueError(_("日期不正确，请按 2026-01-01 填写。")) from None


def write(words: Iterable[Word]) -> bytes:
    """Return words as an Excel file that can be read again."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("词语"))
    for number, (_name, _label, width) in enumerate(COLUMNS):
        sheet.column_dimensions["ABCDEFG"[number]].width = width
    sheet.freeze_panes = "A2"
    head = [WriteOnlyCell(sheet, str(label)) for _name, label, _width in COLUMNS]
    for cell in head:
        cell.font = Font(bold=True)
    sheet.append(head)
    for word in words:
        row = [
            word.words,
            word.right,
            word.unless,
            word.get_grade_display(),
            word.valid_from.isoformat() if word.valid_from else "",
            word.valid_until.isoformat() if word.valid_until else "",
            "是" if word.active else "否",
        ]
        sheet.append([_cell(sheet, value) for value in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(sheet: Any, value: str) -> WriteOnlyCell:
    """Return a cell that is text whatever it begins with: never a formula."""
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"
    return cell
