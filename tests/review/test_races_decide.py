"""Two people, or one person's eight clicks, at one text: one outcome, a clear page for the rest.

Pairs as in test_races: without the lock it breaks, with it it holds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cms.items.actions import Draft, save_item, submit_item, withdraw_item
from cms.items.models import ItemPage
from cms.review import actions, configure, projection
from cms.review.actions import Refused
from cms.review.models import Clearance, ClearanceSheet, Decision, OpenTask
from cms.review.rules import Step, Verdict
from cms.review.sheet_rules import Sheet, Topic
from infoflow.units.models import User
from infoflow.units.roles import Role
from tests.builders import Office, decide, fresh, person, task_of

Together = Callable[..., list[Any]]
SHEET = Sheet.nothing_involved(opinion="经审查，同意。")


@pytest.fixture
def racing(race_db: Together, office: Office) -> tuple[Together, Office]:
    return race_db, office


def deciding(task: int, who: User, verdict: str, **more: Any) -> Callable[[], Decision]:
    return lambda: actions.decide(
        task_state_id=task, person=fresh(who), verdict=verdict, reason="理由", sheet=SHEET, **more
    )


def one_won(outcomes: list[Any]) -> None:
    assert sorted(type(o).__name__ for o in outcomes) == ["Decision", "Refused"], outcomes
    assert projection.differences() == set()


@pytest.mark.parametrize("other", [Verdict.RETURN, Verdict.REFUSE, Verdict.PASS])
def test_two_reviewers_at_once(racing: tuple[Together, Office], other: str) -> None:
    together, office = racing
    item = office.screened()
    task = task_of(item)
    one_won(
        together(
            deciding(task, office.reviewer, Verdict.PASS),
            deciding(task, person(Role.REVIEWER), other),
        )
    )
    decision = Decision.objects.get(page_id=item.pk, step=Step.CLEAR)
    passed = decision.verdict == Verdict.PASS
    assert Clearance.objects.filter(page_id=item.pk).count() == passed
    assert ItemPage.objects.get(pk=item.pk).live == passed
    assert ClearanceSheet.objects.get().decision == decision


def test_returns_to_two_different_steps_at_once(racing: tuple[Together, Office]) -> None:
    together, office = racing
    item = office.screened()
    task = task_of(item)
    one_won(
        together(
            deciding(task, office.reviewer, Verdict.RETURN, to_step=Step.SIGN),
            deciding(task, person(Role.REVIEWER), Verdict.RETURN, to_step=Step.SCREEN),
        )
    )
    decision = Decision.objects.get(page_id=item.pk, step=Step.CLEAR)
    assert OpenTask.objects.get(page_id=item.pk).step == decision.to_step


def test_reopening_twice_at_once(racing: tuple[Together, Office]) -> None:
    together, office = racing
    item = office.signed()
    decide(item, office.editor, Verdict.CLOSE, "同类已采用")

    def reopening(who: User) -> Callable[[], Decision]:
        return lambda: actions.reopen(page_id=item.pk, person=fresh(who), reason="有新情况")

    one_won(together(reopening(office.editor), reopening(person(Role.EDITOR))))
    assert OpenTask.objects.filter(page_id=item.pk).count() == 1


def test_switching_the_second_level_while_a_reviewer_passes(
    racing: tuple[Together, Office],
) -> None:
    """Whichever comes first: the text is cleared, or waits where it will be."""
    together, office = racing
    item = office.screened()
    admin, second = person(Role.SYSTEM_ADMIN), person(Role.REVIEWER)
    outcomes = together(
        deciding(task_of(item), office.reviewer, Verdict.PASS),
        lambda: configure.set_second_level(on=True, person=fresh(admin)),
    )
    assert isinstance(outcomes[0], Decision)
    if not ItemPage.objects.get(pk=item.pk).live:
        assert OpenTask.objects.get(page_id=item.pk).step == Step.RECHECK
        decide(item, second)
    assert ItemPage.objects.get(pk=item.pk).is_readable()


@pytest.mark.django_db
def test_claims_without_the_lock_overwrite_one_another(office: Office) -> None:
    """Without the lock: two that have both seen it unclaimed both believe that they have it."""
    item = office.signed()
    other = person(Role.EDITOR)
    first = OpenTask.objects.get(page_id=item.pk)
    second = OpenTask.objects.get(page_id=item.pk)
    assert first.claimed_by_id is None
    assert second.claimed_by_id is None
    for row, who in ((first, office.editor), (second, other)):
        row.claimed_by = who
        row.save()
    assert OpenTask.objects.get(page_id=item.pk).claimed_by == other


def test_claims_at_once(racing: tuple[Together, Office]) -> None:
    together, office = racing
    item = office.signed()
    task = task_of(item)
    people = [office.editor, *(person(Role.EDITOR) for _n in range(5))]
    outcomes = together(
        *(lambda w=who: actions.claim(task_state_id=task, person=fresh(w)) for who in people)
    )
    won = [who for who, outcome in zip(people, outcomes, strict=True) if outcome is not None]
    assert sum(isinstance(outcome, OpenTask) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == len(people) - 1
    holder = OpenTask.objects.get(page_id=item.pk).claimed_by
    assert holder in won
    for who in people:
        if who != holder:
            with pytest.raises(Refused, match="认领"):
                decide(item, who)
    decide(item, holder)


def test_deciding_against_being_taken_over(racing: tuple[Together, Office]) -> None:
    together, office = racing
    item = office.signed()
    task, other = task_of(item), person(Role.EDITOR)
    actions.claim(task_state_id=task, person=fresh(office.editor))
    decided, taken = together(
        deciding(task, office.editor, Verdict.PASS),
        lambda: actions.take_over(task_state_id=task, person=fresh(other)),
    )
    assert isinstance(decided, Decision) != isinstance(taken, OpenTask)
    assert projection.differences() == set()


def posted(item: ItemPage, **more: str) -> dict[str, str]:
    return {
        "verdict": "pass",
        "seen_digest": item.digest(),
        "attribute": "open",
        "opinion": "同意",
        **{f"topic_{topic}": "no" for topic in Topic},
        **more,
    }


def test_eight_clicks_make_one_decision(racing: tuple[Together, Office]) -> None:
    together, office = racing
    item = office.screened()
    url, data = reverse("review_decide", args=[task_of(item)]), posted(item)
    clients = [Client() for _n in range(8)]
    for client in clients:
        client.force_login(office.reviewer)
    statuses = together(*(lambda c=client: c.post(url, data).status_code for client in clients))
    assert sorted(statuses) == [302] + [409] * 7
    assert Decision.objects.filter(page_id=item.pk, step=Step.CLEAR).count() == 1
    assert Clearance.objects.filter(page_id=item.pk).count() == 1
    assert ClearanceSheet.objects.count() == 1


@pytest.mark.django_db
def test_a_stale_form_meets_a_clear_page(office: Office, client: Client) -> None:
    """The text was returned and sent anew while the form stood on the screen."""
    item = office.signed()
    old_task, old = task_of(item), posted(item)
    decide(item, person(Role.EDITOR), Verdict.RETURN, "请补充", resume="back")
    draft = Draft(title="新题", form="news", body="<p>新文</p>", signatory=office.signatory)
    save_item(item_id=item.pk, person=fresh(office.officer), draft=draft)
    submit_item(item_id=item.pk, person=fresh(office.officer))
    # Rewritten, it is signed by its unit again before it comes back.
    decide(item, office.signatory)
    client.force_login(office.editor)
    for task in (old_task, task_of(item)):
        answer = client.post(reverse("review_decide", args=[task]), old)
        assert answer.status_code == 409
        assert "没有" in answer.content.decode()
    assert OpenTask.objects.get(page_id=item.pk).step == Step.SCREEN


@pytest.mark.django_db
def test_a_replayed_form_meets_a_clear_page(office: Office, client: Client) -> None:
    item = office.signed()
    url, data = reverse("review_decide", args=[task_of(item)]), posted(item)
    client.force_login(office.editor)
    assert client.post(url, data).status_code == 302
    replayed = client.post(url, data)
    assert replayed.status_code == 409
    assert str(office.editor) in replayed.content.decode(), "it says who has done it"
    assert Decision.objects.filter(page_id=item.pk, step=Step.SCREEN).count() == 1


@pytest.mark.django_db
def test_a_form_of_a_withdrawn_text_meets_a_clear_page(office: Office, client: Client) -> None:
    item = office.submitted()
    task = task_of(item)
    client.force_login(office.signatory)
    withdraw_item(item_id=item.pk, person=office.officer)
    answer = client.post(
        reverse("item_sign", args=[item.pk]),
        {"task": task, "digest": item.digest(), "pass": "1"},
    )
    assert answer.status_code == 409
    assert not Decision.objects.filter(page_id=item.pk, step=Step.SIGN).exists()
