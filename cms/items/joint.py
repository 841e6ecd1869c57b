"""联合报送: other units agree to exactly the text that the lead unit has sent to its signatory.

A unit is asked when the lead submits, and reads what was submitted, never a draft. Its word
holds for that text: a changed one needs a new word, and the lead's signatory cannot pass a
text before everybody asked has agreed to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page

from cms.review import queries as review
from cms.review.actions import Refused
from cms.review.models import Decision
from cms.review.rules import REASON_MAX, Step, Verdict
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
    text: ItemPage = sent.revision.as_object()
    return text


def ask(*, text: ItemPage, person: User) -> None:
    """Ask the units that a submitted text names, and let go those that it no longer names.

    Inside the submission's transaction, which holds the page's lock.
    """
    standing = {
        joint.unit_id: joint for joint in JointUnit.objects.standing().filter(item_id=text.pk)
    }
    if not standing and not text.joint:
        return
    digest = text.joint_digest()
    JointUnit.objects.filter(pk__in=[joint.pk for joint in standing.values()]).update(digest=digest)
    gone = [joint.pk for unit, joint in standing.items() if unit not in text.joint]
    JointUnit.objects.filter(pk__in=gone).update(dropped_by=person, dropped_at=timezone.now())
    JointUnit.objects.bulk_create(
        JointUnit(item_id=text.pk, unit_id=unit, asked_by=person, digest=digest)
        for unit in text.joint
        if unit not in standing
    )


@transaction.atomic
def answer(
    *,
    item_id: int,
    unit_id: int,
    person: User,
    agreed: bool,
    reason: str = "",
    seen_digest: str,
) -> JointAnswer:
    """Agree to a text in a unit's name, or decline with a reason; the newest word counts.

    Args:
        seen_digest: `joint_digest` of the text on the person's screen.

    Raises:
        Refused: no post in the unit, not asked, a writer of the text, not waiting for a
            signature, text changed, reason missing.
    """
    Page.objects.select_for_update(of=("self",), no_key=True).get(pk=item_id)
    item: ItemPage = ItemPage.objects.get(pk=item_id)
    if unit_id not in unit_ids_of(person):
        raise Refused(_("只有被邀请单位的信息员或审签人可以答复。"))
    joint = JointUnit.objects.standing().filter(item_id=item_id, unit_id=unit_id).first()
    if joint is None:
        raise Refused(_("牵头单位已取消邀请，不用再答复。"))
    wrote = item.owner_id == person.pk or item.revisions.filter(user=person).exists()
    if wrote:
        raise Refused(_("您是本稿的撰稿人，不能代表联合单位答复，请由该单位其他人办理。"))
    step = review.open_steps([item_id]).get(item_id)
    if step is None or step[0] != Step.SIGN:
        raise Refused(_("稿件现在不在牵头单位审签环节，不用答复。"))
    digest = submitted_text(item).joint_digest()
    if digest != seen_digest:
        raise Refused(_("牵头单位修改了稿件，请重新阅读后再答复。"))
    reason = reason.strip()
    if not agreed and not reason:
        raise Refused(_("不同意时请填写理由，牵头单位会看到。"))
    if len(reason) > REASON_MAX:
        raise Refused(_("理由不能超过%(max)s字。") % {"max": REASON_MAX})
    last = joint.answers.order_by("-pk").first()
    if last is not None and (last.agreed, last.digest) == (agreed, digest):
        return last
    made: JointAnswer = JointAnswer.objects.create(
        joint=joint, person=person, agreed=agreed, reason=reason, digest=digest
    )
    return made


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


def not_agreed(text: ItemPage) -> list[str]:
    """Return the names of the joint units that have not agreed to exactly this text."""
    lines = lines_of(text)
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


def joint_with(user: User) -> QuerySet[ItemPage]:
    """Return other units' items that the person's units report as well, newest first."""
    ids = unit_ids_of(user)
    asked = JointUnit.objects.standing().filter(unit_id__in=ids).values("item_id")
    items: QuerySet[ItemPage] = (
        ItemPage.objects.visible_to(user)
        .filter(pk__in=asked)
        .select_related("unit", "signatory", "owner")
        .defer("body")
        .order_by("-latest_revision_created_at", "-pk")
    )
    return items
