"""Geometry of the flow's bar charts. Pure; the templates only place what they are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

WIDTH = 480
NAME_WIDTH = 152
VALUE_WIDTH = 92
STEP = 28
NAME_COLUMNS = 20


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar lying on its side; lengths in units of the drawing."""

    name: str
    full_name: str
    value: str
    top: int
    length: int
    marked: int  # part of the length that is drawn in the second colour, from the left
    value_x: int

    @property
    def base(self) -> int:
        """Where the text of the line stands."""
        return self.top + 16


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars from top to bottom."""

    bars: tuple[Bar, ...]
    height: int
    width: int = WIDTH
    bar_x: int = NAME_WIDTH
    name_x: int = NAME_WIDTH - 8


@dataclass(frozen=True, slots=True)
class Datum:
    """What one bar shows: `marked` is the part of `amount` in the second colour."""

    name: str
    amount: int
    value: str = ""
    marked: int = 0


def chart(data: Sequence[Datum]) -> Chart | None:
    """Return the chart; None when every amount is zero (then the table says enough)."""
    longest = max((datum.amount for datum in data), default=0)
    if longest <= 0:
        return None
    room = WIDTH - NAME_WIDTH - VALUE_WIDTH
    bars = []
    for index, datum in enumerate(data):
        length = max(datum.amount, 0) * room // longest
        if datum.amount > 0:
            length = max(length, 2)
        bars.append(
            Bar(
                name=shorten(datum.name),
                full_name=datum.name,
                value=datum.value or str(datum.amount),
                top=index * STEP + 4,
                length=length,
                marked=min(datum.marked * room // longest, length),
                value_x=NAME_WIDTH + length + 6,
            )
        )
    return Chart(tuple(bars), len(bars) * STEP + 8)


def _columns(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def shorten(name: str) -> str:
    """Return a name that fits beside its bar (ten Chinese characters)."""
    if _columns(name) <= NAME_COLUMNS:
        return name
    while _columns(name) >= NAME_COLUMNS:
        name = name[:-1]
    return f"{name}…"
