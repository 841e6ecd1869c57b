"""Two at once on one urgent event: one form is one report, numbers never meet, once is once."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cms.review.actions import Refused
from infoflow.notices.models import Notice
from infoflow.units.models import User
from scoring.urgent import actions_office, following
from scoring.urgent.models import Report, Take, UrgentEvent, UrgentNumber
from scoring.urgent.rules import Kind
from tests.builders import Office, fresh
from tests.ground import grounded
from tests.scoring.urgent import make

Together = Callable[..., list[Any]]


@grounded
def duty(office: Office) -> User:
    """A duty officer, with rules in force."""
    make.rules()
    return make.duty_officer()


@pytest.fixture
def racing(race_db: Together, office: Office, duty: User) -> tuple[Together, Office, User]:
    """The starter of races, a unit with its people, and a duty officer."""
    return race_db, office, duty


def errors(outcomes: list[Any]) -> list[Exception]:
    return [outcome for outcome in outcomes if isinstance(outcome, Exception)]


def test_numbers_without_the_lock_meet(racing: tuple[Together, Office, User]) -> None:
    together, office, _duty = racing
    both_looked = threading.Barrier(2)

    def naive() -> None:
        n = UrgentEvent.objects.count() + 1
        both_looked.wait(timeout=30)
        UrgentEvent.objects.create(
            year=2026, number=n, unit=office.unit, origin="unit", what="甲", place="乙",
            happened_at=timezone.now(), opened_by=office.officer,
        )  # fmt: skip

    assert len(errors(together(naive, naive))) == 1


def test_one_form_by_twenty_posts_is_one_report(racing: tuple[Together, Office, User]) -> None:
    together, office, _duty = racing
    key = uuid.uuid4()
    outcomes = together(*[lambda: make.first(office, key=key)] * 20)
    assert not errors(outcomes), outcomes
    assert len({report.pk for report in outcomes}) == 1
    assert (UrgentEvent.objects.count(), Report.objects.count()) == (1, 1)
    assert UrgentNumber.objects.get().last == 1
    assert Notice.objects.filter(key=following.report_key(outcomes[0])).count() == 1


def test_different_forms_at_once_get_different_numbers(
    racing: tuple[Together, Office, User],
) -> None:
    together, office, _duty = racing
    outcomes = together(*[lambda: make.first(office)] * 5)
    assert not errors(outcomes), outcomes
    assert sorted(report.event.number for report in outcomes) == [1, 2, 3, 4, 5]


def test_a_follow_up_without_the_lock_is_lost(racing: tuple[Together, Office, User]) -> None:
    together, office, _duty = racing
    event = make.first(office).event
    both_looked = threading.Barrier(2)

    def naive() -> None:
        n = Report.objects.filter(event=event, kind=Kind.FOLLOW).count() + 1
        both_looked.wait(timeout=30)
        Report.objects.create(event=event, kind=Kind.FOLLOW, n=n, author=office.officer)

    [error] = errors(together(naive, naive))
    assert isinstance(error, IntegrityError)


def test_follow_ups_at_once_get_distinct_numbers(racing: tuple[Together, Office, User]) -> None:
    together, office, _duty = racing
    event = make.first(office).event
    people = (office.officer, office.signatory)
    outcomes = together(*[lambda who=who: make.follow(office, event, person=who) for who in people])
    assert not errors(outcomes), outcomes
    assert sorted(report.label for report in outcomes) == ["续报一", "续报二"]


def test_the_final_report_comes_once(racing: tuple[Together, Office, User]) -> None:
    together, office, _duty = racing
    event = make.first(office).event
    people = (office.officer, office.signatory)
    outcomes = together(*[lambda who=who: make.final(office, event, person=who) for who in people])
    assert {type(outcome) for outcome in outcomes} == {Report, Refused}
    assert Report.objects.filter(kind=Kind.FINAL).count() == 1


def test_a_report_is_taken_once(racing: tuple[Together, Office, User]) -> None:
    together, office, duty = racing
    report = make.first(office)
    outcomes = together(
        *[
            lambda who=who: actions_office.take(report_id=report.pk, person=fresh(who))
            for who in (duty, office.editor)
        ]
    )
    assert {type(outcome) for outcome in outcomes} == {Take, Refused}


def test_reporting_ending_and_the_sweep_at_once_never_wait_in_a_circle(
    racing: tuple[Together, Office, User],
) -> None:
    from infoflow.notices.sweep import sweep

    together, office, duty = racing
    events = [make.first(office).event for _n in range(2)]

    def end() -> None:
        with transaction.atomic():
            actions_office.end(event_id=events[0].pk, why="误报", person=fresh(duty))

    outcomes = together(
        end,
        lambda: make.follow(office, events[1]),
        lambda: sweep(timezone.now()),
        lambda: make.first(office),
    )
    assert not errors(outcomes), outcomes
