"""Pasted HTML made flat and small before anything reads it. Pure, and linear in its length.

Readers of HTML are quadratic in places: a tag with 200,000 attributes takes 39 s, a list
nested 10,000 deep 2 s. Nothing of that is needed here: what a text keeps are headings,
paragraphs and tables, so every other tag becomes a line break or nothing first.
"""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Characters of text, tags and table cells of one source: more than twice the longest item.
TEXT_MAX = 120_000
TAGS_MAX = 250_000
CELLS_MAX = 50_000
SPAN_MAX = 50

# Every attempt ends at the next "<", so that unclosed quotes cost nothing.
_ANY_TAG = re.compile(r"""<(/?)([a-zA-Z][^\s<>/"']*)((?:[^<>"']|"[^"<]*"|'[^'<]*')*+)>""")
_ENDLESS_TAG = re.compile(r"<[a-zA-Z/!?][^<>]{2000,}")
_DATA = re.compile(r"data:[^\s\"'<>]{100,}")
_ENTITY = re.compile(r"&[#a-zA-Z0-9]{1,10};")
_BLANK = re.compile(r"\s+")
_SPAN = re.compile(r"\b(colspan|rowspan)\s*=\s*[\"']?\s*(\d{1,4})", re.IGNORECASE)
_NUMBERED = re.compile("\ue000(\\d+\\. )\\s*(<(?:p|h2|h3)>)?")

_NAMES = {
    "h1": "h2", "h2": "h2", "h3": "h3", "h4": "h3", "h5": "h3", "h6": "h3",
    "p": "p", "table": "table", "tr": "tr", "td": "td", "th": "td",
}  # fmt: skip
_BREAKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "caption", "center", "dd", "details",
    "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header",
    "hr", "main", "menu", "nav", "pre", "section", "summary",
})  # fmt: skip
# What stands in these is not text.
UNSEEN = frozenset({
    "script", "style", "title", "noscript", "template", "select", "option", "svg", "math",
    "object", "video", "audio", "iframe", "noembed", "noframes", "xml",
})  # fmt: skip


class TooMuch(ValidationError):
    """A source with more in it than a text can hold. A form shows it at its field."""

    def __init__(self, size: int = 0) -> None:
        has = _("正文有%(size)d字，") % {"size": size} if size else _("内容太多：正文")
        way = _("不能超过5万字。请删减，或分成几篇报送，或把原文作为附件上传。")
        super().__init__(f"{has}{way}", code="too_much")


class _Flattener:
    """Rewrites one tag after the other; keeps the lists that are open, for their numbers."""

    def __init__(self) -> None:
        self.lists: list[int | None] = []
        self.tags = 0

    def __call__(self, tag: re.Match[str]) -> str:
        self.tags += 1
        if self.tags > TAGS_MAX:
            raise TooMuch
        name, closes = tag[2].lower(), bool(tag[1])
        kept = _NAMES.get(name)
        if kept == "td" and not closes and tag[3]:
            return _cell(tag[3])
        if kept is not None:
            return f"<{tag[1]}{kept}>"
        if name in UNSEEN:
            return f"<{tag[1]}{name}>"
        if name in ("ul", "ol", "li"):
            return self._list(name, closes)
        return "<br>" if name in _BREAKS else ""

    def _list(self, name: str, closes: bool) -> str:
        """Write the number of an item of a numbered list: its text does not hold it."""
        if name != "li":
            if not closes:
                self.lists.append(0 if name == "ol" else None)
            elif self.lists:
                self.lists.pop()
            return "<br>"
        count = self.lists[-1] if self.lists else None
        if closes or count is None:
            return "<br>"
        self.lists[-1] = count + 1
        return f"<br>\ue000{count + 1}. "


def _cell(attributes: str) -> str:
    spans = {name.lower(): min(int(n), SPAN_MAX) for name, n in _SPAN.findall(attributes)}
    wide = "".join(f' {name}="{n}"' for name, n in spans.items() if n > 1)
    return f"<td{wide}>"


def _without(source: str, opening: str, closing: str) -> str:
    """Return a source without what stands between two marks; an open one ends with it."""
    if opening not in source:
        return source
    parts, place = [], 0
    while (start := source.find(opening, place)) >= 0:
        parts.append(source[place:start])
        end = source.find(closing, start + len(opening))
        if end < 0:
            return "".join(parts)
        place = end + len(closing)
    return "".join([*parts, source[place:]])


def flat(source: str) -> str:
    """Return HTML with bare tags of headings, paragraphs, tables and line breaks only.

    Tags that are not well formed are left as they are, for the cleaner that follows. Cells
    keep how far they reach; items of numbered lists get their number.

    Raises:
        TooMuch: more text or more tags than a text may have.
    """
    bare = _without(source, "<!--", "-->")
    bare = _ANY_TAG.sub(_Flattener(), _DATA.sub("", bare))
    for name in UNSEEN:
        bare = _without(bare, f"<{name}>", f"</{name}>")
    bare = _ENDLESS_TAG.sub("", bare)
    bare = _NUMBERED.sub(lambda m: f"{m[2] or ''}{m[1]}", bare)
    check_size(_ENTITY.sub("&", bare.replace("<br>", "")))
    return bare


def check_size(text: str) -> None:
    """Refuse a text that is more than twice as long as any item may be.

    Raises:
        TooMuch: it is.
    """
    size = len(_BLANK.sub("", text)) if len(text) > TEXT_MAX else 0
    if size > TEXT_MAX:
        raise TooMuch(size)
    if text.count("\n") > TAGS_MAX:
        raise TooMuch
