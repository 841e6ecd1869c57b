"""Plain text files: which encoding, and whether it is text at all. Pure."""

from __future__ import annotations

import codecs
import re

# Control characters that no text has; tab, line ends, form feed and the old end mark pass.
_UNFIT = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f\x7f\ufffe\uffff]")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_COMMON = re.compile("[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef\x20-\x7e\r\n\t]")


def decoded(data: bytes) -> str | None:
    """Return the text that bytes hold, or None when they hold no text.

    UTF-8 and UTF-16 with or without a mark, then GB18030, which reads nearly everything and
    so comes last.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _read(data, encoding)
    if b"\x00" in data[:4_096]:
        return _unmarked_utf16(data)
    found = _read(data, "utf-8")
    return found if found is not None else _read(data, "gb18030")


def _read(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, UnicodeError):
        return None
    return None if _UNFIT.search(text) else text


def _unmarked_utf16(data: bytes) -> str | None:
    """Read UTF-16 without a mark: the way round that gives nearly only common characters."""
    if len(data) % 2:
        return None
    for encoding in ("utf-16-le", "utf-16-be"):
        text = _read(data, encoding)
        if text and len(_COMMON.findall(text[:2_000])) >= 0.95 * len(text[:2_000]):
            return text
    return None
