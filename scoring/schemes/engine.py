"""The engine: facts × scheme → entries. Pure functions over frozen data, exact, repeatable.

A scheme is an ordered list of clauses. Each clause sees the facts and what the clauses
before it have given, so that a later one can multiply, cap or compare. Same facts and same
scheme give the same entries in the same order, whatever order the facts came in.

What a unit gets depends on the facts of its years alone, never on another unit's points: so
one changed fact is scored again for its units and its year, and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from operator import attrgetter
from typing import Any, ClassVar, Protocol, TypeVar

from .facts import EntryDraft, FactView, UnitView, World, about_fact, about_period
from .periods import PeriodKind, Span, span_of, spans_between
from .rules import Rounding
from .which import Which, Whose

__all__ = [
    "Clause",
    "Context",
    "Conversion",
    "EntryDraft",
    "FactView",
    "SchemeFault",
    "SchemeSpec",
    "UnitView",
    "World",
    "about_fact",
    "about_period",
    "build_clause",
    "clause_type",
    "conversion_of",
    "run",
]


class SchemeFault(Exception):
    """A scheme holds something that the engine does not know or that contradicts itself."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a clause works on: facts, the entries of earlier clauses, and the world.

    `excluded` are facts that an earlier clause took out of the points; they still count as
    items for targets and rates.
    """

    facts: tuple[FactView, ...]
    # The facts by their ids, with those that are gone: earlier entries may be about them.
    by_id: Mapping[int, FactView]
    entries: tuple[EntryDraft, ...]
    rounding: Rounding
    world: World
    period: str = PeriodKind.YEAR
    excluded: frozenset[int] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)

    def counting(self, which: Which | None = None) -> Iterable[FactView]:
        """Yield the facts that earn points and that a selection covers, in order."""
        for fact in self.facts:
            if fact.id not in self.excluded and (which is None or which.covers(fact)):
                yield fact

    def earlier(self, whose: Whose) -> Iterable[EntryDraft]:
        """Yield the earlier entries that a selection covers, in order."""
        return whose.among(self.entries, self.by_id, self.names)

    def span(self, day: date, kind: str = "") -> Span:
        """Return the period of a day; the scheme's own kind of period unless another is given."""
        return span_of(kind or self.period, day)

    def spans(self, kind: str = "", *, begun: bool = False) -> list[Span]:
        """Return the periods to score: those that have ended, or at least begun, as of today."""
        world = self.world
        found = spans_between(kind or self.period, world.start, world.end)
        if begun:
            return [span for span in found if span.start <= world.as_of]
        return [span for span in found if span.end < world.as_of]

    def units_in(self, span: Span) -> list[UnitView]:
        """Return the units to score that existed in a period, by id."""
        units = self.world.units
        return [units[pk] for pk in sorted(units) if units[pk].active_in(span.start, span.end)]

    def by_unit_and_span(
        self, entries: Iterable[EntryDraft], kind: str = ""
    ) -> dict[tuple[int, Span], list[EntryDraft]]:
        """Return entries by unit and period, both in order."""
        found: defaultdict[tuple[int, Span], list[EntryDraft]] = defaultdict(list)
        spans: dict[date, Span] = {}
        for entry in entries:
            day = entry.date
            span = spans.get(day) or spans.setdefault(day, self.span(day, kind))
            found[entry.unit_id, span].append(entry)
        return {key: found[key] for key in sorted(found)}


class Clause(Protocol):
    """One block of a scheme.

    A clause may also have
    `excludes(context) -> set of fact ids`: facts that earn nothing from here on;
    `drops(context) -> set of fact ids`: facts that count as nothing from here on, not as items
    for targets either;
    `redirect(context) -> facts`: the facts as later clauses shall see them, and `credits`: the
    kinds of units whose facts go to their parents.

    For the check before publication (checks.py):
    `refers() -> selections` (`Whose`) of earlier entries that it cannot do without; without
    this method, its field `whose`;
    `ends_with(own) -> kind of period` that must end while the scheme is in force, "" for none;
    `from_table(own) -> (measure, kind of period)` of the targets that it looks up.
    """

    block_type: ClassVar[str]

    @property
    def block_id(self) -> str:
        """Stable id of the block within its scheme."""
        ...

    @classmethod
    def from_config(cls, block_id: str, config: Mapping[str, Any]) -> Clause:
        """Make the clause from the plain data of its block."""
        ...

    def apply(self, context: Context) -> Iterable[EntryDraft]:
        """Give this clause's entries; at most one for a thing and a unit."""
        ...

    def describe(self) -> list[str]:
        """Return in a clerk's words what the clause does, a sentence a line."""
        ...


@dataclass(frozen=True, slots=True)
class SchemeSpec:
    """A scheme version as the engine needs it; clauses in order of application.

    `names` has the short name of each clause by its block id.
    """

    id: int
    name: str
    version: int
    blocks: tuple[Clause, ...]
    rounding: Rounding = Rounding.HALF_UP
    period: str = PeriodKind.YEAR
    names: Mapping[str, str] = field(default_factory=dict)


_when = attrgetter("date", "id")
_thing = attrgetter("about", "unit_id")

_CLAUSES: dict[str, type[Clause]] = {}
C = TypeVar("C", bound=type[Clause])


def clause_type(cls: C) -> C:
    """Register a kind of clause under its block type (class decorator)."""
    _CLAUSES[cls.block_type] = cls
    return cls


def build_clause(block_type: str, block_id: str, config: Mapping[str, Any]) -> Clause:
    """Make a clause of a registered type.

    Raises:
        SchemeFault: no such type, or something is missing (half written drafts).
        ValueError: a number cannot be read.
    """
    if block_type not in _CLAUSES:
        raise SchemeFault(f"unknown clause type: {block_type}")
    try:
        return _CLAUSES[block_type].from_config(block_id, config)
    except (TypeError, KeyError) as error:
        raise SchemeFault(f"clause {block_id} is not complete") from error


def known_clauses() -> Mapping[str, type[Clause]]:
    """Return the registered kinds of clauses by block type."""
    return dict(_CLAUSES)


def world_of(facts: Iterable[FactView]) -> World:
    """Return a world with the units of facts, in which every period has ended."""
    facts = list(facts)
    units = {pk for fact in facts for pk in fact.units}
    days = [fact.date for fact in facts] or [date.min]
    return World(
        start=date(min(days).year, 1, 1),
        end=date(max(days).year, 12, 31),
        as_of=date.max,
        units={pk: UnitView(id=pk, name=str(pk)) for pk in sorted(units)},
    )


def run(
    scheme: SchemeSpec, facts: Iterable[FactView], world: World | None = None
) -> tuple[EntryDraft, ...]:
    """Apply a scheme's clauses in order and return the entries of the world's units.

    Args:
        world: units, days and today; by default the facts' units with every period ended.

    Raises:
        SchemeFault: a clause gave two entries for the same thing and unit.
    """
    ordered = tuple(sorted(facts, key=_when))
    world = world or world_of(ordered)
    units = world.units
    context = Context(
        facts=ordered,
        by_id={fact.id: fact for fact in ordered},
        entries=(),
        rounding=scheme.rounding,
        world=world,
        period=scheme.period,
        names=scheme.names,
    )
    for clause in scheme.blocks:
        given = [draft for draft in clause.apply(context) if draft.unit_id in units]
        if len(set(map(_thing, given))) != len(given):
            raise SchemeFault(f"clause {clause.block_id} gave two entries for one thing and unit")
        context = _after(context, clause, given)
    return context.entries


def _after(context: Context, clause: Clause, given: list[EntryDraft]) -> Context:
    """Return what the next clause works on."""
    excludes = getattr(clause, "excludes", None)
    drops = getattr(clause, "drops", None)
    redirect = getattr(clause, "redirect", None)
    facts, by_id = context.facts, context.by_id
    if redirect:
        facts = tuple(redirect(context))
        by_id = {**by_id, **{fact.id: fact for fact in facts}}
    gone = frozenset(drops(context)) if drops else frozenset()
    return replace(
        context,
        facts=tuple(fact for fact in facts if fact.id not in gone) if gone else facts,
        by_id=by_id,
        entries=(*context.entries, *given),
        excluded=context.excluded | excludes(context) if excludes else context.excluded,
    )


@dataclass(frozen=True, slots=True)
class Conversion:
    """A scheme's conversion of a year's totals into points of the annual assessment."""

    clause: Any
    rounding: Rounding

    def converted(
        self,
        totals: Mapping[int, int],
        months: Mapping[int, Sequence[int]],
        targets: Mapping[int, int],
    ) -> dict[int, int]:
        """Return what each unit of one group gets, in hundredths.

        Args:
            totals: unit → hundredths of the year, for every unit of the group.
            months: unit → hundredths of each month that counts.
            targets: unit → hundredths that it had to reach in the year.

        Units that cannot be converted (no target) are left out.
        """
        found: dict[int, int] = self.clause.converted(
            totals, months, targets, rounding=self.rounding
        )
        return found

    def describe(self) -> list[str]:
        """Return in a clerk's words what the conversion does."""
        lines: list[str] = self.clause.describe()
        return lines


def conversion_of(scheme: SchemeSpec) -> Conversion | None:
    """Return a scheme's conversion into the annual assessment, if it has one."""
    for clause in scheme.blocks:
        if hasattr(clause, "converted"):
            return Conversion(clause, scheme.rounding)
    return None


def total(entries: Iterable[EntryDraft]) -> int:
    """Return the sum of entries in hundredths."""
    return sum(entry.hundredths for entry in entries)


def day_before(day: date) -> date:
    """Return the day before; the first day there is stays itself."""
    return day if day == date.min else day - timedelta(days=1)
