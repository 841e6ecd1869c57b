"""Booking and rebuilding the ledger. Entries are only added; a correction is a new entry."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from cms.bulletins.models import Bulletin
from scoring.adoptions.models import Fact, FactLine
from scoring.schemes.engine import EntryDraft, FactView, run
from scoring.schemes.models import Scheme
from scoring.schemes.specs import spec_of

from .models import Entry
from .queries import facts_between, reasons_of_withdrawal, standing_between, standing_of_facts
from .rules import (
    Place,
    Plan,
    Standing,
    entry_key,
    place_of,
    plan,
    reversal_key,
    withdrawal_sentence,
)

BATCH = 2_000


@dataclass(frozen=True)
class Difference:
    """What a rebuild wrote, or would write: entries, and hundredths per unit."""

    added: int
    taken_back: int
    by_unit: Mapping[int, tuple[int, int]]  # unit id → (before, after), only changed ones

    @property
    def empty(self) -> bool:
        """Tell whether desired and standing entries are the same."""
        return not self.added and not self.taken_back


def _insert_back(pairs: Iterable[tuple[Standing, str]]) -> None:
    Entry.objects.bulk_create(
        [
            Entry(
                unit_id=old.place[3],
                date=old.date,
                hundredths=-old.hundredths,
                fact_id=old.place[2],
                scheme_id=old.place[0],
                block_id=old.place[1],
                block_type=old.block_type,
                sentence=sentence,
                reverses_id=old.id,
                key=reversal_key(old.id),
            )
            for old, sentence in pairs
        ],
        batch_size=BATCH,
    )


def _insert_new(pairs: Iterable[tuple[int, EntryDraft]], earlier: Mapping[Place, int]) -> None:
    Entry.objects.bulk_create(
        [
            Entry(
                unit_id=draft.unit_id,
                date=draft.date,
                hundredths=draft.hundredths,
                fact_id=draft.fact_id,
                scheme_id=scheme_id,
                block_id=draft.block_id,
                block_type=draft.block_type,
                sentence=draft.sentence,
                key=entry_key(place := place_of(scheme_id, draft), earlier.get(place, 0) + 1),
            )
            for scheme_id, draft in pairs
        ],
        batch_size=BATCH,
    )


def _drafts(
    schemes: Iterable[Scheme], facts: Sequence[FactView]
) -> dict[Place, tuple[int, EntryDraft]]:
    """Return the entries that the schemes in force give for facts, by place."""
    desired: dict[Place, tuple[int, EntryDraft]] = {}
    for scheme in schemes:
        until = scheme.valid_until or date.max
        covered = [fact for fact in facts if scheme.valid_from <= fact.date <= until]
        for draft in run(spec_of(scheme), covered):
            desired[place_of(scheme.pk, draft)] = (scheme.pk, draft)
    return desired


def _views(facts: Iterable[Fact], lines: Iterable[FactLine]) -> list[FactView]:
    """Return facts that were just stored as the engine takes them."""
    facts = list(facts)
    units: defaultdict[int, list[int]] = defaultdict(list)
    for line in sorted(lines, key=lambda line: line.position):
        units[line.fact_id].append(line.unit_id)
    ids = {fact.bulletin_id for fact in facts if fact.bulletin_id is not None}
    bulletins = Bulletin.objects.in_bulk(ids) if ids else {}
    return [
        FactView(
            id=fact.pk,
            kind=fact.kind,
            date=fact.date,
            bulletin_id=fact.bulletin_id,
            bulletin=bulletins[fact.bulletin_id].name if fact.bulletin_id else "",
            level=bulletins[fact.bulletin_id].level if fact.bulletin_id else None,
            form=fact.form,
            title=fact.title,
            units=tuple(units[fact.pk]),
        )
        for fact in facts
    ]


@transaction.atomic
def book(facts: Sequence[Fact], lines: Sequence[FactLine]) -> None:
    """Book facts that were just recorded under the scheme in force on each one's date.

    New facts have no entries yet, so theirs are simply written; the entries of withdrawn
    facts are taken back with the withdrawal's reason. Without a scheme nothing is booked:
    counts still rank.
    """
    gone = {fact.reverses_id: fact.note for fact in facts if fact.reverses_id is not None}
    if gone:
        Scheme.objects.lock_all()
        _insert_back(
            (entry, withdrawal_sentence(entry.hundredths, gone[entry.place[2]]))
            for entry in standing_of_facts(gone).values()
        )
    fresh = [fact for fact in facts if fact.reverses_id is None]
    if not fresh:
        return
    days = [fact.date for fact in fresh]
    schemes = list(Scheme.objects.in_force_between(min(days), max(days)))
    if schemes:
        _insert_new(_drafts(schemes, _views(fresh, lines)).values(), {})


def _difference(what: Plan, standing: Iterable[Standing]) -> Difference:
    before: Counter[int] = Counter()
    change: Counter[int] = Counter()
    for entry in standing:
        before[entry.place[3]] += entry.hundredths
    for entry, _sentence in what.back:
        change[entry.place[3]] -= entry.hundredths
    for _scheme, draft in what.new:
        change[draft.unit_id] += draft.hundredths
    return Difference(
        added=len(what.new),
        taken_back=len(what.back),
        by_unit={
            unit: (before[unit], before[unit] + delta)
            for unit, delta in sorted(change.items())
            if delta
        },
    )


def _generations(what: Plan) -> dict[Place, int]:
    """Return how many entries each place of the new ones has had, taken back or not."""
    facts = sorted({draft.fact_id for _scheme, draft in what.new})
    counted: Counter[Place] = Counter()
    for start in range(0, len(facts), BATCH):
        places = Entry.objects.filter(
            fact_id__in=facts[start : start + BATCH], reverses=None
        ).values_list("scheme_id", "block_id", "fact_id", "unit_id")
        counted.update(places.iterator())
    return counted


@transaction.atomic
def rebuild(start: date, end: date, *, dry_run: bool = False) -> Difference:
    """Make the ledger of a period what facts and schemes say today; return the difference.

    Entries that no longer hold are taken back by a new entry that says why, missing ones are
    added. A second run writes nothing. Runs take turns (all schemes are locked first).

    Args:
        start, end: first and last date of the facts, both included.
        dry_run: only compare.

    Raises:
        ValueError: the period ends before it starts.
    """
    if end < start:
        raise ValueError("period ends before it starts")
    if not dry_run:
        Scheme.objects.lock_all()
    schemes = list(Scheme.objects.in_force_between(start, end))
    desired = _drafts(schemes, facts_between(start, end)) if schemes else {}
    standing = standing_between(start, end)
    what = plan(desired, standing, reasons_of_withdrawal(start, end))
    if not dry_run:
        _insert_back(what.back)
        _insert_new(what.new, _generations(what) if what.new else {})
    return _difference(what, standing.values())


def rebuild_scheme(scheme: Scheme) -> Difference:
    """Rebuild everything that a scheme covers now or was booked under it before."""
    booked = Entry.objects.filter(scheme_id=scheme.pk).order_by("date")
    first, last = booked.first(), booked.last()
    start = min([scheme.valid_from] + ([first.date] if first else []))
    end = max([scheme.valid_until or timezone.localdate()] + ([last.date] if last else []))
    return rebuild(start, max(start, end))
