"""Two at once: one wins, nothing is doubled, nothing is lost.

Each rule comes as a pair: the same race without our lock breaks, with it it holds.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from wagtail.models import GroupApprovalTask, Page, TaskState, Workflow, WorkflowTask

from cms.bulletins import actions as bulletin_actions
from cms.bulletins.models import IssueNumber, IssuePage
from cms.items import actions as item_actions
from cms.items.models import ItemPage, UnitFolder, YearFolder
from cms.review import actions as review
from cms.review.actions import Refused
from cms.review.models import Clearance, Decision
from cms.review.rules import Step, Verdict
from cms.review.sheet_rules import Sheet
from infoflow.units.models import User
from infoflow.units.roles import Role
from tests.builders import Office, decide, fresh, person, task_of

Together = Callable[..., list[Any]]


@pytest.fixture
def racing(race_db: Together, office: Office) -> tuple[Together, Office]:
    """The starter of races and one unit with its people, in a database that really commits."""
    return race_db, office


def deciding(task: int, who: User, verdict: str = Verdict.PASS) -> Callable[[], Decision]:
    sheet = Sheet.nothing_involved(opinion="经审查，同意。")
    return lambda: review.decide(
        task_state_id=task, person=fresh(who), verdict=verdict, reason="理由", sheet=sheet
    )


def stock_task(office: Office) -> TaskState:
    """A page at a stock Wagtail task, as plain Wagtail would have it."""
    page = Page(title="普通页面", slug="plain", live=False)
    Page.objects.get(depth=2).add_child(instance=page)
    page.save_revision()
    workflow = Workflow.objects.create(name="stock")
    WorkflowTask.objects.create(
        workflow=workflow, task=GroupApprovalTask.objects.create(name="stock")
    )
    state: TaskState = workflow.start(page, office.editor).current_task_state
    return state


@pytest.mark.django_db
def test_stock_task_state_lets_both_decide(office: Office) -> None:
    """Without the lock: a return and a stale approval both go through, and the return is lost."""
    task = stock_task(office)
    first, second = TaskState.objects.get(pk=task.pk), TaskState.objects.get(pk=task.pk)
    first.reject(user=office.editor)
    second.approve(user=office.reviewer)
    task.refresh_from_db()
    assert task.status == TaskState.STATUS_APPROVED
    assert task.workflow_state.status == "needs_changes"


@pytest.mark.parametrize("verdicts", [(Verdict.PASS, Verdict.PASS), (Verdict.PASS, Verdict.RETURN)])
def test_two_editors_decide_at_once(
    racing: tuple[Together, Office], verdicts: tuple[str, str]
) -> None:
    together, office = racing
    item = office.signed()
    other = person(Role.EDITOR)
    task = task_of(item)
    outcomes = together(
        deciding(task, office.editor, verdicts[0]), deciding(task, other, verdicts[1])
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Decision", "Refused"]
    decisions = Decision.objects.filter(page_id=item.pk, step=Step.SCREEN)
    assert decisions.count() == 1
    waits = ItemPage.objects.get(pk=item.pk).current_workflow_task_state
    passed = decisions.get().verdict == Verdict.PASS
    assert (waits is not None and waits.task.specific.step == Step.CLEAR) == passed


def test_two_reviewers_clear_at_once(racing: tuple[Together, Office]) -> None:
    together, office = racing
    item = office.screened()
    other = person(Role.REVIEWER)
    task = task_of(item)
    outcomes = together(deciding(task, office.reviewer), deciding(task, other))
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 1
    assert Clearance.objects.filter(page_id=item.pk).count() == 1
    assert ItemPage.objects.get(pk=item.pk).is_readable()


def test_signing_against_withdrawing(racing: tuple[Together, Office]) -> None:
    together, office = racing
    item = office.submitted()
    outcomes = together(
        deciding(task_of(item), office.signatory),
        lambda: item_actions.withdraw_item(item_id=item.pk, person=fresh(office.officer)),
    )
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 1
    verdicts = set(Decision.objects.filter(page_id=item.pk).values_list("verdict", flat=True))
    assert len(verdicts & {Verdict.PASS, Verdict.WITHDRAW}) == 1


def waiting_for_signature(office: Office, count: int) -> list[IssuePage]:
    issues = []
    for n in range(count):
        issue = office.issue(office.pooled(f"第{n}篇"))
        bulletin_actions.submit_issue(issue_id=issue.pk, person=fresh(office.editor))
        decide(issue, office.reviewer)
        issues.append(issue)
    return issues


def test_numbers_without_the_lock_collide(racing: tuple[Together, Office]) -> None:
    """Without the lock: two that read the same last number cannot both be issued."""
    together, office = racing
    issues = waiting_for_signature(office, 2)
    bulletin = issues[0].bulletin

    def numbered(issue: IssuePage, number: int) -> IssueNumber:
        made: IssueNumber = IssueNumber.objects.create(
            issue_id=issue.pk,
            bulletin=bulletin,
            year=2026,
            number=number,
            total=number,
            signed_on=timezone.localdate(),
            signer=office.issuer,
        )
        return made

    # Both have read before either writes: the moment that the lock rules out.
    last = [IssueNumber.objects.aggregate(last=Max("number"))["last"] or 0 for _issue in issues]
    calls = [
        lambda i=issue, n=read: numbered(i, n + 1) for issue, read in zip(issues, last, strict=True)
    ]
    outcomes = together(*calls)
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == 1


def test_issues_signed_at_once_get_following_numbers(racing: tuple[Together, Office]) -> None:
    together, office = racing
    issues = waiting_for_signature(office, 4)
    outcomes = together(*(deciding(task_of(issue), office.issuer) for issue in issues))
    assert all(isinstance(outcome, Decision) for outcome in outcomes)
    assert sorted(IssueNumber.objects.values_list("number", "total")) == [
        (1, 1),
        (2, 2),
        (3, 3),
        (4, 4),
    ]
    assert IssuePage.objects.filter(live=True).count() == 4


def test_one_issue_signed_twice_at_once(racing: tuple[Together, Office]) -> None:
    together, office = racing
    (issue,) = waiting_for_signature(office, 1)
    task = task_of(issue)
    outcomes = together(deciding(task, office.issuer), deciding(task, person(Role.ISSUER)))
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 1
    assert IssueNumber.objects.filter(issue_id=issue.pk).count() == 1


class PowerCut(Exception):
    """The power fails before the commit."""


@transaction.atomic
def signed_then_cut(issue: IssuePage, office: Office) -> None:
    decide(issue, office.issuer)
    raise PowerCut


def test_a_refused_signature_gives_its_number_back(office: Office) -> None:
    (issue,) = waiting_for_signature(office, 1)
    with pytest.raises(PowerCut):
        signed_then_cut(issue, office)
    assert not IssueNumber.objects.filter(issue_id=issue.pk).exists()
    decide(issue, office.issuer)
    assert IssueNumber.objects.get(issue_id=issue.pk).number == 1


def new_draft(office: Office, n: int = 0) -> item_actions.Draft:
    return item_actions.Draft(
        title=f"同时提交的稿件{n}", form="news", body="<p>正文</p>", signatory=office.signatory
    )


def sending(office: Office, key: uuid.UUID | None) -> Callable[[], Decision]:
    def send() -> Decision:
        who = fresh(office.officer)
        item = item_actions.create_item(
            unit=office.unit, person=who, draft=new_draft(office), form_key=key
        )
        return item_actions.submit_item(item_id=item.pk, person=who)

    return send


def test_eight_submissions_without_the_key_make_eight(racing: tuple[Together, Office]) -> None:
    together, office = racing
    office.draft()
    outcomes = together(*(sending(office, None) for _n in range(8)))
    assert all(isinstance(outcome, Decision) for outcome in outcomes)
    assert ItemPage.objects.filter(title="同时提交的稿件0").count() == 8


def test_eight_identical_submissions_make_one(racing: tuple[Together, Office]) -> None:
    together, office = racing
    key = uuid.uuid4()
    outcomes = together(*(sending(office, key) for _n in range(8)))
    assert sum(isinstance(outcome, Decision) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 7
    item = ItemPage.objects.get(title="同时提交的稿件0")
    assert Decision.objects.filter(page_id=item.pk, verdict=Verdict.SUBMIT).count() == 1
    assert item.workflow_in_progress


def test_year_folder_without_the_lock_collides(racing: tuple[Together, Office]) -> None:
    """Without the lock: two that both saw no folder for the year cannot both make it."""
    together, office = racing
    parent = UnitFolder.objects.get(unit=office.unit)

    def make(slug: str) -> Page:
        folder = YearFolder(title="2031年", slug=slug, unit=office.unit, year=2031)
        made: Page = UnitFolder.objects.get(pk=parent.pk).add_child(instance=folder)
        return made

    outcomes = together(lambda: make("a2031"), lambda: make("b2031"))
    lost = (IntegrityError, ValidationError)
    assert sum(isinstance(outcome, lost) for outcome in outcomes) == 1


def test_sixteen_writers(racing: tuple[Together, Office]) -> None:
    """Sixteen people of four units write two items each, the year's folder not yet there."""
    together, first = racing
    offices = [first, *(Office() for _n in range(3))]
    each = 2

    def write(office: Office) -> list[int]:
        who = fresh(office.officer)
        return [
            item_actions.create_item(unit=office.unit, person=who, draft=new_draft(office, n)).pk
            for n in range(each)
        ]

    outcomes = together(*(lambda o=office: write(o) for office in offices for _n in range(4)))
    failed = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert failed == []
    assert len({pk for outcome in outcomes for pk in outcome}) == 16 * each
    assert ItemPage.objects.count() == 16 * each
    assert YearFolder.objects.count() == 4
    assert not any(Page.find_problems())
    for item in ItemPage.objects.all():
        assert item.revisions.count() == 1
