"""Word and Excel files by hand: every byte is ours, so that each oddity can be made."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping
from html import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "application/vnd.openxmlformats-officedocument"
MAIN_TYPE = f"{OFFICE}.wordprocessingml.document.main+xml"
SHEET_TYPE = f"{OFFICE}.spreadsheetml.sheet.main+xml"
# 1980-01-01: the same archive whenever it is made.
_WHEN = (1980, 1, 1, 0, 0, 0)
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'

Parts = Mapping[str, "str | bytes"]


def packed(parts: Parts, *, stored: bool = False) -> bytes:
    """A ZIP file of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, _WHEN)
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return out.getvalue()


def content_types(main: str = MAIN_TYPE, part: str = "/word/document.xml") -> str:
    """The list of parts' types, with one main part."""
    return (
        f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="{part}" ContentType="{main}"/></Types>'
    )


def relations(*rows: tuple[str, str, bool]) -> str:
    """Relationships: (last word of the type, target, external)."""
    lines = "".join(
        f'<Relationship Id="rId{n}" Type="{R}/{sort}" Target="{escape(target)}"'
        f"{' TargetMode=' + chr(34) + 'External' + chr(34) if external else ''}/>"
        for n, (sort, target, external) in enumerate(rows, 1)
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{lines}</Relationships>'


def document(body: str) -> str:
    """The main part around paragraphs and tables."""
    return (
        f'{HEAD}<w:document xmlns:w="{W}" xmlns:r="{R}" '
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:v="urn:schemas-microsoft-com:vml">'
        f"<w:body>{body}</w:body></w:document>"
    )


def run(text: str, properties: str = "") -> str:
    """A run of characters."""
    inner = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{inner}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(*runs: str, properties: str = "") -> str:
    """A paragraph; a run without markup is taken as text."""
    inner = "".join(r if r.startswith("<") else run(r) for r in runs)
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{inner}</w:p>"


def cell(*paragraphs: str, properties: str = "") -> str:
    """A cell of a table."""
    inner = "".join(p if p.startswith("<") else paragraph(p) for p in paragraphs)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def table(*rows: list[str]) -> str:
    """A table of rows of cells; a cell without markup is taken as text."""
    lines = "".join(
        f"<w:tr>{''.join(c if c.startswith('<') else cell(c) for c in row)}</w:tr>" for row in rows
    )
    return f"<w:tbl>{lines}</w:tbl>"


def docx(
    body: str = "",
    *,
    parts: Parts | None = None,
    document_relations: str = "",
    first: str = "[Content_Types].xml",
    stored: bool = False,
    main: str = MAIN_TYPE,
) -> bytes:
    """A Word file.

    Args:
        parts: further parts, or others in place of those made here.
        first: the entry that stands first; Google writes the main part before the types.
    """
    made: dict[str, str | bytes] = {
        "[Content_Types].xml": content_types(main),
        "_rels/.rels": relations(("officeDocument", "word/document.xml", False)),
        "word/document.xml": document(body or paragraph("正文。")),
        "word/_rels/document.xml.rels": document_relations or relations(),
        **(parts or {}),
    }
    ordered = {first: made[first], **made}
    return packed(ordered, stored=stored)


def xlsx(
    cells: str = "", *, shared: tuple[str, ...] = ("单位", "得分"), parts: Parts | None = None
) -> bytes:
    """An Excel file with one sheet."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    strings = "".join(f"<si><t>{escape(s)}</t></si>" for s in shared)
    rows = cells or '<c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>'
    return packed(
        {
            "[Content_Types].xml": content_types(SHEET_TYPE, "/xl/workbook.xml"),
            "_rels/.rels": relations(("officeDocument", "xl/workbook.xml", False)),
            "xl/workbook.xml": f'{HEAD}<workbook xmlns="{main}" xmlns:r="{R}"><sheets>'
            '<sheet name="汇总表" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": relations(("worksheet", "worksheets/sheet1.xml", False)),
            "xl/sharedStrings.xml": f'{HEAD}<sst xmlns="{main}">{strings}</sst>',
            "xl/worksheets/sheet1.xml": f'{HEAD}<worksheet xmlns="{main}"><sheetData>'
            f'<row r="1">{rows}</row></sheetData></worksheet>',
            **(parts or {}),
        }
    )


# Attacks on the archive itself.


def with_quoted_size(data: bytes, name: str, size: int) -> bytes:
    """The archive with another unpacked size quoted for an entry, in both places."""
    changed = bytearray(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        info = archive.getinfo(name)
    struct.pack_into("<I", changed, info.header_offset + 22, size)
    encoded = name.encode()
    place = data.rfind(b"PK\x01\x02", 0, data.rfind(encoded))
    struct.pack_into("<I", changed, place + 24, size)
    return bytes(changed)


def with_flag(data: bytes, flag: int) -> bytes:
    """The archive with a flag set on every entry (0x1: encrypted)."""
    changed = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(mark)
        while place >= 0:
            changed[place + offset] |= flag
            place = data.find(mark, place + 4)
    return bytes(changed)


def overlapping(copies: int = 200, size: int = 200_000) -> bytes:
    """An archive whose many names share one packed block."""
    data = packed({"word/document.xml": b"0" * size})
    start = data.find(b"PK\x01\x02")
    end = data.find(b"PK\x05\x06")
    entry = data[start:end]
    name = b"word/document.xml"
    directory = b"".join(entry.replace(name, b"word/%012d" % n) for n in range(copies))
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, copies, copies, len(directory), start, 0)
    return data[:start] + directory + tail


def many_entries(count: int, quoted: int | None = None) -> bytes:
    """An archive of empty entries; the end record may quote fewer than there are."""
    data = packed({f"word/a{n}.xml": b"" for n in range(count)}, stored=True)
    if quoted is None:
        return data
    changed = bytearray(data)
    end = data.rfind(b"PK\x05\x06")
    struct.pack_into("<HH", changed, end + 8, quoted, quoted)
    return bytes(changed)
