"""The engine: facts × scheme → entries. Pure functions over frozen data, exact, repeatable.

A scheme is an ordered list of clauses. Each clause sees the facts and what the clauses
before it have given, so that a later one can multiply, cap or compare. Same facts and same
scheme give the same entries in the same order, whatever order the facts came in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Protocol, TypeVar

from .rules import Rounding


@dataclass(frozen=True, slots=True)
class FactView:
    """What a clause may know of a fact. Units in the order of their names on the item."""

    id: int
    kind: str
    date: date
    bulletin_id: int | None
    bulletin: str
    level: int | None
    form: str
    title: str
    units: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """An entry as a clause gives it: hundredths of a point, and the sentence why."""

    unit_id: int
    fact_id: int
    date: date
    hundredths: int
    block_id: str
    block_type: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Context:
    """What a clause works on: all facts, the entries of earlier clauses, the rounding."""

    facts: tuple[FactView, ...]
    entries: tuple[EntryDraft, ...]
    rounding: Rounding


class Clause(Protocol):
    """One block of a scheme."""

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
        """Give this clause's entries; at most one for a fact and unit."""
        ...


@dataclass(frozen=True, slots=True)
class SchemeSpec:
    """A scheme version as the engine needs it; clauses in order of application."""

    id: int
    name: str
    version: int
    blocks: tuple[Clause, ...]
    rounding: Rounding = Rounding.HALF_UP


class SchemeFault(Exception):
    """A scheme holds something that the engine does not know or that contradicts itself."""


_CLAUSES: dict[str, type[Clause]] = {}
C = TypeVar("C", bound=type[Clause])


def clause_type(cls: C) -> C:
    """Register a kind of clause under its block type (class decorator)."""
    _CLAUSES[cls.block_type] = cls
    return cls


def build_clause(block_type: str, block_id: str, config: Mapping[str, Any]) -> Clause:
    """Make a clause of a registered type.

    Raises:
        SchemeFault: no such type.
    """
    if block_type not in _CLAUSES:
        raise SchemeFault(f"unknown clause type: {block_type}")
    return _CLAUSES[block_type].from_config(block_id, config)


def run(scheme: SchemeSpec, facts: Iterable[FactView]) -> tuple[EntryDraft, ...]:
    """Apply a scheme's clauses in order and return all entries.

    Raises:
        SchemeFault: a clause gave two entries for the same fact and unit.
    """
    ordered = tuple(sorted(facts, key=lambda fact: (fact.date, fact.id)))
    entries: tuple[EntryDraft, ...] = ()
    for clause in scheme.blocks:
        context = Context(facts=ordered, entries=entries, rounding=scheme.rounding)
        given = tuple(clause.apply(context))
        if len({(draft.fact_id, draft.unit_id) for draft in given}) != len(given):
            raise SchemeFault(f"clause {clause.block_id} gave two entries for one fact and unit")
        entries += given
    return entries
