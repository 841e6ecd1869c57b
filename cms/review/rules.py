"""Rules of review: steps, verdicts, who may do what after whom. Pure: no ORM, no clock."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Step(models.TextChoices):
    """A station on the road of one text."""

    SUBMIT = "submit", _("报送")
    SIGN = "sign", _("单位审签")
    SCREEN = "screen", _("编辑初审")
    CLEAR = "clear", _("保密审查")
    RECHECK = "recheck", _("保密复审")
    ISSUE = "issue", _("签发")


class Verdict(models.TextChoices):
    """What a person decided at a step."""

    SUBMIT = "submit", _("提交")
    PASS = "pass", _("通过")
    RETURN = "return", _("退改")
    CLOSE = "close", _("不采用")
    REFUSE = "refuse", _("保密审查不通过")
    WITHDRAW = "withdraw", _("撤回")
    REOPEN = "reopen", _("恢复办理")


class Resume(models.TextChoices):
    """How a text goes on after what a return asked for is done."""

    ALL = "all", _("重新逐环节办理")
    BACK = "back", _("直接回到退回的环节")


# Verdicts that end the item's road for good.
FINAL_VERDICTS = frozenset({Verdict.CLOSE, Verdict.REFUSE})
# Verdicts that the writer must be able to understand.
REASONED_VERDICTS = frozenset({Verdict.RETURN, Verdict.CLOSE, Verdict.REFUSE, Verdict.REOPEN})

# Verdicts that may be given to several texts at once. Never a pass (一事一审).
BULK_VERDICTS = frozenset({Verdict.RETURN, Verdict.CLOSE})

VERDICTS_AT: Mapping[Step, tuple[Verdict, ...]] = {
    Step.SIGN: (Verdict.PASS, Verdict.RETURN),
    Step.SCREEN: (Verdict.PASS, Verdict.RETURN, Verdict.CLOSE),
    Step.CLEAR: (Verdict.PASS, Verdict.RETURN, Verdict.REFUSE),
    Step.RECHECK: (Verdict.PASS, Verdict.RETURN, Verdict.REFUSE),
    Step.ISSUE: (Verdict.PASS, Verdict.RETURN),
}

# Steps whose pass needs a complete confidentiality form.
SHEET_STEPS = frozenset({Step.CLEAR, Step.RECHECK})

REASON_MAX = 1000
CAUSE_MAX = 100


class Part(models.TextChoices):
    """The part that a person played in one text. Nobody plays two."""

    AUTHOR = "author", _("撰稿")
    SIGNATORY = "signatory", _("单位审签")
    EDITOR = "editor", _("编辑")
    REVIEWER = "reviewer", _("保密审查")
    SECOND_REVIEWER = "recheck", _("保密复审")
    ISSUER = "issuer", _("签发")


PART_OF_STEP: Mapping[Step, Part] = {
    Step.SUBMIT: Part.AUTHOR,
    Step.SIGN: Part.SIGNATORY,
    Step.SCREEN: Part.EDITOR,
    Step.CLEAR: Part.REVIEWER,
    Step.RECHECK: Part.SECOND_REVIEWER,
    Step.ISSUE: Part.ISSUER,
}


@dataclass(frozen=True)
class QueueFacts:
    """What a queue shows of a text and filters by."""

    unit_id: int | None = None
    form: str = ""
    urgent: bool = False


def minutes_between(start: datetime, end: datetime) -> int:
    """Return whole minutes from one moment to a later one; never below zero."""
    return max(int((end - start).total_seconds()) // 60, 0)


def other_part(person: int, wanted: Part, acts: Iterable[tuple[int, Part]]) -> Part | None:
    """Return the different part that a person already played in this text, or None.

    Source: domain rules on review, "No two of these steps by the same person".
    """
    for who, part in acts:
        if who == person and part != wanted:
            return part
    return None


def digest(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of exactly what readers will see, as 64 hex digits.

    Keys are sorted and text is taken as it is: one changed character, one blank more, one
    entry moved gives another digest.
    """
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


# Steps that must have passed exactly this text before a road may jump over them. The unit's
# signature too: without it nothing leaves the unit, a text rewritten on the way included.
MUST_SEE = frozenset({Step.SIGN, Step.CLEAR, Step.RECHECK, Step.ISSUE})
# Verdicts that end whatever an earlier return has ordered.
_FORGETTING = frozenset({Verdict.CLOSE, Verdict.REFUSE, Verdict.WITHDRAW, Verdict.REOPEN})
_RANK: Mapping[Step, int] = {step: n for n, step in enumerate(Step)}


@dataclass(frozen=True)
class Act:
    """One decision of a road, as far as the way on depends on it."""

    step: Step
    verdict: Verdict
    text: str  # names exactly one text: revision and digest
    resume: str = ""  # Resume, of a return


def returnable_steps(at: Step, active: Iterable[Step]) -> list[Step]:
    """Return where a return from a step may go: the writer, or an earlier step of this road."""
    return [Step.SUBMIT, *(step for step in active if _RANK[step] < _RANK[at])]


def pending_returns(road: Iterable[Act]) -> tuple[Step, ...]:
    """Return the steps that sent a text back and shall get it straight back, nearest last.

    A return with "every step again" cancels those; so do closing, refusing, withdrawing and
    reopening. A pass of the step, or of a later one, fulfils it.
    """
    targets: list[Step] = []
    for act in road:
        if act.verdict == Verdict.PASS:
            targets = [step for step in targets if _RANK[step] > _RANK[act.step]]
        elif act.verdict == Verdict.RETURN:
            targets = [*targets, act.step] if act.resume == Resume.BACK else []
        elif act.verdict in _FORGETTING:
            targets = []
    return tuple(targets)


def was_returned(verdicts: Iterable[str]) -> bool:
    """Tell whether a text was ever sent back on its road."""
    return Verdict.RETURN in set(verdicts)


def passed_texts(road: Iterable[Act]) -> dict[Step, str]:
    """Return which text each step passed last; a step that then refused it passed none."""
    passed: dict[Step, str] = {}
    for act in road:
        if act.verdict == Verdict.PASS:
            passed[act.step] = act.text
        elif act.verdict in (Verdict.RETURN, Verdict.REFUSE):
            passed.pop(act.step, None)
    return passed


def next_step(
    *,
    at: Step,
    active: Sequence[Step],
    road: Sequence[Act],
    text: str,
) -> Step | None:
    """Return the step that follows a pass (or the submission), None after the last one.

    Args:
        at: the step that passed; SUBMIT for a submission.
        active: steps of this road that are switched on, in order.
        road: every decision so far, the pass itself included.
        text: names exactly the text that goes on.

    The rule of "straight back": jump to the step that returned it. On the way nothing is
    skipped that never passed this item, and signatures and confidentiality (`MUST_SEE`) only
    when they passed exactly this text. A returning step that has been switched off since
    counts as "every step again".
    """
    following = [step for step in active if _RANK[step] > _RANK[at]]
    targets = [step for step in pending_returns(road) if _RANK[step] > _RANK[at]]
    if not following:
        return None
    if not targets or targets[-1] not in following:
        return following[0]
    passed = passed_texts(road)
    for step in following:
        seen = passed.get(step)
        if step == targets[-1] or seen is None or (step in MUST_SEE and seen != text):
            return step
    return None


def clears(step: Step, active: Iterable[Step]) -> bool:
    """Tell whether a pass at this step is the clearance: the last confidentiality level's."""
    return step == Step.RECHECK or (step == Step.CLEAR and Step.RECHECK not in active)
