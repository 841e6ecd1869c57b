"""Two at once in the count: one wins, nothing is doubled, nothing is lost.

Each rule comes as a pair: the same race without our lock or look breaks, with it it holds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Sum

from cms.review.actions import Refused
from scoring.adoptions.actions import record_facts, withdraw_fact
from scoring.adoptions.models import Fact, FactLine
from scoring.adoptions.rules import FactKind, FactRow, Source, reversal_key
from scoring.ledger.actions import rebuild
from scoring.ledger.models import Entry
from scoring.ledger.queries import facts_of
from scoring.schemes.actions import create_scheme, publish_scheme
from scoring.schemes.engine import run
from scoring.schemes.models import Scheme
from scoring.schemes.specs import spec_of
from tests.builders import Office, fresh, superior_bulletin

Together = Callable[..., list[Any]]
DAY = date(2026, 3, 5)
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def racing(race_db: Together, office: Office) -> tuple[Together, Office]:
    """The starter of races and one unit with its people, in a database that really commits."""
    return race_db, office


def row(office: Office, key: str, *, with_bulletin: bool = False) -> FactRow:
    return FactRow(
        kind=FactKind.ADOPTION if with_bulletin else FactKind.SUBMISSION,
        date=DAY,
        title="某信息",
        units=(office.unit.pk,),
        key=key,
        source=Source.TABLE,
        bulletin=superior_bulletin().pk if with_bulletin else None,
    )


def scheme_draft(name: str) -> Scheme:
    target = f"bulletin:{superior_bulletin().pk}"
    return create_scheme(
        name=name,
        valid_from=YEAR[0],
        valid_until=YEAR[1],
        rows=[{"kind": "adoption", "target": target, "points": "4"}],
    )


def total(model: Any, field: str) -> int:
    return model.objects.aggregate(sum=Sum(field))["sum"] or 0


# --- the same cause booked twice ----------------------------------------------------------


def test_look_then_write_fails_when_two_look_first(racing: tuple[Together, Office]) -> None:
    """Without our second look one of the two callers gets an error for an ordinary event."""
    together, office = racing
    both_looked = threading.Barrier(2)
    office_row = row(office, "same")

    def naive() -> None:
        known = Fact.objects.filter(key="same").exists()
        both_looked.wait(timeout=30)
        if not known:
            Fact.objects.create(
                kind=office_row.kind,
                date=DAY,
                title="某信息",
                source=Source.TABLE,
                key="same",
            )

    outcomes = together(naive, naive)
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == 1


def test_same_cause_at_once_is_one_fact(racing: tuple[Together, Office]) -> None:
    together, office = racing
    rows = [row(office, "same"), *(row(office, f"own{n}") for n in range(3))]
    outcomes = together(*[lambda: record_facts(rows)] * 4)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    assert sorted(len(outcome) for outcome in outcomes) == [0, 0, 0, 4]
    assert Fact.objects.count() == 4
    assert total(FactLine, "quantity") == 4


def test_overlapping_batches_at_once_lose_and_double_nothing(
    racing: tuple[Together, Office],
) -> None:
    together, office = racing
    batches = [[row(office, f"k{n}") for n in range(start, start + 20)] for start in (0, 10, 5)]
    outcomes = together(*[lambda batch=batch: record_facts(batch) for batch in batches])
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    assert sum(len(outcome) for outcome in outcomes) == 30
    assert Fact.objects.count() == FactLine.objects.count() == 30


# --- withdrawn twice ----------------------------------------------------------------------


def test_withdrawing_without_lock_fails_with_an_error(racing: tuple[Together, Office]) -> None:
    together, office = racing
    (made,) = record_facts([row(office, "one")])
    both_looked = threading.Barrier(2)

    def naive(key: str) -> None:
        gone = Fact.objects.filter(reverses=made).exists()
        both_looked.wait(timeout=30)
        if not gone:
            Fact.objects.create(
                kind=made.kind,
                date=DAY,
                title=made.title,
                source=Source.FORM,
                key=key,
                reverses=made,
            )

    outcomes = together(lambda: naive(reversal_key(made.pk)), lambda: naive("another key"))
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == 1


def test_two_withdraw_at_once(racing: tuple[Together, Office]) -> None:
    together, office = racing
    publish_scheme(scheme_id=scheme_draft("办法").pk)
    (made,) = record_facts([row(office, "one", with_bulletin=True)])
    outcomes = together(
        *[
            lambda who=who: withdraw_fact(fact_id=made.pk, person=fresh(who), reason="重复登记")
            for who in (office.scorer, office.editor)
        ]
    )
    assert {type(outcome) for outcome in outcomes} == {Fact, Refused}
    assert total(FactLine, "quantity") == 0
    assert total(Entry, "hundredths") == 0


# --- rebuilt twice ------------------------------------------------------------------------


def unbooked(office: Office) -> Scheme:
    """A scheme in force whose facts were never booked."""
    scheme = scheme_draft("办法")
    record_facts(row(office, f"k{n}", with_bulletin=True) for n in range(30))
    Scheme.objects.filter(pk=scheme.pk).update(live=True)
    return scheme


def test_comparing_without_lock_doubles_or_fails(racing: tuple[Together, Office]) -> None:
    """Both see that entries are missing and both write: only the unique key is left to refuse."""
    together, office = racing
    scheme = unbooked(office)
    both_compared = threading.Barrier(2)

    def naive() -> None:
        missing = (
            []
            if Entry.objects.exists()
            else run(spec_of(scheme), facts_of([office.unit.pk], *YEAR))
        )
        both_compared.wait(timeout=30)
        Entry.objects.bulk_create(
            Entry(
                unit_id=draft.unit_id,
                date=draft.date,
                earned=draft.date,
                about=draft.about,
                hundredths=draft.hundredths,
                fact_id=draft.fact_id,
                scheme=scheme,
                block_id=draft.block_id,
                block_type=draft.block_type,
                sentence=draft.sentence,
                key=f"{draft.fact_id}:1",
            )
            for draft in missing
        )

    outcomes = together(naive, naive)
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == 1


def test_rebuilds_at_once_take_turns(racing: tuple[Together, Office]) -> None:
    together, office = racing
    unbooked(office)
    outcomes = together(*[lambda: rebuild(*YEAR)] * 3)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    assert sorted(outcome.added for outcome in outcomes) == [0, 0, 30]
    assert total(Entry, "hundredths") == 30 * 400


def test_rebuilding_while_facts_arrive_loses_nothing(racing: tuple[Together, Office]) -> None:
    together, office = racing
    unbooked(office)
    outcomes = together(
        lambda: rebuild(*YEAR),
        *[lambda n=n: record_facts([row(office, f"new{n}", with_bulletin=True)]) for n in range(4)],
    )
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    assert total(Entry, "hundredths") == 34 * 400
    assert rebuild(*YEAR).empty


# --- published twice ----------------------------------------------------------------------


def test_publishing_without_lock_lets_both_overlap(racing: tuple[Together, Office]) -> None:
    together, _office = racing
    drafts = [scheme_draft("甲办法"), scheme_draft("乙办法")]
    both_looked = threading.Barrier(2)

    def naive(scheme: Scheme) -> None:
        faults = scheme.faults_of_publication()
        both_looked.wait(timeout=30)
        if not faults:
            Scheme.objects.filter(pk=scheme.pk).update(live=True)

    together(*[lambda scheme=scheme: naive(scheme) for scheme in drafts])
    assert Scheme.objects.in_force_on(DAY).count() == 2


def test_two_overlapping_schemes_published_at_once(racing: tuple[Together, Office]) -> None:
    together, _office = racing
    drafts = [scheme_draft("甲办法"), scheme_draft("乙办法")]
    outcomes = together(
        *[lambda scheme=scheme: publish_scheme(scheme_id=scheme.pk) for scheme in drafts]
    )
    assert sum(isinstance(outcome, ValidationError) for outcome in outcomes) == 1
    assert Scheme.objects.in_force_on(DAY).count() == 1
