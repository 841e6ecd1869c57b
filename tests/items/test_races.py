"""Two at the same moment at the desk: one outcome, and the other is told."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cms.items import actions, actions_autosave, actions_joint, joint
from cms.items.actions import Draft, Stale
from cms.items.models import AutoSave, ItemPage, JointAnswer
from cms.review import actions as review
from cms.review.actions import Refused
from cms.review.models import Decision
from infoflow.units.models import User
from infoflow.units.roles import Role
from tests import builders
from tests.builders import Office, fresh

Together = Callable[..., list[Any]]


def refused(outcomes: list[Any]) -> int:
    """How many were refused; anything else that went wrong fails the test."""
    for outcome in outcomes:
        if isinstance(outcome, Exception) and not isinstance(outcome, Refused):
            raise outcome
    return sum(isinstance(outcome, Refused) for outcome in outcomes)


def test_two_colleagues_save_the_same_item(race_db: Together, office: Office) -> None:
    item = office.draft()
    deputy = builders.person(Role.OFFICER, at=office.unit)
    seen = item.latest_revision_id

    def save(who: User, title: str) -> Callable[[], ItemPage]:
        draft = replace(Draft.of(item), title=title)
        return lambda: actions.save_item(
            item_id=item.pk, person=fresh(who), draft=draft, seen_revision=seen
        )

    outcomes = race_db(save(office.officer, "甲的"), save(deputy, "乙的"))
    assert refused(outcomes) == 1
    assert any(isinstance(outcome, Stale) for outcome in outcomes)
    assert item.revisions.count() == 2


def test_one_form_sent_eight_times_makes_one_item(race_db: Together, office: Office) -> None:
    draft, key = Draft.of(office.draft()), uuid.uuid4()
    made = race_db(
        *[
            lambda: actions.create_item(
                unit=office.unit, person=fresh(office.officer), draft=draft, form_key=key
            )
        ]
        * 8
    )
    assert refused(made) == 0
    assert len({item.pk for item in made}) == 1
    assert ItemPage.objects.count() == 2


def test_one_form_kept_at_once_is_one_row(race_db: Together, office: Office) -> None:
    key = uuid.uuid4()

    def keep(title: str) -> Callable[[], AutoSave | None]:
        return lambda: actions_autosave.keep(
            person=fresh(office.officer), form_key=key, data={"title": title}
        )

    assert refused(race_db(keep("一"), keep("二"))) == 0
    assert AutoSave.objects.count() == 1


def test_a_draft_is_sent_or_deleted_never_both(race_db: Together, office: Office) -> None:
    item = office.draft()
    outcomes = race_db(
        lambda: actions.submit_item(item_id=item.pk, person=fresh(office.officer)),
        lambda: actions.delete_draft(item_id=item.pk, person=fresh(office.officer)),
    )
    assert refused(outcomes) == 1
    assert ItemPage.objects.exists() == Decision.objects.exists()


def joint_item(office: Office) -> tuple[ItemPage, Callable[..., JointAnswer]]:
    """An item at the signature, and what lets the partner speak."""
    unit = builders.unit()
    partner = builders.person(Role.SIGNATORY, at=unit)
    item = office.draft()
    draft = replace(Draft.of(item), joint=(unit.pk,))
    actions.save_item(item_id=item.pk, person=fresh(office.officer), draft=draft)
    actions.submit_item(item_id=item.pk, person=fresh(office.officer))
    digest = joint.submitted_text(item).joint_digest()

    def speak(*, agreed: bool = True) -> JointAnswer:
        return actions_joint.answer(
            item_id=item.pk,
            unit_id=unit.pk,
            person=fresh(partner),
            agreed=agreed,
            reason="" if agreed else "改主意了",
            seen_digest=digest,
        )

    return item, speak


def test_a_partner_declines_while_the_lead_signs(race_db: Together, office: Office) -> None:
    item, speak = joint_item(office)
    speak()
    task = builders.task_of(item)
    outcomes = race_db(
        lambda: review.decide(task_state_id=task, person=fresh(office.signatory), verdict="pass"),
        lambda: speak(agreed=False),
    )
    assert refused(outcomes) == 1, outcomes


def test_the_same_word_twice_is_one_word(race_db: Together, office: Office) -> None:
    _item, speak = joint_item(office)
    assert refused(race_db(speak, speak)) == 0
    assert JointAnswer.objects.count() == 1
