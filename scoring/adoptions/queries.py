"""Reads of facts for the office's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import timezone

from cms.items.models import ItemPage, ItemQuerySet
from infoflow.units.permissions import has_role
from infoflow.units.roles import Role

from .models import Fact, FactLine, FactQuerySet, Instruction, InstructionAnswer
from .rules import FactKind
from .rules_instructions import AnswerState

if TYPE_CHECKING:
    from collections.abc import Collection

    from infoflow.units.models import User

# The newest pool items offered while typing; older ones are found by their number.
ITEMS_OFFERED = 500


def facts_for_list(user: User) -> FactQuerySet:
    """Return the facts a person may see with all that a list shows; newest first.

    Costs two queries, however many rows.
    """
    lines = FactLine.objects.select_related("unit").order_by("position")
    return (
        Fact.objects.visible_to(user)
        .select_related("bulletin", "recorded_by", "reversed_by")
        .prefetch_related(Prefetch("lines", queryset=lines))
    )


def recordable_items(user: User) -> ItemQuerySet:
    """Return pool items that a person may name in a fact: editors and scorers all.

    Scorers read no texts, but every submission already shows them its title as a fact.
    """
    pool: ItemQuerySet = ItemPage.objects.in_pool()
    return pool if has_role(user, Role.SCORER, Role.EDITOR) else pool.none()


def offered_items(user: User) -> list[tuple[int, str, str]]:
    """Return (number, title, unit) of the newest items that a person may name."""
    items = recordable_items(user).order_by("-pk").values_list("pk", "title", "unit__name")
    return list(items[:ITEMS_OFFERED])


def instruction_lines(units: Collection[int] | None = None) -> QuerySet[FactLine]:
    """Return a line for each standing instruction and unit, with `answered` (first day) added.

    Args:
        units: only these; all when None.
    """
    # One zone for the whole house (settings.TIME_ZONE); `__date` follows it on both databases.
    first = (
        InstructionAnswer.objects.filter(instruction__fact=OuterRef("fact"), unit=OuterRef("unit"))
        .order_by("at", "pk")
        .values("at__date")[:1]
    )
    lines = FactLine.objects.filter(
        kind=FactKind.INSTRUCTION, fact__reverses=None, fact__reversed_by=None
    )
    if units is not None:
        lines = lines.filter(unit_id__in=units)
    return (
        lines.annotate(answered=Subquery(first))
        .select_related("fact", "fact__instruction", "unit")
        .order_by(F("fact__instruction__answer_by").asc(nulls_last=True), "-happened", "-pk")
    )


def unanswered(lines: QuerySet[Any]) -> QuerySet[Any]:
    """Return the lines of `instruction_lines` whose answer is asked for and has not come."""
    return lines.filter(answered=None, fact__instruction__answer_by__isnull=False)


def in_state(lines: QuerySet[Any], state: str) -> QuerySet[Any]:
    """Return the lines whose answer is in a state today (`rules_instructions.AnswerState`)."""
    deadline = "fact__instruction__answer_by"
    today = timezone.localdate()
    wanted = {
        AnswerState.OVERDUE: Q(answered=None, **{f"{deadline}__lt": today}),
        AnswerState.WAITING: Q(answered=None, **{f"{deadline}__gte": today}),
        AnswerState.OPEN: Q(answered=None, **{f"{deadline}__isnull": True}),
        AnswerState.LATE: Q(answered__gt=F(deadline)),
        AnswerState.ANSWERED: Q(answered__isnull=False)
        & (Q(**{f"{deadline}__isnull": True}) | Q(answered__lte=F(deadline))),
    }
    return lines.filter(wanted[AnswerState(state)])


def answers_to(fact: Fact) -> list[InstructionAnswer]:
    """Return the units' answers to an instruction, oldest first; none for other facts."""
    if fact.kind != FactKind.INSTRUCTION:
        return []
    return list(
        InstructionAnswer.objects.filter(instruction__fact=fact)
        .select_related("unit", "person")
        .order_by("at", "pk")
    )


def instructions_for(user: User) -> QuerySet[Instruction]:
    """Return the standing instructions that a person may read, with their facts."""
    found: QuerySet[Instruction] = Instruction.objects.visible_to(user).standing()
    return found.select_related("fact", "fact__bulletin")
