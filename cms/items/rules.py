"""Rules of items: forms, states, what a complete item has. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.review.rules import FINAL_VERDICTS, Step, Verdict

TITLE_MAX = 100


class ItemForm(models.TextChoices):
    """稿件形式. Source: domain glossary, forms of an item."""

    NEWS = "news", _("动态")
    BRIEF = "brief", _("简讯")
    ONE_LINE = "line", _("一句话")
    EXPERIENCE = "experience", _("经验")
    PROBLEM = "problem", _("问题建议")
    RESEARCH = "research", _("调研")
    SUMMARY = "summary", _("综合")
    PICTURE = "picture", _("图片")


class ItemState(models.TextChoices):
    """Where an item is on its road. Derived from decisions, never stored."""

    DRAFT = "draft", _("草稿")
    SIGNING = "sign", _("待单位审签")
    SCREENING = "screen", _("待编辑初审")
    CLEARING = "clear", _("待保密审查")
    RECHECKING = "recheck", _("待保密复审")
    REOPENED = "reopened", _("已恢复办理，待编辑初审")
    RETURNED = "returned", _("已退改")
    WITHDRAWN = "withdrawn", _("已撤回")
    POOL = "pool", _("已入备用稿库")
    ADOPTED = "adopted", _("已采用")
    CLOSED = "closed", _("不采用")
    REFUSED = "refused", _("保密审查不通过")


EDITABLE_STATES = frozenset({ItemState.DRAFT, ItemState.RETURNED, ItemState.WITHDRAWN})

_WAITING = {
    Step.SIGN: ItemState.SIGNING,
    Step.SCREEN: ItemState.SCREENING,
    Step.CLEAR: ItemState.CLEARING,
    Step.RECHECK: ItemState.RECHECKING,
}
_HOLDERS = {
    ItemState.DRAFT: _("撰稿人"),
    ItemState.SIGNING: _("本单位审签人"),
    ItemState.SCREENING: _("信息科编辑"),
    ItemState.CLEARING: _("保密审查员"),
    ItemState.RECHECKING: _("保密审查员"),
    ItemState.REOPENED: _("信息科编辑"),
    ItemState.RETURNED: _("撰稿人"),
    ItemState.WITHDRAWN: _("撰稿人"),
    ItemState.POOL: _("信息科编辑"),
}


@dataclass(frozen=True)
class Standing:
    """State of an item, since when, with whom and why it came back."""

    state: ItemState
    since: datetime | None
    reason: str = ""
    reason_by: str = ""
    # Who has taken it up at its step; empty while nobody has.
    claimed: str = ""
    # By when its step is to be done; None where no term is set.
    due: datetime | None = None
    # The open task at which it waits.
    task_state_id: int | None = None
    # What joint units still have to say.
    joint_note: str = ""

    @property
    def holder(self) -> str:
        """Who has it now: a name where somebody took it up, else the role; empty when the
        road has ended."""
        role = str(_HOLDERS.get(self.state, ""))
        return f"{self.claimed}（{role}）" if self.claimed and role else role

    @property
    def editable(self) -> bool:
        return self.state in EDITABLE_STATES


def state_of(
    *,
    live: bool,
    adopted: bool,
    waiting_at: str | None,
    last_verdict: str | None,
) -> ItemState:
    """Derive an item's state.

    Args:
        live: it went through the gate.
        adopted: a bulletin carried it.
        waiting_at: step of the open task, None when none is open.
        last_verdict: verdict of the newest decision, None before the first.
    """
    if live:
        return ItemState.ADOPTED if adopted else ItemState.POOL
    if waiting_at == Step.SCREEN and last_verdict == Verdict.REOPEN:
        return ItemState.REOPENED
    if waiting_at is not None:
        return _WAITING[Step(waiting_at)]
    if last_verdict in FINAL_VERDICTS:
        return ItemState.CLOSED if last_verdict == Verdict.CLOSE else ItemState.REFUSED
    if last_verdict == Verdict.RETURN:
        return ItemState.RETURNED
    if last_verdict == Verdict.WITHDRAW:
        return ItemState.WITHDRAWN
    return ItemState.DRAFT
