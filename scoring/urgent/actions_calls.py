"""Events that do not begin with the unit's own report: a call, or what the office has found."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.review.actions import Refused
from cms.scanning import door
from cms.scanning.rules import Entrance
from infoflow.units.models import Unit

from . import following, queries
from .actions import Faults, locked_event, numbers_of, open_event, refuse, takes_calls
from .models import PhoneReport, UrgentEvent
from .rules import CHINA, Happened, Origin, faults_of_moment, faults_of_times

if TYPE_CHECKING:
    from infoflow.units.models import User


@door.guarded(Entrance.URGENT)
@transaction.atomic
def phone_report(
    *,
    key: UUID,
    unit: Unit,
    caller: str,
    at: datetime,
    person: User,
    event_id: int | None = None,
    what: str = "",
    place: str = "",
    happened_at: datetime | None = None,
    happened_about: bool = True,
    caller_post: str = "",
    phone: str = "",
    said: str = "",
) -> PhoneReport:
    """Note a call and who took it; without an event it opens one, and the unit is told that
    the written report is due.

    Raises:
        Refused: neither duty officer nor editor, or the event was ended.
        ValidationError: caller missing, or a moment cannot be, by field.
    """
    if not takes_calls(person):
        raise Refused(_("只有值班员和编辑可以登记电话报告。"))
    now = timezone.now()
    numbers = numbers_of(now.astimezone(CHINA).year)
    known: PhoneReport | None = PhoneReport.objects.filter(key=key).first()
    if known is not None:
        if known.taken_by_id != person.pk:
            raise Refused(_("这张表已由他人登记，请重新打开页面填写。"))
        return known
    if event_id is None:
        happened = Happened(happened_at or at, happened_about)
        refuse(_faults_of_opening(what, place, happened, now))
        event = None
    else:
        event = locked_event(event_id)
        if event.unit_id != unit.pk or queries.is_ended(event):
            raise Refused(_("这件事已经办结或不是这个单位的，请返回列表刷新。"))
        happened = queries.happened(event)
    refuse(_faults_of_call(caller, at, happened, now))
    if event is None:
        event = open_event(
            numbers,
            unit=unit,
            origin=Origin.PHONE,
            what=what.strip(),
            place=place.strip(),
            happened_at=happened.at,
            happened_about=happened_about,
            opened_at=now,
            opened_by=person,
            key=key,
        )
    made: PhoneReport = PhoneReport.objects.create(
        event=event,
        caller=caller.strip(),
        caller_post=caller_post.strip(),
        phone=phone.strip(),
        at=at,
        said=said.strip(),
        taken_by=person,
        recorded_at=now,
        key=key,
    )
    following.phoned(event, made)
    return made


def _faults_of_opening(what: str, place: str, happened: Happened, now: datetime) -> Faults:
    if not what.strip():
        yield "what", _("请写明发生了什么，一句话即可。")
    if not place.strip():
        yield "place", _("请写明在哪里。")
    yield from faults_of_times(happened, learned_at=None, now=now)


def _faults_of_call(caller: str, at: datetime, happened: Happened, now: datetime) -> Faults:
    if not caller.strip():
        yield "caller", _("请写明来电人。")
    yield from faults_of_moment(at, field="at", name=_("来电时间"), happened=happened, now=now)


@door.guarded(Entrance.URGENT)
@transaction.atomic
def open_missing(
    *,
    key: UUID,
    unit: Unit,
    what: str,
    place: str,
    happened_at: datetime,
    happened_about: bool = True,
    why: str,
    person: User,
) -> UrgentEvent:
    """Open an event that should have been reported (应报未报); the unit is told at once.

    Raises:
        Refused: neither duty officer nor editor, or somebody else's form.
        ValidationError: a field is empty or the moment cannot be.
    """
    if not takes_calls(person):
        raise Refused(_("只有值班员和编辑可以登记应报未报。"))
    now = timezone.now()
    numbers = numbers_of(now.astimezone(CHINA).year)
    known: UrgentEvent | None = UrgentEvent.objects.filter(key=key).first()
    if known is not None:
        if known.opened_by_id != person.pk:
            raise Refused(_("这张表已由他人登记，请重新打开页面填写。"))
        return known
    happened = Happened(happened_at, happened_about)
    faults = list(_faults_of_opening(what, place, happened, now))
    if not why.strip():
        faults.append(("why", _("请写明从哪里得知、为什么应当报告，单位会看到。")))
    refuse(faults)
    event = open_event(
        numbers,
        unit=unit,
        origin=Origin.MISSING,
        what=what.strip(),
        place=place.strip(),
        happened_at=happened_at,
        happened_about=happened_about,
        opened_at=now,
        opened_by=person,
        why=why.strip(),
        key=key,
    )
    following.missing(event)
    return event
