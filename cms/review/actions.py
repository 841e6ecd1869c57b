"""Changes of state on the road of a text. Each locks, looks again, checks, writes, tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision, TaskState, Workflow, WorkflowState

from infoflow.units.permissions import has_role, unit_ids_of
from infoflow.units.roles import Role

from . import moves, rules
from .models import Clearance, Decision, GatedPage
from .rules import PART_OF_STEP, Part, Step, Verdict
from .signals import decided

if TYPE_CHECKING:
    from infoflow.units.models import User

ROLE_OF_STEP = {
    Step.SIGN: Role.SIGNATORY,
    Step.SCREEN: Role.EDITOR,
    Step.CLEAR: Role.REVIEWER,
    Step.ISSUE: Role.ISSUER,
}


class Refused(Exception):
    """An act was refused; the message tells the person in plain words what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def acts_on(page: GatedPage) -> set[tuple[int, Part]]:
    """Return who has played which part in a text so far: (person id, part)."""
    acts: set[tuple[int, Part]] = set(page.earlier_acts())
    writers = (
        page.revisions.exclude(user=None).order_by().values_list("user_id", flat=True).distinct()
    )
    acts |= {(writer, page.author_part) for writer in writers}
    if page.owner_id:
        acts.add((page.owner_id, page.author_part))
    for person, step in Decision.objects.filter(page_id=page.pk).values_list("person_id", "step"):
        part = page.author_part if step == Step.SUBMIT else PART_OF_STEP[Step(step)]
        acts.add((person, part))
    return acts


def why_not(*, page: GatedPage, step: Step, person: User) -> str | None:
    """Return why a person may not take a step of a text, or None when they may.

    Source: domain rules on review: the role's holder only, the unit's own signatory only,
    and no two steps of one text by the same person, superusers included.
    """
    role = ROLE_OF_STEP[step]
    if step == Step.SIGN:
        unit = page.signing_unit()
        if unit is None or unit.pk not in unit_ids_of(person, Role.SIGNATORY):
            return _("只有本单位的审签人可以审签。")
    elif not has_role(person, role):
        return _("此环节由%(role)s办理，您没有这个角色。") % {"role": role.label}
    other = rules.other_part(person.pk, PART_OF_STEP[step], acts_on(page))
    if other is not None:
        return _("您已参与本稿的“%(part)s”，同一人不得办理同一稿件的两个环节，请由其他人办理。") % {
            "part": other.label
        }
    return None


def _locked_task(task_state_id: int) -> tuple[TaskState, WorkflowState]:
    """Lock a task and its workflow, and return both as they are now, tied to one another.

    The page is locked first, as everywhere: two that lock in different order wait for ever.
    """
    page_id = (
        TaskState.objects.filter(pk=task_state_id)
        .values_list("workflow_state__object_id", flat=True)
        .first()
    )
    if page_id is not None:
        _lock(int(page_id))
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


def _page_of(content_type_id: int, page_id: int) -> GatedPage:
    """Return a page as its own type, in one query."""
    model = cast("type[GatedPage]", ContentType.objects.get_for_id(content_type_id).model_class())
    page: GatedPage = model._default_manager.get(pk=page_id)
    return page


def _checked_digest(page: GatedPage, task_state: TaskState, seen_digest: str | None) -> str:
    """Return the digest of the text to decide on, which must be the one submitted and seen."""
    submitted = (
        Decision.objects.filter(page_id=page.pk, step=Step.SUBMIT, verdict=Verdict.SUBMIT)
        .order_by("-pk")
        .first()
    )
    digest = page.digest_of(task_state.revision)
    if (
        submitted is None
        or page.latest_revision_id != task_state.revision_id
        or submitted.digest != digest
        or (seen_digest is not None and seen_digest != digest)
    ):
        raise Refused(_("稿件内容在送审后有改动，不能按原稿办理，请退回重新报送。"))
    return digest


def _checked_reason(verdict: Verdict, reason: str) -> str:
    reason = reason.strip()
    if verdict in rules.REASONED_VERDICTS and not reason:
        raise Refused(_("请填写理由，报送单位会看到。"))
    if len(reason) > rules.REASON_MAX:
        raise Refused(_("理由不能超过%(max)s字。") % {"max": rules.REASON_MAX})
    return reason


def _move_on(page: GatedPage, task_state: TaskState, decision: Decision) -> None:
    """Let Wagtail's workflow follow a decision: to the next step, back, or to its end."""
    person, comment = decision.person, decision.reason
    if decision.verdict == Verdict.PASS:
        moves.pass_on(task_state=task_state, page=page, person=person, comment=comment)
    elif decision.verdict == Verdict.RETURN:
        moves.give_back(task_state=task_state, person=person, comment=comment)
    else:
        moves.end(state=task_state.workflow_state, person=person, comment=comment)


@transaction.atomic
def decide(
    *,
    task_state_id: int,
    person: User,
    verdict: str,
    reason: str = "",
    seen_digest: str | None = None,
) -> Decision:
    """Take the decision that a task waits for.

    Args:
        seen_digest: digest of the text that the person had on the screen, when known.

    Raises:
        Refused: not this person's to decide, already decided, text changed, reason missing.
        NotCleared: the last step would publish a text without clearance.
    """
    task_state, workflow_state = _locked_task(task_state_id)
    page = _page_of(workflow_state.content_type_id, int(workflow_state.object_id))
    step = moves.step_of(task_state.task)
    if verdict not in rules.VERDICTS_AT[step]:
        raise Refused(_("此环节没有这种意见，请重新选择。"))
    verdict = Verdict(verdict)
    refusal = why_not(page=page, step=step, person=person)
    if refusal is not None:
        raise Refused(refusal)
    reason = _checked_reason(verdict, reason)
    if verdict == Verdict.PASS:
        digest = _checked_digest(page, task_state, seen_digest)
    else:
        digest = page.digest_of(task_state.revision)
    decision = Decision.objects.create(
        page_id=page.pk,
        revision_id=task_state.revision_id,
        task_state=task_state,
        step=step,
        verdict=verdict,
        person=person,
        reason=reason,
        digest=digest,
    )
    if step == Step.CLEAR and verdict == Verdict.PASS:
        Clearance.objects.create(
            page_id=page.pk, revision_id=task_state.revision_id, digest=digest, person=person
        )
    _move_on(page, task_state, decision)
    moves.log_decision(page, decision)
    decided.send(sender=type(page), page=page, decision=decision)
    return decision


def _lock(page_id: int) -> int:
    """Lock a page's row and return its content type's id.

    Without the key: what refers to the page may be written by others meanwhile.
    """
    content_type_id: int = (
        Page.objects.select_for_update(of=("self",), no_key=True)
        .values_list("content_type_id", flat=True)
        .get(pk=page_id)
    )
    return content_type_id


def _locked_page(page_id: int) -> GatedPage:
    """Lock a page and return it as its own type."""
    return _page_of(_lock(page_id), page_id)


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
    """Send a text on its road from the first step, whatever happened to it before.

    The caller has checked that the text is complete and that the person may send it.

    Raises:
        Refused: under review, published, closed for good, or sent by one who played
            another part in it.
    """
    page = _locked_page(page_id)
    state = page.current_workflow_state
    if state is not None and state.status == WorkflowState.STATUS_IN_PROGRESS:
        raise Refused(_("已经提交过了，正在审核中，不用重复提交。"))
    if page.live:
        raise Refused(_("已经审核通过，不能再次提交。"))
    if Decision.objects.filter(page_id=page.pk, verdict__in=rules.FINAL_VERDICTS).exists():
        raise Refused(_("该稿件已办结，不能再次提交；如需报送请另写新稿。"))
    other = rules.other_part(person.pk, page.author_part, acts_on(page))
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
    )
    moves.start(page=page, revision_id=revision.pk, person=person, workflow=_workflow_of(page))
    moves.log_decision(page, decision)
    decided.send(sender=type(page), page=page, decision=decision)
    return decision


@transaction.atomic
def withdraw(*, page_id: int, person: User) -> Decision:
    """Take a text back while its first step (the unit's signature) is still open.

    Raises:
        Refused: it is not under review or has already been signed.
    """
    page = _locked_page(page_id)
    state = page.current_workflow_state
    if state is None or state.current_task_state_id is None:
        raise Refused(_("该稿件不在审核中，不需要撤回。"))
    task_state, workflow_state = _locked_task(state.current_task_state_id)
    if moves.step_of(task_state.task) != Step.SIGN:
        raise Refused(_("单位已经审签，稿件已报出，不能撤回；如有问题请联系信息科退改。"))
    decision: Decision = Decision.objects.create(
        page_id=page.pk,
        revision_id=task_state.revision_id,
        task_state=task_state,
        step=Step.SUBMIT,
        verdict=Verdict.WITHDRAW,
        person=person,
        digest=page.digest_of(task_state.revision),
    )
    moves.end(state=workflow_state, person=person)
    moves.log_decision(page, decision)
    decided.send(sender=type(page), page=page, decision=decision)
    return decision
