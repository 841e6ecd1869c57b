"""When a unit's answer to an instruction is due, and whether it came. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

TEXT_MAX = 2000


class AnswerState(models.TextChoices):
    """Where a unit's answer stands."""

    OVERDUE = "overdue", _("逾期未反馈")
    WAITING = "waiting", _("待反馈")
    OPEN = "open", _("未限期")
    LATE = "late", _("逾期反馈")
    ANSWERED = "answered", _("已反馈")


@dataclass(frozen=True)
class Standing:
    """The state and the days to (or since) the deadline, where they matter."""

    state: AnswerState
    days: int = 0

    @property
    def words(self) -> str:
        """The state in a clerk's words."""
        if self.state == AnswerState.OVERDUE:
            return str(_("逾期%(n)s天未反馈") % {"n": self.days})
        if self.state == AnswerState.WAITING:
            return str(_("今天到期") if not self.days else _("还有%(n)s天") % {"n": self.days})
        return str(self.state.label)


def standing_of(answer_by: date | None, first_answer: date | None, today: date) -> Standing:
    """Return where an answer stands. The first answer counts; its deadline's day is in time."""
    if first_answer is not None:
        late = answer_by is not None and first_answer > answer_by
        return Standing(AnswerState.LATE if late else AnswerState.ANSWERED)
    if answer_by is None:
        return Standing(AnswerState.OPEN)
    left = (answer_by - today).days
    return (
        Standing(AnswerState.WAITING, left) if left >= 0 else Standing(AnswerState.OVERDUE, -left)
    )


def faults_of_instruction(
    text: str, day: date, answer_by: date | None
) -> Iterator[tuple[str, str]]:
    """Yield (field, message) for what is wrong with an instruction's words and deadline."""
    if len(text) > TEXT_MAX:
        yield "text", str(_("批示内容不能超过%(max)s字。") % {"max": TEXT_MAX})
    if answer_by is not None and answer_by < day:
        yield "answer_by", str(_("反馈期限不能早于批示日期。"))


def faults_of_answer(
    text: str, done_on: date, instructed: date, today: date
) -> Iterator[tuple[str, str]]:
    """Yield (field, message) for what is wrong with an answer."""
    if not text.strip():
        yield "text", str(_("请写明办理情况：做了什么、结果如何。"))
    if len(text) > TEXT_MAX:
        yield "text", str(_("办理情况不能超过%(max)s字，请缩短。") % {"max": TEXT_MAX})
    if done_on > today:
        yield "done_on", str(_("办理日期不能晚于今天。"))
    if done_on < instructed:
        yield "done_on", str(_("办理日期不能早于批示日期。"))
