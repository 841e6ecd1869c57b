"""PDF files: what must not be in them. Pure.

The bytes are searched, not the objects that a reader builds: a reader follows what the file
tells it, for minutes if the file says so. Names are found spelled in any way (`/J#61va…`),
in the file and in its packed object streams.
"""

from __future__ import annotations

import re
import zlib

from django.utils.translation import gettext as _

from .kinds import MEGABYTE, BadFile, Limits


def _spelled(name: bytes) -> bytes:
    """Return a pattern of a PDF name with any of its letters written as #xx."""
    letters = (b"(?:%b|#%b)" % (re.escape(bytes([c])), b"(?i:%02x)" % c) for c in name)
    return b"/" + b"".join(letters) + rb"(?![A-Za-z0-9])"


_ENCRYPTED = re.compile(_spelled(b"Encrypt"))
_ACTIVE = re.compile(b"|".join(_spelled(name) for name in (b"JavaScript", b"Launch", b"XFA")))
_EMBEDDED = re.compile(
    b"|".join(_spelled(name) for name in (b"EmbeddedFile", b"EmbeddedFiles", b"RichMedia"))
)
_OBJECT_STREAM = re.compile(_spelled(b"ObjStm"))
_STREAM = re.compile(rb"stream\r?\n")
_FILTER = re.compile(rb"/Filter\s*(\[[^\]]*\]|/[A-Za-z0-9#]+)")
_FLATE = re.compile(rb"\[?\s*/(?:FlateDecode|Fl)\s*\]?")
# Objects of one file, unpacked: a long report has one or two megabytes of them.
_OBJECTS = 16 * MEGABYTE
# Longest dictionary of an object stream that is looked through.
_DICTIONARY = 2_048


def _look(data: bytes) -> None:
    if _ACTIVE.search(data):
        raise BadFile(
            _("PDF 带有脚本或会启动其他程序的内容，已拒收。请用“打印为 PDF”重新生成再上传。")
        )
    if _EMBEDDED.search(data):
        raise BadFile(_("PDF 里嵌入了其他文件，已拒收。请用“打印为 PDF”重新生成再上传。"))


def check_pdf(data: bytes, limits: Limits) -> None:
    """Look through a PDF file.

    Raises:
        BadFile: cut off, encrypted, active or embedded content, or built so that it cannot
            be looked through.
    """
    if b"startxref" not in data[-4_096:]:
        raise BadFile(_("PDF 文件已损坏或不完整，请重新生成后再上传。"))
    if _ENCRYPTED.search(data):
        raise BadFile(_("PDF 加了密码或限制，系统无法检查。请去掉保护后再上传。"))
    _look(data)
    left = min(limits.unpacked, _OBJECTS)
    for found in _OBJECT_STREAM.finditer(data):
        unpacked = _unpacked(data, found.start(), left)
        left -= len(unpacked)
        _look(unpacked)


def _unpacked(data: bytes, place: int, limit: int) -> bytes:
    """Return what an object stream holds, whose dictionary stands around a place."""
    odd = BadFile(_("PDF 结构特殊，系统无法检查。请用“打印为 PDF”重新生成再上传。"))
    stream = _STREAM.search(data, place, place + _DICTIONARY)
    if stream is None:
        raise odd
    begin = max(data.rfind(b"obj", 0, place), place - _DICTIONARY)
    dictionary = data[begin : stream.start()]
    filters = _FILTER.findall(dictionary)
    if b"/Filter" in dictionary and not (len(filters) == 1 and _FLATE.fullmatch(filters[0])):
        raise odd
    if b"/Predictor" in dictionary:
        raise odd
    if not filters:
        end = data.find(b"endstream", stream.end())
        return data[stream.end() : end if end > 0 else len(data)]
    try:
        unpacked = zlib.decompressobj().decompress(memoryview(data)[stream.end() :], limit + 1)
    except zlib.error:
        raise odd from None
    if len(unpacked) > limit:
        raise odd
    return unpacked
