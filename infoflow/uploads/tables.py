"""Uploaded tables (xlsx, xls, csv): looked through before a reader opens them. Pure.

A reader of sheets lays out a rectangle from A1 to the last cell: one cell at XFD1048576 asks
for 400 GB. So the cells' places are looked at first, in pieces, without building anything.
Old workbooks (xls) are read in a process of their own that the system ends (`xls_cells`).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from html import unescape

from django.utils.translation import gettext as _

from . import names, rules
from .kinds import BadFile, Kind, Limits
from .sheets import has, is_sheet, pieces_of
from .text_of import office_text, text_of
from .zips import Directory, damaged, read_directory, too_much

# A table of 50,000 rows is 2 million elements; what unpacks to more than 60 MB is no table.
TABLE_LIMITS = Limits(
    elements=3_000_000, entries=500, unpacked=60 * 1024 * 1024, characters=20_000_000
)
ROWS_MAX = 50_100
# Cells of the rectangle that a reader lays out.
AREA_MAX = 4_000_000

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# PDF, PNG, JPEG: nobody should mend such a file to be refused again.
_NO_TABLES = (b"%PDF-", b"\x89PNG", b"\xff\xd8")
_ROW = re.compile(rb"<(?:[\w.-]+:)?row[\s/>]")
_CELL = re.compile(rb"<(?:[\w.-]+:)?c[\s/>]")
_REF = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{1,4})([0-9]{1,9})[\"']")
# A cell with its place: the attributes before it are read whole, quotes included.
_PLACED = re.compile(
    rb"<(?:[\w.-]+:)?c(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'))*?"
    rb"\s+r\s*=\s*[\"']([A-Za-z]{1,4})([0-9]{1,9})[\"']"
)
# As every program writes it; the rules above are for the others.
_USUAL = re.compile(rb'<c r="([A-Z]{1,4}[0-9]{1,9})"')
_LETTERS, _DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"0123456789"


class TableKind(StrEnum):
    """A kind of table that is taken; the value is its extension."""

    XLSX = "xlsx"
    XLS = "xls"
    CSV = "csv"


@dataclass(frozen=True)
class TableFile:
    """A table that was looked through."""

    name: str
    kind: TableKind
    sha256: str
    data: bytes
    # Sheets (parts of a workbook) in which nothing stands but values in cells.
    plain: frozenset[str] = frozenset()


def inspect_table(*, name: str, data: bytes, limits: Limits = TABLE_LIMITS) -> TableFile:
    """Return what kind of table an uploaded file is.

    Raises:
        BadFile: it is not taken; the message says why and what to do.
    """
    if len(data) > limits.size:
        raise rules.too_large(len(data), limits)
    if data.startswith(_NO_TABLES):
        raise BadFile(
            _("这里只收表格，PDF 和图片读不出条数。请把其中的表录入或另存为 Excel（.xlsx）再上传。")
        )
    if data.startswith(_OLE):
        _check_old(data)
        return _taken(name, TableKind.XLS, data)
    plain: frozenset[str] = frozenset()
    if data.startswith(b"PK"):
        plain = _survey(read_directory(data, limits))
    kept = rules.inspect(name=name, data=data, limits=limits)
    if kept.kind == Kind.XLSX:
        return replace(_taken(name, TableKind.XLSX, data), plain=plain)
    if kept.kind == Kind.TXT:
        return _taken(name, TableKind.CSV, data)
    raise BadFile(
        _("这里只收表格。请上传 Excel（.xlsx、.xls）或 CSV 文件；Word 中的表请先复制到 Excel。")
    )


def _taken(name: str, kind: TableKind, data: bytes) -> TableFile:
    digest = hashlib.sha256(data).hexdigest()
    return TableFile(names.clean_name(name, kind.value), kind, digest, data)


def _check_old(data: bytes) -> None:
    """Refuse what is no old workbook, or one that is locked or carries macros."""

    def holds(word: str) -> bool:
        return word.encode("utf-16-le") in data

    if holds("EncryptedPackage") or holds("EncryptionInfo"):
        raise BadFile(_("文件加了密码，系统无法检查。请去掉密码另存后再上传。"))
    if holds("_VBA_PROJECT"):
        raise BadFile(_("文件带有宏，已拒收。请另存为不带宏的 .xlsx 再上传。"))
    if not holds("Workbook") and not holds("Book"):
        raise BadFile(_("这不是 Excel 文件。请用 Excel 或 WPS 打开，另存为 .xlsx 再上传。"))


def _survey(directory: Directory) -> frozenset[str]:
    """Refuse a workbook with too many rows, or whose cells span too large a rectangle.

    Returns the sheets in which nothing stands but values: they need no further look.
    """
    sheets = [name for name in directory.entries if is_sheet(name)]
    return frozenset(name for name in sheets if _survey_sheet(directory, name))


def _only_values(piece: bytes) -> bool:
    """Tell whether a piece has no formula, no error and no printed header."""
    return not (
        has(piece, b"<f", b"f")
        or has(piece, b":f", b":")
        or has(piece, b"'e'", b"'")
        or has(piece, b"Header", b"d")
        or b"Footer" in piece
        or b'"e"' in piece
    )


def _survey_sheet(directory: Directory, name: str) -> bool:
    rows = last_row = last_column = in_row = 0
    plain = True
    for piece in pieces_of(directory.chunks(name, TABLE_LIMITS.unpacked)):
        if b"\x00" in piece:
            raise damaged()
        plain = plain and _only_values(piece)
        places = _places_in(piece)
        if places is not None:
            rows += _rows_in(piece)
        else:
            # Cells without a place stand one behind the other.
            places = _taken_apart(_REF.findall(piece))
            segments = _ROW.split(piece)
            rows += len(segments) - 1
            for place, segment in enumerate(segments):
                in_row = len(_CELL.findall(segment)) + (0 if place else in_row)
                last_column = max(last_column, in_row)
        last_column = max([last_column, *map(_column, places[0])])
        last_row = max([last_row, *map(int, places[1])])
        if rows > ROWS_MAX or last_row > ROWS_MAX:
            raise _too_long()
        if max(rows, last_row) * last_column > AREA_MAX:
            raise too_much()
    return plain


# The columns and the rows in which cells stand, as they are written.
_Places = tuple[set[bytes], set[bytes]]


def _places_in(piece: bytes) -> _Places | None:
    """Return the places of the cells in a piece of a sheet; None when some have none."""
    usual = _USUAL.findall(piece)
    if len(usual) == piece.count(b"<c") and not has(piece, b":c", b":"):
        # All at once: a quarter of the time of looking at each.
        all_of = b" ".join(usual)
        columns, rows = all_of.translate(None, _DIGITS), all_of.translate(None, _LETTERS)
        return set(columns.split()), set(rows.split())
    refs = _PLACED.findall(piece)
    return _taken_apart(refs) if len(refs) == len(_CELL.findall(piece)) else None


def _taken_apart(refs: list[tuple[bytes, bytes]]) -> _Places:
    return {found[0] for found in refs}, {found[1] for found in refs}


def _rows_in(piece: bytes) -> int:
    usual = piece.count(b"<row ")
    if usual == piece.count(b"<row") and not has(piece, b":row", b":"):
        return usual
    return len(_ROW.findall(piece))


def _too_long() -> BadFile:
    return BadFile(
        _(
            "表格超过5万行，一次最多导入5万行。请分成几个文件；"
            "只有几行却这样提示的，是表尾有空行带了格式：请把内容复制到新表再上传。"
        )
    )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def words_beside_cells(file: TableFile) -> str:
    """Return the words of a workbook that stand in no cell: names, comments, headers, strings.

    The scanner gets the cells themselves from the reader, which is faster.

    Raises:
        BadFile: there is more in it than can be looked through.
    """
    if file.kind == TableKind.CSV:
        return text_of(Kind.TXT, file.data, TABLE_LIMITS)
    if file.kind == TableKind.XLS:
        return _around_secrets(file.data)
    directory = read_directory(file.data, TABLE_LIMITS)
    sheets = [name for name in directory.entries if is_sheet(name)]
    others = {name: info for name, info in directory.entries.items() if not is_sheet(name)}
    found = [office_text(replace(directory, entries=others), TABLE_LIMITS)]
    found += [_headers_of(directory, name) for name in sheets if name not in file.plain]
    return "\n".join(found)


_SECRET_SIGN = "密".encode("utf-16-le")
_AROUND = 200


def _around_secrets(data: bytes) -> str:
    """Return what stands around every 密 of an old workbook, comments and leftovers included.

    Old workbooks are not packed and write Chinese in UTF-16.
    """
    found: list[str] = []
    place = data.find(_SECRET_SIGN)
    while place >= 0 and len(found) < 10_000:
        start = max(place - _AROUND, place % 2)
        piece = data[start : place + _AROUND]
        found.append(piece.decode("utf-16-le", "replace").replace("\x00", "\n"))
        place = data.find(_SECRET_SIGN, place + _AROUND // 2)
    return "\n".join(found)


_HEADER = re.compile(rb"<(?:[\w.-]+:)?(?:odd|even|first)(?:Header|Footer)[^>]*>([^<]{0,2000})<")


def _headers_of(directory: Directory, name: str) -> str:
    """Return a sheet's printed headers and footers; they stand behind its cells."""
    data = directory.read(name, TABLE_LIMITS.unpacked)
    if b"Header" not in data and b"Footer" not in data:
        return ""
    words = (unescape(found.decode("utf-8", "replace")) for found in _HEADER.findall(data))
    # &L, &C and &R begin the parts of a header.
    return "\n".join(re.sub("&[LCR]", "\n", text) for text in words)


_PROBLEM_CELL = re.compile(
    rb"<(?:[\w.-]+:)?c\s([^<>]*?)(/?)>((?:(?!</(?:[\w.-]+:)?c>).)*)</(?:[\w.-]+:)?c>", re.DOTALL
)
_VALUE = re.compile(rb"<(?:[\w.-]+:)?(?:v|t)(?:\s[^<>]*)?>[^<]+<")
_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f[\s/>]")
# Ten times as quick: no formula without it.
_MAY_BE_FORMULA = re.compile(rb"f[\s/>]")
PROBLEMS_MAX = 500


def unsolved(file: TableFile) -> dict[str, dict[tuple[int, int], str]]:
    """Return for each sheet the cells whose formula has no value or ends in an error.

    By (row, column), counted from 0; "" for no value, else Excel's word for the error.
    """
    if file.kind != TableKind.XLSX:
        return {}
    directory = read_directory(file.data, TABLE_LIMITS)
    targets = _sheets_of(directory)
    return {
        sheet: _unsolved_in(directory.read(part, TABLE_LIMITS.unpacked))
        for sheet, part in targets.items()
        if part in directory.entries and part not in file.plain
    }


def _unsolved_in(data: bytes) -> dict[tuple[int, int], str]:
    found: dict[tuple[int, int], str] = {}
    formulas = _MAY_BE_FORMULA.search(data) and _FORMULA.search(data)
    if not formulas and b'"e"' not in data and b"'e'" not in data:
        return found
    for attributes, _empty, inside in _PROBLEM_CELL.findall(data):
        place = _REF.search(b" " + attributes)
        if place is None or len(found) >= PROBLEMS_MAX:
            continue
        key = (int(place[2]) - 1, _column(place[1]) - 1)
        value = _VALUE.search(inside)
        if re.search(rb"\bt\s*=\s*[\"']e[\"']", attributes):
            word = value[0].partition(b">")[2].rstrip(b"<") if value else b""
            found[key] = word.decode("utf-8", "replace")
        elif value is None and _FORMULA.search(inside):
            found[key] = ""
    return found


_SHEET = re.compile(rb"<(?:[\w.-]+:)?sheet\s([^<>]*?)/?>")
_RELATION = re.compile(rb"<(?:[\w.-]+:)?Relationship\s([^<>]*?)/?>")


def _attribute(tag: bytes, name: bytes) -> str:
    found = re.search(rb"(?:^|\s)" + name + rb"\s*=\s*[\"']([^\"']*)[\"']", tag)
    return unescape(found[1].decode("utf-8", "replace")) if found else ""


def _sheets_of(directory: Directory) -> dict[str, str]:
    """Return the name of each sheet and the part in which it lies."""
    book, links = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
    if book not in directory.entries or links not in directory.entries:
        return {}
    parts: dict[str, str] = {}
    for tag in _RELATION.findall(directory.read(links, TABLE_LIMITS.unpacked)):
        target = _attribute(tag, b"Target")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        parts[_attribute(tag, b"Id")] = path
    found: dict[str, str] = {}
    for tag in _SHEET.findall(directory.read(book, TABLE_LIMITS.unpacked)):
        found[_attribute(tag, b"name")] = parts.get(_attribute(tag, rb"[\w.-]+:id"), "")
    return found
