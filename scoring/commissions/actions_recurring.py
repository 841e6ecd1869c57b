"""Recurring duties: kept by editors, sent by the sweep, answered with a piece or 零报告."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.review.actions import Refused
from cms.scanning import door
from cms.scanning.rules import Entrance
from infoflow.notices.people import holders_of
from infoflow.notices.sweep import Outcome
from infoflow.units.models import Unit, User
from infoflow.units.roles import Role
from infoflow.worktime.queries import calendar

from . import outside
from .actions import create_commission, send_commission
from .content import Ask, Content
from .models import AskedUnit, Commission
from .models_recurring import DutyRun, Exemption, RecurringDuty
from .rules import Happening
from .rules_recurring import AHEAD_MAX, Rhythm, period_words, slots_to_send
from .shared import locked_asked, note, signed_for, the_office, the_unit, told
from .standing import standing


@dataclass(frozen=True)
class Duty:
    """What a recurring duty says, as a form hands it in."""

    title: str
    rhythm: str
    day: int
    at: time
    ahead: int = 3
    points: str = ""
    requirements: str = ""
    contact: str = ""


def _check(duty: Duty, units: Sequence[Unit]) -> None:
    if not duty.title.strip():
        raise Refused(_("请填写名称。"))
    if duty.rhythm not in Rhythm.values:
        raise Refused(_("请选择每周或每月。"))
    longest = 7 if duty.rhythm == Rhythm.WEEKLY else 31
    if not 1 <= duty.day <= longest:
        raise Refused(
            _("每周的请填1（周一）到7（周日），每月的请填1到31；没有31日的月份为最后一天。")
        )
    if not 0 <= duty.ahead <= AHEAD_MAX:
        raise Refused(_("提前天数请填0到%(max)d。") % {"max": AHEAD_MAX})
    if not units:
        raise Refused(_("请至少选择一个单位。"))


@door.guarded(Entrance.COMMISSION)
@transaction.atomic
def save_duty(
    *, duty: Duty, units: Sequence[Unit], person: User, duty_id: int | None = None
) -> RecurringDuty:
    """Keep a duty; what was sent already stays as it is.

    Raises:
        Refused: no editor, unknown, stopped, or something that cannot be.
    """
    the_office(person)
    _check(duty, units)
    row = RecurringDuty(kept_by=person) if duty_id is None else _locked(duty_id)
    if row.stopped_at is not None:
        raise Refused(_("已经停用；需要继续的，请先恢复。"))
    for name, value in vars(duty).items():
        setattr(row, name, value)
    row.kept_by = person
    row.save()
    row.units.set(units)
    return row


def _locked(pk: int) -> RecurringDuty:
    row = RecurringDuty.objects.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
    if row is None:
        raise Refused(_("没有找到这项定期报送，请返回刷新。"))
    return row


@transaction.atomic
def stop_duty(*, duty_id: int, person: User) -> RecurringDuty:
    """Send it no more; what was sent stays. A second call changes nothing.

    Raises:
        Refused: no editor, or unknown.
    """
    the_office(person)
    row = _locked(duty_id)
    if row.stopped_at is None:
        row.stopped_at = timezone.now()
        row.save()
    return row


@transaction.atomic
def resume_duty(*, duty_id: int, person: User) -> RecurringDuty:
    """Send it again from now on; slots that passed meanwhile are not asked for.

    Raises:
        Refused: no editor, or unknown.
    """
    the_office(person)
    row = _locked(duty_id)
    if row.stopped_at is not None:
        row.stopped_at, row.begun_at, row.kept_by = None, timezone.now(), person
        row.save()
    return row


@door.guarded(Entrance.COMMISSION)
@transaction.atomic
def exempt(
    *, duty_id: int, unit: Unit, since: date, until: date, reason: str, person: User
) -> Exemption:
    """Let a unit off for a while; what it was asked for already is dropped by hand.

    Raises:
        Refused: no editor, not one of the duty's units, days in the wrong order, no reason, or
            a day twice.
    """
    the_office(person)
    row = _locked(duty_id)
    if not row.units.filter(pk=unit.pk).exists():
        raise Refused(_("%(unit)s不在报送单位中。") % {"unit": unit.name})
    if until < since:
        raise Refused(_("结束日期不能早于开始日期。"))
    reason = told(reason, _("请填写免报的理由。"))
    standing_ones = row.exemptions.filter(unit=unit, ended_at__isnull=True)
    if standing_ones.filter(since__lte=until, until__gte=since).exists():
        raise Refused(_("%(unit)s在这段时间已经免报。") % {"unit": unit.name})
    made: Exemption = Exemption.objects.create(
        duty=row, unit=unit, since=since, until=until, reason=reason, by=person
    )
    return made


@transaction.atomic
def end_exemption(*, exemption_id: int, person: User) -> Exemption:
    """Take an exemption back for what is sent from now on; once.

    Raises:
        Refused: no editor, or unknown.
    """
    the_office(person)
    row = Exemption.objects.select_for_update().filter(pk=exemption_id).first()
    if row is None:
        raise Refused(_("没有找到这条免报，请返回刷新。"))
    if row.ended_at is None:
        row.ended_at, row.ended_by = timezone.now(), person
        row.save(update_fields=["ended_at", "ended_by"])
    return row


def run(now: datetime, dry: bool) -> Outcome:
    """Send what is due to be sent; one duty's trouble does not stop the others."""
    done = failed = 0
    for pk in RecurringDuty.objects.filter(stopped_at__isnull=True).values_list("pk", flat=True):
        if dry:
            done += len(_wanted(RecurringDuty.objects.get(pk=pk), now))
            continue
        try:
            done += _send_due(pk, now)
        except Refused:
            failed += 1
    return Outcome(done=done, failed=failed)


def _wanted(duty: RecurringDuty, now: datetime) -> list[tuple[datetime, datetime]]:
    newest = duty.runs.order_by("-slot").values_list("slot", flat=True).first()
    since = max(newest, duty.begun_at) if newest else duty.begun_at
    return slots_to_send(duty.slots, since=since, now=now, ahead=duty.ahead, calendar=calendar())


@transaction.atomic
def _send_due(pk: int, now: datetime) -> int:
    """Deal with a duty's slots under its lock; each slot once, whoever else does the same."""
    duty = _locked(pk)
    if duty.stopped_at is not None:
        return 0
    wanted = _wanted(duty, now)
    for slot, due in wanted:
        made, words = None, ""
        if due <= now:
            words = _("到应下达的时间系统没有运行，截止时间已过，没有下达")
        else:
            made, words = _send(duty, slot, due)
        DutyRun.objects.create(duty=duty, slot=slot, commission=made, words=words)
    return len(wanted)


def _send(duty: RecurringDuty, slot: datetime, due: datetime) -> tuple[Commission | None, str]:
    """Send one slot as a commission to all units but the exempt and the closed."""
    day = timezone.localdate(slot)
    exempt_ids = set(duty.exemptions.on(day).values_list("unit_id", flat=True))
    units = duty.units.filter(pk__in=Unit.objects.active_on(timezone.localdate()).values("pk"))
    asks = [Ask(unit.pk) for unit in units.order_by("order", "pk") if unit.pk not in exempt_ids]
    if not asks:
        return None, _("没有需要报送的单位")
    person = _sender(duty)
    content = Content(
        title=f"{duty.title}（{period_words(duty.slots, slot)}）",
        points=duty.points,
        requirements=duty.requirements,
        contact=duty.contact,
        due_at=due,
    )
    made = create_commission(content=content, asks=asks, person=person)
    return send_commission(commission_id=made.pk, person=person, confirmed=True), ""


def _sender(duty: RecurringDuty) -> User:
    """Return in whose name it is sent.

    Raises:
        Refused: there is no editor at all.
    """
    editors = holders_of(Role.EDITOR)
    if not editors:
        raise Refused(_("没有编辑，定期报送无法下达。"))
    pk = duty.kept_by_id if duty.kept_by_id in editors else min(editors)
    return User.objects.get(pk=pk)


@door.guarded(Entrance.COMMISSION)
@transaction.atomic
def report_nothing(*, asked_id: int, words: str = "", person: User) -> AskedUnit:
    """Answer a recurring duty with 零报告; the first stays. It counts neither for nor against.

    Raises:
        Refused: no post in the unit, not signed for, no recurring duty, 未报 already, or a piece
            was sent.
    """
    asked = locked_asked(asked_id)
    the_unit(asked, person)
    signed_for(asked)
    if not DutyRun.objects.filter(commission=asked.commission_id).exists():
        raise Refused(_("只有定期报送可以零报告；约稿无法完成的，请用“无法完成”。"))
    if asked.missed_at is not None:
        raise Refused(_("已经记为未报；要更正的，请联系信息科。"))
    if asked.nothing_at is not None:
        return asked
    now = timezone.now()
    if standing(asked, now).facts.submitted is not None:
        raise Refused(_("本单位已经报出稿件，不用零报告。"))
    words = told(words)
    asked.nothing_at, asked.nothing_by, asked.nothing_words = now, person, words
    asked.save(update_fields=["nothing_at", "nothing_by", "nothing_words"])
    note(
        Happening.NOTHING, commission=asked.commission, asked=asked, by=person, words=words, at=now
    )
    outside.sync_due(asked)
    return asked
