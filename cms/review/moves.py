"""Wagtail's workflow rows, moved along by our own rules.

Wagtail's `start`, `approve` and `update` validate and read every row again (about 25 queries
a step), skip a task that was ever approved and know no way to a chosen step. The road is
ours (`rules`, `Decision`); these functions keep Wagtail's rows in step with it, under the
locks that `actions` holds. Whoever calls them has checked everything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from wagtail.log_actions import LogContext, get_active_log_context
from wagtail.models import PageLogEntry, TaskState, Workflow, WorkflowState, WorkflowTask

from .finish import publish_cleared
from .rules import Step
from .tasks import GateTask

if TYPE_CHECKING:
    from wagtail.models import Task

    from infoflow.units.models import User

    from .models import Decision, GatedPage

LOG_ACTION = "infoflow.review"


def step_of(task: Task) -> Step:
    """Return the step that a task stands for, without reading its own table."""
    return _step_of_type(task.content_type_id)


def _step_of_type(content_type_id: int) -> Step:
    model = ContentType.objects.get_for_id(content_type_id).model_class()
    return cast("type[GateTask]", model).step


def steps_of(workflow_id: int) -> dict[Step, int]:
    """Return a workflow's steps in order, each with its task's id; one query."""
    rows = (
        WorkflowTask.objects.filter(workflow_id=workflow_id, task__active=True)
        .order_by("sort_order")
        .values_list("task__content_type_id", "task_id")
    )
    return {_step_of_type(kind): task_id for kind, task_id in rows}


def start(
    *, page: GatedPage, revision_id: int, person: User, workflow: Workflow, at: Step | None = None
) -> TaskState:
    """Begin a road at its first step, or at another."""
    steps = steps_of(workflow.pk)
    state = WorkflowState(
        content_type=page.cached_content_type,
        base_content_type=page.get_base_content_type(),
        object_id=str(page.pk),
        workflow=workflow,
        status=WorkflowState.STATUS_IN_PROGRESS,
        requested_by=person,
    )
    state.save_base(force_insert=True)
    return _wait_at(state, steps[at] if at else next(iter(steps.values())), revision_id)


def _wait_at(state: WorkflowState, task_id: int, revision_id: int) -> TaskState:
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
    return task_state


def _end_task(task_state: TaskState, status: str, person: User, comment: str) -> None:
    TaskState.objects.filter(pk=task_state.pk).update(
        status=status, finished_at=timezone.now(), finished_by=person, comment=comment
    )
    task_state.status = status


def _end_state(state: WorkflowState, status: str) -> None:
    WorkflowState.objects.filter(pk=state.pk).update(status=status)
    state.status = status


def pass_on(*, task_state: TaskState, page: GatedPage, person: User, comment: str = "") -> bool:
    """Approve a task and wait at the next step; after the last one publish.

    Returns:
        True when it was the last step.

    Raises:
        NotCleared: the text has no clearance; the caller's transaction rolls back.
    """
    state = task_state.workflow_state
    _end_task(task_state, TaskState.STATUS_APPROVED, person, comment)
    task_ids = list(steps_of(state.workflow_id).values())
    following = task_ids[task_ids.index(task_state.task_id) + 1 :]
    if following:
        _wait_at(state, following[0], task_state.revision_id)
        return False
    _end_state(state, WorkflowState.STATUS_APPROVED)
    state.content_object = page
    publish_cleared(state, user=person)
    return True


def go_to(*, task_state: TaskState, step: Step, person: User, comment: str = "") -> TaskState:
    """End a task as rejected and wait at another step of the same road."""
    state = task_state.workflow_state
    _end_task(task_state, TaskState.STATUS_REJECTED, person, comment)
    return _wait_at(state, steps_of(state.workflow_id)[step], task_state.revision_id)


def give_back(*, task_state: TaskState, person: User, comment: str = "") -> None:
    """End a task as rejected: the text is its writer's again."""
    _end_task(task_state, TaskState.STATUS_REJECTED, person, comment)
    _end_state(task_state.workflow_state, WorkflowState.STATUS_NEEDS_CHANGES)


def end(*, state: WorkflowState, person: User, comment: str = "") -> None:
    """End a road before its end, with whatever task is open on it."""
    _end_state(state, WorkflowState.STATUS_CANCELLED)
    TaskState.objects.filter(workflow_state=state, status=TaskState.STATUS_IN_PROGRESS).update(
        status=TaskState.STATUS_CANCELLED,
        finished_at=timezone.now(),
        finished_by=person,
        comment=comment,
    )


def log_decision(page: GatedPage, decision: Decision) -> None:
    """Write a decision into Wagtail's log of the page; never its text or reason."""
    context: LogContext = get_active_log_context()
    PageLogEntry.objects.bulk_create(
        [
            PageLogEntry(
                page_id=page.pk,
                revision_id=decision.revision_id,
                content_type=page.cached_content_type,
                label=page.get_admin_display_title(),
                action=LOG_ACTION,
                data={
                    "step": decision.step,
                    "verdict": decision.verdict,
                    "decision": decision.pk,
                },
                timestamp=decision.at,
                user_id=decision.person_id,
                uuid=context.uuid,
            )
        ]
    )
