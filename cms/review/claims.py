"""Claiming a text at a step: others see who has it and must take it over first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import moves
from .locks import Refused, locked_task, page_of
from .permissions import why_not
from .waiting import OpenTask

if TYPE_CHECKING:
    from infoflow.units.models import User

    from .models import GatedPage


def _locked(task_state_id: int, person: User) -> tuple[OpenTask, GatedPage]:
    """Lock a task and return its row and page, for a person who may take the step."""
    task_state, workflow_state = locked_task(task_state_id)
    page = page_of(workflow_state.content_type_id, int(workflow_state.object_id))
    refusal = why_not(page=page, step=moves.step_of(task_state.task), person=person)
    if refusal is not None:
        raise Refused(refusal)
    row = OpenTask.objects.select_related("claimed_by").get(task_state_id=task_state_id)
    return row, page


def _taken(row: OpenTask) -> Refused:
    return Refused(
        _("%(name)s已在%(time)s认领这件稿件。如需由您办理，请先点“接手”。")
        % {"name": row.claimed_by, "time": timezone.localtime(row.claimed_at).strftime("%H:%M")}
    )


def check_claim(task_state_id: int, person: User) -> OpenTask:
    """Return a task's row, or refuse a decision on a text that somebody else has claimed.

    Raises:
        Refused: claimed by another; `take_over` is the way on.
    """
    row = OpenTask.objects.select_related("claimed_by").get(task_state_id=task_state_id)
    if row.claimed_by_id is not None and row.claimed_by_id != person.pk:
        raise _taken(row)
    return row


@transaction.atomic
def claim(*, task_state_id: int, person: User) -> OpenTask:
    """Claim a text at its step; claiming again one's own changes nothing.

    Raises:
        Refused: claimed by another, no longer open, or not this person's step.
    """
    row, _page = _locked(task_state_id, person)
    if row.claimed_by_id == person.pk:
        return row
    if row.claimed_by_id is not None:
        raise _taken(row)
    return _give(row, person)


@transaction.atomic
def take_over(*, task_state_id: int, person: User) -> OpenTask:
    """Take a text over from whoever claimed it, who may be away.

    Raises:
        Refused: no longer open, or not this person's step.
    """
    row, page = _locked(task_state_id, person)
    if row.claimed_by_id == person.pk:
        return row
    if row.claimed_by_id is not None:
        moves.log_take_over(page, row, person)
    return _give(row, person)


@transaction.atomic
def release(*, task_state_id: int, person: User) -> OpenTask:
    """Give a claimed text back to the queue; releasing an unclaimed one changes nothing.

    Raises:
        Refused: claimed by another, or no longer open.
    """
    row, _page = _locked(task_state_id, person)
    if row.claimed_by_id not in (None, person.pk):
        raise _taken(row)
    return _give(row, None)


def _give(row: OpenTask, person: User | None) -> OpenTask:
    row.claimed_by = person
    row.claimed_at = timezone.now() if person is not None else None
    row.save(update_fields=["claimed_by", "claimed_at"])
    return row
