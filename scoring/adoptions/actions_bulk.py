"""Recording very many facts, told as it goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from infoflow.collector import resting
from scoring.closings.queries import closed_spans, lock_units

from .models import Fact
from .rules import FactRow
from .signals import facts_recorded
from .storing import ids_of, looked_through, store_many, touched_by

if TYPE_CHECKING:
    from infoflow.units.models import User

# Facts stored, or scored, between two signs of progress.
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
    with resting():
        wanted = looked_through(rows, person)
    # Whoever records holds the units first, so the keys that are known stay the same.
    lock_units(unit for row in wanted for unit in row.units)
    closed = closed_spans()
    known = ids_of([row.key for row in wanted])
    new = [row for row in wanted if row.key not in known]
    units = len({unit for row in new for unit in row.units})
    made: list[int] = []
    for start in range(0, len(new), AT_A_TIME):
        with resting():
            made += store_many(new[start : start + AT_A_TIME], person, closed)
        yield Step(len(made), 0, len(new), units)
    touched, scored = touched_by(new), 0
    for some in _slices(new):
        within = {year: found for year, all_of in touched.items() if (found := all_of & some)}
        facts_recorded.send(sender=Fact, touched=within, withdrawn=False, closed=closed)
        scored += len(some)
        yield Step(len(made), scored, len(new), units)
    return made


def _slices(rows: Sequence[FactRow]) -> Iterator[set[int]]:
    """Yield the units of rows, so many at a time that they have about `AT_A_TIME` rows."""
    some: set[int] = set()
    size = 0
    for unit, number in sorted(Counter(unit for row in rows for unit in row.units).items()):
        some.add(unit)
        size += number
        if size >= AT_A_TIME:
            yield some
            some, size = set(), 0
    if some:
        yield some
