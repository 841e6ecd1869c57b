"""漏报, 错报, 谎报, 瞒报: only a person finds them, with reason and evidence; the unit may answer,
and a second person rules on that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from cms.review.actions import Refused
from cms.scanning import door
from cms.scanning.rules import Entrance
from infoflow.units.permissions import has_role, unit_ids_of
from infoflow.units.roles import Role

from . import booking, following
from .actions import locked_event
from .models import Finding, FindingAnswer, FindingRuling
from .rules import Fault

if TYPE_CHECKING:
    from infoflow.units.models import User


def _editor_only(person: User) -> None:
    if not has_role(person, Role.EDITOR):
        raise Refused(_("只有编辑可以认定和复核报送情况。"))


def _finding(finding_id: int) -> Finding:
    """Hold a finding until the transaction ends.

    Raises:
        Refused: there is none.
    """
    held = Finding.objects.select_for_update(of=("self",), no_key=True)
    found: Finding | None = held.select_related("event__unit").filter(pk=finding_id).first()
    if found is None:
        raise Refused(_("没有找到这条认定，请返回刷新。"))
    return found


@door.guarded(Entrance.URGENT)
@transaction.atomic
def find(*, event_id: int, kind: str, reason: str, evidence: str, person: User) -> Finding:
    """Find that a unit left out, misreported, lied or concealed; booked and told at once.

    Raises:
        Refused: not an editor, no kind, reason or evidence, or the same finding stands.
    """
    _editor_only(person)
    if kind not in Fault.values:
        raise Refused(_("请选择认定为漏报、错报、谎报还是瞒报。"))
    reason, evidence = reason.strip(), evidence.strip()
    if not reason or not evidence:
        raise Refused(_("认定必须写明理由和证据，单位和领导会看到。"))
    event = locked_event(event_id)
    standing = Finding.objects.filter(event=event, kind=kind).exclude(ruling__lifted=True)
    if standing.exists():
        raise Refused(_("这件事已有同样的认定，不用重复认定。"))
    made: Finding = Finding.objects.create(
        event=event, kind=kind, reason=reason, evidence=evidence, by=person
    )
    booking.book_finding(event, made)
    following.found(event, made)
    return made


@door.guarded(Entrance.URGENT)
@transaction.atomic
def answer_finding(*, finding_id: int, text: str, person: User) -> FindingAnswer:
    """Object to a finding, once.

    Raises:
        Refused: not of the unit, answered before, ruled on before, or no text.
    """
    finding = _finding(finding_id)
    if finding.event.unit_id not in unit_ids_of(person):
        raise Refused(_("只有本单位的信息员和审签人可以申辩。"))
    text = text.strip()
    if not text:
        raise Refused(_("请写明哪里不符合事实，并说明依据。"))
    if FindingAnswer.objects.filter(finding=finding).exists():
        raise Refused(_("这条认定已经申辩过。"))
    if FindingRuling.objects.filter(finding=finding).exists():
        raise Refused(_("这条认定已经复核，不能再申辩。"))
    made: FindingAnswer = FindingAnswer.objects.create(finding=finding, text=text, by=person)
    following.answered(finding)
    return made


@door.guarded(Entrance.URGENT)
@transaction.atomic
def rule_on(*, finding_id: int, lifted: bool, why: str, person: User) -> FindingRuling:
    """Uphold or lift a finding, once, by somebody else than who found it.

    Raises:
        Refused: not an editor, who found it, ruled on before, or no reason.
    """
    _editor_only(person)
    finding = _finding(finding_id)
    if finding.by_id == person.pk:
        raise Refused(_("不能复核自己作出的认定，请由另一名编辑复核。"))
    why = why.strip()
    if not why:
        raise Refused(_("请写明复核意见，单位会看到。"))
    if FindingRuling.objects.filter(finding=finding).exists():
        raise Refused(_("这条认定已经复核过。"))
    made: FindingRuling = FindingRuling.objects.create(
        finding=finding, lifted=lifted, why=why, by=person
    )
    if lifted:
        booking.lift_finding(finding, person, why)
    following.ruled(finding)
    return made
