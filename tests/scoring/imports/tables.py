"""Tables as files: workbooks by openpyxl, old workbooks by hand, CSV."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook

HEAD = ("事项", "日期", "单位", "标题", "刊物")
DAY, PAPER = "2026-03-05", "晋政信息·普刊"


def adoption(n: int = 1, **changed: Any) -> list[Any]:
    """A row: the unit's n-th piece was carried by the paper of the fixture `county`."""
    row = dict(zip(HEAD, ["采用", DAY, "水务局", f"第{n}条信息", PAPER], strict=True))
    return list((row | changed).values())


def xlsx(rows: Iterable[Sequence[Any]], *, merged: Iterable[str] = (), name: str = "表") -> bytes:
    """A workbook with one sheet."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = name
    for row in rows:
        sheet.append(list(row))
    for area in merged:
        sheet.merge_cells(area)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def facts(*rows: Sequence[Any], head: Sequence[str] = HEAD) -> bytes:
    """A facts workbook."""
    return xlsx([head, *rows])


def csv(rows: Iterable[Sequence[Any]], encoding: str = "utf-8") -> bytes:
    """A CSV file."""
    return "\r\n".join(",".join(str(cell) for cell in row) for row in rows).encode(encoding)


def _record(number: int, data: bytes) -> bytes:
    return struct.pack("<HH", number, len(data)) + data


def _workbook_stream(rows: Sequence[Sequence[Any]], far: tuple[int, int] | None) -> bytes:
    """Records of BIFF8: globals with one sheet, then its cells."""
    name = "表".encode("utf-16-le")
    begin = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 6))
    sheet_at = len(begin) + 4 + 8 + len(name) + 4
    bound = _record(0x85, struct.pack("<IBBBB", sheet_at, 0, 0, 1, 1) + name)
    cells = [_record(0x809, struct.pack("<HHHHII", 0x600, 16, 0, 0, 0, 6))]
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if isinstance(value, int | float):
                cells.append(_record(0x203, struct.pack("<HHHd", r, c, 0, value)))
            elif value:
                text = str(value).encode("utf-16-le")
                head = struct.pack("<HHHHB", r, c, 0, len(text) // 2, 1)
                cells.append(_record(0x204, head + text))
    if far is not None:
        cells.append(_record(0x203, struct.pack("<HHHd", *far, 0, 1.0)))
    return begin + bound + _record(0x0A, b"") + b"".join(cells) + _record(0x0A, b"")


def xls(
    rows: Sequence[Sequence[Any]], *, far: tuple[int, int] | None = None, extra: bytes = b""
) -> bytes:
    """An old workbook: one stream in a compound file, every byte ours."""
    stream = _workbook_stream(rows, far) + extra
    stream += b"\x00" * (max(4096, -(-len(stream) // 512) * 512) - len(stream))
    sectors = len(stream) // 512
    fat_sectors = 1
    while (sectors + 1 + fat_sectors) > fat_sectors * 128:
        fat_sectors += 1
    end, free, fat_mark = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    # Sectors: the stream, then the directory, then the table of sectors.
    table = [n + 1 for n in range(sectors - 1)] + [end, end] + [fat_mark] * fat_sectors
    table += [free] * (fat_sectors * 128 - len(table))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 16
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\x00" * 6
    header += struct.pack("<IIIIIIIII", 0, fat_sectors, sectors, 0, 4096, end, 0, end, 0)
    places = [sectors + 1 + n for n in range(fat_sectors)]
    header += b"".join(struct.pack("<I", p) for p in places + [free] * (109 - fat_sectors))
    directory = _entry("Root Entry", 5, end, 0, child=1) + _entry("Workbook", 2, 0, len(stream))
    directory += _entry("", 0, 0, 0) * 2
    return header + stream + directory + b"".join(struct.pack("<I", n) for n in table)


def _entry(name: str, sort: int, start: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
    coded = name.encode("utf-16-le")
    none = 0xFFFFFFFF
    return (
        coded.ljust(64, b"\x00")
        + struct.pack("<HBB", len(coded) + 2 if name else 0, sort, 1)
        + struct.pack("<III", none, none, child)
        + b"\x00" * 36
        + struct.pack("<IQ", start, size)
    )
