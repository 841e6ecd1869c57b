"""Reads for closing: what would be frozen, and whether what was frozen still holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from infoflow.units.models import EARLIEST_DATE, Unit
from scoring.adoptions.models import FactLine
from scoring.closings.models import Closing
from scoring.closings.queries import closed_spans
from scoring.closings.rules import ClosedSpan
from scoring.ledger.actions import Difference, rebuild
from scoring.ledger.queries import scheme_faults
from scoring.objections.queries import open_in_period
from scoring.rankings.assessment import Assessment, assessment, plain_of
from scoring.rankings.queries import counted_ranking
from scoring.rankings.rules import Period
from scoring.rankings.snapshots import (
    CONVERSION,
    digest_of,
    ranking_of,
    snapshot_in,
    snapshot_of,
    text_of,
)
from scoring.rankings.tables import UNGROUPED, Figures, Ranking
from scoring.schemes.models import Scheme
from scoring.schemes.periods import PeriodKind

from .rules import Flaw, differing, gaps, next_period, why_not, year_completed

LABELS: dict[str, Any] = {
    "submitted": gettext_lazy("报送"),
    "forwarded": gettext_lazy("上报"),
    "adopted": gettext_lazy("采用"),
    "hundredths": gettext_lazy("得分"),
    "merged": gettext_lazy("合并采用"),
    "instructions": gettext_lazy("批示"),
    "commissions": gettext_lazy("约稿"),
    "deducted": gettext_lazy("扣分"),
}


def refusal(start: date, end: date, today: date | None = None) -> str:
    """Return why a period cannot be closed now, in one sentence, or nothing."""
    day = today or timezone.localdate()
    told = why_not(start, end, closed=closed_spans(), today=day, earliest=EARLIEST_DATE)
    return told or next(iter(scheme_faults(start, end)), "")


def offered(today: date) -> Period:
    """Return the period that is probably closed next, as long as the scheme's 计分周期."""
    kind = Scheme.objects.in_force_on(today).values_list("period", flat=True).first()
    return Period(*next_period(closed_spans(), today, kind or PeriodKind.QUARTER))


def waiting(today: date) -> Period | None:
    """Return the period that has ended, has facts and is not closed; None when none waits."""
    found = offered(today)
    if found.end >= today:
        return None
    facts = FactLine.objects.filter(date__range=(found.start, found.end))
    return found if facts.exists() else None


@dataclass(frozen=True, slots=True)
class Conversion:
    """A year's points as points of the annual assessment."""

    year: int
    assessment: Assessment


@dataclass(frozen=True, slots=True)
class Preview:
    """What closing a period would freeze; `digest` names exactly this."""

    start: date
    end: date
    refusal: str
    gaps: list[ClosedSpan]
    ranking: Ranking
    difference: Difference
    silent: list[str]  # units that sent nothing
    unadopted: list[str]  # units that sent something, of which nothing was adopted
    objections: int
    conversion: Conversion | None
    digest: str


def assessment_to_freeze(start: date, end: date) -> Conversion | None:
    """Return the conversion of the year that this closing completes; None: it completes none,
    or the scheme has no such clause. Counted from the rows themselves."""
    year = year_completed(start, end, closed_spans())
    if year is None:
        return None
    whole = Period(date(year, 1, 1), date(year, 12, 31))
    tables = counted_ranking(whole.start, whole.end, afresh=True).groups
    found = assessment(whole, tables, today=timezone.localdate(), afresh=True)
    return None if found is None else Conversion(year, found)


def with_conversion(snapshot: Mapping[str, Any], found: Conversion | None) -> dict[str, Any]:
    """Return a snapshot with the year's conversion, if this closing freezes one."""
    if found is None:
        return dict(snapshot)
    return {**snapshot, CONVERSION: plain_of(found.assessment, found.year)}


def seen_digest(
    ranking: Ranking, difference: Difference, conversion: Conversion | None = None
) -> str:
    """Return the digest of what a person has seen before confirming."""
    frozen = digest_of(text_of(with_conversion(snapshot_of(ranking), conversion)))
    return hashlib.sha256(f"{frozen}:{difference.digest}".encode()).hexdigest()


def preview(start: date, end: date) -> Preview:
    """Return what closing a period would freeze. Reads only."""
    told = refusal(start, end)
    found = counted_ranking(start, end, afresh=True)
    difference = Difference() if told else rebuild(start, end, dry_run=True)
    conversion = None if told else assessment_to_freeze(start, end)
    rows = [row for t in found.groups if t.group_id != UNGROUPED for row in t.rows]
    return Preview(
        start=start,
        end=end,
        refusal=told,
        gaps=gaps(start, end, closed_spans()),
        ranking=found,
        difference=difference,
        silent=[row.unit for row in rows if not row.figures.submitted],
        unadopted=[
            row.unit for row in rows if row.figures.submitted and not row.figures.adopted_total
        ],
        objections=open_in_period(start, end).count(),
        conversion=conversion,
        digest=seen_digest(found, difference, conversion),
    )


def _by_unit(ranking: Ranking) -> dict[int, Figures]:
    return {row.unit_id: row.figures for table in ranking.groups for row in table.rows}


def flaws_of(closing: Closing) -> Iterator[Flaw]:
    """Yield everything in which a closed period is no longer what it was closed as."""
    if digest_of(closing.snapshot) != closing.digest:
        yield Flaw(_("快照与摘要不符：快照被改动过。"))
    try:
        snapshot = snapshot_in(closing.snapshot)
        frozen = ranking_of(snapshot)
        by_unit = _by_unit(frozen)
    except (AttributeError, LookupError, TypeError, ValueError):
        yield Flaw(_("快照无法读取：快照被改动过。"))
        return
    if (frozen.period.start, frozen.period.end) != (closing.start, closing.end):
        yield Flaw(_("快照的期间与结账的期间不符。"))
    kept = set(snapshot["figures"])
    then = {unit: _kept(figures, kept) for unit, figures in by_unit.items()}
    counted = counted_ranking(closing.start, closing.end, afresh=True)
    now = {unit: _kept(figures, kept) for unit, figures in _by_unit(counted).items()}
    names = dict(Unit.objects.filter(pk__in={*then, *now}).values_list("pk", "name"))
    yield from differing(then, now, names, LABELS)


def _kept(figures: Figures, names: set[str]) -> dict[str, Any]:
    """Return the figures that a snapshot holds."""
    return {name: value for name, value in figures._asdict().items() if name in names}
