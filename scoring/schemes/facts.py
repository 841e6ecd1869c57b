"""What the engine works on and what it gives: frozen data, no database. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple, TypeVar

from django.utils.translation import gettext as _

K = TypeVar("K")
V = TypeVar("V")


class Asked(Mapping[K, V]):
    """A mapping that is made when somebody first looks into it: most schemes never do."""

    def __init__(self, make: Callable[[], Mapping[K, V]]) -> None:
        self._make = make

    @cached_property
    def _known(self) -> Mapping[K, V]:
        return self._make()

    def __getitem__(self, key: K) -> V:
        return self._known[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


class Via(NamedTuple):
    """A unit counts a fact that another unit sent: a parent one of its 直报点.

    `beside` its sender, who counts it too; or else in the sender's place among who signed.
    """

    unit: int
    sender: int
    name: str
    beside: bool


# Facts and entries are made by the hundred thousand: a tuple takes an eighth of the time of a
# frozen dataclass.
class FactView(NamedTuple):
    """What a clause may know of a fact. Units in the order of their names on the item.

    `level` is the bulletin's, or the leader's for an instruction; `subject` is the same for
    facts about the same piece; `hundredths` is a value chosen in a range or an adjustment.
    `via` tells which of the units count it for another.
    """

    id: int
    kind: str
    date: date
    bulletin_id: int | None
    bulletin: str
    level: int | None
    form: str
    title: str
    units: tuple[int, ...]
    genre: str = ""
    mark: str = ""
    check: str = ""
    leader: str = ""
    note: str = ""
    subject: str = ""
    words: int | None = None
    hundredths: int | None = None
    traits: frozenset[str] = frozenset()
    via: tuple[Via, ...] = ()

    @property
    def signing(self) -> tuple[int, ...]:
        """The units that share the points; not those that count it beside their sender."""
        if not self.via:
            return self.units
        beside = {via.unit for via in self.via if via.beside}
        return tuple(unit for unit in self.units if unit not in beside)

    def seen_by(self, unit_id: int) -> tuple[int, ...]:
        """Return the units that share the points as one of them sees it.

        A unit that counts beside its senders sees itself in their place.
        """
        senders = {via.sender for via in self.via if via.unit == unit_id}
        seen = (unit_id if unit in senders else unit for unit in self.signing)
        return tuple(dict.fromkeys(seen))

    def sent_by(self, unit_id: int) -> str:
        """Return in brackets from which 直报点 a unit has the fact; empty when it is its own."""
        names = "、".join(via.name for via in self.via if via.unit == unit_id)
        return _("（由%(names)s报送）") % {"names": names} if names else ""


@dataclass(frozen=True, slots=True)
class UnitView:
    """What a clause may know of a unit; `groups` has the group of each year."""

    id: int
    name: str
    kind: str = ""
    parent_id: int | None = None
    groups: Mapping[int, int] = field(default_factory=dict)
    active_from: date | None = None
    active_until: date | None = None

    def active_in(self, start: date, end: date) -> bool:
        """Tell whether the unit existed on at least one day of a period (both included)."""
        return (self.active_from is None or self.active_from <= end) and (
            self.active_until is None or self.active_until >= start
        )


class EntryDraft(NamedTuple):
    """An entry as a clause gives it: hundredths of a point, and the sentence why.

    `about` names the thing within the clause: "f12" a fact, "p2026-03-31" the period that
    ends on that day, "s…" a piece. One clause gives one entry for a thing and a unit.
    `flag` is a consequence that is no points (通报批评, 取消评先); such an entry may have 0.
    """

    unit_id: int
    about: str
    date: date
    hundredths: int
    block_id: str
    block_type: str
    sentence: str
    fact_id: int | None = None
    flag: str = ""


@dataclass(frozen=True, slots=True)
class World:
    """What is not a fact: the units to score, the days covered, and today.

    `start` and `end` bound the days whose periods are scored; a period is scored when its last
    day lies between them. `as_of` is the day on which it is asked: a period that has not
    ended by the day before has no shortfall yet. `others` are units that facts name and that
    are not scored; only there when a clause credits one unit's facts to another.
    """

    start: date
    end: date
    as_of: date
    units: Mapping[int, UnitView]
    # (unit, measure, kind of period, year) → number in hundredths; from the table of targets.
    targets: Mapping[tuple[int, str, str, int], int] = field(default_factory=dict)
    others: Mapping[int, UnitView] = field(default_factory=dict)

    def unit(self, pk: int) -> UnitView | None:
        """Return a unit that is scored or that facts name; None when nothing is known of it."""
        return self.units.get(pk) or self.others.get(pk)


def about_fact(fact_id: int) -> str:
    """Return the name of a fact within a clause."""
    return f"f{fact_id}"


def about_period(end: date) -> str:
    """Return the name of a period within a clause."""
    return f"p{end.isoformat()}"
