"""Writing the log: entries, corrections, instructions and what came of them. It only grows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.review.actions import Refused
from cms.scanning import door
from cms.scanning.rules import Entrance
from infoflow.units.models import EARLIEST_DATE, Unit

from .models import DutyInstruction, DutyInstructionAnswer, LogEntry, Seen
from .permissions import reads_duty, writes_log
from .rules import SHORT_MAX, TEXT_MAX, WHY_MAX
from .subjects import Subject

if TYPE_CHECKING:
    from infoflow.units.models import User

# Clocks of two machines differ a little; more is a slip of the keyboard.
AHEAD = timedelta(minutes=1)
_TYPED = ("unit_name", "caller", "post", "phone", "content", "reported", "about_key")


@dataclass(frozen=True)
class Call:
    """What somebody who takes a call writes down.

    Attributes:
        called_at: None: now.
        unit_name: as it was said; the unit is linked when a unit has exactly this name.
        reported: what the caller has already reported to whom.
        instruction, instructed_by: what a leader has said about it, and which one.
    """

    unit_name: str
    caller: str
    content: str
    called_at: datetime | None = None
    post: str = ""
    phone: str = ""
    reported: str = ""
    instruction: str = ""
    instructed_by: str = ""


def _may(person: User) -> None:
    if not writes_log(person):
        raise Refused(_("只有值班员和信息科可以记值班日志。"))


def _text(value: str, name: str, most: int, *, must: bool = False) -> str:
    value = value.strip()
    if must and not value:
        raise Refused(_("请填写%(name)s。") % {"name": name})
    if len(value) > most:
        raise Refused(_("%(name)s不能超过%(max)s字，请缩短。") % {"name": name, "max": most})
    return value


def _moment(value: datetime | None, name: str, now: datetime) -> datetime:
    """Return a moment that has been; the present one when nobody said."""
    if value is None:
        return now
    if value > now + AHEAD:
        raise Refused(
            _("%(name)s（%(at)s）还没有到，请检查日期和时间；不填就是现在。")
            % {"name": name, "at": f"{timezone.localtime(value):%Y-%m-%d %H:%M}"}
        )
    if timezone.localtime(value).date() < EARLIEST_DATE:
        raise Refused(_("%(name)s太早，请检查年份。") % {"name": name})
    return value


def _entry(
    call: Call,
    *,
    key: str,
    about: Subject | None,
    person: User,
    corrects: LogEntry | None,
    why: str,
) -> LogEntry:
    """Write an entry once for its key, with the instruction that came with the call."""
    now = timezone.now()
    unit_name = _text(call.unit_name, _("来电单位"), SHORT_MAX, must=True)
    instructed_by = _text(call.instructed_by, _("作指示的领导"), SHORT_MAX)
    instruction = _text(call.instruction, _("指示内容"), TEXT_MAX)
    if bool(instruction) != bool(instructed_by):
        raise Refused(_("领导指示请写明是哪位领导、指示了什么；没有指示的两项都不填。"))
    values = {
        "called_at": _moment(call.called_at, _("来电时间"), now),
        "unit_name": unit_name,
        "caller": _text(call.caller, _("来电人"), SHORT_MAX, must=True),
        "post": _text(call.post, _("职务"), SHORT_MAX),
        "phone": _text(call.phone, _("电话"), SHORT_MAX),
        "content": _text(call.content, _("内容"), TEXT_MAX, must=True),
        "reported": _text(call.reported, _("已向谁报告了什么"), TEXT_MAX),
        "about_kind": about.kind if about else "",
        "about_key": about.key if about else "",
        "about_label": about.label if about else "",
    }
    unit = Unit.objects.active_on(timezone.localdate()).filter(name=unit_name).first()
    fresh = {**values, "unit": unit, "corrects": corrects, "why": why, "by": person, "at": now}
    made, new = LogEntry.objects.get_or_create(key=key, defaults=fresh)
    if not new and any(getattr(made, name) != values[name] for name in _TYPED):
        raise Refused(
            _("这一条刚才已经保存，后来的改动没有保存。请点开日志中的那一条，用“更正”补上。")
        )
    if new and instruction:
        DutyInstruction.objects.create(
            entry=made,
            leader=instructed_by,
            text=instruction,
            given_at=now,
            key=f"{key}:instruction",
            by=person,
        )
    found: LogEntry = made
    return found


@door.guarded(Entrance.DUTY)
@transaction.atomic
def record_entry(*, call: Call, key: str, about: Subject | None = None, person: User) -> LogEntry:
    """Write an entry. The same key gives the same entry: sent twice it stands once.

    Raises:
        Refused: may not write the log, something is missing or too long, or a call in the future.
    """
    _may(person)
    return _entry(call, key=key, about=about, person=person, corrects=None, why="")


@door.guarded(Entrance.DUTY)
@transaction.atomic
def correct_entry(
    *, entry_id: int, call: Call, why: str, key: str, about: Subject | None = None, person: User
) -> LogEntry:
    """Correct an entry by a further one that names it; the old one stays readable.

    Raises:
        Refused: as for `record_entry`; unknown, corrected before, or no reason.
    """
    _may(person)
    why = _text(why, _("更正原因"), WHY_MAX, must=True)
    old = LogEntry.objects.select_for_update(of=("self",), no_key=True).filter(pk=entry_id).first()
    if old is None:
        raise Refused(_("没有找到这条日志，请返回刷新。"))
    newer = LogEntry.objects.filter(corrects=old).select_related("by").first()
    if newer is not None:
        if newer.key == key:
            return newer
        raise Refused(_("%(who)s已经更正过这一条，请更正最新的一条。") % {"who": newer.by})
    if call.called_at is None:
        raise Refused(_("请填写来电时间。"))
    return _entry(call, key=key, about=about, person=person, corrects=old, why=why)


@door.guarded(Entrance.DUTY)
@transaction.atomic
def add_instruction(
    *,
    entry_id: int,
    leader: str,
    text: str,
    given_at: datetime | None = None,
    key: str,
    person: User,
) -> DutyInstruction:
    """Add what a leader has said about an entry. The same key gives the same row.

    Raises:
        Refused: may not write the log, unknown entry, something missing, or in the future.
    """
    _may(person)
    entry = LogEntry.objects.filter(pk=entry_id).first()
    if entry is None:
        raise Refused(_("没有找到这条日志，请返回刷新。"))
    values = {
        "entry": entry,
        "leader": _text(leader, _("作指示的领导"), SHORT_MAX, must=True),
        "text": _text(text, _("指示内容"), TEXT_MAX, must=True),
        "given_at": _moment(given_at, _("指示时间"), timezone.now()),
        "by": person,
    }
    made: DutyInstruction = DutyInstruction.objects.get_or_create(key=key, defaults=values)[0]
    return made


@door.guarded(Entrance.DUTY)
@transaction.atomic
def answer_instruction(*, instruction_id: int, text: str, person: User) -> DutyInstructionAnswer:
    """Write down what was done about an instruction, once.

    Raises:
        Refused: may not write the log, unknown, answered before, or no text.
    """
    _may(person)
    text = _text(text, _("落实情况"), TEXT_MAX, must=True)
    rows = DutyInstruction.objects.select_for_update(of=("self",), no_key=True)
    instruction = rows.filter(pk=instruction_id).first()
    if instruction is None:
        raise Refused(_("没有找到这条指示，请返回刷新。"))
    before = DutyInstructionAnswer.objects.filter(instruction=instruction).first()
    if before is not None:
        if (before.text, before.by_id) == (text, person.pk):
            same: DutyInstructionAnswer = before
            return same
        raise Refused(_("这条指示的落实情况刚才已由%(who)s填写。") % {"who": before.by})
    made: DutyInstructionAnswer = DutyInstructionAnswer.objects.create(
        instruction=instruction, text=text, by=person
    )
    return made


@transaction.atomic
def mark_seen(*, entry_id: int, person: User) -> int:
    """Note up to which entry a person has read; it never goes back. Return where it stands.

    Raises:
        Refused: may not read the log.
    """
    if not reads_duty(person):
        raise Refused(_("您没有查看值班日志的权限。"))
    newest = LogEntry.objects.filter(pk__lte=entry_id).order_by("-pk").first()
    Seen.objects.get_or_create(person=person)
    row = Seen.objects.select_for_update(no_key=True).get(person=person)
    if newest is not None and newest.pk > row.entry_id:
        row.entry_id, row.at = newest.pk, timezone.now()
        row.save(update_fields=["entry_id", "at"])
    return row.entry_id
