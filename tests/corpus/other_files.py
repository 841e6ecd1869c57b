"""Pictures, PDF files and old office files by hand."""

from __future__ import annotations

import struct
import zlib

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def ole(*streams: str) -> bytes:
    """A file of the old office programs, with these names in its directory."""
    body = b"".join(name.encode("utf-16-le").ljust(128, b"\x00") for name in streams)
    return OLE + b"\x00" * 504 + body + b"\x00" * 2_048


def png(width: int = 2, height: int = 2, *extra: tuple[bytes, bytes], tail: bytes = b"") -> bytes:
    """A PNG file; the quoted size may be any."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\x00" + b"\xc0\x40\x20" * 2 + b"\x00" + b"\x20" * 6))
    more = b"".join(chunk(*part) for part in extra)
    return b"\x89PNG\r\n\x1a\n" + head + more + pixels + chunk(b"IEND", b"") + tail


def exif(turn: int = 6) -> bytes:
    """An Exif segment with a place (GPS) and a way up."""
    entries = struct.pack(">HHIHH", 0x0112, 3, 1, turn, 0) + struct.pack(">HHII", 0x8825, 4, 1, 38)
    gps = struct.pack(">HHHI4sI", 1, 1, 2, 2, b"N\x00\x00\x00", 0)
    body = b"Exif\x00\x00MM\x00*" + struct.pack(">IH", 8, 2) + entries + struct.pack(">I", 0) + gps
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def jpg(width: int = 2, height: int = 2, *, before: bytes = b"", tail: bytes = b"") -> bytes:
    """A JPEG file; the quoted size may be any."""
    tables = b"\xff\xdb" + struct.pack(">H", 67) + b"\x00" + b"\x01" * 64
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    codes = b"\xff\xc4" + struct.pack(">H", 20) + b"\x00\x01" + b"\x00" * 15 + b"\x00"
    scan = b"\xff\xda" + struct.pack(">HB", 8, 1) + b"\x01\x00\x00\x3f\x00" + b"\x00\x7f"
    return b"\xff\xd8" + before + tables + frame + codes + scan + b"\xff\xd9" + tail


def pdf(*objects: bytes, trailer: bytes = b"", text: str = "Report") -> bytes:
    """A PDF file of one page with further objects."""
    content = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode()
    base = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *objects,
    ]
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(base, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(base) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Root 1 0 R/Size %d%b>>\nstartxref\n%d\n%%%%EOF" % (
        len(base) + 1,
        trailer,
        start,
    )
    return bytes(out)


def object_stream(inner: bytes, filters: bytes = b"/FlateDecode") -> bytes:
    """An object stream: objects that plain searching of the file does not see."""
    data = zlib.compress(inner)
    return b"<</Type/ObjStm/N 1/First 4/Filter%b/Length %d>>stream\n%b\nendstream" % (
        filters,
        len(data),
        data,
    )
