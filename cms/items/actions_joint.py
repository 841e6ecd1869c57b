"""Asking units to report together, and their word. Reads are in joint.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page

from cms.review import queries as review
from cms.review.actions import Refused, acts_on
from cms.review.rules import REASON_MAX, Part, Step, other_part
from cms.scanning import door
from cms.scanning.rules import Entrance
from infoflow.units.permissions import unit_ids_of

from . import joint
from .models import ItemPage
from .models_desk import JointAnswer, JointUnit

if TYPE_CHECKING:
    from infoflow.units.models import User


def ask(*, text: ItemPage, person: User) -> None:
    """Ask the units that a submitted text names, and let go those that it no longer names.

    Inside the submission's transaction, which holds the page's lock.
    """
    standing = {row.unit_id: row for row in JointUnit.objects.standing().filter(item_id=text.pk)}
    if not standing and not text.joint:
        return
    digest = text.joint_digest()
    JointUnit.objects.filter(pk__in=[row.pk for row in standing.values()]).update(digest=digest)
    gone = [row.pk for unit, row in standing.items() if unit not in text.joint]
    JointUnit.objects.filter(pk__in=gone).update(dropped_by=person, dropped_at=timezone.now())
    JointUnit.objects.bulk_create(
        JointUnit(item_id=text.pk, unit_id=unit, asked_by=person, digest=digest)
        for unit in text.joint
        if unit not in standing
    )


@door.guarded(Entrance.SIGN)
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
        MarkedSecret: the reason bears a 密级标志.
        Refused: no post in the unit, not asked, a writer of the text, not waiting for a
            signature, text changed, reason missing.
    """
    Page.objects.select_for_update(of=("self",), no_key=True).get(pk=item_id)
    item: ItemPage = ItemPage.objects.get(pk=item_id)
    if unit_id not in unit_ids_of(person):
        raise Refused(_("只有被邀请单位的信息员或审签人可以答复。"))
    asked = JointUnit.objects.standing().filter(item_id=item_id, unit_id=unit_id).first()
    if asked is None:
        raise Refused(_("牵头单位已取消邀请，不用再答复。"))
    # A word for a unit is a signature: who played another part in the text cannot give it.
    other = other_part(person.pk, Part.SIGNATORY, acts_on(item))
    if other is not None:
        raise Refused(
            _("您已参与本稿的“%(part)s”，不能代表联合单位答复，请由该单位其他人办理。")
            % {"part": other.label}
        )
    step = review.open_steps([item_id]).get(item_id)
    if step is None or step[0] != Step.SIGN:
        raise Refused(_("稿件现在不在牵头单位审签环节，不用答复。"))
    digest = joint.submitted_text(item).joint_digest()
    if digest != seen_digest:
        raise Refused(_("牵头单位修改了稿件，请重新阅读后再答复。"))
    reason = reason.strip()
    if not agreed and not reason:
        raise Refused(_("不同意时请填写理由，牵头单位会看到。"))
    if len(reason) > REASON_MAX:
        raise Refused(_("理由不能超过%(max)s字。") % {"max": REASON_MAX})
    last = asked.answers.order_by("-pk").first()
    if last is not None and (last.agreed, last.digest) == (agreed, digest):
        return last
    made: JointAnswer = JointAnswer.objects.create(
        joint=asked, person=person, agreed=agreed, reason=reason, digest=digest
    )
    return made
