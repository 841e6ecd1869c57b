"""Wagtail's workflow rows, moved along by our own rules.

Wagtail's `start`, `approve` and `update` validate and read every row again (about 25 queries
a step), skip a task that was ever approved and know no way to a chosen step. The road is
ours (`rules`, `Decision`); these functions keep Wagtail's rows in step with it, under the
locks that `actions` holds. Whoever calls them has checked everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from wagtail.log_actions import LogContext, get_active_log_context
from wagtail.models import PageLogEntry, TaskState, Workflow, WorkflowState, WorkflowTask

from .deadlines import due_for
from .finish import publish_cleared
from .rules import Step
from .tasks import GateTask
from .waiting import OpenTask

if TYPE_CHECKING:
    from wagtail.models import Task

    from infoflow.units.models import User

    from .models import Decision, GatedPage

LOG_ACTION = "infoflow.review"
LOG_TAKE_OVER = "infoflow.take_over"


@dataclass(frozen=True)
class Arrival:
    """How a text comes to a step: what the scan found in it, and whether it was sent back."""

    kinds: str = ""
    returned: bool = False


def step_of(task: Task) -> Step:
    """Return the step that a task stands for, without reading its own table."""
    return step_of_type(task.content_type_id)


def step_of_type(content_type_id: int) -> Step:
    """Return the step of a kind of task."""
    model = ContentType.objects.get_for_id(content_type_id).model_class()
    return cast("type[GateTask]", model).step


def steps_of(workflow_id: int) -> dict[Step, int]:
    """Return a workflow's steps in order, each with its task's id; one query."""
    rows = (
        WorkflowTask.objects.filter(workflow_id=workflow_id, task__active=True)
        .order_by("sort_order")
        .values_list("task__content_type_id", "task_id")
    )
    return {step_of_type(kind): task_id for kind, task_id in rows}


def start(
    *,
    page: GatedPage,
    revision_id: int,
    person: User,
    workflow: Workflow,
    step: Step,
    steps: Mapping[Step, int],
    arrival: Arrival,
) -> TaskState:
    """Begin a road at one of its steps."""
    state = WorkflowState(
        content_type=page.cached_content_type,
        base_content_type=page.get_base_content_type(),
        object_id=str(page.pk),
        workflow=workflow,
        status=WorkflowState.STATUS_IN_PROGRESS,
        requested_by=person,
    )
    state.save_base(force_insert=True)
    return _wait_at(state, step, steps[step], page, revision_id, arrival)


def _wait_at(
    state: WorkflowState,
    step: Step,
    task_id: int,
    page: GatedPage,
    revision_id: int,
    arrival: Arrival,
) -> TaskState:
    """Open a task and make it the one that the road waits at."""
    task_state = TaskState(
        workflow_state=state,
        revision_id=revision_id,
        task_id=task_id,
        status=TaskState.STATUS_IN_PROGRESS,
    )
    task_state.save(force_insert=True)
    WorkflowState.objects.filter(pk=state.pk).update(
        status=WorkflowState.STATUS_IN_PROGRESS, current_task_state=task_state
    )
    state.status = WorkflowState.STATUS_IN_PROGRESS
    state.current_task_state = task_state
    open_row(task_state=task_state, page=page, step=step, arrival=arrival).save(force_insert=True)
    return task_state


def open_row(*, task_state: TaskState, page: GatedPage, step: Step, arrival: Arrival) -> OpenTask:
    """Return the queue's row of an open task, not yet saved."""
    facts = page.queue_facts()
    due = due_for(step, task_state.started_at)
    return OpenTask(
        task_state=task_state,
        page_id=page.pk,
        step=step,
        unit_id=facts.unit_id,
        form=facts.form,
        urgent=facts.urgent,
        since=task_state.started_at,
        due_at=due.at,
        due_note=due.note,
        due_days=due.days,
        provisional=due.provisional,
        kinds=arrival.kinds,
        returned=arrival.returned,
    )


def _end_task(task_state: TaskState, status: str, person: User, comment: str) -> None:
    TaskState.objects.filter(pk=task_state.pk).update(
        status=status, finished_at=timezone.now(), finished_by=person, comment=comment
    )
    task_state.status = status
    OpenTask.objects.filter(task_state_id=task_state.pk).delete()


def _end_state(state: WorkflowState, status: str) -> None:
    WorkflowState.objects.filter(pk=state.pk).update(status=status)
    state.status = status


def pass_on(
    *,
    task_state: TaskState,
    page: GatedPage,
    person: User,
    step: Step | None,
    steps: Mapping[Step, int],
    arrival: Arrival,
    comment: str = "",
) -> bool:
    """Approve a task and wait at a later step; where there is none, publish.

    Args:
        steps: the road's steps as the caller read them, each with its task's id.

    Returns:
        True when it was the last step.

    Raises:
        NotCleared: the text has no clearance; the caller's transaction rolls back.
    """
    state = task_state.workflow_state
    _end_task(task_state, TaskState.STATUS_APPROVED, person, comment)
    if step is not None:
        _wait_at(state, step, steps[step], page, task_state.revision_id, arrival)
        return False
    _end_state(state, WorkflowState.STATUS_APPROVED)
    state.content_object = page
    publish_cleared(state, user=person)
    return True


def go_to(
    *,
    task_state: TaskState,
    page: GatedPage,
    person: User,
    step: Step,
    steps: Mapping[Step, int],
    arrival: Arrival,
    comment: str = "",
) -> TaskState:
    """End a task as rejected and wait at an earlier step of the same road."""
    state = task_state.workflow_state
    _end_task(task_state, TaskState.STATUS_REJECTED, person, comment)
    return _wait_at(state, step, steps[step], page, task_state.revision_id, arrival)


def give_back(*, task_state: TaskState, person: User, comment: str = "") -> None:
    """End a task as rejected: the text is its writer's again."""
    _end_task(task_state, TaskState.STATUS_REJECTED, person, comment)
    _end_state(task_state.workflow_state, WorkflowState.STATUS_NEEDS_CHANGES)


def end(*, state: WorkflowState, person: User, comment: str = "") -> None:
    """End a road before its end, with whatever task is open on it."""
    _end_state(state, WorkflowState.STATUS_CANCELLED)
    OpenTask.objects.filter(task_state__workflow_state=state).delete()
    TaskState.objects.filter(workflow_state=state, status=TaskState.STATUS_IN_PROGRESS).update(
        status=TaskState.STATUS_CANCELLED,
        finished_at=timezone.now(),
        finished_by=person,
        comment=comment,
    )


def log_decision(page: GatedPage, decision: Decision) -> None:
    """Write a decision into Wagtail's log of the page; never its text or reason."""
    _log(
        page,
        action=LOG_ACTION,
        data={"step": decision.step, "verdict": decision.verdict, "decision": decision.pk},
        revision_id=decision.revision_id,
        at=decision.at,
        person_id=decision.person_id,
    )


def log_take_over(page: GatedPage, row: OpenTask, person: User) -> None:
    """Write into the log that a person took a text over from another."""
    _log(
        page,
        action=LOG_TAKE_OVER,
        data={"step": row.step, "from": row.claimed_by_id},
        revision_id=None,
        at=timezone.now(),
        person_id=person.pk,
    )


def _log(
    page: GatedPage,
    *,
    action: str,
    data: dict[str, Any],
    revision_id: int | None,
    at: datetime,
    person_id: int,
) -> None:
    context: LogContext = get_active_log_context()
    PageLogEntry.objects.bulk_create(
        [
            PageLogEntry(
                page_id=page.pk,
                revision_id=revision_id,
                content_type=page.cached_content_type,
                label=page.get_admin_display_title(),
                action=action,
                data=data,
                timestamp=at,
                user_id=person_id,
                uuid=context.uuid,
            )
        ]
    )
