"""Automatic numbers of a Word file: 一、 and (一) that are typed by nobody. Pure.

Word and WPS store "this paragraph is number n of list m" and write the number themselves;
half the officers' files have their headings so. Source: ECMA-376 part 1, 17.9.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from infoflow.uploads.kinds import Limits
from infoflow.uploads.xmlwalk import Budget, walk
from infoflow.uploads.zips import Directory

_DIGITS = "〇一二三四五六七八九"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_CHINESE = (
    "chinesecounting",
    "chineselegal",
    "japanesecounting",
    "ideographdigital",
    "taiwanesecounting",
)
_PLACE = re.compile(r"%([1-9])")
_LEVELS = 9


def chinese(number: int) -> str:
    """Return 1 to 99 in Chinese as headings are numbered; larger ones in digits."""
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    head = "" if not tens else ("十" if tens == 1 else f"{_DIGITS[tens]}十")
    return head + (_DIGITS[ones] if ones else "")


def _roman(number: int) -> str:
    found = ""
    for value, sign in ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        while number >= value and len(found) < 20:
            found, number = found + sign, number - value
    return found


def _letter(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def written(number: int, form: str) -> str:
    """Return a number in one of Word's forms (`numFmt`); unknown forms in digits."""
    if number < 1 or number > 999:
        return str(number)
    lowered = form.lower()
    if lowered.startswith(_CHINESE):
        return chinese(number)
    if lowered.startswith("ideographtraditional") and number <= len(_STEMS):
        return _STEMS[number - 1]
    if lowered.startswith("decimalenclosedcircle") and number <= 20:
        return chr(0x2460 + number - 1)
    if lowered in ("lowerletter", "upperletter"):
        letters = _letter(min(number, 200))
        return letters if lowered == "lowerletter" else letters.upper()
    if lowered in ("lowerroman", "upperroman"):
        roman = _roman(min(number, 89))
        return roman.lower() if lowered == "lowerroman" else roman
    return str(number)


@dataclass
class Level:
    """How one level of a list is written."""

    form: str = "decimal"
    pattern: str = ""
    start: int = 1


@dataclass
class Lists:
    """The lists of a file, and how far each has counted."""

    levels: dict[str, dict[int, Level]] = field(default_factory=dict)  # abstract id → level
    abstract_of: dict[str, str] = field(default_factory=dict)  # list id → abstract id
    starts: dict[tuple[str, int], int] = field(default_factory=dict)  # overridden starts
    counted: dict[str, list[int]] = field(default_factory=dict)  # abstract id → per level
    seen: set[str] = field(default_factory=set)

    def next_label(self, list_id: str, level: int) -> str:
        """Return the number of the next paragraph of a list; empty for bullets."""
        abstract = self.abstract_of.get(list_id)
        if abstract is None or not 0 <= level < _LEVELS:
            return ""
        levels = self.levels.get(abstract, {})
        counts = self.counted.setdefault(abstract, [0] * _LEVELS)
        if list_id not in self.seen:
            self.seen.add(list_id)
            for (other, at), start in self.starts.items():
                if other == list_id:
                    counts[at] = start - 1
        rule = levels.get(level, Level())
        counts[level] = counts[level] + 1 if counts[level] else max(rule.start, 1)
        counts[level + 1 :] = [0] * (_LEVELS - level - 1)
        if rule.form in ("bullet", "none") or "%" not in rule.pattern:
            return ""

        def counted(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            own = levels.get(at, Level())
            return written(counts[at] or own.start, own.form)

        return _PLACE.sub(counted, rule.pattern[:40])


def read_lists(directory: Directory, name: str, limits: Limits, budget: Budget) -> Lists:
    """Return the lists that a part describes; none when the file has no such part."""
    lists = Lists()
    if name not in directory.entries:
        return lists
    abstract, list_id, level = "", "", 0
    override = -1

    def start(element: str, attributes: dict[str, str]) -> None:
        nonlocal abstract, list_id, level, override
        value = attribute(attributes, "val")
        if element == "abstractNum":
            abstract, list_id = attribute(attributes, "abstractNumId"), ""
            lists.levels.setdefault(abstract, {})
        elif element == "num":
            list_id, abstract, override = attribute(attributes, "numId"), "", -1
        elif element == "abstractNumId" and list_id:
            lists.abstract_of[list_id] = value
        elif element == "lvlOverride":
            override = number(attribute(attributes, "ilvl"))
        elif element == "startOverride" and list_id and override >= 0:
            lists.starts[list_id, min(override, _LEVELS - 1)] = number(value, 1)
        elif element == "lvl" and abstract:
            level = number(attribute(attributes, "ilvl"))
            lists.levels[abstract][level] = Level()
        elif abstract and level in lists.levels.get(abstract, {}):
            rule = lists.levels[abstract][level]
            if element == "numFmt":
                rule.form = value or "decimal"
            elif element == "lvlText":
                rule.pattern = value
            elif element == "start":
                rule.start = number(value, 1)

    walk(directory.chunks(name, limits.unpacked), budget, start=start)
    return lists


def attribute(attributes: dict[str, str], name: str) -> str:
    """Return an attribute by its local name; empty when it is not there."""
    for key, value in attributes.items():
        if key.rpartition(":")[2] == name:
            return value
    return ""


def number(text: str, default: int = 0) -> int:
    """Return a small number as a file writes it, or the default for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else default
