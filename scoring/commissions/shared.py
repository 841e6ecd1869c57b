"""What all acts on commissions have in common: locks, who may, words, the log."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from cms.review.actions import Refused
from infoflow.units.permissions import has_role, unit_ids_of
from infoflow.units.roles import Role

from .models import AskedUnit, Commission, CommissionEvent
from .rules import WORDS_MAX, Happening

if TYPE_CHECKING:
    from infoflow.units.models import User


class NeedsConfirmation(Refused):
    """What may be meant so, but has to be confirmed; `doubts` says what it is."""

    def __init__(self, doubts: list[str]) -> None:
        super().__init__(
            _("请核对：%(doubts)s。确实如此的，请勾选“已核对”后再提交。")
            % {"doubts": "；".join(doubts)}
        )
        self.doubts = doubts


def the_office(person: User) -> None:
    """Refuse everybody but editors."""
    if not has_role(person, Role.EDITOR):
        raise Refused(_("只有信息科编辑可以办理约稿，请联系信息科。"))


def the_unit(asked: AskedUnit, person: User, role: Role | None = None) -> None:
    """Refuse whoever holds no post in the asked unit."""
    if asked.unit_id not in unit_ids_of(person, role):
        told = (
            _("只有本单位的信息员可以写稿。")
            if role == Role.OFFICER
            else _("只有被约稿单位的信息员和审签人可以办理。")
        )
        raise Refused(told)


def locked_commission(pk: int) -> Commission:
    """Lock a commission and return it as it is now."""
    rows = Commission.objects.select_for_update(of=("self",), no_key=True)
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Refused(_("没有找到这件约稿，请返回列表刷新。"))
    return found


def locked_asked(pk: int) -> AskedUnit:
    """Lock an asked unit and return it as it is now, with its commission and unit.

    Raises:
        Refused: unknown, or never sent.
    """
    rows = AskedUnit.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("commission", "unit").filter(pk=pk).first()
    if found is None or found.asked_at is None:
        raise Refused(_("没有找到这件约稿，请返回列表刷新。"))
    return found


def locked_standing(commission: Commission) -> list[AskedUnit]:
    """Lock all asked units of a commission that still stand, always in the same order."""
    rows = AskedUnit.objects.select_for_update(of=("self",), no_key=True)
    found = list(rows.filter(commission=commission).standing().order_by("pk"))
    for row in found:
        row.commission = commission
    return found


def not_dropped(asked: AskedUnit) -> None:
    """Refuse an act on what was taken back."""
    if asked.dropped_at is not None:
        raise Refused(_("这件约稿已经撤销，不用再办理。"))


def signed_for(asked: AskedUnit) -> None:
    """Refuse an act before the unit has signed for the commission."""
    not_dropped(asked)
    if asked.signed_at is None:
        raise Refused(_("请先签收，再办理。"))


def told(text: str, empty: str = "", longest: int = WORDS_MAX) -> str:
    """Return words without blanks around them.

    Raises:
        Refused: too long, or nothing although `empty` says what to do.
    """
    text = text.strip()
    if not text and empty:
        raise Refused(empty)
    if len(text) > longest:
        raise Refused(_("文字不能超过%(max)s字，请缩短。") % {"max": longest})
    return text


def note(
    what: Happening,
    *,
    commission: Commission,
    asked: AskedUnit | None = None,
    by: User | None,
    words: str = "",
    at: datetime | None = None,
) -> CommissionEvent:
    """Write one line of a commission's log."""
    made: CommissionEvent = CommissionEvent.objects.create(
        commission=commission,
        asked=asked,
        what=what,
        by=by,
        at=at or timezone.now(),
        words=words[:500],
    )
    return made
