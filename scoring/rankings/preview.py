"""What a draft scheme would give: its ranking of a past period beside the one in force."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from infoflow.units.models import Unit, UnitGroup
from scoring.adoptions.models import FactLine
from scoring.ledger.models import Entry
from scoring.ledger.queries import credited_children, facts_of, units_of
from scoring.schemes.engine import World, run
from scoring.schemes.models import Scheme
from scoring.schemes.rules import points_text
from scoring.schemes.specs import spec_of
from scoring.targets.queries import targets_of

from .rules import competition_ranks
from .tables import UNGROUPED, ungrouped_name

UNITS_AT_A_TIME = 200


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A unit under both: hundredths and ranks before and after.

    Two of the numbers that stand booked say why the sides may differ under the same scheme:
    `moved_out` was earned in the period and counts after it, because it was closed; `moved_in`
    was earned before the period and counts in it.
    """

    unit_id: int
    unit: str
    before: int
    after: int
    rank_before: int
    rank_after: int
    moved_out: int = 0
    moved_in: int = 0

    @property
    def points_before(self) -> str:
        return points_text(self.before)

    @property
    def points_after(self) -> str:
        return points_text(self.after)

    @property
    def late_words(self) -> str:
        """Say in words what was booked late; "" when nothing was."""
        told = []
        if self.moved_out:
            told.append(_("另有%(points)s分补计在以后") % {"points": points_text(self.moved_out)})
        if self.moved_in:
            told.append(_("含补计以前%(points)s分") % {"points": points_text(self.moved_in)})
        return "，".join(told)

    @property
    def change(self) -> int:
        """Places won (positive) or lost."""
        return self.rank_before - self.rank_after


@dataclass(frozen=True, slots=True)
class PreviewGroup:
    """A group of the year in which the period ends, by the draft's ranking."""

    name: str
    rows: tuple[PreviewRow, ...]

    @property
    def moved(self) -> int:
        """How many units change their place."""
        return sum(1 for row in self.rows if row.change)

    @property
    def late(self) -> bool:
        """Whether something was booked late for one of the units."""
        return any(row.moved_out or row.moved_in for row in self.rows)


def draft_of(scheme: Scheme) -> Scheme:
    """Return a scheme as its latest draft has it."""
    if scheme.latest_revision is None:
        return scheme
    latest: Scheme = scheme.latest_revision.as_object()
    return latest


def points_under(scheme: Scheme, units: Iterable[int], start: date, end: date) -> Counter[int]:
    """Return what a scheme would give units for a period (both days included). Writes nothing.

    The scheme's own first and last day do not matter: it is asked as if it had been in force
    in the whole years of the period, and every period as if it had ended.

    Raises:
        SchemeFault, ValueError: the scheme cannot be read.
    """
    spec = spec_of(scheme)
    kinds = {kind for clause in spec.blocks for kind in getattr(clause, "credits", ())}
    first, last = date(start.year, 1, 1), date(end.year, 12, 31)
    as_of = max(timezone.localdate(), end + timedelta(days=1))
    years = range(start.year, end.year + 1)
    ordered = sorted(units)
    sums: Counter[int] = Counter()
    for at in range(0, len(ordered), UNITS_AT_A_TIME):
        some = ordered[at : at + UNITS_AT_A_TIME]
        scored = [*some, *credited_children(some, kinds)] if kinds else some
        facts = facts_of(scored, first, last)
        # Of the other parties of joint facts only a clause that credits facts must know.
        named = {unit for fact in facts for unit in fact.units} - set(some) if kinds else set()
        world = World(
            start=first,
            end=last,
            as_of=as_of,
            units=units_of(some, years),
            targets=targets_of(some, years),
            others=units_of(named, years) if named else {},
        )
        for draft in run(spec, facts, world):
            if start <= draft.date <= end:
                sums[draft.unit_id] += draft.hundredths
    return sums


def preview(scheme: Scheme, start: date, end: date) -> list[PreviewGroup]:
    """Return the ranking of a period under a draft beside the one that stands, by group.

    Raises:
        SchemeFault, ValueError: the scheme cannot be read.
    """
    lines = FactLine.objects.filter(date__range=(start, end)).order_by()
    counted = set(lines.values_list("unit_id", flat=True).distinct())
    found = Unit.objects.active_between(start, end) | Unit.objects.filter(pk__in=counted)
    names = dict(found.order_by("order", "code").values_list("pk", "name"))
    sums = Entry.objects.filter(date__range=(start, end)).order_by().values_list("unit_id")
    before = dict(sums.annotate(sum=Sum("hundredths")))
    late = _late(start, end)
    after = points_under(scheme, names, start, end)
    groups = {pk: view.groups.get(end.year) for pk, view in units_of(names, [end.year]).items()}
    titles = dict(UnitGroup.objects.order_by("order", "name").values_list("pk", "name"))
    members: defaultdict[int, list[int]] = defaultdict(list)
    for pk in names:
        members[groups.get(pk) or UNGROUPED].append(pk)
    shown = [
        *(pk for pk in titles if pk in members),
        *([UNGROUPED] if UNGROUPED in members else []),
    ]
    titles[UNGROUPED] = ungrouped_name()
    return [_group(titles[pk], members[pk], names, before, after, late) for pk in shown]


def _late(start: date, end: date) -> tuple[dict[int, int], dict[int, int]]:
    """Return unit → hundredths earned in a period but counted after it, and the other way."""
    days = (start, end)
    out = Entry.objects.filter(earned__range=days).exclude(date__range=days)
    come = Entry.objects.filter(date__range=days).exclude(earned__range=days)
    moved_out, moved_in = (
        dict(rows.order_by().values_list("unit_id").annotate(sum=Sum("hundredths")))
        for rows in (out, come)
    )
    return moved_out, moved_in


def _group(
    title: str,
    members: list[int],
    names: dict[int, str],
    before: dict[int, int],
    after: Counter[int],
    late: tuple[dict[int, int], dict[int, int]],
) -> PreviewGroup:
    old = competition_ranks([before.get(pk, 0) for pk in members])
    new = competition_ranks([after[pk] for pk in members])
    rows = [
        PreviewRow(
            *(pk, names[pk], before.get(pk, 0), after[pk], was, is_),
            *(moved.get(pk, 0) for moved in late),
        )
        for pk, was, is_ in zip(members, old, new, strict=True)
    ]
    rows.sort(key=lambda row: row.rank_after)
    return PreviewGroup(title, tuple(rows))
