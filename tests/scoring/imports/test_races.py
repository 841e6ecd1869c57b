"""The same table by two people at the same moment: booked once, and nobody meets an error."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from scoring.adoptions.models import Fact
from scoring.adoptions.rules import FactRow
from scoring.adoptions.storing import ids_of, store_many
from scoring.imports import actions
from scoring.imports.looks import Choices, look
from scoring.imports.models import ImportRun, Upload
from scoring.ledger.models import Entry
from scoring.schemes.actions import create_scheme, publish_scheme
from tests.builders import Office, fresh, superior_bulletin, unit
from tests.ground import grounded

from .tables import HEAD, facts

Together = Callable[..., list[Any]]
PAPER, ROWS = "晋政信息·普刊", 30


@grounded
def counting(office: Office) -> Office:
    """The office beside two units, with a bulletin and a scheme in force."""
    superior_bulletin(PAPER)
    unit("水务局")
    unit("财政局")
    rows = [{"kind": "adoption", "target": "all", "form": "", "points": "4"}]
    publish_scheme(scheme_id=create_scheme(name="办法", valid_from=date(2026, 1, 1), rows=rows).pk)
    return office


@pytest.fixture
def racing(race_db: Together, counting: Office) -> tuple[Together, Office]:
    return race_db, counting


def table() -> bytes:
    names = ("水务局", "财政局")
    rows = [["采用", "2026-03-05", names[n % 2], f"第{n}条", PAPER] for n in range(ROWS)]
    return facts(*rows, head=HEAD)


def rows_of(data: bytes) -> list[FactRow]:
    return look(actions.take(name="表.xlsx", data=data, person=None).sheets, Choices()).rows


def test_two_who_look_before_they_hold_the_units_collide(
    racing: tuple[Together, Office],
) -> None:
    """Without the lock both find the facts missing, and one of them fails."""
    together, _office = racing
    rows = rows_of(table())
    looked = threading.Barrier(2)

    def naive() -> None:
        known = ids_of([row.key for row in rows])
        looked.wait(timeout=30)
        with transaction.atomic():
            store_many([row for row in rows if row.key not in known], None, [])

    outcomes = together(naive, naive)
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == 1, outcomes
    assert Fact.objects.count() == ROWS


def test_the_same_file_by_two_people_at_once_is_booked_once(
    racing: tuple[Together, Office],
) -> None:
    together, office = racing
    data = table()
    uploads = []
    for person in (fresh(office.scorer), fresh(office.editor)):
        taken = actions.take(name="表.xlsx", data=data, person=person)
        uploads.append((actions.keep(taken=taken, person=person), person))

    def booked(upload: Upload, person: Any) -> int:
        *_steps, last = actions.book_upload(upload_id=upload.pk, person=person)
        assert last.run is not None
        return last.run.made

    outcomes = together(*(partial(booked, *each) for each in uploads))
    assert sorted(outcomes) == [0, ROWS], outcomes
    assert Fact.objects.count() == ROWS
    assert Entry.objects.aggregate(sum=Sum("hundredths"))["sum"] == ROWS * 400
    assert sorted(ImportRun.objects.values_list("made", "known")) == [(0, ROWS), (ROWS, 0)]
    assert not Upload.objects.exists()


def test_the_same_upload_sent_twice_at_once_is_booked_once(
    racing: tuple[Together, Office],
) -> None:
    together, office = racing
    person = fresh(office.scorer)
    taken = actions.take(name="表.xlsx", data=table(), person=person)
    upload = actions.keep(taken=taken, person=person)
    outcomes = together(
        *[lambda: list(actions.book_upload(upload_id=upload.pk, person=fresh(person)))] * 2
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, actions.Refused)]
    assert len(refused) == 1, outcomes
    assert ImportRun.objects.count() == 1
    assert Fact.objects.count() == ROWS
