"""What printed tables say beyond the ranking's figures: points by level, running counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Sum

from cms.bulletins.models import Level
from scoring.adoptions.rules import FactKind
from scoring.ledger.models import Entry
from scoring.tallies.queries import sums_of
from scoring.tallies.rules import count_tokens, counts_of

from .rules import year_to


@dataclass(slots=True)
class Parts:
    """A unit's points (hundredths) by what earned them, those of adoptions also by the level of
    the bulletin (its label) in the period and in the year up to its end; the year's counts."""

    by_level: dict[str, int] = field(default_factory=dict)
    by_level_in_year: dict[str, int] = field(default_factory=dict)
    for_submissions: int = 0
    for_adoptions: int = 0
    submitted_in_year: int = 0
    adopted_in_year: int = 0

    def add(self, other: Parts) -> None:
        """Add another unit's parts to these."""
        for mine, theirs in (
            (self.by_level, other.by_level),
            (self.by_level_in_year, other.by_level_in_year),
        ):
            for level, hundredths in theirs.items():
                mine[level] = mine.get(level, 0) + hundredths
        self.for_submissions += other.for_submissions
        self.for_adoptions += other.for_adoptions
        self.submitted_in_year += other.submitted_in_year
        self.adopted_in_year += other.adopted_in_year


def parts_of(start: date, end: date) -> dict[int, Parts]:
    """Return the parts of every unit that has any; three queries or few more."""
    found: defaultdict[int, Parts] = defaultdict(Parts)
    for unit, kind, level, hundredths in _points(start, end):
        parts = found[unit]
        if kind == FactKind.SUBMISSION:
            parts.for_submissions += hundredths
        elif kind == FactKind.ADOPTION:
            parts.for_adoptions += hundredths
            parts.by_level[level] = parts.by_level.get(level, 0) + hundredths
    year = year_to(end)
    for unit, kind, level, hundredths in _points(year.start, year.end):
        if kind == FactKind.ADOPTION:
            running = found[unit].by_level_in_year
            running[level] = running.get(level, 0) + hundredths
    for unit, sums in sums_of((year.start, year.end), []).items():
        counts = counts_of(count_tokens(sums.tokens))
        found[unit].submitted_in_year = counts.submitted
        found[unit].adopted_in_year = sum(counts.adopted.values())
    return dict(found)


def _points(start: date, end: date) -> Iterator[tuple[int, str, str, int]]:
    """Yield unit, kind of fact, level of bulletin, hundredths; kind and level may be empty."""
    rows = (
        Entry.objects.filter(date__range=(start, end))
        .order_by()
        .values_list("unit_id", "fact__kind", "fact__bulletin__level")
        .annotate(points=Sum("hundredths"))
    )
    for unit, kind, level, points in rows:
        yield unit, kind or "", str(Level(level).label) if level else "", points
