"""Booking and rebuilding the ledger. Entries are only added; a correction is a new entry.

Points of a unit in a year depend on its own facts of that year and on nothing else: so the
ledger is brought up to date unit by unit and year by year, and one fact touches only its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.review.actions import Refused
from infoflow import bulk
from infoflow.collector import resting
from infoflow.units.models import Unit
from infoflow.units.permissions import has_role
from infoflow.units.roles import Role
from scoring.adoptions.models import FactLine
from scoring.closings.queries import closed_spans, lock_units
from scoring.closings.rules import ClosedSpan, counted_on
from scoring.schemes.engine import EntryDraft, World, run
from scoring.schemes.facts import Asked
from scoring.schemes.models import Scheme
from scoring.schemes.queries import InForce, specs_between
from scoring.targets.queries import targets_of

from .difference import Difference
from .models import SENTENCE_MAX, Entry, Rescoring
from .queries import (
    booked,
    credited_children,
    facts_of,
    reasons_of_withdrawal,
    scheme_faults,
    units_of,
)
from .rules import (
    Place,
    Plan,
    entry_key,
    plan,
    reversal_key,
    to_take_back,
)

if TYPE_CHECKING:
    from infoflow.units.models import User

BATCH = 2_000
# So many units of one year are scored at a time: a bound for memory, not for anything else.
UNITS_AT_A_TIME = 50

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Days:
    """What every entry's day of counting depends on."""

    closed: Sequence[ClosedSpan]
    today: date
    # Most entries fall on days that were asked before.
    known: dict[date, date] = field(default_factory=dict)

    def counted(self, day: date) -> date:
        if not self.closed:
            return day
        found = self.known.get(day)
        if found is None:
            found = self.known[day] = counted_on(day, self.closed, self.today)
        return found


def _schemes(year: int) -> list[InForce]:
    """Return the versions in force on a day of a year; one query."""
    return specs_between(date(year, 1, 1), date(year, 12, 31))


def _kinds_credited(schemes: Iterable[InForce]) -> set[str]:
    """Return the kinds of units whose facts count for their parents."""
    return {
        kind
        for scheme in schemes
        for clause in scheme.spec.blocks
        for kind in getattr(clause, "credits", ())
    }


_COLUMNS = (
    "unit_id", "date", "earned", "hundredths", "about", "fact_id", "scheme_id", "block_id",
    "block_type", "sentence", "flag", "reverses_id", "key",
)  # fmt: skip


def _insert(what: Plan, generations: Mapping[Place, int], days: _Days) -> None:
    back = [
        (
            old.place[3],
            days.counted(old.counted),
            old.earned,
            -old.hundredths,
            old.place[2],
            old.fact_id,
            old.place[0],
            old.place[1],
            old.block_type,
            sentence[:SENTENCE_MAX],
            old.flag,
            old.id,
            reversal_key(old.id),
        )
        for old, sentence in what.back
    ]
    new = [
        (
            draft.unit_id,
            days.counted(draft.date),
            draft.date,
            draft.hundredths,
            draft.about,
            draft.fact_id,
            place[0],
            draft.block_id,
            draft.block_type,
            draft.sentence[:SENTENCE_MAX],
            draft.flag,
            None,
            entry_key(place, generations.get(place, 0) + 1),
        )
        for place, draft in what.new
    ]
    bulk.insert(Entry, _COLUMNS, [*back, *new])


def desired_entries(
    schemes: Iterable[InForce], units: Sequence[int], year: int, today: date
) -> dict[Place, EntryDraft]:
    """Return the entries that schemes give units for a year, by place. Reads only.

    A period belongs to the version in force on its last day, a fact to the one on its day.
    """
    desired: dict[Place, EntryDraft] = {}
    views = units_of(units, [year])
    targets = Asked(lambda: targets_of(units, [year]))
    for scheme in schemes:
        start = max(scheme.valid_from, date(year, 1, 1))
        end = min(scheme.valid_until or date.max, date(year, 12, 31))
        if start > end:
            continue
        kinds = _kinds_credited([scheme])
        scored = [*units, *credited_children(units, kinds)] if kinds else units
        facts = facts_of(scored, start, end)
        # Of the other parties of joint facts only a clause that credits facts must know.
        named = {unit for fact in facts for unit in fact.units} - set(views) if kinds else set()
        world = World(
            start=start,
            end=end,
            as_of=today,
            units=views,
            targets=targets,
            others=units_of(named, [year]) if named else {},
        )
        pk = scheme.pk
        desired.update(
            ((pk, draft.block_id, draft.about, draft.unit_id), draft)
            for draft in run(scheme.spec, facts, world)
        )
    return desired


def _bring_up(
    units: Sequence[int],
    year: int,
    schemes: Sequence[InForce],
    days: _Days,
    *,
    within: tuple[date, date] | None = None,
    dry_run: bool = False,
    difference: Difference | None = None,
) -> None:
    """Make the ledger of units and a year what facts and schemes say today."""
    with resting():
        _bring_up_now(units, year, schemes, days, within, dry_run, difference)


def _bring_up_now(
    units: Sequence[int],
    year: int,
    schemes: Sequence[InForce],
    days: _Days,
    within: tuple[date, date] | None,
    dry_run: bool,
    difference: Difference | None,
) -> None:
    first, last = date(year, 1, 1), date(year, 12, 31)
    desired = desired_entries(schemes, units, year, days.today)
    found = booked(units, first, last)
    standing = found.standing
    if within is not None and not (within[0] <= first and last <= within[1]):
        start, end = within
        desired = {p: w for p, w in desired.items() if start <= w.date <= end}
        standing = {p: e for p, e in standing.items() if start <= e.earned <= end}
    gone = {e.fact_id for e in to_take_back(desired, standing) if e.fact_id is not None}
    what = plan(desired, standing, reasons_of_withdrawal(gone) if gone else {})
    if not dry_run and (what.back or what.new):
        _insert(what, found.generations, days)
    if difference is not None:
        difference.note(what, standing.values())


def _slices(units: Iterable[int]) -> Iterator[list[int]]:
    ordered = sorted(set(units))
    for start in range(0, len(ordered), UNITS_AT_A_TIME):
        yield ordered[start : start + UNITS_AT_A_TIME]


def _with_credited(units: Iterable[int], schemes: Iterable[InForce]) -> set[int]:
    """Return units and the parents that some of them earn points for."""
    found = set(units)
    kinds = _kinds_credited(schemes)
    if kinds:
        parents = Unit.objects.filter(pk__in=found, kind__in=kinds).exclude(parent=None)
        found.update(parents.values_list("parent_id", flat=True))
    return found


# No savepoint: when this fails, the recording that it belongs to fails as a whole.
@transaction.atomic(savepoint=False)
def book(
    touched: Mapping[int, set[int]], closed: Sequence[ClosedSpan], *, withdrawn: bool = False
) -> None:
    """Bring the ledger up to date for the years and units of facts that were just recorded.

    Without a scheme nothing is booked: counts still rank.

    Args:
        touched: year → units.
        closed: the closed periods, looked at since the units are held.
        withdrawn: facts were taken back, which also takes back what a scheme of old has given.
    """
    days = _Days(closed, timezone.localdate())
    for year, units in sorted(touched.items()):
        schemes = _schemes(year)
        if not schemes and not withdrawn:
            continue
        for some in _slices(_with_credited(units, schemes)):
            _bring_up(some, year, schemes, days)


@transaction.atomic
def rebuild(
    start: date,
    end: date,
    *,
    units: Iterable[int] | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Difference:
    """Make the ledger of a period what facts and schemes say today; return the difference.

    Entries that no longer hold are taken back by a new entry that says why, missing ones are
    added; what belongs to a closed period is booked into the open one. A second run writes
    nothing. Only entries earned in the period change, though whole years are looked at.

    Args:
        start, end: first and last day on which points were earned, both included.
        units: only these, and those that count their facts (直报点计入上级); all when None.
        dry_run: only compare.
        progress: called with (done, all) after each slice of units.

    Raises:
        ValueError: the period ends before it starts.
    """
    if end < start:
        raise ValueError("period ends before it starts")
    wanted = None if units is None else set(units)
    if not dry_run:
        lock_units(wanted)
    if wanted is None:
        wanted = set(Unit.objects.order_by("pk").values_list("pk", flat=True))
    days = _Days(closed_spans(), timezone.localdate())
    difference = Difference()
    in_force = {year: _schemes(year) for year in range(start.year, end.year + 1)}
    if units is not None:
        wanted = _with_credited(wanted, chain.from_iterable(in_force.values()))
    slices = list(_slices(wanted))
    work = [(some, year, schemes) for year, schemes in in_force.items() for some in slices]
    for done, (some, year, schemes) in enumerate(work, start=1):
        _bring_up(
            some,
            year,
            schemes,
            days,
            within=(start, end),
            dry_run=dry_run,
            difference=difference,
        )
        if progress is not None:
            progress(done, len(work))
    difference.settle()
    return difference


class Changed(Refused):
    """A rebuild would change something else than the person has seen."""

    def __init__(self, message: str, difference: Difference) -> None:
        super().__init__(message)
        self.difference = difference


@transaction.atomic
def rescore(*, start: date, end: date, seen_digest: str, person: User) -> Difference:
    """Write the difference that a person has seen and confirmed; nothing when it is another.

    Args:
        start, end: first and last day on which points were earned, both included.
        seen_digest: `Difference.digest` of what was shown.

    Raises:
        Refused: not a scorer, or a scheme cannot be read.
        Changed: the difference is another by now; it holds the new one.
    """
    if not has_role(person, Role.SCORER):
        raise Refused(_("只有计分员可以重算。"))
    lock_units()
    for told in scheme_faults(start, end):
        raise Refused(told)
    difference = rebuild(start, end)
    if difference.digest != seen_digest:
        raise Changed(_("您查看之后数据有变化，还没有入账。请核对下面新的差异。"), difference)
    if not difference.empty:
        Rescoring.objects.create(
            start=start,
            end=end,
            added=difference.added,
            taken_back=difference.taken_back,
            digest=difference.digest,
            person=person,
        )
    return difference


def rebuild_scheme(scheme: Scheme) -> Difference:
    """Rebuild everything that a scheme covers now or was booked under it before."""
    known = Entry.objects.filter(scheme_id=scheme.pk).order_by("earned")
    first, last = known.first(), known.last()
    lines = FactLine.objects.filter(happened__gte=scheme.valid_from).order_by("-happened")
    newest = lines.values_list("happened", flat=True).first()
    today = timezone.localdate()
    reach = max(today, newest or today)
    start = min([scheme.valid_from] + ([first.earned] if first else []))
    end = max([min(scheme.valid_until or reach, reach)] + ([last.earned] if last else []))
    return rebuild(start, max(start, end))
