"""Geometry of the bar chart. Pure; the template only places what it is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .rules import text_width
from .tables import Row

BARS_MAX = 30
WIDTH = 400
NAME_WIDTH = 152
VALUE_WIDTH = 54
STEP = 24
_NAME_COLUMNS = 20


@dataclass(frozen=True, slots=True)
class Bar:
    """One unit's bar; lengths in units of the drawing."""

    name: str
    full_name: str
    points: str
    top: int
    length: int
    value_x: int

    @property
    def base(self) -> int:
        """Where the text of the line stands."""
        return self.top + 16


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars of one group, best first; `left_out` units follow behind the last bar."""

    bars: tuple[Bar, ...]
    height: int
    left_out: int
    width: int = WIDTH
    bar_x: int = NAME_WIDTH
    name_x: int = NAME_WIDTH - 8


def chart(rows: Sequence[Row]) -> Chart | None:
    """Return the chart of a group's best units; None when nobody has a point.

    A negative sum draws no bar, its number stands at the line.
    """
    shown = rows[:BARS_MAX]
    longest = max((row.figures.hundredths for row in shown), default=0)
    if longest <= 0:
        return None
    room = WIDTH - NAME_WIDTH - VALUE_WIDTH
    bars = []
    for index, row in enumerate(shown):
        length = max(row.figures.hundredths, 0) * room // longest
        bars.append(
            Bar(
                name=shorten(row.unit),
                full_name=row.unit,
                points=row.figures.points,
                top=index * STEP + 4,
                length=length,
                value_x=NAME_WIDTH + length + 6,
            )
        )
    return Chart(tuple(bars), len(bars) * STEP + 8, len(rows) - len(shown))


def shorten(name: str) -> str:
    """Return a name that fits beside its bar (ten Chinese characters)."""
    if text_width(name) <= _NAME_COLUMNS:
        return name
    while text_width(name) >= _NAME_COLUMNS:
        name = name[:-1]
    return f"{name}…"
