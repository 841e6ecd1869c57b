"""What the second engine knows: facts, who counts them, lines so far; numbers and selections."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import floor
from typing import Any, NamedTuple

from scoring.schemes.facts import FactView, UnitView, World

# The months of each period of a year.
PERIODS: dict[str, list[tuple[int, ...]]] = {
    "month": [(1,), (2,), (3,), (4,), (5,), (6,), (7,), (8,), (9,), (10,), (11,), (12,)],
    "month_merged": [(1, 2), (3,), (4,), (5,), (6,), (7,), (8,), (9,), (10,), (11,), (12,)],
    "quarter": [(1, 2, 3), (4, 5, 6), (7, 8, 9), (10, 11, 12)],
    "half": [(1, 2, 3, 4, 5, 6), (7, 8, 9, 10, 11, 12)],
    "year": [(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)],
}


class Period(NamedTuple):
    """First and last day."""

    first: date
    last: date


class Line(NamedTuple):
    """What one clause gives one unit for one thing; points in hundredths."""

    clause: str
    unit: int
    thing: str
    day: date
    points: int
    fact: int | None = None
    flag: str = ""


class Config:
    """The settings of a block; what is left empty reads as nothing."""

    def __init__(self, clause: str, written: dict[str, Any]) -> None:
        self.clause = clause
        self.written = written

    def text(self, name: str, otherwise: str = "") -> str:
        """A setting as text."""
        value = self.written.get(name)
        return str(value).strip() if value not in (None, "") else otherwise

    def points(self, name: str) -> int | None:
        """A setting as hundredths; None when it is left empty."""
        return int(number(self.text(name)) * 100) if self.text(name) else None

    def part(self, name: str) -> dict[str, Any]:
        """A setting that has settings of its own."""
        return self.written.get(name) or {}

    def rows(self) -> list[Config]:
        """The rows of a table."""
        return [Config(self.clause, row) for row in self.written.get("rows") or []]


def number(text: str) -> Fraction:
    """Read "2.5", "-1", "1/3", "20%"."""
    if text.endswith("%"):
        return Fraction(text.removesuffix("%")) / 100
    return Fraction(text)


def rounded(hundredths: Fraction, rounding: str) -> int:
    """Bring exact hundredths to whole ones, as the scheme states; a minus like a plus."""
    if hundredths < 0:
        return -rounded(-hundredths, rounding)
    whole = floor(hundredths)
    left_over = hundredths - whole
    if rounding == "half_up" and left_over >= Fraction(1, 2):
        return whole + 1
    return whole


@dataclass
class State:
    """Everything there is while the clauses are worked through."""

    happened: list[FactView]
    world: World
    rounding: str
    period: str
    # For each fact: the names among which its points are shared.
    names_on: dict[int, list[int]]
    # A unit that counts a fact beside one of the names, as if it stood there: fact, unit, name.
    beside: list[tuple[int, int, int]] = field(default_factory=list)
    # A unit that has a fact from below: fact, unit.
    from_below: set[tuple[int, int]] = field(default_factory=set)
    earns_nothing: set[int] = field(default_factory=set)
    no_item: set[int] = field(default_factory=set)
    lines: list[Line] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)

    @classmethod
    def at_first(
        cls, happened: Sequence[FactView], world: World, rounding: str, period: str
    ) -> State:
        """Every signing unit counts a fact; in the order of days."""
        ordered = sorted(happened, key=lambda fact: (fact.date, fact.id))
        return cls(ordered, world, rounding, period, {f.id: list(f.units) for f in ordered})

    # --- time ---

    def period_of(self, day: date, kind: str = "") -> Period:
        """The period in which a day lies; the scheme's own kind unless another is named."""
        (months,) = (p for p in PERIODS[kind or self.period] if day.month in p)
        return period_from(day.year, months)

    def periods(self, kind: str = "") -> list[Period]:
        """The periods whose last day is one of the scheme's days."""
        year, world = self.world.start.year, self.world
        every = [period_from(year, months) for months in PERIODS[kind or self.period]]
        return [period for period in every if world.start <= period.last <= world.end]

    def ended(self, kind: str = "") -> list[Period]:
        """Those of them that are over."""
        return [period for period in self.periods(kind) if period.last < self.world.as_of]

    # --- facts of a unit ---

    def who_counts(self, fact: FactView) -> set[int]:
        """The names, and who stands beside one of them."""
        beside = {unit for number, unit, _name in self.beside if number == fact.id}
        return {*self.names_on[fact.id], *beside}

    def names_seen_by(self, unit: int, fact: FactView) -> list[int]:
        """The names; who stands beside one of them sees itself in its place."""
        names = self.names_on[fact.id]
        if unit in names:
            return names
        beside = [name for number, one, name in self.beside if (number, one) == (fact.id, unit)]
        return without_doubles([unit if name in beside else name for name in names])

    def items(self, unit: int, which: dict[str, Any] | None = None) -> list[FactView]:
        """The facts that a unit counts, whether they earn anything or not."""
        return [
            fact
            for fact in self.happened
            if unit in self.who_counts(fact) and fact.id not in self.no_item and meant(which, fact)
        ]

    def earning(self, unit: int, which: dict[str, Any] | None = None) -> list[FactView]:
        """Those of them that may still earn something."""
        return [fact for fact in self.items(unit, which) if fact.id not in self.earns_nothing]

    def fact(self, number: int) -> FactView:
        """A fact by its number."""
        (found,) = (fact for fact in self.happened if fact.id == number)
        return found

    # --- lines of a unit ---

    def given(self, unit: int, whose: dict[str, Any] | None = None) -> list[Line]:
        """What earlier clauses gave a unit, as far as it is meant."""
        return [
            line for line in self.lines if line.unit == unit and self._is_meant(whose or {}, line)
        ]

    def _is_meant(self, whose: dict[str, Any], line: Line) -> bool:
        named = [name for name in (whose.get("clauses") or "").split("、") if name]
        if named and self.names[line.clause] not in named:
            return False
        which = whose.get("facts") or {}
        if not any(which.values()):
            return True
        return line.fact is not None and meant(which, self.fact(line.fact))


def period_from(year: int, months: tuple[int, ...]) -> Period:
    """A period by its months."""
    last = calendar.monthrange(year, months[-1])[1]
    return Period(date(year, months[0], 1), date(year, months[-1], last))


def meant(which: dict[str, Any] | None, fact: FactView) -> bool:
    """Tell whether a selection means a fact; what is left empty means any."""
    which = which or {}
    if which.get("targets"):
        places = [f"bulletin:{fact.bulletin_id}", f"level:{fact.level}"]
        if not any(place in which["targets"] for place in places):
            return False
    if any(trait in fact.traits for trait in which.get("without") or []):
        return False
    if which.get("traits") and not any(trait in fact.traits for trait in which["traits"]):
        return False
    values = {"kinds": fact.kind, "forms": fact.form, "genres": fact.genre, "marks": fact.mark}
    return all(not which.get(name) or value in which[name] for name, value in values.items())


def without_doubles(names: list[int]) -> list[int]:
    """Every name once, where it stands first."""
    return [name for n, name in enumerate(names) if name not in names[:n]]


def piece(fact: FactView) -> str:
    """Which piece a fact is about; without one it is about itself."""
    return fact.subject or f"f{fact.id}"


def existed(unit: UnitView, period: Period) -> bool:
    """Tell whether a unit was there on any day of a period."""
    came = unit.active_from or date.min
    left = unit.active_until or date.max
    return came <= period.last and left >= period.first


def existed_throughout(unit: UnitView, period: Period) -> bool:
    """Tell whether a unit was there on every day of a period."""
    came = unit.active_from or date.min
    left = unit.active_until or date.max
    return came <= period.first and left >= period.last


def until(period: Period) -> str:
    """The name of a period as a thing that points are given for."""
    return f"p{period.last}"
