"""Chains: each step once, in its time, and none after somebody has acknowledged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from infoflow.notices import actions, escalation, people
from infoflow.notices.models import Escalation, Notice, Recipient
from infoflow.notices.rules import ChainStep
from infoflow.units.models import User
from infoflow.units.roles import Role
from tests.builders import Office, fresh, person

from .conftest import URGENT
from .make import notice
from .test_outside import bound, channel

pytestmark = pytest.mark.django_db


def urgent(office: Office, leader: User) -> Notice:
    """To the officer, after 5 minutes the signatory, after 10 the office, after 15 the leader."""
    return notice(
        office.officer,
        kind=URGENT,
        chain=[
            ChainStep(5, tuple(people.signatories_of(office.unit.pk))),
            ChainStep(10, tuple(people.holders_of(Role.EDITOR))),
            ChainStep(15, tuple(people.holders_of(Role.LEADER))),
        ],
    )


def told(made: Notice) -> list[tuple[int, User]]:
    return [(row.step, row.person) for row in made.recipients.order_by("step", "pk")]


def test_officer_signatory_office_leader(office: Office) -> None:
    leader = person(Role.LEADER)
    made = urgent(office, leader)
    order = [office.officer, office.signatory, office.editor, leader]
    for minutes, reached in [(0, 1), (4.9, 1), (5, 2), (5, 2), (9, 2), (10, 3), (15, 4), (90, 4)]:
        escalation.run(made.at + timedelta(minutes=minutes), False)
        assert told(made) == list(enumerate(order[:reached]))


def test_steps_bring_it_outside_as_well(office: Office) -> None:
    hook = channel("webhook", "http://127.0.0.1:9")
    bound(office.signatory, hook, "/hook/2")
    made = urgent(office, person(Role.LEADER))
    assert not made.deliveries.exists()
    escalation.run(made.at + timedelta(minutes=5), False)
    delivery = made.deliveries.get()
    assert delivery.address.person == office.signatory
    assert delivery.urgent


@pytest.mark.parametrize("who", [0, 1])
def test_one_acknowledgement_stops_all_that_follows(office: Office, who: int) -> None:
    made = urgent(office, person(Role.LEADER))
    escalation.run(made.at + timedelta(minutes=5), False)
    assert actions.acknowledge(made.pk, fresh([office.officer, office.signatory][who]))
    escalation.run(made.at + timedelta(minutes=60), False)
    assert len(told(made)) == 2
    assert Escalation.objects.filter(told_at=None, stopped_at=None).count() == 0


def test_reading_alone_stops_nothing(office: Office) -> None:
    made = urgent(office, person(Role.LEADER))
    actions.mark_read(made.pk, office.officer)
    escalation.run(made.at + timedelta(minutes=5), False)
    assert len(told(made)) == 2


def test_a_sweep_that_was_down_tells_every_step_that_has_come_once(office: Office) -> None:
    made = urgent(office, person(Role.LEADER))
    assert escalation.run(made.at + timedelta(minutes=20), True).done == 3
    assert len(told(made)) == 1, "a dry run writes nothing"
    escalation.run(made.at + timedelta(minutes=20), False)
    assert [step for step, _person in told(made)] == [0, 1, 2, 3]


def test_who_is_in_two_steps_is_told_once(office: Office) -> None:
    same = (office.signatory.pk, office.officer.pk)
    made = notice(office.officer, kind=URGENT, chain=[ChainStep(1, same), ChainStep(2, same)])
    escalation.run(made.at + timedelta(minutes=9), False)
    assert told(made) == [(0, office.officer), (1, office.signatory)]


def test_two_at_once_take_each_step_once(race_db: Callable[..., list[Any]]) -> None:
    office = Office()
    made = urgent(office, person(Role.LEADER))
    later = made.at + timedelta(minutes=30)
    outcomes = race_db(*[lambda: escalation.run(later, False)] * 3)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    assert sum(outcome.done for outcome in outcomes) == 3
    assert Recipient.objects.count() == 4


def test_a_step_and_an_acknowledgement_at_once(race_db: Callable[..., list[Any]]) -> None:
    """Whoever comes first: either the step is told or it is stopped, never both or neither."""
    office = Office()
    made = notice(office.officer, kind=URGENT, chain=[ChainStep(5, (office.signatory.pk,))])
    later = made.at + timedelta(minutes=5)
    outcomes = race_db(
        lambda: escalation.run(later, False),
        lambda: actions.acknowledge(made.pk, fresh(office.officer)),
    )
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    step = Escalation.objects.get()
    assert (step.told_at is None) != (step.stopped_at is None)
    assert Recipient.objects.count() == (2 if step.told_at else 1)
