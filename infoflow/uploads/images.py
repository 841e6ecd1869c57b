"""Pictures: PNG and JPEG, cut down to the picture itself. Pure.

What is kept has the pixels unchanged and nothing beside them: no place, camera, author,
comment, preview, and nothing after the picture's end. Only the way a JPEG is held stays.
"""

from __future__ import annotations

import re
import struct
import zlib

from django.utils.translation import gettext as _

from .kinds import BadFile, Limits

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
JPG_MAGIC = b"\xff\xd8\xff"
# Chunks that say how the pixels are to be shown.
_PNG_KEPT = {
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"sBIT", b"sRGB", b"bKGD",
    b"pHYs", b"cICP",
}  # fmt: skip
_JPG_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
# Quantisation, Huffman and arithmetic tables, restart interval, scan, JFIF and Adobe heads.
_JPG_KEPT = _JPG_FRAMES | {0xC4, 0xCC, 0xDA, 0xDB, 0xDD, 0xE0, 0xEE}
# In the picture data: the next marker that is neither a stuffed FF nor a restart.
_NEXT_MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")


def _damaged() -> BadFile:
    return BadFile(_("图片已损坏或不完整，请重新保存后再上传。"))


def _check_pixels(width: int, height: int, limits: Limits) -> None:
    if not width or not height:
        raise _damaged()
    if width * height > limits.pixels:
        raise BadFile(
            _("图片太大（%(width)d×%(height)d 像素），请缩小到长边8000像素以内再上传。")
            % {"width": width, "height": height}
        )


def clean_png(data: bytes, limits: Limits) -> bytes:
    """Return a PNG file without anything beside the picture.

    Raises:
        BadFile: cut off, damaged, or more pixels than allowed.
    """
    parts, place = [PNG_MAGIC], len(PNG_MAGIC)
    kind = b""
    while kind != b"IEND":
        if place + 12 > len(data):
            raise _damaged()
        (size,) = struct.unpack(">I", data[place : place + 4])
        kind, end = data[place + 4 : place + 8], place + 12 + size
        if end > len(data) or (kind == b"IHDR") != (len(parts) == 1):
            raise _damaged()
        if zlib.crc32(data[place + 4 : end - 4]) != struct.unpack(">I", data[end - 4 : end])[0]:
            raise _damaged()
        if kind == b"IHDR":
            width, height = struct.unpack(">II", data[place + 8 : place + 16])
            _check_pixels(width, height, limits)
        if kind in _PNG_KEPT:
            parts.append(data[place:end])
        place = end
    return b"".join(parts)


def clean_jpg(data: bytes, limits: Limits) -> bytes:
    """Return a JPEG file without anything beside the picture and the way it is held.

    Raises:
        BadFile: cut off, damaged, or more pixels than allowed.
    """
    parts, place = [b"\xff\xd8"], 2
    framed = scanned = False
    while True:
        while data[place : place + 2] == b"\xff\xff":
            place += 1
        if place + 4 > len(data) and data[place : place + 2] != b"\xff\xd9":
            raise _damaged()
        marker = data[place + 1]
        if data[place] != 0xFF or marker in (0x00, 0x01):
            raise _damaged()
        if marker == 0xD9:
            break
        (size,) = struct.unpack(">H", data[place + 2 : place + 4])
        end = place + 2 + size
        if size < 2 or end > len(data):
            raise _damaged()
        if marker in _JPG_FRAMES:
            if size < 8:
                raise _damaged()
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            _check_pixels(width, height, limits)
            framed = True
        elif marker == 0xE1:
            parts.append(_turned(data[place:end]))
        if marker == 0xDA:
            found = _NEXT_MARKER.search(data, end)
            if found is None or not framed:
                raise _damaged()
            end, scanned = found.end() - 2, True
        if marker in _JPG_KEPT:
            parts.append(data[place:end])
        place = end
    if not scanned:
        raise _damaged()
    return b"".join([*parts, b"\xff\xd9"])


def _turned(segment: bytes) -> bytes:
    """Return an Exif segment that says only which way up the picture is, if the old one did."""
    head = segment[4:10]
    if head != b"Exif\x00\x00" or len(segment) < 20:
        return b""
    order = {b"II": "<", b"MM": ">"}.get(segment[10:12], "")
    if not order:
        return b""
    body = segment[10:]
    (start,) = struct.unpack(f"{order}I", body[4:8])
    (count,) = struct.unpack(f"{order}H", body[start : start + 2].ljust(2, b"\x00"))
    for number in range(min(count, 64)):
        entry = body[start + 2 + 12 * number : start + 14 + 12 * number]
        if len(entry) == 12 and struct.unpack(f"{order}HH", entry[:4]) == (0x0112, 3):
            (turn,) = struct.unpack(f"{order}H", entry[8:10])
            if 2 <= turn <= 8:
                return _exif(turn)
    return b""


def _exif(turn: int) -> bytes:
    body = b"Exif\x00\x00MM\x00*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, turn, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
