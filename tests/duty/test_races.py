"""Two at once in the duty room. Each rule as a pair: without our look under the lock it breaks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from cms.review.actions import Refused
from infoflow.worktime.rules import CHINA
from scoring.duty.actions import Faulty, Saved, save_roster
from scoring.duty.actions_log import Call, correct_entry
from scoring.duty.actions_notes import leave_note, take_note
from scoring.duty.models import HandoverTaken, LogEntry, RosterChange, Shift
from scoring.duty.rules import Line, Span, Watch
from tests.builders import fresh
from tests.ground import grounded

from .builders import Room, new_key

Together = Callable[..., list[Any]]
START = datetime(2030, 7, 3, 8, 30, tzinfo=CHINA)
DAY = timedelta(days=1)


@grounded
def room() -> Room:
    """The people of a duty room."""
    return Room()


@pytest.fixture
def racing(race_db: Together, room: Room) -> tuple[Together, Room]:
    return race_db, room


def span(hours: int) -> Span:
    return Span(START + timedelta(hours=hours), START + timedelta(hours=hours) + DAY)


def test_looking_without_a_lock_lets_two_rosters_stand(racing: tuple[Together, Room]) -> None:
    together, _room = racing
    both_looked = threading.Barrier(2)

    def naive(wanted: Span) -> None:
        free = not Shift.objects.between(wanted.start, wanted.end).exists()
        both_looked.wait(timeout=30)
        if free:
            Shift.objects.create(start=wanted.start, end=wanted.end)

    together(lambda: naive(span(0)), lambda: naive(span(4)))
    assert Shift.objects.count() == 2


@pytest.mark.parametrize("hours", [0, 4])
def test_of_two_rosters_at_once_one_is_refused_and_both_are_named(
    racing: tuple[Together, Room], hours: int
) -> None:
    together, room = racing

    def save(wanted: Span, person: Any) -> Saved:
        line = Line(wanted, Watch(None, (person.pk,)), "", 1)
        return save_roster(lines=[line], person=fresh(person))

    outcomes = together(lambda: save(span(0), room.first), lambda: save(span(hours), room.second))
    assert {type(outcome) for outcome in outcomes} == {Saved, Faulty}
    [refused] = [o for o in outcomes if isinstance(o, Faulty)]
    assert "冯磊" in refused.faults[0][1]
    assert "丁宁" in refused.faults[0][1]
    assert Shift.objects.count() == RosterChange.objects.count() == 1


def test_calls_at_once_are_all_kept_and_one_form_is_one_entry(
    racing: tuple[Together, Room],
) -> None:
    together, room = racing
    outcomes = together(*[lambda n=n: room.entry(f"第{n}件") for n in range(4)])
    assert all(isinstance(outcome, LogEntry) for outcome in outcomes), outcomes
    key = new_key()
    outcomes = together(
        *[lambda: room.entry("同一件", key=key, instruction="快办", instructed_by="何山")] * 3
    )
    assert len({outcome.pk for outcome in outcomes}) == 1
    assert LogEntry.objects.count() == 5


def test_correcting_twice_at_once(racing: tuple[Together, Room]) -> None:
    together, room = racing
    old = room.entry()

    def correct(person: Any) -> LogEntry:
        return correct_entry(
            entry_id=old.pk,
            call=Call("南关镇", "李文", f"{person}听到的", old.called_at),
            why="听错",
            key=new_key(),
            person=fresh(person),
        )

    outcomes = together(lambda: correct(room.first), lambda: correct(room.second))
    assert {type(outcome) for outcome in outcomes} == {LogEntry, Refused}
    assert LogEntry.objects.filter(corrects=old).count() == 1


def test_taking_over_without_a_lock_breaks_at_the_unique_key(
    racing: tuple[Together, Room],
) -> None:
    together, room = racing
    note = leave_note(text="正常", key=new_key(), person=fresh(room.first))
    both_looked = threading.Barrier(2)

    def naive(person: Any) -> None:
        free = not HandoverTaken.objects.filter(note=note).exists()
        both_looked.wait(timeout=30)
        if free:
            HandoverTaken.objects.create(note=note, by=person)

    outcomes = together(lambda: naive(room.second), lambda: naive(room.editor))
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == 1


def test_a_note_is_taken_over_by_one(racing: tuple[Together, Room]) -> None:
    together, room = racing
    note = leave_note(text="正常", key=new_key(), person=fresh(room.first))
    outcomes = together(
        lambda: take_note(note_id=note.pk, person=fresh(room.second)),
        lambda: take_note(note_id=note.pk, person=fresh(room.editor)),
    )
    assert {type(outcome) for outcome in outcomes} == {HandoverTaken, Refused}
    [refused] = [o for o in outcomes if isinstance(o, Refused)]
    assert "刚才已由" in refused.message
    assert HandoverTaken.objects.count() == 1
