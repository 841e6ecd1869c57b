"""Signs that a text is internal, and reprints of superiors' internal documents. Pure.

Source: domain rules on confidentiality: "内部" on a document, and reprints of internal
documents, wait for a named reviewer. The word 内部 inside a sentence (内部管理, 公司内部) is none:
only where it stands as a sign. Phrases such as 内部资料 are words of a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from .normalise import Reading

SIGN, FIELD, REPRINT = "stop.sign", "stop.field", "stop.reprint"
_STARS = "★☆※⭐✩"
_INTERNAL = re.compile(
    rf"(?:(?<=[\n\t\ue000])|^)内部[{_STARS}]?(?=[\n\t\ue000]|$)"
    rf"|[\[【〔〖]内部[{_STARS}]?[\]】〕〗]|内部[{_STARS}]+|\(内部\)(?=[\n\t\ue000]|$)"
)
_FIELD = re.compile(r"(?:密级|秘密等级|公开属性|公开方式)[:：]?(?:内部|工作秘密|敏感|不予公开)")
# 〔 〕 around the year; an agency's letters for a document that carries 密 or 内.
_REPRINT = re.compile(
    r"[密内](?:发|函|电|传|明电|办|字|参|报|部)?[〔\[(【]"
    r"(?:19|20)[0-9]{2}[〕\])】]第?[0-9]{1,5}号"
)

_LETTER = re.compile(r"[\u4e00-\u9fff]")


def found_in(reading: Reading) -> Iterator[tuple[str, int, int]]:
    """Yield the signs in a text: (rule's code, start, end) in offsets of the source."""
    words = reading.words
    if "内部" in words:
        for match in _INTERNAL.finditer(words):
            yield SIGN, *reading.span(match.start(), match.end())
    if "密级" in words or "秘密等级" in words or "公开" in words:
        for match in _FIELD.finditer(words):
            yield FIELD, *reading.span(match.start(), match.end())
    for match in _REPRINT.finditer(words):
        start = match.start()
        while match.start() - start < 8 and _LETTER.match(words, start - 1) and start > 0:
            start -= 1
        yield REPRINT, *reading.span(start, match.end())


def hint_of(code: str) -> str:
    """Return what a sign is and what to do."""
    what = {
        SIGN: _("标注“内部”"),
        FIELD: _("标明不公开的属性"),
        REPRINT: _("疑似转载上级内部文件的文号"),
    }[code]
    return _("%(what)s：须由保密审查员写明理由后放行，或删去") % {"what": what}
