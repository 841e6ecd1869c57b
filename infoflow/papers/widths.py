"""How wide text stands in a table of fixed columns. Pure."""

from __future__ import annotations

import unicodedata


def text_width(text: str) -> int:
    """Return the width in half-wide columns; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
