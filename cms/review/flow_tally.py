"""How many texts each step decided in a period, and how long each of them lay.

Decisions only grow, so a month that is over keeps its figures: a process counts it once. New
decisions are looked at before each answer; one that falls into a kept month (an import with
dates of its own) throws the kept months away.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Aggregate, Count, F, IntegerField, Min, Q, TextField, Value
from django.utils import timezone

from .flow_rules import Period, parts_of
from .models import Decision
from .rules import Step, Verdict

# Steps whose time is counted, in the order of the road.
STEPS = (Step.SIGN, Step.SCREEN, Step.CLEAR, Step.RECHECK, Step.ISSUE)
# Verdicts that a step's task ends with.
ENDING = (Verdict.PASS, Verdict.RETURN, Verdict.CLOSE, Verdict.REFUSE)
# A month is over when the transactions that began in it have ended, by far.
SETTLED = timedelta(days=1)


class _Joined(Aggregate):
    """All values in one text: half the cost of a row for each, a fifth of grouping by them."""

    function = "GROUP_CONCAT"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "STRING_AGG(%(expressions)s::text, ',')"
        return self.as_sql(compiler, connection, template=template, **context)


@dataclass(frozen=True, slots=True)
class Row:
    """What one step decided in one way."""

    step: str
    verdict: str
    count: int
    late: int
    minutes: np.ndarray[Any, np.dtype[np.int64]]


@dataclass
class Tally:
    """What each step decided in a period: by verdict, how many late, the minutes of each."""

    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    late: Counter[str] = field(default_factory=Counter)
    _minutes: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))

    def add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self.counts[row.step][row.verdict] += row.count
            self.late[row.step] += row.late
            self._minutes[row.step].append(row.minutes)

    def minutes(self, step: str) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Return how long each text lay at a step, in no order."""
        return np.concatenate([np.empty(0, dtype=np.int64), *self._minutes[step]])


class _Months:
    """The months that are over, as far as this process has counted them."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.rows: dict[Period, list[Row]] = {}
        self.newest = 0

    def look(self) -> dict[Period, list[Row]]:
        """Return what still holds; one small query, a second when anything is new."""
        newest = Decision.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        with self.lock:
            if newest != self.newest and self.rows:
                later = Decision.objects.filter(pk__gt=self.newest)
                oldest = later.aggregate(oldest=Min("at"))["oldest"]
                end = max(period.end for period in self.rows)
                if newest < self.newest or (oldest and timezone.localdate(oldest) <= end):
                    self.rows = {}
            self.newest = newest
            return dict(self.rows)

    def keep(self, counted: dict[Period, list[Row]], newest: int) -> None:
        """Keep months that were counted after `newest` was the newest decision."""
        # What an open transaction sees may be taken back.
        if connection.in_atomic_block:
            return
        with self.lock:
            if self.newest == newest:
                self.rows |= counted

    def forget(self) -> None:
        with self.lock:
            self.rows, self.newest = {}, 0


months = _Months()


def moment(day: date) -> datetime:
    """Return the first moment of a day in the office's time."""
    return timezone.make_aware(datetime.combine(day, time.min))


def tally(period: Period, now: datetime) -> Tally:
    """Return what each step decided in a period: two or three queries, however long it is."""
    kept = months.look()
    newest = months.newest
    over = timezone.localdate(now - SETTLED)
    whole, rest = parts_of(period, over)
    missing = [month for month in whole if month not in kept]
    counted = _count([*missing, *rest])
    months.keep({month: counted[month] for month in missing}, newest)
    found = Tally()
    for part in (*whole, *rest):
        found.add(counted[part] if part in counted else kept[part])
    return found


def _count(parts: Sequence[Period]) -> dict[Period, list[Row]]:
    """Count parts of a period in one query."""
    found: dict[Period, list[Row]] = {part: [] for part in parts}
    if not parts:
        return found
    first, *others = (_rows_of(place, part) for place, part in enumerate(parts))
    rows = first.union(*others, all=True) if others else first
    for place, step, verdict, count, late, minutes in rows:
        values = np.fromstring(minutes, dtype=np.int64, sep=",") if minutes else np.empty(0, int)
        found[parts[place]].append(Row(step, verdict, count, late, values))
    return found


def _rows_of(place: int, part: Period) -> Any:
    return (
        # Steps and verdicts named: the index has them before the moment, and all else that is
        # asked for behind it.
        Decision.objects.filter(
            step__in=STEPS,
            verdict__in=ENDING,
            at__gte=moment(part.start),
            at__lt=moment(part.end + timedelta(days=1)),
        )
        .order_by()
        .annotate(place=Value(place, output_field=IntegerField()))
        .values_list("place", "step", "verdict")
        .annotate(
            n=Count("pk"), late=Count("pk", filter=Q(due_at__lt=F("at"))), all=_Joined("waited")
        )
    )
