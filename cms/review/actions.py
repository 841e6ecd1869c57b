"""Changes of state on the road of a text. Each locks, looks again, checks, writes, tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Revision, TaskState, Workflow, WorkflowState

from cms.scanning import door
from cms.scanning.rules import Entrance

from . import moves, rules
from .claims import check_claim, claim, release, take_over
from .locks import Refused, locked_page, locked_task, page_of
from .models import Clearance, Decision, GatedPage
from .moves import Arrival
from .permissions import ROLE_OF_STEP, acts_on, why_not
from .rules import Act, Resume, Step, Verdict
from .signals import decided

if TYPE_CHECKING:
    from infoflow.units.models import User

__all__ = [
    "ROLE_OF_STEP",
    "Refused",
    "acts_on",
    "bulk_decide",
    "claim",
    "decide",
    "release",
    "reopen",
    "submit",
    "take_over",
    "why_not",
    "withdraw",
]


def _road(page_id: int) -> list[Decision]:
    return list(Decision.objects.filter(page_id=page_id).order_by("pk"))


def _acts(road: Sequence[Decision]) -> list[Act]:
    """Return a road as the rules see it."""
    return [
        Act(Step(d.step), Verdict(d.verdict), _text(d.revision_id, d.digest), d.resume)
        for d in road
    ]


def _text(revision_id: int, digest: str) -> str:
    """Name exactly one text: a clearance holds for a revision, so the digest is not enough."""
    return f"{revision_id}:{digest}"


def _checked_digest(
    page: GatedPage, task_state: TaskState, road: Sequence[Decision], seen_digest: str | None
) -> str:
    """Return the digest of the text to decide on, which must be the one submitted and seen."""
    submitted = next((d for d in reversed(road) if d.verdict == Verdict.SUBMIT), None)
    digest = page.digest_of(task_state.revision)
    if (
        submitted is None
        or page.latest_revision_id != task_state.revision_id
        or submitted.digest != digest
        or (seen_digest is not None and seen_digest != digest)
    ):
        raise Refused(_("稿件内容在送审后有改动，不能按原稿办理，请退回重新报送。"))
    return digest


def _checked_reason(verdict: Verdict, reason: str, cause: str) -> tuple[str, str]:
    """Return reason and cause; a verdict that others must understand needs one of them."""
    reason, cause = reason.strip(), cause.strip()
    if verdict not in rules.REASONED_VERDICTS:
        cause = ""
    elif not reason and not cause:
        raise Refused(_("请填写理由，报送单位会看到。"))
    if len(reason) > rules.REASON_MAX or len(cause) > rules.CAUSE_MAX:
        raise Refused(_("理由不能超过%(max)s字。") % {"max": rules.REASON_MAX})
    return reason, cause


def _checked_return(
    step: Step, active: Sequence[Step], to_step: str, resume: str
) -> tuple[str, str]:
    """Return where a return goes and how it goes on; the writer and every step by default."""
    to_step, resume = to_step or Step.SUBMIT, resume or Resume.ALL
    if to_step not in rules.returnable_steps(step, active):
        raise Refused(_("不能退回到这个环节，请重新选择。"))
    if resume not in Resume.values:
        raise Refused(_("请选择改好之后从哪一环节继续。"))
    return to_step, resume


def _arrival(road: Sequence[Decision]) -> Arrival:
    """Return how a text comes to its next step."""
    return Arrival(returned=rules.was_returned(d.verdict for d in road))


def _move_on(
    page: GatedPage,
    task_state: TaskState,
    decision: Decision,
    road: Sequence[Decision],
    following: Step | None,
) -> None:
    """Let Wagtail's workflow follow a decision: to a step, back to the writer, or to its end."""
    person, comment = decision.person, decision.reason or decision.cause
    sent_back = decision.verdict == Verdict.RETURN
    arrival = _arrival(road)
    if decision.verdict == Verdict.PASS:
        moves.pass_on(
            task_state=task_state,
            page=page,
            person=person,
            step=following,
            arrival=arrival,
            comment=comment,
        )
    elif sent_back and decision.to_step != Step.SUBMIT:
        moves.go_to(
            task_state=task_state,
            page=page,
            person=person,
            step=Step(decision.to_step),
            arrival=arrival,
            comment=comment,
        )
    elif sent_back:
        moves.give_back(task_state=task_state, person=person, comment=comment)
    else:
        moves.end(state=task_state.workflow_state, person=person, comment=comment)


@door.guarded(Entrance.DECIDE)
@door.guarded(Entrance.DECIDE)
@transaction.atomic
def decide(
    *,
    task_state_id: int,
    person: User,
    verdict: str,
    reason: str = "",
    seen_digest: str | None = None,
    to_step: str = "",
    resume: str = "",
    cause: str = "",
) -> Decision:
    """Take the decision that a task waits for.

    Args:
        seen_digest: digest of the text that the person had on the screen, when known.
        to_step: of a return: SUBMIT (the writer, default) or an earlier step of this road.
        resume: of a return: "all" (default) or "back", see `rules.next_step`.
        cause: a common reason that the person chose.

    Raises:
        Refused: not this person's to decide, already decided, claimed by another, text
            changed, reason missing.
        NotCleared: the last step would publish a text without clearance.
    """
    task_state, workflow_state = locked_task(task_state_id)
    page = page_of(workflow_state.content_type_id, int(workflow_state.object_id))
    step = moves.step_of(task_state.task)
    if verdict not in rules.VERDICTS_AT[step]:
        raise Refused(_("此环节没有这种意见，请重新选择。"))
    verdict = Verdict(verdict)
    road = _road(page.pk)
    refusal = why_not(page=page, step=step, person=person, road=road)
    if refusal is not None:
        raise Refused(refusal)
    row = check_claim(task_state_id, person)
    reason, cause = _checked_reason(verdict, reason, cause)
    active = list(moves.steps_of(workflow_state.workflow_id))
    if verdict == Verdict.RETURN:
        to_step, resume = _checked_return(step, active, to_step, resume)
    else:
        to_step = resume = ""
    if verdict == Verdict.PASS:
        digest = _checked_digest(page, task_state, road, seen_digest)
    else:
        digest = page.digest_of(task_state.revision)
    now = timezone.now()
    decision = Decision.objects.create(
        page_id=page.pk,
        revision_id=task_state.revision_id,
        task_state=task_state,
        step=step,
        verdict=verdict,
        person=person,
        reason=reason,
        digest=digest,
        to_step=to_step,
        resume=resume,
        cause=cause,
        at=now,
        unit_id=row.unit_id,
        waited=rules.minutes_between(row.since, now),
        due_at=row.due_at,
    )
    if verdict == Verdict.PASS and rules.clears(step, active):
        Clearance.objects.create(
            page_id=page.pk, revision_id=task_state.revision_id, digest=digest, person=person
        )
    road.append(decision)
    following = rules.next_step(
        at=step, active=active, road=_acts(road), text=_text(decision.revision_id, digest)
    )
    _move_on(page, task_state, decision, road, following)
    moves.log_decision(page, decision)
    decided.send(sender=type(page), page=page, decision=decision)
    return decision


@dataclass(frozen=True)
class BulkResult:
    """What a bulk decision did: decisions taken, and refusals as (task id, why)."""

    done: list[Decision]
    refused: list[tuple[int, str]]


@door.guarded(Entrance.DECIDE)
def bulk_decide(
    *, task_state_ids: Sequence[int], person: User, verdict: str, reason: str, cause: str = ""
) -> BulkResult:
    """Return or close several texts with one reason, each for itself.

    Never a pass, never a clearance: those are one text, one look (一事一审).

    Raises:
        Refused: another verdict, or no reason.
    """
    if verdict not in rules.BULK_VERDICTS:
        raise Refused(_("只有退改和不采用可以成批办理，其他意见请逐件办理。"))
    _checked_reason(Verdict(verdict), reason, cause)
    result = BulkResult([], [])
    for task_state_id in dict.fromkeys(task_state_ids):
        try:
            decision = decide(
                task_state_id=task_state_id,
                person=person,
                verdict=verdict,
                reason=reason,
                cause=cause,
            )
        except Refused as refused:
            result.refused.append((task_state_id, refused.message))
        else:
            result.done.append(decision)
    return result


def _workflow_of(page: GatedPage) -> Workflow:
    """Return the workflow of the nearest folder above a page, in one query."""
    above = [page.path[:end] for end in range(page.steplen, len(page.path), page.steplen)]
    workflow: Workflow = (
        Workflow.objects.filter(active=True, workflow_pages__page__path__in=above)
        .order_by("-workflow_pages__page__path")
        .first()
    )
    return workflow


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
    road = _road(page.pk)
    if road and road[-1].verdict in rules.FINAL_VERDICTS:
        raise Refused(_("该稿件已办结，不能再次提交；如需报送请另写新稿。"))
    other = rules.other_part(person.pk, page.author_part, acts_on(page, road))
    if other is not None:
        raise Refused(_("您已参与本稿的“%(part)s”，不能再提交本稿。") % {"part": other.label})
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
    )
    road.append(decision)
    workflow = _workflow_of(page)
    first = rules.next_step(
        at=Step.SUBMIT,
        active=list(moves.steps_of(workflow.pk)),
        road=_acts(road),
        text=_text(decision.revision_id, decision.digest),
    )
    _start(page, decision, road, workflow, first)
    return decision


def _start(
    page: GatedPage,
    decision: Decision,
    road: Sequence[Decision],
    workflow: Workflow,
    at: Step | None,
) -> None:
    """Begin a road at a step, log and tell."""
    moves.start(
        page=page,
        revision_id=decision.revision_id,
        person=decision.person,
        workflow=workflow,
        arrival=_arrival(road),
        at=at,
    )
    moves.log_decision(page, decision)
    decided.send(sender=type(page), page=page, decision=decision)


@door.guarded(Entrance.DECIDE)
@transaction.atomic
def withdraw(*, page_id: int, person: User, reason: str = "") -> Decision:
    """Take a text back while its first step (the unit's signature) is still open.

    Raises:
        Refused: it is not under review or has already been signed.
    """
    page = locked_page(page_id)
    state = page.current_workflow_state
    if state is None or state.current_task_state_id is None:
        raise Refused(_("该稿件不在审核中，不需要撤回。"))
    task_state, workflow_state = locked_task(state.current_task_state_id)
    if moves.step_of(task_state.task) != Step.SIGN:
        raise Refused(_("单位已经审签，稿件已报出，不能撤回；如有问题请联系信息科退改。"))
    reason, _cause = _checked_reason(Verdict.WITHDRAW, reason, "")
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
    passed on or returned. Nothing that was passed before is taken as passed.

    Raises:
        Refused: not closed, not this person's to reopen, no reason, or the text has changed.
    """
    page = locked_page(page_id)
    road = _road(page.pk)
    last = road[-1] if road else None
    if last is None or last.verdict not in rules.FINAL_VERDICTS:
        raise Refused(_("该稿件没有办结，不需要恢复办理，请返回查看最新状态。"))
    step = Step(last.step)
    refusal = why_not(page=page, step=step, person=person, road=road)
    if refusal is not None:
        raise Refused(refusal)
    reason, _cause = _checked_reason(Verdict.REOPEN, reason, "")
    state = page.current_workflow_state
    if state is not None:
        moves.end(state=state, person=person)
    decision: Decision = Decision.objects.create(
        page_id=page.pk,
        revision_id=last.revision_id,
        step=step,
        verdict=Verdict.REOPEN,
        person=person,
        reason=reason,
        digest=last.digest,
        unit_id=last.unit_id,
    )
    road.append(decision)
    workflow = _workflow_of(page)
    active = list(moves.steps_of(workflow.pk))
    at = Step.SCREEN if Step.SCREEN in active else active[0]
    _start(page, decision, road, workflow, at)
    return decision
