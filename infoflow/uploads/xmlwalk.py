"""Bounded reading of XML that strangers wrote: no DTD, no entities, so many elements. Pure.

expat itself, as defusedxml does it, but fed piece by piece: nothing is built in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NoReturn
from xml.parsers import expat

from django.utils.translation import gettext as _

from .kinds import BadFile
from .zips import damaged, too_much

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


def _refuse_dtd(*args: object) -> NoReturn:
    raise BadFile(_("文件内部含有外部定义（DTD），已拒收。请用 Word 或 WPS 另存后再上传。"))


class Budget:
    """Elements that may still be read; shared by the parts of one file."""

    def __init__(self, elements: int, depth: int) -> None:
        self.elements = elements
        self.depth = depth


def walk(
    chunks: Iterable[bytes],
    budget: Budget,
    *,
    start: Start | None = None,
    end: End | None = None,
    text: Text | None = None,
    only: frozenset[str] | None = None,
) -> None:
    """Read one XML document and call back for its elements and characters.

    Names are local names: what stands before a colon is left out.

    Args:
        only: the elements to call back for; all when None. All are counted.

    Raises:
        BadFile: a DTD, more elements or deeper than the budget allows, or no XML.
    """
    depth = 0

    def on_start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        budget.elements -= 1
        if budget.elements < 0 or depth > budget.depth:
            raise too_much()
        if start is not None:
            local = name.rpartition(":")[2]
            if only is None or local in only:
                start(local, attributes)

    def on_end(name: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            local = name.rpartition(":")[2]
            if only is None or local in only:
                end(local)

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_dtd
    parser.EntityDeclHandler = _refuse_dtd
    parser.ExternalEntityRefHandler = _refuse_dtd
    parser.StartElementHandler = on_start
    parser.EndElementHandler = on_end
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError):
        raise damaged() from None
