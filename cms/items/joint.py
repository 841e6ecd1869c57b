"""联合报送: other units agree to exactly the text that the lead unit has sent to its signatory.

A unit is asked when the lead submits, and reads what was submitted, never a draft. Its word
holds for that text: a changed one needs a new word, and the lead's signatory cannot pass a
text before everybody asked has agreed to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from cms.review import queries as review
from cms.review.models import Decision, OpenTask
from cms.review.rules import Step, Verdict
from infoflow.units.permissions import unit_ids_of

from .models import ItemPage
from .models_desk import JointAnswer, JointUnit

if TYPE_CHECKING:
    from infoflow.units.models import User

JOINT_MAX = 10


@dataclass(frozen=True)
class JointLine:
    """Where one joint unit stands."""

    unit_id: int
    name: str
    asked_at: datetime
    answer: JointAnswer | None
    # The answer was given to exactly the text in question.
    holds: bool

    @property
    def agreed(self) -> bool:
        return self.holds and self.answer is not None and self.answer.agreed

    @property
    def declined(self) -> bool:
        return self.holds and self.answer is not None and not self.answer.agreed


def submitted_text(item: ItemPage) -> ItemPage:
    """Return the text that was last sent to the unit's signatory, never a later draft.

    Raises:
        ItemPage.DoesNotExist: it was never sent.
    """
    sent = (
        Decision.objects.filter(page_id=item.pk, verdict=Verdict.SUBMIT)
        .select_related("revision")
        .order_by("-pk")
        .first()
    )
    if sent is None:
        raise ItemPage.DoesNotExist
    return ItemPage.of_revision(sent.revision)


def lines_of(text: ItemPage) -> list[JointLine]:
    """Return where each joint unit of a text stands, in the order of their names on it."""
    if not text.joint:
        return []
    digest = text.joint_digest()
    asked = (
        JointUnit.objects.standing()
        .filter(item_id=text.pk, unit_id__in=text.joint)
        .select_related("unit")
        .prefetch_related("answers__person")
    )
    lines = []
    for joint in asked:
        answers = list(joint.answers.all())
        last = answers[-1] if answers else None
        holds = last is not None and last.digest == digest
        lines.append(JointLine(joint.unit_id, joint.unit.name, joint.asked_at, last, holds))
    return sorted(lines, key=lambda line: text.joint.index(line.unit_id))


def not_agreed(text: ItemPage, lines: Sequence[JointLine] | None = None) -> list[str]:
    """Return the names of the joint units that have not agreed to exactly this text.

    Args:
        lines: `lines_of(text)`, when the caller has it already.
    """
    lines = lines_of(text) if lines is None else lines
    missing = len(text.joint) - len(lines)
    names = [line.name for line in lines if not line.agreed]
    return names + [_("另有%(n)s个单位") % {"n": missing}] * bool(missing)


def waiting_for(user: User) -> QuerySet[JointUnit]:
    """Return the requests that wait for a word of the person's units, oldest first."""
    told = JointAnswer.objects.filter(joint=OuterRef("pk"), digest=OuterRef("digest"))
    at_signature = review.open_tasks(Step.SIGN).order_by().values("page_id")
    return (
        JointUnit.objects.standing()
        .filter(~Exists(told), unit_id__in=unit_ids_of(user), item_id__in=at_signature)
        .select_related("unit", "item__unit", "item__owner")
        .defer("item__body")
        .order_by("asked_at", "pk")
    )


def was_ever_asked(user: User) -> bool:
    """Tell whether a unit of the person reports another unit's item as well."""
    return JointUnit.objects.standing().filter(unit_id__in=unit_ids_of(user)).exists()


def joint_with(user: User) -> QuerySet[ItemPage]:
    """Return other units' items that the person's units report as well, newest first.

    Those that the lead unit is changing at the moment are left out: their row is a draft.
    """
    ids = unit_ids_of(user)
    asked = JointUnit.objects.standing().filter(unit_id__in=ids).values("item_id")
    items: QuerySet[ItemPage] = (
        ItemPage.objects.visible_to(user)
        .filter(Q(live=True) | Q(pk__in=OpenTask.objects.values("page_id")), pk__in=asked)
        .select_related("unit", "signatory", "owner")
        .defer("body")
        .order_by("-latest_revision_created_at", "-pk")
    )
    return items


def notes_of(items: Sequence[ItemPage]) -> dict[int, str]:
    """Return in a few words what joint units still have to say about submitted items."""
    if not items:
        return {}
    asked = (
        JointUnit.objects.standing()
        .filter(item_id__in=[item.pk for item in items])
        .annotate(
            word=Subquery(
                JointAnswer.objects.filter(joint=OuterRef("pk"), digest=OuterRef("digest"))
                .order_by("-pk")
                .values("agreed")[:1]
            )
        )
    )
    against: dict[int, int] = {}
    silent: dict[int, int] = {}
    for joint in asked:
        if joint.word is None:
            silent[joint.item_id] = silent.get(joint.item_id, 0) + 1
        elif not joint.word:
            against[joint.item_id] = against.get(joint.item_id, 0) + 1
    notes = {pk: _("等%(n)s个联合单位答复") % {"n": n} for pk, n in silent.items()}
    notes.update({pk: _("有%(n)s个联合单位不同意") % {"n": n} for pk, n in against.items()})
    return notes
