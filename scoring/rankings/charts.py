"""Geometry of charts: bars, twelve-month strips, lines over the year. Pure; templates only
place what they are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from infoflow.papers.widths import text_width
from scoring.schemes.rules import points_text

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


STRIP_STEP, STRIP_HEIGHT = 6, 22


@dataclass(frozen=True, slots=True)
class Strip:
    """Twelve bars of a unit's months as one path, and the same in words."""

    path: str
    base: int
    words: str
    width: int = 12 * STRIP_STEP
    height: int = STRIP_HEIGHT


def strips(months: Mapping[int, Sequence[int]]) -> dict[int, Strip]:
    """Return a strip for each unit that has points; all on one scale, so that they compare.

    Args:
        months: unit → hundredths in each of the twelve months.
    """
    everything = [value for values in months.values() for value in values]
    highest, lowest = max([0, *everything]), min([0, *everything])
    if highest == lowest:
        return {}
    base = STRIP_HEIGHT * highest // (highest - lowest)
    found = {}
    for unit, values in months.items():
        if any(values):
            parts = []
            for month, value in enumerate(values):
                if value:
                    length = STRIP_HEIGHT * value / (highest - lowest)
                    # A point or less is still seen.
                    length = max(length, 1) if value > 0 else min(length, -1)
                    x = month * STRIP_STEP
                    parts.append(f"M{x} {base}v{-length:.1f}h{STRIP_STEP - 1}v{length:.1f}z")
            found[unit] = Strip("".join(parts), base, month_words(values))
    return found


def month_words(values: Sequence[int]) -> str:
    """Return the months with points in words: "1月 5，3月 2.5"."""
    said = [
        _("%(month)s月 %(points)s") % {"month": month, "points": points_text(value)}
        for month, value in enumerate(values, start=1)
        if value
    ]
    return "，".join(said) or _("没有得分")


LINES_WIDTH, LINES_HEIGHT = 520, 200
LINES_LEFT, LINES_RIGHT, LINES_TOP, LINES_BOTTOM = 52, 12, 12, 28
_INSET = 16
_STEPS = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Series:
    """A line over the months of a year; None: not yet. `kind` is its class in the drawing."""

    name: str
    values: Sequence[int | None]
    kind: str = "now"


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A line as a path with the places of its points."""

    name: str
    kind: str
    path: str
    dots: tuple[tuple[float, float, str], ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines over the twelve months with their axes."""

    lines: tuple[DrawnLine, ...]
    rows: tuple[Tick, ...]
    months: tuple[Tick, ...]
    words: str
    width: int = LINES_WIDTH
    height: int = LINES_HEIGHT
    left: int = LINES_LEFT
    right: int = LINES_WIDTH - LINES_RIGHT
    bottom: int = LINES_HEIGHT - LINES_BOTTOM


def lines_chart(series: Sequence[Series]) -> Lines | None:
    """Return lines over the months (hundredths); None when there is nothing to draw."""
    values = [v for one in series for v in one.values if v is not None]
    if not any(values):
        return None
    step = _step(max([0, *values]) - min([0, *values]))
    high = -(-max([0, *values]) // step) * step
    low = min([0, *values]) // step * step
    room = LINES_HEIGHT - LINES_TOP - LINES_BOTTOM

    def y(value: int) -> float:
        return round(LINES_TOP + room * (high - value) / (high - low), 1)

    def x(month: int) -> float:
        across = LINES_WIDTH - LINES_LEFT - LINES_RIGHT - 2 * _INSET
        return round(LINES_LEFT + _INSET + across * month / 11, 1)

    drawn = []
    for one in series:
        dots = [
            (x(n), y(v), _("%(month)s月 %(value)s") % {"month": n + 1, "value": points_text(v)})
            for n, v in enumerate(one.values)
            if v is not None
        ]
        path = "".join(f"{'L' if n else 'M'}{at} {up}" for n, (at, up, _words) in enumerate(dots))
        drawn.append(DrawnLine(one.name, one.kind, path, tuple(dots)))
    words = "；".join(
        f"{line.name}：" + "，".join(text for _x, _y, text in line.dots) for line in drawn
    )
    return Lines(
        lines=tuple(drawn),
        rows=tuple(Tick(y(v), points_text(v)) for v in range(low, high + 1, step)),
        months=tuple(Tick(x(n), str(n + 1)) for n in range(12)),
        words=words,
    )


def _step(span: int) -> int:
    """Return a round distance of the axis's marks: four or five of them, whole points."""
    size = 100
    while True:
        for step in _STEPS:
            if span <= step * size * 5:
                return step * size
        size *= 10
