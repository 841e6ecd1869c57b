"""What office, reviewer and signatory do about an event: take, grade, sign, clear, end …"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.review.actions import Refused
from cms.scanning import door
from cms.scanning.rules import Entrance
from infoflow.units.permissions import has_role, unit_ids_of
from infoflow.units.roles import Role

from . import booking, following, queries
from .actions import locked_event, refuse, takes_calls
from .content import SENSITIVE
from .models import (
    Check,
    Directive,
    DirectiveAnswer,
    Ending,
    GradeDecision,
    Report,
    SeenOnline,
    Signature,
    Take,
    UrgentEvent,
)
from .rules import Clear, Kind, Sign, Via, faults_of_moment
from .rules_grades import EventClass, Grade

if TYPE_CHECKING:
    from infoflow.units.models import User


def _office_only(person: User) -> None:
    if not takes_calls(person):
        raise Refused(_("只有值班员和编辑可以办理这一步。"))


def _report(report_id: int) -> Report:
    """Hold the event of a report and return the report, read after that.

    Raises:
        Refused: there is none.
    """
    event_id = Report.objects.filter(pk=report_id).values_list("event_id", flat=True).first()
    if event_id is None:
        raise Refused(_("没有找到这份报告，请返回刷新。"))
    locked_event(event_id)
    found: Report = Report.objects.select_related("event__unit").get(pk=report_id)
    return found


@transaction.atomic
def take(*, report_id: int, person: User) -> Take:
    """Acknowledge a report (接报); the escalation stops. A second one is refused by name.

    Raises:
        Refused: neither duty officer nor editor, one's own report, or taken before.
    """
    _office_only(person)
    report = _report(report_id)
    if report.author_id == person.pk and report.via == Via.SYSTEM:
        raise Refused(_("不能接自己报出的信息，请由另一名值班员接报。"))
    before = Take.objects.select_related("by").filter(report=report).first()
    if before is not None:
        if before.by_id == person.pk:
            return before
        raise Refused(_("%(who)s已经接报，不用重复接报。") % {"who": before.by.name})
    made: Take = Take.objects.create(report=report, by=person)
    following.taken(report, person)
    return made


@door.guarded(Entrance.URGENT)
@transaction.atomic
def decide_grade(
    *,
    event_id: int,
    grade: str,
    event_class: str = "",
    sensitive: tuple[str, ...] = (),
    why: str,
    person: User,
) -> GradeDecision:
    """Decide class and grade of an event; the latest decision holds, the clocks follow.

    After the end only an editor may, because what was booked is corrected with it.

    Raises:
        Refused: not of the office, no grade or reason, or the same decision as stands.
    """
    _office_only(person)
    if grade not in Grade.values:
        raise Refused(_("请选择级别。"))
    if event_class and event_class not in EventClass.values:
        raise Refused(_("请选择事件类别。"))
    why = why.strip()
    if not why:
        raise Refused(_("请写明定级的依据，如“死亡3人，达到较大标准”。"))
    event = locked_event(event_id)
    ended = queries.is_ended(event)
    if ended and not has_role(person, Role.EDITOR):
        raise Refused(_("这件事已经办结，更正级别会改动已记的事项，请由编辑办理。"))
    flags = {name: name in sensitive for name in SENSITIVE}
    last = GradeDecision.objects.filter(event=event).order_by("-pk").first()
    same = last is not None and (last.grade, last.event_class) == (grade, event_class)
    if last is not None and same and all(getattr(last, n) == v for n, v in flags.items()):
        return last
    made: GradeDecision = GradeDecision.objects.create(
        event=event, grade=grade, event_class=event_class, why=why, by=person, **flags
    )
    if ended:
        booking.correct_verdict(event, person)
    else:
        following.sync_dues(event.pk)
    return made


@door.guarded(Entrance.URGENT)
@transaction.atomic
def note_online(
    *, event_id: int, link: str, first_seen: datetime, noticed_by: str, person: User
) -> SeenOnline:
    """Note that an event stood on the internet: where, since when, who noticed it.

    Raises:
        Refused: not of the office.
        ValidationError: a field is empty, the link known, or the moment cannot be.
    """
    _office_only(person)
    event = locked_event(event_id)
    link, noticed_by = link.strip(), noticed_by.strip()
    faults = [
        *([] if link else [("link", _("请填写链接，或写明在哪个平台、账号上看到。"))]),
        *([] if noticed_by else [("noticed_by", _("请写明是谁发现的。"))]),
        *faults_of_moment(
            first_seen,
            field="first_seen",
            name=_("网上首见时间"),
            happened=queries.happened(event),
            now=timezone.now(),
        ),
    ]
    if link and SeenOnline.objects.filter(event=event, link=link).exists():
        faults.append(("link", _("这个链接已经登记过。")))
    refuse(faults)
    made: SeenOnline = SeenOnline.objects.create(
        event=event, link=link, first_seen=first_seen, noticed_by=noticed_by, by=person
    )
    return made


@door.guarded(Entrance.URGENT)
@transaction.atomic
def sign_afterwards(*, report_id: int, verdict: str, remark: str = "", person: User) -> Signature:
    """Sign a report that went ahead (补签), once; an objection says what is to be corrected.

    Raises:
        Refused: not the unit's signatory, the writer, signed before, or an objection without
            a word.
    """
    report = _report(report_id)
    if report.event.unit_id not in unit_ids_of(person, Role.SIGNATORY):
        raise Refused(_("只有本单位的审签人可以补签。"))
    if report.author_id == person.pk:
        raise Refused(_("不能补签自己报出的信息，请由本单位另一名审签人补签。"))
    if report.via != Via.SYSTEM:
        raise Refused(_("这份报告是值班室代录的，以原件签字为准，不用补签。"))
    if Signature.objects.filter(report=report).exists():
        raise Refused(_("这份报告已经补签，不用重复补签。"))
    if verdict not in Sign.values:
        raise Refused(_("请选择同意或有异议。"))
    remark = remark.strip()
    if verdict == Sign.OBJECTED and not remark:
        raise Refused(_("请写明哪里须更正，信息员据此续报更正。"))
    made: Signature = Signature.objects.create(
        report=report, verdict=verdict, remark=remark, by=person
    )
    return made


@door.guarded(Entrance.URGENT)
@transaction.atomic
def clear(*, report_id: int, verdict: str, reason: str, person: User) -> Check:
    """Say whether a report may go about in this system; the latest word holds.

    Raises:
        Refused: not a reviewer, the writer or signatory of it, no verdict or reason, or the
            same word as stands.
    """
    if not has_role(person, Role.REVIEWER):
        raise Refused(_("只有保密审查员可以作保密审查。"))
    report = _report(report_id)
    signed = Signature.objects.filter(report=report, by=person).exists()
    if report.author_id == person.pk or signed:
        raise Refused(_("不能审查自己报出或补签的信息，请由另一名保密审查员审查。"))
    if verdict not in Clear.values:
        raise Refused(_("请选择审查意见。"))
    reason = reason.strip()
    if not reason:
        raise Refused(_("请写明理由。"))
    last = Check.objects.filter(report=report).order_by("-pk").first()
    if last is not None and last.verdict == verdict:
        raise Refused(_("这份报告已作过同样的审查意见。"))
    made: Check = Check.objects.create(report=report, verdict=verdict, reason=reason, by=person)
    return made


@door.guarded(Entrance.URGENT)
@transaction.atomic
def direct(
    *, key: UUID, event_id: int, leader: str, text: str, given_at: datetime, person: User
) -> Directive:
    """Write down what a leader asked for; the unit is told at once.

    Raises:
        Refused: not of the office.
        ValidationError: a field is empty or the moment cannot be.
    """
    _office_only(person)
    event = locked_event(event_id)
    known: Directive | None = Directive.objects.filter(key=key).first()
    if known is not None:
        return known
    leader, text = leader.strip(), text.strip()
    refuse(
        [
            *([] if leader else [("leader", _("请写明是哪位领导。"))]),
            *([] if text else [("text", _("请写明指示内容。"))]),
            *faults_of_moment(
                given_at,
                field="given_at",
                name=_("指示时间"),
                happened=queries.happened(event),
                now=timezone.now(),
            ),
        ]
    )
    made: Directive = Directive.objects.create(
        event=event, leader=leader, text=text, given_at=given_at, by=person, key=key
    )
    following.directed(event, made)
    return made


@door.guarded(Entrance.URGENT)
@transaction.atomic
def answer_directive(*, key: UUID, directive_id: int, text: str, person: User) -> DirectiveAnswer:
    """Say what was done about a leader's instruction; a later answer adds to it.

    Raises:
        Refused: neither of the unit nor of the office, unknown, or no text.
    """
    directive = (
        Directive.objects.select_related("event")
        .select_for_update(of=("self",), no_key=True)
        .filter(pk=directive_id)
        .first()
    )
    if directive is None:
        raise Refused(_("没有找到这条指示，请返回刷新。"))
    if directive.event.unit_id not in unit_ids_of(person) and not takes_calls(person):
        raise Refused(_("只有本单位和值班室可以反馈落实情况。"))
    known: DirectiveAnswer | None = DirectiveAnswer.objects.filter(key=key).first()
    if known is not None:
        return known
    text = text.strip()
    if not text:
        raise ValidationError({"text": [_("请写明落实情况。")]})
    made: DirectiveAnswer = DirectiveAnswer.objects.create(
        directive=directive, text=text, by=person, key=key
    )
    return made


@door.guarded(Entrance.URGENT)
@transaction.atomic
def end(*, event_id: int, why: str = "", person: User) -> Ending:
    """End an event: nothing more is expected, and what is certain is booked for the scheme.

    Raises:
        Refused: not of the office, ended before, or without a final report and a reason.
    """
    _office_only(person)
    event: UrgentEvent = locked_event(event_id)
    before: Ending | None = Ending.objects.filter(event=event).first()
    if before is not None:
        if before.by_id == person.pk:
            return before
        raise Refused(_("这件事已经办结，不用重复办结。"))
    why = why.strip()
    if not why and Kind.FINAL not in queries.kinds_of(event):
        raise Refused(_("还没有终报；不等终报就办结的，请写明理由，单位会看到。"))
    made: Ending = Ending.objects.create(event=event, why=why, by=person)
    booking.book_verdict(event)
    following.sync_dues(event.pk)
    return made
