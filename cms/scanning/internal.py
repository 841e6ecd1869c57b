"""Signs that a text is internal, and reprints of superiors' internal documents. Pure.

Source: domain rules on confidentiality: "内部" on a document, and reprints of internal
documents, wait for a named reviewer. The word 内部 inside a sentence (内部管理, 公司内部) is none:
only where it stands as a sign. Phrases such as 内部资料 are words of a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

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

# What follows a 密 of such a sign.
AFTER = frozenset("发函电传明办字参报部〔[(【级")
_LETTER = re.compile(r"[\u4e00-\u9fff]")


def found_in(reading: Reading, places: Iterable[int]) -> Iterator[tuple[str, int, int]]:
    """Yield the signs in a text: (rule's code, start, end) in offsets of the source.

    Args:
        places: of 密, 内部, 秘密等级, 公开属性 and 内〔 in the text as read.
    """
    words = reading.words
    for place in places:
        if words[place] == "密" and words[place + 1 : place + 2] not in AFTER:
            continue
        start = place
        reprint = _REPRINT.match(words, place)
        if reprint:
            while start > 0 and place - start < 8 and _LETTER.match(words, start - 1):
                start -= 1
            yield REPRINT, *reading.span(start, reprint.end())
            continue
        begin = max(0, place - 1)
        for code, pattern in ((SIGN, _INTERNAL), (FIELD, _FIELD)):
            found = pattern.match(words, place) or pattern.match(words, begin)
            if found:
                yield code, *reading.span(found.start(), found.end())
                break


def hint_of(code: str) -> str:
    """Return what a sign is and what to do."""
    what = {
        SIGN: _("标注“内部”"),
        FIELD: _("标明不公开的属性"),
        REPRINT: _("疑似转载上级内部文件的文号"),
    }[code]
    return _("%(what)s：须由保密审查员写明理由后放行，或删去") % {"what": what}
