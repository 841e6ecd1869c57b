"""Recording what a leader wrote, and the units' answers. Nothing is changed: answers add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.review.actions import Refused
from cms.scanning import door
from cms.scanning.rules import Entrance
from infoflow.units.permissions import unit_ids_of

from .actions import record_fact
from .models import Fact
from .models_instructions import Instruction, InstructionAnswer
from .rules import FactKind
from .rules_instructions import faults_of_answer, faults_of_instruction

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cms.bulletins.models import Bulletin
    from cms.items.models import ItemPage
    from infoflow.units.models import Unit, User


def _raise(faults: Iterable[tuple[str, str]]) -> None:
    found: dict[str, list[str]] = {}
    for field, message in faults:
        found.setdefault(field, []).append(message)
    if found:
        raise ValidationError({field: list(messages) for field, messages in found.items()})


@door.guarded(Entrance.FACT)
@transaction.atomic
def record_instruction(
    *,
    date: date,
    title: str = "",
    item: ItemPage | None = None,
    units: Sequence[Unit],
    bulletin: Bulletin | None = None,
    text: str = "",
    answer_by: date | None = None,
    note: str = "",
    details: Mapping[str, Any],
    key: str,
    person: User,
) -> Fact:
    """Record a leader's instruction on an item; the same key with the same content once.

    Args:
        text: what the leader wrote.
        answer_by: last day for the units' answers; None when none is asked for.
        details: level, leader and mark, as `record_fact` takes them.

    Raises:
        Refused, ValidationError: as `record_fact`.
    """
    text = text.strip()
    _raise(faults_of_instruction(text, date, answer_by))
    fact = record_fact(
        kind=FactKind.INSTRUCTION,
        date=date,
        title=title,
        item=item,
        units=units,
        bulletin=bulletin,
        note=note,
        details=details,
        key=key,
        person=person,
    )
    known = Instruction.objects.filter(fact=fact).first()
    if known is None:
        Instruction.objects.create(fact=fact, text=text, answer_by=answer_by)
    elif (known.text, known.answer_by) != (text, answer_by):
        raise Refused(_("这张表已登记过这条批示；要登记另一条，请重新打开登记页面。"))
    return fact


@door.guarded(Entrance.FACT)
@transaction.atomic
def answer_instruction(
    *, instruction_id: int, unit_id: int, text: str, done_on: date, key: str, person: User
) -> InstructionAnswer:
    """Say what a unit did about an instruction; the same key answers once.

    Raises:
        Refused: not one of the unit's people, the unit is not named, or the instruction was
            withdrawn.
        ValidationError: no text, or an impossible day, by field.
    """
    instruction = (
        Instruction.objects.select_for_update(of=("self",))
        .select_related("fact")
        .filter(pk=instruction_id)
        .first()
    )
    if instruction is None or not instruction.fact.lines.filter(unit_id=unit_id).exists():
        raise Refused(_("没有找到这条批示，请返回列表刷新。"))
    if unit_id not in unit_ids_of(person):
        raise Refused(_("只有本单位的信息员和审签人可以反馈办理情况。"))
    if Fact.objects.filter(reverses=instruction.fact_id).exists():
        raise Refused(_("这条批示的登记已经撤销，不用反馈。"))
    text = text.strip()
    _raise(faults_of_answer(text, done_on, instruction.fact.date, timezone.localdate()))
    known = InstructionAnswer.objects.filter(key=key).first()
    if known is not None:
        if (known.instruction_id, known.unit_id, known.text) == (instruction.pk, unit_id, text):
            return known
        raise Refused(_("这张表已经提交过；要补充反馈，请重新打开页面。"))
    made: InstructionAnswer = InstructionAnswer.objects.create(
        instruction=instruction,
        unit_id=unit_id,
        text=text,
        done_on=done_on,
        key=key,
        person=person,
    )
    return made
