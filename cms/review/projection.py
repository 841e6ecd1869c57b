"""The queue's rows against what they are derived from: compare, rebuild."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from wagtail.models import TaskState, WorkflowState

from . import moves, rules
from .locks import lock, page_of
from .models import Decision, OpenTask
from .moves import Arrival

# What must agree. Deadline, findings and claims belong to the moment and are kept as they are.
_DERIVED = ("page_id", "step", "unit_id", "form", "since", "urgent", "returned")


def _open_states() -> dict[int, TaskState]:
    """Return every task that is really open, by id."""
    states = TaskState.objects.filter(
        status=TaskState.STATUS_IN_PROGRESS,
        workflow_state__status=WorkflowState.STATUS_IN_PROGRESS,
    ).select_related("task", "workflow_state", "revision")
    return {
        state.pk: state
        for state in states
        if state.workflow_state.current_task_state_id == state.pk
    }


def _wanted(state: TaskState) -> OpenTask:
    """Return the row that an open task should have."""
    workflow_state = state.workflow_state
    page = page_of(workflow_state.content_type_id, int(workflow_state.object_id))
    verdicts = Decision.objects.filter(page_id=page.pk).values_list("verdict", flat=True)
    return moves.open_row(
        task_state=state,
        page=page,
        step=moves.step_of(state.task),
        arrival=Arrival(returned=rules.was_returned(verdicts)),
    )


def differences() -> set[int]:
    """Return ids of task states whose row is missing, wrong or left over."""
    states = _open_states()
    rows = {row.task_state_id: row for row in OpenTask.objects.all()}
    wrong = set(states) ^ set(rows)
    for pk in set(states) & set(rows):
        wanted, row = _wanted(states[pk]), rows[pk]
        if any(getattr(wanted, name) != getattr(row, name) for name in _DERIVED):
            wrong.add(pk)
    return wrong


def rebuild(task_state_ids: Collection[int]) -> None:
    """Write the rows of some task states anew, each under its page's lock."""
    for pk in task_state_ids:
        object_id = (
            TaskState.objects.filter(pk=pk)
            .values_list("workflow_state__object_id", flat=True)
            .first()
        )
        with transaction.atomic():
            if object_id is not None:
                lock(int(object_id))
            OpenTask.objects.filter(task_state_id=pk).delete()
            state = _open_states().get(pk)
            if state is not None:
                _wanted(state).save(force_insert=True)
