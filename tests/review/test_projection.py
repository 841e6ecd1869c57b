"""The queue's rows always are the open tasks."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from cms.bulletins import actions as bulletin_actions
from cms.items.actions import submit_item, withdraw_item
from cms.items.models import ItemPage
from cms.review import actions, projection
from cms.review.models import Decision, OpenTask
from cms.review.rules import Step, Verdict
from tests.builders import Office, decide, fresh, task_of

pytestmark = pytest.mark.django_db


def rows() -> list[tuple[int, str, bool]]:
    return list(OpenTask.objects.order_by("pk").values_list("page_id", "step", "returned"))


def test_a_row_follows_an_item_along_its_road(office: Office) -> None:
    item = office.submitted()
    row = OpenTask.objects.get()
    assert (row.page_id, row.step, row.task_state_id) == (item.pk, Step.SIGN, task_of(item))
    assert (row.unit_id, row.form, row.urgent) == (office.unit.pk, "news", False)
    withdraw_item(item_id=item.pk, person=office.officer, reason="数据要改")
    assert rows() == []
    submit_item(item_id=item.pk, person=office.officer)
    decide(item, office.signatory)
    assert rows() == [(item.pk, Step.SCREEN, False)]
    decide(item, office.editor, Verdict.RETURN, "请补充")
    assert rows() == []
    submit_item(item_id=item.pk, person=office.officer)
    assert rows() == [(item.pk, Step.SIGN, True)]
    decide(item, office.signatory)
    decide(item, office.editor)
    decide(item, office.reviewer)
    assert rows() == []
    assert projection.differences() == set()


def test_rows_of_issues_and_of_closed_items(office: Office) -> None:
    issue = office.issue()
    bulletin_actions.submit_issue(issue_id=issue.pk, person=office.editor)
    closed = office.signed("不采用的")
    decide(closed, office.editor, Verdict.CLOSE, "常规工作")
    assert rows() == [(issue.pk, Step.CLEAR, False)]
    actions.reopen(page_id=closed.pk, person=fresh(office.editor), reason="上级来要")
    assert rows()[1] == (closed.pk, Step.SCREEN, False)
    assert projection.differences() == set()


def test_what_differs_is_found_and_rebuilt(office: Office) -> None:
    lost, left, wrong = office.submitted("丢了的"), office.submitted("多出的"), office.signed()
    OpenTask.objects.filter(page_id=lost.pk).delete()
    OpenTask.objects.filter(page_id=wrong.pk).update(step=Step.CLEAR)
    state = left.current_workflow_state
    state.status = state.STATUS_CANCELLED
    state.save()
    assert len(projection.differences()) == 3
    with pytest.raises(SystemExit):
        call_command("open_tasks", stderr=StringIO())
    call_command("open_tasks", rebuild=True, stdout=StringIO())
    assert projection.differences() == set()
    assert {(row[0], row[1]) for row in rows()} == {(lost.pk, Step.SIGN), (wrong.pk, Step.SCREEN)}
    out = StringIO()
    call_command("open_tasks", stdout=out)
    assert "一致" in out.getvalue()


def test_rebuilding_keeps_claims_of_right_rows(office: Office) -> None:
    item, other = office.signed(), office.signed("另一篇")
    actions.claim(task_state_id=task_of(item), person=fresh(office.editor))
    OpenTask.objects.filter(page_id=other.pk).update(
        since=OpenTask.objects.get(page_id=other.pk).since - timedelta(days=1)
    )
    call_command("open_tasks", rebuild=True, stdout=StringIO())
    assert OpenTask.objects.get(page_id=item.pk).claimed_by == office.editor
    assert ItemPage.objects.get(pk=other.pk).current_workflow_task_state is not None


def test_a_decision_keeps_unit_wait_and_deadline(office: Office) -> None:
    item = office.signed()
    row = OpenTask.objects.get(page_id=item.pk)
    due = timezone.now() + timedelta(days=1)
    OpenTask.objects.filter(pk=row.pk).update(since=row.since - timedelta(minutes=95), due_at=due)
    decide(item, office.editor)
    decision = Decision.objects.filter(page_id=item.pk).latest("pk")
    assert (decision.unit_id, decision.due_at) == (office.unit.pk, due)
    assert decision.waited in (95, 96)
