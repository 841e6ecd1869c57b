"""Lock a text and look again; the refusal that every act of this room answers with.

The page's row is locked first, everywhere: two that lock in different order wait for ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _
from wagtail.models import Page, TaskState, WorkflowState

if TYPE_CHECKING:
    from .models import GatedPage


class Refused(Exception):
    """An act was refused; the message tells the person in plain words what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def lock(page_id: int) -> int:
    """Lock a page's row and return its content type's id.

    Without the key: what refers to the page may be written by others meanwhile.
    """
    content_type_id: int = (
        Page.objects.select_for_update(of=("self",), no_key=True)
        .values_list("content_type_id", flat=True)
        .get(pk=page_id)
    )
    return content_type_id


def page_of(content_type_id: int, page_id: int) -> GatedPage:
    """Return a page as its own type, in one query."""
    model = cast("type[GatedPage]", ContentType.objects.get_for_id(content_type_id).model_class())
    page: GatedPage = model._default_manager.get(pk=page_id)
    return page


def locked_page(page_id: int) -> GatedPage:
    """Lock a page and return it as its own type."""
    return page_of(lock(page_id), page_id)


def locked_task(task_state_id: int) -> tuple[TaskState, WorkflowState]:
    """Lock a task and its workflow, and return both as they are now, tied to one another.

    Raises:
        Refused: there is no such task, or it is no longer open.
    """
    page_id = (
        TaskState.objects.filter(pk=task_state_id)
        .values_list("workflow_state__object_id", flat=True)
        .first()
    )
    if page_id is not None:
        lock(int(page_id))
    task_state = (
        TaskState.objects.select_for_update(of=("self",))
        .select_related("task")
        .filter(pk=task_state_id)
        .first()
    )
    if task_state is None:
        raise Refused(_("没有找到这项待办，可能已被撤回，请返回列表刷新。"))
    workflow_state = (
        WorkflowState.objects.select_for_update(of=("self",))
        .select_related("workflow")
        .get(pk=task_state.workflow_state_id)
    )
    if (
        task_state.status != TaskState.STATUS_IN_PROGRESS
        or workflow_state.status != WorkflowState.STATUS_IN_PROGRESS
        or workflow_state.current_task_state_id != task_state.pk
    ):
        raise Refused(_("这项待办已由他人办理或已撤回，请返回列表查看最新状态。"))
    task_state.workflow_state = workflow_state
    workflow_state.current_task_state = task_state
    return task_state, workflow_state
