"""Changes of state on the road of a text. Each locks, looks again, checks, writes, tells.

Here: the decision that a task waits for. The road's beginning and its turns stand in
`actions_road`, claims in `claims`; callers find all of them here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import TaskState

from cms.scanning import door
from cms.scanning.rules import Entrance

from . import moves, road, rules, sheet_rules
from .actions_road import reopen, submit, withdraw
from .claims import check_claim, claim, release, take_over
from .findings import findings_in, kept
from .locks import Refused, locked_task, page_of
from .models import Clearance, ClearanceSheet, Decision, GatedPage
from .permissions import ROLE_OF_STEP, acts_on, why_not, why_not_write
from .rules import Resume, Step, Verdict
from .sheet_rules import Sheet
from .signals import decided

if TYPE_CHECKING:
    from cms.scanning.rules import Finding
    from infoflow.units.models import User


__all__ = [
    "ROLE_OF_STEP",
    "BulkResult",
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
    "why_not_write",
    "withdraw",
]


@dataclass(frozen=True)
class _Opinion:
    """What a person decided and wrote, checked step by step."""

    verdict: Verdict
    reason: str
    cause: str
    to_step: str
    resume: str
    seen_digest: str | None
    sheet: Sheet | None


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
    sheet: Sheet | None = None,
) -> Decision:
    """Take the decision that a task waits for.

    Args:
        seen_digest: digest of the text that the person had on the screen, when known.
        to_step: of a return: SUBMIT (the writer, default) or an earlier step of this road.
        resume: of a return: "all" (default) or "back", see `rules.next_step`.
        cause: a common reason that the person chose.
        sheet: the confidentiality form; a pass at 保密审查 or 保密复审 needs a complete one.

    Raises:
        MarkedSecret: what the person wrote bears a 密级标志.
        Refused: not this person's to decide, already decided, claimed by another, text
            changed, reason missing, form incomplete.
        NotCleared: the last step would publish a text without clearance.
    """
    if verdict not in Verdict.values:
        raise Refused(_("此环节没有这种意见，请重新选择。"))
    opinion = _Opinion(Verdict(verdict), reason, cause, to_step, resume, seen_digest, sheet)
    return _decide(task_state_id, person, opinion)


def _decide(task_state_id: int, person: User, opinion: _Opinion) -> Decision:
    task_state, workflow_state = locked_task(task_state_id)
    page = page_of(workflow_state.content_type_id, int(workflow_state.object_id))
    step = moves.step_of(task_state.task)
    acts = road.load(page.pk)
    refusal = why_not(page=page, step=step, person=person, road=acts)
    if refusal is not None:
        raise Refused(refusal)
    row = check_claim(task_state_id, person)
    # Read once: the second level may be switched while this decision is being taken.
    active = moves.steps_of(workflow_state.workflow_id)
    opinion = _checked(opinion, step, active)
    findings = findings_in(page, task_state.revision)
    if opinion.verdict == Verdict.PASS:
        digest = _checked_digest(page, task_state, acts, opinion.seen_digest)
        _check_sheet(step, opinion.sheet, findings)
    else:
        digest = page.digest_of(task_state.revision)
    now = timezone.now()
    decision = Decision.objects.create(
        page_id=page.pk,
        revision_id=task_state.revision_id,
        task_state=task_state,
        step=step,
        verdict=opinion.verdict,
        person=person,
        reason=opinion.reason,
        digest=digest,
        to_step=opinion.to_step,
        resume=opinion.resume,
        cause=opinion.cause,
        findings=kept(findings),
        at=now,
        unit_id=row.unit_id,
        waited=rules.minutes_between(row.since, now),
        due_at=row.due_at,
    )
    _keep_sheet(decision, opinion.sheet, findings)
    if opinion.verdict == Verdict.PASS and rules.clears(step, active):
        Clearance.objects.create(
            page_id=page.pk, revision_id=task_state.revision_id, digest=digest, person=person
        )
    _move_on(page, task_state, [*acts, decision], active)
    moves.log_decision(page, decision)
    decided.send(sender=type(page), page=page, decision=decision)
    return decision


def _checked(opinion: _Opinion, step: Step, active: Collection[Step]) -> _Opinion:
    """Return the opinion with its defaults filled in, if the step has such a verdict."""
    if opinion.verdict not in rules.VERDICTS_AT[step]:
        raise Refused(_("此环节没有这种意见，请重新选择。"))
    reason, cause = road.checked_reason(opinion.verdict, opinion.reason, opinion.cause)
    to_step = resume = ""
    if opinion.verdict == Verdict.RETURN:
        to_step, resume = opinion.to_step or Step.SUBMIT, opinion.resume or Resume.ALL
        if to_step not in rules.returnable_steps(step, active):
            raise Refused(_("不能退回到这个环节，请重新选择。"))
        if resume not in Resume.values:
            raise Refused(_("请选择改好之后从哪一环节继续。"))
    return replace(opinion, reason=reason, cause=cause, to_step=to_step, resume=resume)


def _checked_digest(
    page: GatedPage, task_state: TaskState, acts: Sequence[Decision], seen_digest: str | None
) -> str:
    """Return the digest of the text to decide on, which must be the one submitted and seen."""
    submitted = next((act for act in reversed(acts) if act.verdict == Verdict.SUBMIT), None)
    digest = page.digest_of(task_state.revision)
    if (
        submitted is None
        or page.latest_revision_id != task_state.revision_id
        or submitted.digest != digest
        or (seen_digest is not None and seen_digest != digest)
    ):
        raise Refused(_("稿件内容在送审后有改动，不能按原稿办理，请退回重新报送。"))
    return digest


def _check_sheet(step: Step, sheet: Sheet | None, findings: Sequence[Finding]) -> None:
    """Refuse a pass of confidentiality whose form is incomplete, and name what is missing."""
    if step not in rules.SHEET_STEPS:
        return
    problems = sheet_rules.problems(sheet or Sheet(), findings)
    if problems:
        raise Refused(
            _("保密审查表没有填完，不能通过。") + "".join(problem.message for problem in problems)
        )


def _keep_sheet(decision: Decision, sheet: Sheet | None, findings: Sequence[Finding]) -> None:
    """Keep the form with the decision; of a return or refusal also when it is only begun."""
    if sheet is not None and sheet.is_begun and decision.step in rules.SHEET_STEPS:
        ClearanceSheet.of(decision, sheet, findings).save(force_insert=True)


def _move_on(
    page: GatedPage, task_state: TaskState, acts: Sequence[Decision], steps: Mapping[Step, int]
) -> None:
    """Let Wagtail's workflow follow the newest decision: on, back, or to its end."""
    decision = acts[-1]
    person, comment = decision.person, decision.told
    arrival = road.arrival(acts)
    if decision.verdict == Verdict.PASS:
        moves.pass_on(
            task_state=task_state,
            page=page,
            person=person,
            step=road.following(acts, Step(decision.step), list(steps)),
            steps=steps,
            arrival=arrival,
            comment=comment,
        )
    elif decision.verdict == Verdict.RETURN and decision.to_step != Step.SUBMIT:
        moves.go_to(
            task_state=task_state,
            page=page,
            person=person,
            step=Step(decision.to_step),
            steps=steps,
            arrival=arrival,
            comment=comment,
        )
    elif decision.verdict == Verdict.RETURN:
        moves.give_back(task_state=task_state, person=person, comment=comment)
    else:
        moves.end(state=task_state.workflow_state, person=person, comment=comment)


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
        MarkedSecret: the reason bears a 密级标志.
        Refused: another verdict, or no reason.
    """
    if verdict not in rules.BULK_VERDICTS:
        raise Refused(_("只有退改和不采用可以成批办理，其他意见请逐件办理。"))
    road.checked_reason(Verdict(verdict), reason, cause)
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
