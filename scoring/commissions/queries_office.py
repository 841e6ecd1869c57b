"""What the office's pages of commissions show: lists, what waits for an editor, records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import F, OuterRef, QuerySet, Subquery

from infoflow.units.models import Unit, User
from infoflow.worktime.rules import CHINA

from .board import Strip
from .models import AskedUnit, Booking, Commission, Extension, Unable, Urge
from .rules import OPEN_STATES, Outcome, State, outcome_of, tally
from .standing import Standing, standings

# What an editor's first page lists at most; the pages of lists have everything.
WAITING_MAX = 200


@dataclass(frozen=True)
class Row:
    """One commission of a list: how many of its units stand how."""

    commission: Commission
    counts: tuple[tuple[State, int], ...]
    overdue: int
    waiting: int

    @property
    def asked(self) -> int:
        """How many units were asked."""
        return sum(number for _state, number in self.counts)

    @property
    def open(self) -> int:
        """How many still have something to do."""
        return sum(number for state, number in self.counts if state in OPEN_STATES)


@dataclass(frozen=True)
class Line:
    """One asked unit with how it stands."""

    asked: AskedUnit
    standing: Standing
    wants: str = ""

    @property
    def open(self) -> bool:
        """Whether the unit still has to do something, and may be urged."""
        return self.standing.state in OPEN_STATES


def list_of(tab: str, words: str, person: User) -> QuerySet[Commission]:
    """Return the commissions of one list, newest first.

    Args:
        tab: "drafts", "cancelled", anything else is what was sent.
        words: narrows by title, or by the number's digits.
    """
    found = Commission.objects.visible_to(person)
    if tab == "drafts":
        found = found.filter(sent_at__isnull=True, cancelled_at__isnull=True)
    elif tab == "cancelled":
        found = found.filter(cancelled_at__isnull=False)
    else:
        found = found.filter(sent_at__isnull=False, cancelled_at__isnull=True)
    words = words.strip()
    if words.isdecimal() and len(words) < 9:
        found = found.filter(number=int(words))
    elif words:
        found = found.filter(title__icontains=words)
    return found.select_related("sent_by", "created_by").order_by(
        F("sent_at").desc(nulls_first=True), "-pk"
    )


def rows_of(commissions: Sequence[Commission], now: datetime) -> list[Row]:
    """Return list rows; the same number of queries for two and two hundred."""
    asked = list(AskedUnit.objects.filter(commission__in=[c.pk for c in commissions]))
    stands = standings(asked, now)
    asking = _asking(asked)
    by_commission: dict[int, list[AskedUnit]] = {}
    for row in asked:
        by_commission.setdefault(row.commission_id, []).append(row)
    found = []
    for commission in commissions:
        mine = [row for row in by_commission.get(commission.pk, []) if row.pk in stands]
        counts = tally(stands[row.pk].state for row in mine)
        waiting = sum(
            row.pk in asking or bool(unruled(stands[row.pk]))
            for row in mine
            if row.dropped_at is None
        )
        found.append(Row(commission, counts, dict(counts).get(State.OVERDUE, 0), waiting))
    return found


def _asking(asked: Sequence[AskedUnit]) -> dict[int, str]:
    """Return which asked units wait for an answer of the office: "extension" or "unable"."""
    ids = [row.pk for row in asked]
    found = dict.fromkeys(
        Unable.objects.filter(asked__in=ids, replied_at__isnull=True).values_list(
            "asked_id", flat=True
        ),
        "unable",
    )
    for pk in Extension.objects.filter(asked__in=ids, replied_at__isnull=True).values_list(
        "asked_id", flat=True
    ):
        found.setdefault(pk, "extension")
    return found


def unruled(standing: Standing) -> list[int]:
    """Return the answers that came and that the office has said nothing to yet."""
    return [
        pk
        for pk, piece in standing.pieces.items()
        if piece.left is not None and not piece.accepted and not piece.returned
    ]


def lines_of(commission: Commission, now: datetime) -> list[Line]:
    """Return the asked units of one commission with how they stand."""
    asked = list(
        commission.asked.select_related("unit", "person", "signed_by").order_by("position", "pk")
    )
    stands = standings(asked, now)
    asking = _asking(asked)
    return [Line(row, stands[row.pk], asking.get(row.pk, "")) for row in asked if row.pk in stands]


def _undecided(person: User) -> QuerySet[AskedUnit]:
    """Asked units whose outcome is open: neither dropped nor missed, no fact booked."""
    newest = Booking.objects.filter(asked=OuterRef("pk")).order_by("-pk").values("fact_id")[:1]
    return (
        AskedUnit.objects.visible_to(person)
        .standing()
        .filter(
            missed_at__isnull=True, nothing_at__isnull=True, commission__cancelled_at__isnull=True
        )
        .annotate(booked=Subquery(newest))
        .filter(booked__isnull=True)
    )


def overdue(person: User, now: datetime) -> list[Line]:
    """Return who should have delivered and has not, the longest over first."""
    rows = list(
        _undecided(person)
        .filter(due_at__lt=now)
        .select_related("unit", "commission", "person")
        .order_by("due_at", "pk")
    )
    stands = standings(rows, now)
    asking = _asking(rows)
    return [
        Line(row, stands[row.pk], asking.get(row.pk, ""))
        for row in rows
        if stands[row.pk].state in (State.OVERDUE, State.RETURNED)
    ]


def waiting(person: User, now: datetime) -> list[Line]:
    """Return what waits for an editor: requests without an answer, pieces without a word."""
    rows = list(
        _undecided(person)
        .select_related("unit", "commission")
        .order_by("due_at", "pk")[:WAITING_MAX]
    )
    stands = standings(rows, now)
    asking = _asking(rows)
    return [
        Line(row, stands[row.pk], asking.get(row.pk, ""))
        for row in rows
        if row.pk in asking or unruled(stands[row.pk])
    ]


def strips(person: User, now: datetime) -> list[Strip]:
    """Return what the board draws: whoever still has something to do."""
    rows = list(_undecided(person).select_related("unit", "commission").order_by("due_at", "pk"))
    stands = standings(rows, now)
    return [
        Strip(
            unit=row.unit.name,
            number=row.commission.number_text,
            title=row.commission.title,
            start=row.asked_at or row.due,
            due=row.due,
            state=stands[row.pk].state,
            link=row.pk,
            commission=row.commission_id,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class YearOfUnit:
    """How one unit did with the commissions of a year."""

    unit: Unit
    asked: int
    on_time: int
    late: int
    missed: int
    nothing: int
    open: int
    extended: int
    urged: int
    adopted: int


def asked_in(year: int, person: User) -> list[AskedUnit]:
    """Return what units were asked for in a calendar year (China), oldest first."""
    first = datetime.combine(date(year, 1, 1), time(), CHINA)
    after = datetime.combine(date(year + 1, 1, 1), time(), CHINA)
    rows = AskedUnit.objects.visible_to(person).filter(asked_at__gte=first, asked_at__lt=after)
    return list(
        rows.select_related("unit", "commission", "person", "signed_by").order_by(
            "commission_id", "position", "pk"
        )
    )


def years_of_units(year: int, person: User, now: datetime) -> list[YearOfUnit]:
    """Return the record of every unit that was asked in a year; who missed most comes first."""
    rows = [row for row in asked_in(year, person) if row.dropped_at is None]
    stands = standings(rows, now)
    ids = [row.pk for row in rows]
    urged = Counter(Urge.objects.filter(asked__in=ids).values_list("asked_id", flat=True))
    by_unit: dict[int, list[AskedUnit]] = {}
    for row in rows:
        by_unit.setdefault(row.unit_id, []).append(row)
    found = []
    for mine in by_unit.values():
        ends = Counter(
            ended[0] if (ended := outcome_of(stands[row.pk].facts)) else None for row in mine
        )
        nothing = sum(stands[row.pk].state == State.NOTHING for row in mine)
        found.append(
            YearOfUnit(
                unit=mine[0].unit,
                asked=len(mine),
                on_time=ends[Outcome.DONE],
                late=ends[Outcome.LATE],
                missed=ends[Outcome.MISSED],
                nothing=nothing,
                open=ends[None] - nothing,
                extended=sum(stands[row.pk].facts.extended for row in mine),
                urged=sum(urged[row.pk] for row in mine),
                adopted=sum(stands[row.pk].state == State.ADOPTED for row in mine),
            )
        )
    return sorted(found, key=lambda y: (-y.missed, -y.late, y.unit.order, y.unit.name))
