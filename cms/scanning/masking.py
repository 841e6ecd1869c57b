"""What stands in place of personal data that somebody covers. Pure.

Source: domain rules on confidentiality: two practices for the resident ID, telephone as
138****1234.
"""

from __future__ import annotations

import re

from . import personal
from .rules import Finding

# Practices for the resident ID: cover birth date and serial number, or all but both ends.
BIRTH, MIDDLE = "birth", "middle"
_CHARS = re.compile(r"[0-9A-Za-z]")


def _cover(words: str, first: int, last: int) -> str:
    """Cover letters and digits except the first and last few; signs between them stay."""
    places = [match.start() for match in _CHARS.finditer(words)]
    hidden = set(places[first : len(places) - last])
    return "".join("*" if place in hidden else char for place, char in enumerate(words))


def masked_words(rule: str, words: str, practice: str = BIRTH) -> str:
    """Return the words of personal data covered; unchanged when there is nothing to cover."""
    if rule == personal.ID:
        return _cover(words, 1, 1) if practice == MIDDLE else _cover(words, 6, 0)
    if rule == personal.MOBILE:
        prefix = 2 if len(_CHARS.findall(words)) > 11 else 0
        return _cover(words, prefix + 3, 4)
    if rule == personal.LANDLINE:
        area = re.match(r"\(?0[0-9]{2,3}\)?", words)
        return _cover(words, len(_CHARS.findall(area[0])) if area else 0, 2)
    if rule == personal.CARD:
        return _cover(words, 4, 4)
    if rule == personal.ADDRESS:
        number = re.search(r"[0-9一二三四五六七八九十百-]+(?:号|弄|栋|幢|单元|室|组).*$", words)
        return words[: number.start()] + "**" if number else "**"
    return words


def masked(finding: Finding, practice: str = BIRTH) -> str:
    """Return what to show or write in place of a finding's words.

    Args:
        practice: BIRTH or MIDDLE, for the resident ID.
    """
    return masked_words(finding.rule, finding.words, practice)
