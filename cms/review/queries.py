"""Reads of review: what waits for whom, and the road that a text has taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField, Exists, OuterRef, QuerySet, prefetch_related_objects
from django.db.models.functions import Cast
from wagtail.models import Page, Revision, TaskState, WorkflowState

from infoflow.units.permissions import has_role, unit_ids_of
from infoflow.units.roles import Role

from .actions import ROLE_OF_STEP
from .models import ClearTask, Decision, GatedPage, IssueTask, ScreenTask, SignTask
from .rules import PART_OF_STEP, Step

if TYPE_CHECKING:
    from infoflow.units.models import User

TASK_OF_STEP = {
    Step.SIGN: SignTask,
    Step.SCREEN: ScreenTask,
    Step.CLEAR: ClearTask,
    Step.ISSUE: IssueTask,
}
OFFICE_STEPS = (Step.SCREEN, Step.CLEAR, Step.ISSUE)


@dataclass(frozen=True)
class Waiting:
    """One line of a queue."""

    task_state_id: int
    page: GatedPage
    since: datetime


def steps_of(user: User) -> list[Step]:
    """Return the office steps that a person's roles let them take."""
    return [step for step in OFFICE_STEPS if has_role(user, ROLE_OF_STEP[step])]


def open_tasks(step: Step) -> QuerySet[TaskState]:
    """Return every open task of a step, oldest first, with `page_id`."""
    content_type = ContentType.objects.get_for_model(TASK_OF_STEP[step])
    return (
        TaskState.objects.filter(
            status=TaskState.STATUS_IN_PROGRESS,
            workflow_state__status=WorkflowState.STATUS_IN_PROGRESS,
            task__content_type=content_type,
        )
        .annotate(page_id=Cast("workflow_state__object_id", BigIntegerField()))
        .order_by("started_at", "pk")
    )


def queue_for(user: User, step: Step) -> QuerySet[TaskState]:
    """Return what waits for a person at an office step, oldest first.

    Texts in which the person already played another part are left out; somebody else
    must take them (the act is refused as well).
    """
    if not has_role(user, ROLE_OF_STEP[step]):
        return TaskState.objects.none()
    own_steps = [s for s, part in PART_OF_STEP.items() if part == PART_OF_STEP[step]]
    object_id = OuterRef("workflow_state__object_id")
    wrote = Revision.objects.filter(
        object_id=object_id,
        base_content_type=OuterRef("workflow_state__base_content_type"),
        user=user,
    )
    decided = Decision.objects.filter(page_id=OuterRef("page_id"), person=user).exclude(
        step__in=own_steps
    )
    return open_tasks(step).filter(~Exists(wrote), ~Exists(decided))


def signing_page_ids(user: User) -> QuerySet[TaskState, int]:
    """Return ids of pages that wait for a unit signature; the caller limits them to units."""
    if not unit_ids_of(user, Role.SIGNATORY):
        return TaskState.objects.none().values_list("pk", flat=True)
    return open_tasks(Step.SIGN).values_list("page_id", flat=True)


def waiting_lines(tasks: Iterable[TaskState]) -> list[Waiting]:
    """Return queue lines with their specific pages, in a constant number of queries."""
    rows: Sequence[TaskState] = list(tasks)
    ids = [row.page_id for row in rows]
    pages = {page.pk: page for page in Page.objects.filter(pk__in=ids).specific()}
    for model in {type(page) for page in pages.values()}:
        prefetch_related_objects(
            [page for page in pages.values() if type(page) is model], *model.queue_prefetch
        )
    return [
        Waiting(task_state_id=row.pk, page=pages[pk], since=row.started_at)
        for row, pk in zip(rows, ids, strict=True)
        if pk in pages
    ]


def road_of(page: GatedPage) -> QuerySet[Decision]:
    """Return the decisions on a text with their people, oldest first."""
    return Decision.objects.filter(page_id=page.pk).select_related("person").order_by("pk")


def last_decisions(page_ids: Sequence[int]) -> dict[int, Decision]:
    """Return the newest decision of each page that has one."""
    newest: dict[int, Decision] = {}
    rows = Decision.objects.filter(page_id__in=page_ids).select_related("person").order_by("pk")
    for row in rows:
        newest[row.page_id] = row
    return newest


def open_steps(page_ids: Sequence[int]) -> dict[int, tuple[Step, datetime]]:
    """Return where pages under review wait and since when, in two queries."""
    types = ContentType.objects.get_for_models(*TASK_OF_STEP.values())
    step_of = {types[task].pk: step for step, task in TASK_OF_STEP.items()}
    rows = TaskState.objects.filter(
        status=TaskState.STATUS_IN_PROGRESS,
        workflow_state__status=WorkflowState.STATUS_IN_PROGRESS,
        workflow_state__object_id__in=[str(pk) for pk in page_ids],
        task__content_type_id__in=step_of,
    ).values_list("workflow_state__object_id", "task__content_type_id", "started_at")
    return {int(pk): (step_of[kind], since) for pk, kind, since in rows}
