"""交接班: a shift leaves a note and open matters, the next one takes them over, once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.review.actions import Refused
from cms.scanning import door
from cms.scanning.rules import Entrance

from . import queries
from .models import HandoverNote, HandoverTaken, Matter, MatterClosed
from .permissions import writes_log
from .rules import MATTER_MAX, TEXT_MAX, matters_of

if TYPE_CHECKING:
    from infoflow.units.models import User


def _may(person: User) -> None:
    if not writes_log(person):
        raise Refused(_("只有值班员和信息科可以办理交接班。"))


@door.guarded(Entrance.DUTY)
@transaction.atomic
def leave_note(*, text: str, matters: str = "", key: str, person: User) -> HandoverNote:
    """Leave a note for the next shift. The same key gives the same note.

    Args:
        matters: open matters, one a line; they are carried on until somebody closes them.

    Raises:
        Refused: may not hand over, no text, or too much.
    """
    _may(person)
    text = text.strip()
    if not text:
        raise Refused(_("请写明本班情况；平安无事的写“一切正常”。"))
    if len(text) > TEXT_MAX:
        raise Refused(_("本班情况不能超过%(max)s字。") % {"max": TEXT_MAX})
    try:
        lines: Sequence[str] = matters_of(matters)
    except ValueError as error:
        raise Refused(str(error)) from None
    now = timezone.now()
    made, new = HandoverNote.objects.get_or_create(
        key=key,
        defaults={"text": text, "by": person, "at": now, "shift": queries.shift_of(person, now)},
    )
    if new:
        for line in lines:
            Matter.objects.create(note=made, text=line, at=now)
    note: HandoverNote = made
    return note


@transaction.atomic
def take_note(*, note_id: int, person: User) -> HandoverTaken:
    """Take a note over, once; never one's own. By the same person again changes nothing.

    Raises:
        Refused: may not take over, unknown, one's own, or taken by somebody else.
    """
    _may(person)
    rows = HandoverNote.objects.select_for_update(of=("self",), no_key=True)
    note = rows.filter(pk=note_id).first()
    if note is None:
        raise Refused(_("没有找到这份交接班记录，请返回刷新。"))
    before = HandoverTaken.objects.filter(note=note).select_related("by").first()
    if before is not None:
        if before.by_id == person.pk:
            same: HandoverTaken = before
            return same
        raise Refused(_("这份交接班记录刚才已由%(who)s接班。") % {"who": before.by})
    if note.by_id == person.pk:
        raise Refused(_("自己交的班要由下一班的人接。"))
    made: HandoverTaken = HandoverTaken.objects.create(note=note, by=person)
    return made


@door.guarded(Entrance.DUTY)
@transaction.atomic
def close_matter(*, matter_id: int, text: str, person: User) -> MatterClosed:
    """Close an open matter with how it ended, once.

    Raises:
        Refused: may not, unknown, closed before, or no text.
    """
    _may(person)
    text = text.strip()
    if not text:
        raise Refused(_("请写明办理结果。"))
    if len(text) > MATTER_MAX:
        raise Refused(_("办理结果不能超过%(max)s字。") % {"max": MATTER_MAX})
    matter = (
        Matter.objects.select_for_update(of=("self",), no_key=True).filter(pk=matter_id).first()
    )
    if matter is None:
        raise Refused(_("没有找到这件事项，请返回刷新。"))
    before = MatterClosed.objects.filter(matter=matter).select_related("by").first()
    if before is not None:
        if (before.by_id, before.text) == (person.pk, text):
            same: MatterClosed = before
            return same
        raise Refused(_("这件事项刚才已由%(who)s办结。") % {"who": before.by})
    made: MatterClosed = MatterClosed.objects.create(matter=matter, text=text, by=person)
    return made
