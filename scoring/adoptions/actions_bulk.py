"""Recording very many facts, told as it goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from scoring.closings.queries import closed_spans, lock_units

from .models import Fact, FactLine
from .rules import FactRow
from .signals import facts_recorded
from .storing import ids_of, looked_through, store

if TYPE_CHECKING:
    from infoflow.units.models import User

# Facts stored, or lines scored, between two signs of progress.
AT_A_TIME = 5_000


@dataclass(frozen=True, slots=True)
class Step:
    """How far a long recording is: facts stored, then units whose points are worked out."""

    stored: int
    scored: int
    facts: int
    units: int


def record_in_steps(
    rows: Iterable[FactRow], *, person: User | None = None
) -> Generator[Step, None, list[int]]:
    """Record many facts as `record_facts` does, but tell how far it is; return the new ids.

    The points of a unit are worked out once, when all facts are stored. Within the caller's
    transaction: stopped half-way, nothing remains.

    Raises:
        Refused, ValidationError, MarkedSecret: as `record_facts`; nothing is recorded.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("record_in_steps needs a transaction")
    wanted = looked_through(rows, person)
    # Whoever records holds the units first, so the keys that are known stay the same.
    lock_units(unit for row in wanted for unit in row.units)
    closed = closed_spans()
    known = ids_of([row.key for row in wanted])
    new = [row for row in wanted if row.key not in known]
    units = len({unit for row in new for unit in row.units})
    made: list[int] = []
    of_unit: defaultdict[int, list[FactLine]] = defaultdict(list)
    for start in range(0, len(new), AT_A_TIME):
        facts, lines = store(new[start : start + AT_A_TIME], person, closed)
        made += [fact.pk for fact in facts]
        for line in lines:
            of_unit[line.unit_id].append(line)
        yield Step(len(made), 0, len(new), units)
    scored = 0
    for lines, members in _by_units(of_unit):
        facts = list({line.fact_id: line.fact for line in lines}.values())
        facts_recorded.send(sender=Fact, facts=facts, lines=lines, closed=closed)
        scored += members
        yield Step(len(made), scored, len(new), units)
    return made


def _by_units(of_unit: dict[int, list[FactLine]]) -> Iterator[tuple[list[FactLine], int]]:
    """Yield lines and the number of their units, all lines of a unit together."""
    lines: list[FactLine] = []
    members = 0
    for unit in sorted(of_unit):
        lines += of_unit.pop(unit)
        members += 1
        if len(lines) >= AT_A_TIME:
            yield lines, members
            lines, members = [], 0
    if lines:
        yield lines, members
