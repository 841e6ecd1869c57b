"""Paragraph styles of a Word file: outline level, alignment, size, automatic numbers. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from infoflow.uploads.kinds import Limits
from infoflow.uploads.xmlwalk import Budget, walk
from infoflow.uploads.zips import Directory

from .word_numbers import attribute, number

# How a switch that is on is written.
ON = ("", "1", "true", "on")


@dataclass
class Style:
    """What a paragraph style says."""

    name: str = ""
    based_on: str = ""
    level: int = -1
    centred: bool = False
    size: int = 0
    bold: bool = False
    list_id: str = ""
    list_level: int = 0


def read_styles(
    directory: Directory, name: str, limits: Limits, budget: Budget
) -> dict[str, Style]:
    """Return the paragraph styles with what they take over from those they are based on."""
    if name not in directory.entries:
        return {}
    styles: dict[str, Style] = {}
    now = Style()

    def start(element: str, attributes: dict[str, str]) -> None:
        nonlocal now
        value = attribute(attributes, "val")
        if element == "style":
            now = Style()
            if attribute(attributes, "type") in ("paragraph", ""):
                styles[attribute(attributes, "styleId")] = now
        elif element == "name":
            now.name = value.lower()
        elif element == "basedOn":
            now.based_on = value
        elif element == "outlineLvl":
            now.level = number(value, 9) if number(value, 9) < 9 else -1
        elif element == "jc":
            now.centred = value == "center"
        elif element == "sz":
            now.size = number(value)
        elif element == "b":
            now.bold = value in ON
        elif element == "numId":
            now.list_id = value
        elif element == "ilvl":
            now.list_level = number(value)

    walk(directory.chunks(name, limits.unpacked), budget, start=start)
    return {key: _inherited(key, styles) for key in styles}


def _inherited(key: str, styles: dict[str, Style]) -> Style:
    own = styles[key]
    found = Style(own.name, own.based_on, own.level, own.centred, own.size, own.bold)
    found.list_id, found.list_level = own.list_id, own.list_level
    above, steps = own.based_on, 0
    while above in styles and steps < 10:
        base = styles[above]
        found.level = found.level if found.level >= 0 else base.level
        found.size = found.size or base.size
        found.centred = found.centred or base.centred
        found.bold = found.bold or base.bold
        if not found.list_id:
            found.list_id, found.list_level = base.list_id, base.list_level
        above, steps = base.based_on, steps + 1
    return found
