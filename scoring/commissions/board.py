"""The board of open commissions: a strip of time for each unit, drawn as SVG. Pure geometry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from infoflow.papers.widths import text_width
from infoflow.worktime.rules import CHINA, local

from .rules import State

NAME_WIDTH, PLOT_WIDTH, RIGHT = 150, 730, 20
TOP, ROW, GAP = 34, 22, 8
# Width of half a Chinese character in the letters of a bar.
COLUMN = 6.5
NAME_COLUMNS = 18
# Beyond these days around now a bar is cut off, so that one far deadline squeezes nothing.
DAYS_BACK, DAYS_AHEAD = 28, 42
FILLS = {
    State.UNSIGNED: "#b98900",
    State.SIGNED: "#4f7cac",
    State.WORKING: "#1d4a7c",
    State.EXTENDED: "#6b5b95",
    State.RETURNED: "#a65e00",
    State.OVERDUE: "#b3261e",
    State.SUBMITTED: "#1b7a3d",
    State.LATE: "#7d8b2f",
    State.ADOPTED: "#0f5323",
    State.NOTHING: "#5b6b7a",
    State.MISSED: "#5f1410",
    State.CANCELLED: "#8795a6",
}


@dataclass(frozen=True, slots=True)
class Strip:
    """One asked unit on the board."""

    unit: str
    number: str
    title: str
    start: datetime
    due: datetime
    state: State
    link: int = 0
    commission: int = 0


@dataclass(frozen=True, slots=True)
class Bar:
    """One strip as it is drawn."""

    strip: Strip
    x: float
    y: float
    width: float
    fill: str
    text: str
    text_x: float
    anchor: str
    ink: str

    @property
    def base(self) -> float:
        """Where its text stands."""
        return self.y + 12


def _bar(strip: Strip, left: float, right: float, y: float) -> Bar:
    """Return a bar whose words stand inside, or beside it where they find room."""
    width = max(round(right - left, 1), 3.0)
    for text in (f"{strip.number} {strip.state.label}", strip.number):
        if text_width(text) * COLUMN + 8 <= width:
            return Bar(
                strip, left, y, width, FILLS[strip.state], text, left + 4, "start", "#ffffff"
            )
    text = f"{strip.number} {strip.state.label}"
    if left + width + text_width(text) * COLUMN + 8 <= NAME_WIDTH + PLOT_WIDTH + RIGHT:
        at, anchor = left + width + 4, "start"
    else:
        at, anchor = left - 4, "end"
    return Bar(strip, left, y, width, FILLS[strip.state], text, round(at, 1), anchor, "#1c2430")


@dataclass(frozen=True, slots=True)
class Lane:
    """One unit with its bars below one another."""

    unit: str
    short: str
    y: float
    height: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A day on the axis."""

    x: float
    text: str
    strong: bool


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that the template draws."""

    width: int
    height: float
    lanes: tuple[Lane, ...]
    marks: tuple[Mark, ...]
    now_x: float
    legend: tuple[tuple[str, str], ...]


def _short(name: str) -> str:
    kept = name
    while text_width(kept) > NAME_COLUMNS:
        kept = kept[:-1]
    return kept if kept == name else f"{kept[:-1]}…"


def _span(strips: Sequence[Strip], now: datetime) -> tuple[datetime, datetime]:
    """Return first and last moment shown: whole days around now and what is open."""
    here = local(now)
    first = min((local(s.start) for s in strips), default=here)
    last = max((local(s.due) for s in strips), default=here)
    first = max(min(first, here - timedelta(days=1)), here - timedelta(days=DAYS_BACK))
    last = min(max(last, here + timedelta(days=3)), here + timedelta(days=DAYS_AHEAD))
    start = datetime.combine(first.date(), time(), CHINA)
    return start, datetime.combine(last.date() + timedelta(days=1), time(), CHINA)


def board_of(strips: Iterable[Strip], now: datetime) -> Board:
    """Return the drawing; units in the order of their nearest deadline."""
    found = sorted(strips, key=lambda s: (s.due, s.unit, s.number))
    first, last = _span(found, now)
    whole = (last - first).total_seconds()

    def x(moment: datetime) -> float:
        part = (moment - first).total_seconds() / whole
        return round(NAME_WIDTH + PLOT_WIDTH * min(max(part, 0.0), 1.0), 1)

    units: dict[str, list[Strip]] = {}
    for strip in found:
        units.setdefault(strip.unit, []).append(strip)
    lanes, y = [], float(TOP)
    for unit, mine in units.items():
        bars = tuple(
            _bar(strip, x(strip.start), x(strip.due), y + GAP / 2 + n * ROW)
            for n, strip in enumerate(mine)
        )
        height = len(mine) * ROW + GAP
        lanes.append(Lane(unit, _short(unit), y, height, bars))
        y += height
    shown = dict.fromkeys(s.state for s in found)
    return Board(
        width=NAME_WIDTH + PLOT_WIDTH + RIGHT,
        height=y + 6,
        lanes=tuple(lanes),
        marks=tuple(_marks(first, last, x)),
        now_x=x(now),
        legend=tuple((str(state.label), FILLS[state]) for state in State if state in shown),
    )


def _marks(first: datetime, last: datetime, x: Callable[[datetime], float]) -> Iterable[Mark]:
    days = (last - first).days
    step = 1 if days <= 12 else 2 if days <= 24 else 7
    day: date = first.date()
    while day < last.date():
        at = datetime.combine(day, time(), CHINA)
        if step < 7 or day.weekday() == 0:
            yield Mark(x(at), f"{day.month}.{day.day}", day.weekday() == 0)
        day += timedelta(days=1 if step == 7 else step)
