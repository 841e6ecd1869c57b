"""Read an old workbook (xls) from standard input, write its cells to standard output as JSON.

`python -m infoflow.uploads.xls_cells`; a process of its own: an old workbook can ask its reader
for any amount of memory or lead it in circles, and no check before it finds every way.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import load_workbook

from .kinds import MEGABYTE

_SECONDS = 8
_MEMORY = 512 * MEGABYTE


def _coded(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, time | timedelta):
        return str(value)
    raise TypeError(type(value))


def main() -> int:
    """Return 0 when all sheets were read."""
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    book = load_workbook(io.BytesIO(sys.stdin.buffer.read()))
    sheets = []
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        merged = sheet.merged_cell_ranges or []
        sheets.append([name, sheet.to_python(skip_empty_area=False), merged])
    json.dump(sheets, sys.stdout, default=_coded)
    return 0


if __name__ == "__main__":
    sys.exit(main())
