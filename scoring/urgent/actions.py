"""Reporting an event: first report, follow-ups, final report.

The fast lane: a report is stored and announced at once; signature and confidentiality review
come beside it. Marked secrets are refused at the door all the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.review.actions import Refused
from cms.scanning import door
from cms.scanning.rules import Entrance
from infoflow.units.models import Unit
from infoflow.units.permissions import has_role, unit_ids_of
from infoflow.units.roles import Role

from . import following, queries
from .content import Content
from .models import Report, Signature, UrgentEvent, UrgentNumber
from .rules import (
    CHINA,
    Happened,
    Kind,
    Origin,
    Sign,
    Via,
    faults_of_moment,
    faults_of_times,
    refusal_of,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from infoflow.units.models import User

Faults = Iterable[tuple[str, str]]


def refuse(faults: Faults) -> None:
    """Raise all faults of a form, by field.

    Raises:
        ValidationError: there is at least one.
    """
    found: dict[str, list[str]] = {}
    for field, message in faults:
        found.setdefault(field, []).append(message)
    if found:
        raise ValidationError({field: list(told) for field, told in found.items()})


def takes_calls(person: User | AnonymousUser) -> bool:
    """Tell whether a person records what comes by phone or fax: duty officers and editors."""
    return has_role(person, Role.DUTY, Role.EDITOR)


def _may_report(person: User, unit_id: int, via: str) -> None:
    if unit_id in unit_ids_of(person) and via == Via.SYSTEM:
        return
    if takes_calls(person) and via != Via.SYSTEM:
        return
    raise Refused(_("只有本单位的信息员、审签人可以报送；传真等由值班员代录。"))


def locked_event(event_id: int) -> UrgentEvent:
    """Hold an event until the transaction ends.

    Raises:
        Refused: there is none.
    """
    held = UrgentEvent.objects.select_for_update(of=("self",), no_key=True)
    event: UrgentEvent | None = held.filter(pk=event_id).first()
    if event is None:
        raise Refused(_("没有找到这件紧急信息，请返回列表刷新。"))
    return event


def _known(key: UUID, person: User) -> Report | None:
    """Return the report that a form has already become.

    Raises:
        Refused: somebody else's form bears the key.
    """
    report: Report | None = Report.objects.select_related("event").filter(key=key).first()
    if report is not None and report.author_id != person.pk:
        raise Refused(_("这张表已由他人报出，请重新打开页面填写。"))
    return report


def numbers_of(year: int) -> UrgentNumber:
    """Hold the year's numbers: whoever opens an event waits here, and looks after that."""
    UrgentNumber.objects.get_or_create(year=year)
    return UrgentNumber.objects.select_for_update().get(year=year)


def open_event(numbers: UrgentNumber, **values: Any) -> UrgentEvent:
    numbers.last += 1
    numbers.save(update_fields=["last"])
    made: UrgentEvent = UrgentEvent.objects.create(year=numbers.year, number=numbers.last, **values)
    return made


def _write(
    event: UrgentEvent,
    kind: str,
    n: int,
    content: Content,
    person: User,
    now: datetime,
    **more: Any,
) -> Report:
    """Store a report; the leader who reports himself has signed by that."""
    report: Report = Report.objects.create(
        event=event, kind=kind, n=n, author=person, recorded_at=now, **content.values(), **more
    )
    if event.unit_id in unit_ids_of(person, Role.SIGNATORY):
        Signature.objects.create(report=report, verdict=Sign.AGREED, by=person, at=now)
    following.reported(event, report)
    return report


@door.guarded(Entrance.URGENT)
@transaction.atomic
def first_report(
    *,
    key: UUID,
    unit: Unit,
    what: str,
    place: str,
    happened_at: datetime,
    happened_about: bool = False,
    learned_at: datetime,
    content: Content,
    person: User,
    event_id: int | None = None,
    via: str = Via.SYSTEM,
    received_at: datetime | None = None,
) -> Report:
    """Take a first report in, give the event its number, and announce it; the same form again
    returns the first report.

    Args:
        key: names the form.
        event_id: the event that a call or the office opened before; None: a new one.
        via, received_at: of a fax that a duty officer records; None: the server's time.

    Raises:
        Refused: not of the unit, reported before, or somebody else's form.
        ValidationError: a field is empty or a moment cannot be, by field.
    """
    _may_report(person, unit.pk, via)
    now = timezone.now()
    numbers = numbers_of(now.astimezone(CHINA).year)
    known = _known(key, person)
    if known is not None:
        return known
    received = received_at or now
    happened = Happened(happened_at, happened_about)
    refuse(_faults_of_first(what, place, happened, learned_at, received, now))
    if event_id is None:
        event = open_event(
            numbers,
            unit=unit,
            origin=Origin.UNIT,
            what=what.strip(),
            place=place.strip(),
            happened_at=happened_at,
            happened_about=happened_about,
            learned_at=learned_at,
            opened_at=now,
            opened_by=person,
            key=key,
        )
        corrections: dict[str, Any] = {}
    else:
        event = locked_event(event_id)
        if event.unit_id != unit.pk:
            raise Refused(_("没有找到这件紧急信息，请返回列表刷新。"))
        ended = queries.is_ended(event)
        told = refusal_of(Kind.FIRST, queries.kinds_of(event), ended=ended)
        if told:
            raise Refused(told)
        corrections = {"happened_at": happened_at, "place": place.strip()}
    values = {**content.values(), **corrections}
    if not values["facts"]:
        values["facts"] = what.strip()
    return _write(
        event,
        Kind.FIRST,
        0,
        Content(**values),
        person,
        now,
        learned_at=learned_at,
        via=via,
        received_at=received,
        key=key,
    )


def _faults_of_first(
    what: str,
    place: str,
    happened: Happened,
    learned_at: datetime,
    received_at: datetime,
    now: datetime,
) -> Faults:
    if not what.strip():
        yield "what", _("请写明发生了什么，一句话即可。")
    if not place.strip():
        yield "place", _("请写明在哪里，写到乡镇（街道）和村（社区）。")
    yield from faults_of_times(happened, learned_at=learned_at, now=now)
    if happened.at <= now and received_at != now:
        yield from faults_of_moment(
            received_at,
            field="received_at",
            name=_("收到时间"),
            happened=happened,
            now=now,
        )


@door.guarded(Entrance.URGENT)
@transaction.atomic
def follow_up(
    *,
    key: UUID,
    event_id: int,
    content: Content,
    person: User,
    via: str = Via.SYSTEM,
    received_at: datetime | None = None,
) -> Report:
    """Take a follow-up in; it gets the next number. Empty fields say nothing new.

    Raises:
        Refused: not of the unit, before the first report, after the final one or the end.
        ValidationError: nothing new in it, or a moment cannot be.
    """
    return _later(Kind.FOLLOW, key, event_id, content, person, via, received_at)


@door.guarded(Entrance.URGENT)
@transaction.atomic
def final_report(
    *,
    key: UUID,
    event_id: int,
    content: Content,
    person: User,
    via: str = Via.SYSTEM,
    received_at: datetime | None = None,
) -> Report:
    """Take the final report in, once: cause, responsibility, losses, result, lessons.

    Raises:
        Refused: not of the unit, before the first report, a second one, or after the end.
        ValidationError: no result in it.
    """
    return _later(Kind.FINAL, key, event_id, content, person, via, received_at)


def _later(
    kind: str,
    key: UUID,
    event_id: int,
    content: Content,
    person: User,
    via: str,
    received_at: datetime | None,
) -> Report:
    event = locked_event(event_id)
    _may_report(person, event.unit_id, via)
    known = _known(key, person)
    if known is not None:
        return known
    told = refusal_of(kind, queries.kinds_of(event), ended=queries.is_ended(event))
    if told:
        raise Refused(told)
    now = timezone.now()
    received = received_at or now
    refuse(_faults_of_later(event, kind, content, received, now))
    last = Report.objects.filter(event=event, kind=kind).aggregate(last=Max("n"))["last"] or 0
    n = last + 1 if kind == Kind.FOLLOW else 0
    return _write(event, kind, n, content, person, now, via=via, received_at=received, key=key)


def _faults_of_later(
    event: UrgentEvent, kind: str, content: Content, received: datetime, now: datetime
) -> Faults:
    if kind == Kind.FOLLOW and not content.says_something:
        yield "facts", _("还没有填写新情况；没有变化的，请在“情况”中写明“无变化”。")
    if kind == Kind.FINAL and not content.result:
        yield "result", _("请写明处置结果；终报之后不再续报。")
    if content.happened_at is not None:
        happened = Happened(content.happened_at)
        yield from faults_of_times(happened, learned_at=None, now=now)
    else:
        happened = queries.happened(event)
    if received != now:
        yield from faults_of_moment(
            received, field="received_at", name=_("收到时间"), happened=happened, now=now
        )
