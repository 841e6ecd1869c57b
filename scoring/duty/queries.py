"""Who is on duty, what is open, what the log says."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils import timezone

from infoflow.units.roles import Role

from .models import HandoverNote, LogEntry, Matter, Seen, Shift
from .permissions import holders

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from infoflow.units.models import User

LAST_ENTRIES = 10
# Who leaves a note somewhat after the shift has ended still leaves it for that shift.
LATE_NOTE = timedelta(hours=12)


def shifts() -> QuerySet[Shift]:
    """Return standing shifts with their people."""
    found = Shift.objects.standing().select_related("leader")
    return found.prefetch_related("posts__person")


def shift_at(now: datetime) -> Shift | None:
    """Return the shift that is on duty at a moment, or None."""
    return shifts().filter(start__lte=now, end__gt=now).first()


def next_shift(now: datetime) -> Shift | None:
    """Return the next shift that begins after a moment, or None."""
    return shifts().filter(start__gt=now).order_by("start").first()


def on_duty(now: datetime) -> list[int]:
    """Return the ids of those who are to be told at a moment: the people of the shift.

    Without a shift, or when none of its accounts is active, everybody with the role 值班员.
    """
    shift = Shift.objects.at(now).first()
    if shift is not None:
        posts = shift.posts.filter(person__is_active=True).order_by("position")
        if found := list(posts.values_list("person_id", flat=True)):
            return found
    return list(holders([Role.DUTY]).values_list("pk", flat=True))


def leader_on_duty(now: datetime) -> list[int]:
    """Return the id of the leader of the shift at a moment; empty without one."""
    shift = Shift.objects.at(now).select_related("leader").first()
    if shift is None or shift.leader is None or not shift.leader.is_active:
        return []
    return [shift.leader.pk]


def shift_of(person: User, now: datetime) -> Shift | None:
    """Return the shift that a person is handing over: the present one, or the last that ended."""
    found = shifts().filter(posts__person=person, start__lte=now, end__gt=now - LATE_NOTE)
    return found.order_by("-start").first()


def unmanned(now: datetime) -> list[tuple[Shift, list[User]]]:
    """Return coming shifts with people whose account is closed, with those people."""
    gone = Q(leader__is_active=False) | Q(posts__person__is_active=False)
    found = shifts().filter(gone, end__gt=now).distinct().order_by("start")
    return [
        (shift, [p for p in (shift.leader, *shift.people) if p is not None and not p.is_active])
        for shift in found
    ]


def future_shifts_of(person: User, now: datetime) -> list[int]:
    """Return the shifts in which a person is or will be on duty."""
    mine = Q(leader=person) | Q(posts__person=person)
    found = Shift.objects.standing().filter(mine, end__gt=now)
    return list(found.order_by("start").values_list("pk", flat=True).distinct())


def entries_for(user: User | AnonymousUser) -> QuerySet[LogEntry]:
    """Return the log's entries that a person may read, newest call first."""
    found: QuerySet[LogEntry] = LogEntry.objects.visible_to(user)
    return found.select_related("by", "unit", "corrects", "corrected_by").prefetch_related(
        "instructions__answer__by", "instructions__by"
    )


def day_bounds(start: date, end: date) -> tuple[datetime, datetime]:
    """Return the moments that bound days (both included), the last one left out."""
    zone = timezone.get_default_timezone()
    first = datetime.combine(start, datetime.min.time(), zone)
    return first, datetime.combine(end + timedelta(days=1), datetime.min.time(), zone)


def found_entries(
    user: User | AnonymousUser,
    *,
    start: date | None = None,
    end: date | None = None,
    unit: str = "",
    words: str = "",
) -> QuerySet[LogEntry]:
    """Search the log by days (both included), unit and words; every word must occur."""
    found = entries_for(user)
    if start is not None:
        found = found.filter(called_at__gte=day_bounds(start, start)[0])
    if end is not None:
        found = found.filter(called_at__lt=day_bounds(end, end)[1])
    if unit.strip():
        found = found.filter(unit_name__contains=unit.strip())
    for word in words.split():
        anywhere = Q()
        for name in ("content", "reported", "caller", "about_label", "instructions__text"):
            anywhere |= Q(**{f"{name}__contains": word})
        found = found.filter(anywhere)
    return found.distinct()


def open_matters(user: User | AnonymousUser) -> QuerySet[Matter]:
    """Return matters that nobody has closed, oldest first."""
    found: QuerySet[Matter] = Matter.objects.visible_to(user).filter(closed=None)
    return found.select_related("note__by")


def waiting_notes(user: User | AnonymousUser) -> QuerySet[HandoverNote]:
    """Return notes that nobody has taken over, oldest first."""
    found: QuerySet[HandoverNote] = HandoverNote.objects.visible_to(user).filter(taken=None)
    return found.select_related("by", "shift").prefetch_related("matters").order_by("at", "pk")


def seen_up_to(person: User) -> int:
    """Return the last entry that a person has taken note of; 0 when none."""
    found = Seen.objects.filter(person=person).values_list("entry_id", flat=True).first()
    return found or 0
