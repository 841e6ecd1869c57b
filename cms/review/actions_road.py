"""The road's beginning and its turns: sending in, withdrawing, taking up again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Revision, Workflow, WorkflowState

from cms.scanning import door
from cms.scanning.rules import Entrance

from . import moves, road, rules
from .findings import findings_in, kept
from .locks import Refused, locked_page, locked_task
from .models import Decision, GatedPage
from .permissions import why_not, why_not_write
from .rules import Step, Verdict
from .signals import decided

if TYPE_CHECKING:
    from infoflow.units.models import User


def _workflow_of(page: GatedPage) -> Workflow:
    """Return the workflow of the nearest folder above a page, in one query."""
    above = [page.path[:end] for end in range(page.steplen, len(page.path), page.steplen)]
    workflow: Workflow = (
        Workflow.objects.filter(active=True, workflow_pages__page__path__in=above)
        .order_by("-workflow_pages__page__path")
        .first()
    )
    return workflow


def _start(
    page: GatedPage,
    acts: Sequence[Decision],
    workflow: Workflow,
    step: Step,
    steps: Mapping[Step, int],
) -> Decision:
    """Begin a road at a step after the newest decision, log and tell."""
    decision = acts[-1]
    moves.start(
        page=page,
        revision_id=decision.revision_id,
        person=decision.person,
        workflow=workflow,
        step=step,
        steps=steps,
        arrival=road.arrival(acts),
    )
    moves.log_decision(page, decision)
    decided.send(sender=type(page), page=page, decision=decision)
    return decision


@transaction.atomic
def submit(*, page_id: int, person: User) -> Decision:
    """Send a text on its road: from the first step, or straight back to who returned it.

    The caller has checked that the text is complete and that the person may send it.

    Raises:
        Refused: under review, published, closed, or sent by one who played another part in
            it.
    """
    page = locked_page(page_id)
    state = page.current_workflow_state
    if state is not None and state.status == WorkflowState.STATUS_IN_PROGRESS:
        raise Refused(_("已经提交过了，正在审核中，不用重复提交。"))
    if page.live:
        raise Refused(_("已经审核通过，不能再次提交。"))
    acts = road.load(page.pk)
    if acts and acts[-1].verdict in rules.FINAL_VERDICTS:
        raise Refused(_("该稿件已办结，不能再次提交；如需报送请另写新稿，或请信息科恢复办理。"))
    refusal = why_not_write(page, person, acts)
    if refusal is not None:
        raise Refused(refusal)
    revision: Revision | None = page.get_latest_revision()
    if revision is None:
        raise Refused(_("请先保存草稿再提交。"))
    if state is not None:
        moves.end(state=state, person=person)
    decision: Decision = Decision.objects.create(
        page_id=page.pk,
        revision=revision,
        step=Step.SUBMIT,
        verdict=Verdict.SUBMIT,
        person=person,
        digest=page.digest_of(revision),
        unit_id=page.queue_facts().unit_id,
        findings=kept(findings_in(page, revision)),
    )
    acts.append(decision)
    workflow = _workflow_of(page)
    steps = moves.steps_of(workflow.pk)
    first = road.following(acts, Step.SUBMIT, list(steps)) or next(iter(steps))
    return _start(page, acts, workflow, first, steps)


@door.guarded(Entrance.DECIDE)
@transaction.atomic
def withdraw(*, page_id: int, person: User, reason: str = "") -> Decision:
    """Take a text back while its first step (the unit's signature) is still open.

    Raises:
        MarkedSecret: the reason bears a 密级标志.
        Refused: it is not under review or has already been signed.
    """
    page = locked_page(page_id)
    state = page.current_workflow_state
    if state is None or state.current_task_state_id is None:
        raise Refused(_("该稿件不在审核中，不需要撤回。"))
    task_state, workflow_state = locked_task(state.current_task_state_id)
    if moves.step_of(task_state.task) != Step.SIGN:
        raise Refused(_("单位已经审签，稿件已报出，不能撤回；如有问题请联系信息科退改。"))
    reason, _cause = road.checked_reason(Verdict.WITHDRAW, reason)
    decision: Decision = Decision.objects.create(
        page_id=page.pk,
        revision_id=task_state.revision_id,
        task_state=task_state,
        step=Step.SUBMIT,
        verdict=Verdict.WITHDRAW,
        person=person,
        reason=reason,
        digest=page.digest_of(task_state.revision),
        unit_id=page.queue_facts().unit_id,
    )
    moves.end(state=workflow_state, person=person)
    moves.log_decision(page, decision)
    decided.send(sender=type(page), page=page, decision=decision)
    return decision


@door.guarded(Entrance.DECIDE)
@transaction.atomic
def reopen(*, page_id: int, person: User, reason: str) -> Decision:
    """Take up a closed or refused text again: it waits at 编辑初审, or at its road's first step.

    An editor reopens what was closed, a confidentiality reviewer what was refused; who played
    another part in the text may not. It goes to the office and not to the writer, because the
    office has changed its mind and the unit has not been asked yet; from there it can be
    passed on or returned. Nothing that was passed before counts as passed.

    Raises:
        MarkedSecret: the reason bears a 密级标志.
        Refused: not closed, not this person's to reopen, or no reason.
    """
    page = locked_page(page_id)
    acts = road.load(page.pk)
    if not acts or acts[-1].verdict not in rules.FINAL_VERDICTS:
        raise Refused(_("该稿件没有办结，不需要恢复办理，请返回查看最新状态。"))
    last = acts[-1]
    refusal = why_not(page=page, step=Step(last.step), person=person, road=acts)
    if refusal is not None:
        raise Refused(refusal)
    reason, _cause = road.checked_reason(Verdict.REOPEN, reason)
    state = page.current_workflow_state
    if state is not None:
        moves.end(state=state, person=person)
    decision: Decision = Decision.objects.create(
        page_id=page.pk,
        revision_id=last.revision_id,
        step=last.step,
        verdict=Verdict.REOPEN,
        person=person,
        reason=reason,
        digest=last.digest,
        unit_id=last.unit_id,
        findings=last.findings,
    )
    workflow = _workflow_of(page)
    steps = moves.steps_of(workflow.pk)
    step = Step.SCREEN if Step.SCREEN in steps else next(iter(steps))
    return _start(page, [*acts, decision], workflow, step, steps)
