"""A text's decisions as the rules see them; used by every act on the road."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from . import rules
from .findings import kinds_in
from .locks import Refused
from .models import Decision
from .moves import Arrival
from .rules import Act, Step, Verdict

if TYPE_CHECKING:
    pass


def load(page_id: int) -> list[Decision]:
    """Return the decisions on a text, oldest first, in one query."""
    return list(Decision.objects.filter(page_id=page_id).order_by("pk"))


def _text(decision: Decision) -> str:
    """Name exactly one text: a clearance holds for a revision, so the digest is not enough."""
    return f"{decision.revision_id}:{decision.digest}"


def following(road: Sequence[Decision], at: Step, active: Sequence[Step]) -> Step | None:
    """Return the step that follows the newest decision, a pass or the submission."""
    acts = [Act(Step(d.step), Verdict(d.verdict), _text(d), d.resume) for d in road]
    return rules.next_step(at=at, active=active, road=acts, text=_text(road[-1]))


def arrival(road: Sequence[Decision]) -> Arrival:
    """Return how a text comes to its next step, after the newest decision."""
    return Arrival(
        kinds=kinds_in(road[-1].findings), returned=rules.was_returned(d.verdict for d in road)
    )


def checked_reason(verdict: Verdict, reason: str, cause: str = "") -> tuple[str, str]:
    """Return reason and cause; a verdict that others must understand needs one of them.

    Raises:
        Refused: neither is given, or one is too long.
    """
    reason, cause = reason.strip(), cause.strip()
    if verdict not in rules.REASONED_VERDICTS:
        cause = ""
    elif not reason and not cause:
        raise Refused(_("请填写理由，报送单位会看到。"))
    if len(reason) > rules.REASON_MAX or len(cause) > rules.CAUSE_MAX:
        raise Refused(_("理由不能超过%(max)s字。") % {"max": rules.REASON_MAX})
    return reason, cause
