"""From a table file that was looked through to rows of cells. Pure, but for one process of its own.

calamine reads xlsx; old workbooks are read in a process that the system ends.
"""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import load_workbook

from infoflow.uploads import plain
from infoflow.uploads.kinds import BadFile
from infoflow.uploads.tables import ROWS_MAX, TableFile, TableKind, unsolved

_ROOT = Path(__file__).resolve().parents[2]
XLS_SECONDS = 10
FIELD_MAX = 131_072

# First and last cell of a merged range, (row, column) counted from 0, both included.
Merged = tuple[tuple[int, int], tuple[int, int]]


@dataclass
class Sheet:
    """One sheet: its cells from A1 on, merged ranges, cells whose formula has no value."""

    name: str
    rows: list[list[Any]]
    merged: list[Merged] = field(default_factory=list)
    unsolved: dict[tuple[int, int], str] = field(default_factory=dict)

    def cell(self, row: int, column: int) -> Any:
        """Return a cell; empty text where the sheet has none."""
        if row < len(self.rows) and column < len(self.rows[row]):
            return self.rows[row][column]
        return ""


def read_sheets(file: TableFile) -> list[Sheet]:
    """Return the sheets of a table that have any cell.

    Raises:
        BadFile: it cannot be read, or has too many rows.
    """
    if file.kind == TableKind.CSV:
        sheets = [_csv(file.data)]
    elif file.kind == TableKind.XLS:
        sheets = _old_sheets(file.data)
    else:
        sheets = _sheets(file)
    found = [sheet for sheet in sheets if any(any(c != "" for c in row) for row in sheet.rows)]
    if not found:
        raise BadFile(_("表格是空的，请检查是否选对了文件。"))
    if any(len(sheet.rows) > ROWS_MAX for sheet in found):
        raise BadFile(_("表格超过5万行，一次最多导入5万行，请分成几个文件。"))
    return found


def _unreadable() -> BadFile:
    return BadFile(_("文件读不出来，请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"))


def _sheets(file: TableFile) -> list[Sheet]:
    problems = unsolved(file)
    try:
        book = load_workbook(io.BytesIO(file.data))
        sheets = []
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            merged = list(sheet.merged_cell_ranges or ())
            rows = sheet.to_python(skip_empty_area=False)
            sheets.append(Sheet(name, rows, merged, problems.get(name, {})))
    except BaseException as error:  # a panic of the Rust reader is no Exception
        if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit | MemoryError):
            raise
        raise _unreadable() from None
    return sheets


def _decoded(value: dict[str, str]) -> Any:
    if "t" in value:
        return datetime.fromisoformat(value["t"])
    return date.fromisoformat(value["d"])


def _old_sheets(data: bytes) -> list[Sheet]:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "infoflow.uploads.xls_cells"],
            input=data,
            capture_output=True,
            timeout=XLS_SECONDS,
            cwd=_ROOT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _unreadable() from None
    if done.returncode:
        raise _unreadable()
    return [
        Sheet(name, rows, [((a, b), (c, d)) for (a, b), (c, d) in merged])
        for name, rows, merged in json.loads(done.stdout, object_hook=_decoded)
    ]


def _csv(data: bytes) -> Sheet:
    text = plain.decoded(data)
    if text is None:
        raise _unreadable()
    first = text[:4_000].partition("\n")[0]
    delimiter = max(",\t;，", key=first.count)
    csv.field_size_limit(FIELD_MAX)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        rows: list[list[Any]] = []
        for row in reader:
            rows.append([cell.strip() for cell in row])
            if len(rows) > ROWS_MAX:
                break
    except csv.Error:
        raise _unreadable() from None
    return Sheet(_("CSV"), rows)
