"""Raising and answering objections. Both happen once; nothing happens by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.review.actions import Refused
from cms.scanning import door
from cms.scanning.rules import Entrance
from infoflow.units.permissions import has_role
from infoflow.units.roles import Role
from scoring.adoptions.actions import record_facts
from scoring.adoptions.models import Fact
from scoring.adoptions.rules import NOTE_MAX, TITLE_MAX, FactKind, FactRow, Source
from scoring.ledger.models import Entry
from scoring.schemes.rules import parse_signed

from .models import Answer, Objection, ObjectionSettings
from .queries import answer_deadline, can_adjust, why_not
from .rules import TEXT_MAX, Result, adjustment_key

if TYPE_CHECKING:
    from infoflow.units.models import User


def _told(text: str, empty: str) -> str:
    text = text.strip()
    if not text:
        raise Refused(empty)
    if len(text) > TEXT_MAX:
        raise Refused(_("文字不能超过%(max)s字，请缩短。") % {"max": TEXT_MAX})
    return text


@door.guarded(Entrance.OBJECTION)
@transaction.atomic
def raise_objection(*, entry_id: int, text: str, person: User) -> Objection:
    """Object to one of the own unit's entries; the deadline for the answer is set with its rule.

    Raises:
        Refused: not an officer or signatory of the unit, unknown, objected to before, taken
            back meanwhile, too late, or no text.
    """
    text = _told(text, _("请写明哪里不对、应当怎样，计分员据此核对。"))
    entry = Entry.objects.select_for_update(of=("self",), no_key=True).filter(pk=entry_id).first()
    if entry is None:
        raise Refused(_("没有找到这笔得分，请返回刷新。"))
    now = timezone.now()
    told = why_not(entry, person, now)
    if told:
        raise Refused(told)
    deadline = answer_deadline(now)
    made: Objection = Objection.objects.create(
        entry=entry,
        unit_id=entry.unit_id,
        text=text,
        by=person,
        at=now,
        answer_by=deadline.at,
        answer_rule=deadline.sentence,
    )
    return made


def _adjust(objection: Objection, points: str, text: str, person: User) -> Fact | None:
    """Record the adjustment that an upheld objection leads to; None without points."""
    if not points.strip():
        return None
    try:
        hundredths = parse_signed(points)
    except ValueError as error:
        raise Refused(str(error)) from None
    if not hundredths:
        return None
    entry = objection.entry
    day = min(entry.earned, timezone.localdate())
    if not can_adjust(day):
        raise Refused(
            _(
                "%(day)s施行的计分办法没有“加减分”条款，登记了也不计分。"
                "请先在计分办法中加上，或不填分值答复。"
            )
            % {"day": day.isoformat()}
        )
    made = record_facts(
        [
            FactRow(
                kind=FactKind.ADJUSTMENT,
                date=day,
                title=_("得分异议调整：%(entry)s")[:TITLE_MAX] % {"entry": entry.sentence[:120]},
                units=(objection.unit_id,),
                key=adjustment_key(objection.pk),
                source=Source.FORM,
                hundredths=hundredths,
                note=(_("异议成立：%(why)s") % {"why": text})[:NOTE_MAX],
            )
        ],
        person=person,
    )
    return made[0]


@door.guarded(Entrance.OBJECTION)
@transaction.atomic
def answer_objection(
    *, objection_id: int, result: str, text: str, points: str = "", person: User
) -> Answer:
    """Answer an objection; an upheld one may book an adjustment.

    Args:
        points: what is added or taken off, as people write it ("2", "-1.5"); empty: nothing.

    Raises:
        Refused: not a scorer, raised by the same person, answered before, no result or text,
            points that are none, points with a rejection, or no clause for adjustments.
        ValidationError: the adjustment cannot be recorded.
    """
    if not has_role(person, Role.SCORER):
        raise Refused(_("只有计分员可以答复异议。"))
    objection = (
        Objection.objects.select_for_update(of=("self",), no_key=True)
        .select_related("entry")
        .filter(pk=objection_id)
        .first()
    )
    if objection is None:
        raise Refused(_("没有找到这条异议，请返回列表刷新。"))
    if objection.by_id == person.pk:
        raise Refused(_("不能答复自己提出的异议，请由其他计分员答复。"))
    if Answer.objects.filter(objection=objection).exists():
        raise Refused(_("这条异议已经答复过，答复不能修改。"))
    if result not in Result.values:
        raise Refused(_("请选择异议成立或不成立。"))
    text = _told(text, _("请填写答复，单位会看到。"))
    if result == Result.REJECTED and points.strip():
        raise Refused(_("异议不成立的不加减分，请清空分值。"))
    made: Answer = Answer.objects.create(
        objection=objection,
        result=result,
        text=text,
        fact=_adjust(objection, points, text, person),
        by=person,
    )
    return made


@transaction.atomic
def save_settings(*, raise_days: int, answer_days: int, person: User) -> ObjectionSettings:
    """Set the working days for objecting and answering; for what is raised from now on.

    Raises:
        Refused: not a scorer.
    """
    if not has_role(person, Role.SCORER):
        raise Refused(_("只有计分员可以修改异议期限。"))
    row = ObjectionSettings.current()
    row.raise_days, row.answer_days = raise_days, answer_days
    row.full_clean()
    row.save()
    return row
