"""What an editor does with one asked unit: more time, urging, verdicts, adoption, 未报."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.bulletins.models import Bulletin
from cms.review.actions import Refused
from cms.scanning import door
from cms.scanning.rules import Entrance
from infoflow.worktime.rules import day_words
from infoflow.worktime.terms import extended

from . import outside
from .booking import book
from .ending import drop, miss
from .models import Adopted, Answer, AskedUnit, Extension, Unable, Urge, Verdict
from .rules import (
    NAME_MAX,
    Happening,
    Reply,
    Ruling,
    fault_of,
    may_urge,
    moment_words,
    still_owes,
)
from .shared import locked_asked, not_dropped, note, the_office, told
from .standing import standing

if TYPE_CHECKING:
    from infoflow.units.models import User


def _open_request(model: type[Extension] | type[Unable], pk: int) -> tuple[AskedUnit, int]:
    """Lock the asked unit of a request that nobody has answered yet."""
    asked_id = model.objects.filter(pk=pk).values_list("asked_id", flat=True).first()
    if asked_id is None:
        raise Refused(_("没有找到这条申请，请返回刷新。"))
    asked = locked_asked(asked_id)
    if not model.objects.filter(pk=pk, replied_at__isnull=True).exists():
        raise Refused(_("这条申请已经答复过，答复不能修改。"))
    not_dropped(asked)
    return asked, pk


@door.guarded(Entrance.COMMISSION)
@transaction.atomic
def reply_extension(
    *, extension_id: int, reply: str, given: datetime | None = None, words: str = "", person: User
) -> Extension:
    """Grant, shorten or refuse what a unit asked for; once. The deadline never comes earlier.

    Args:
        given: until when, for a shortened one.
        words: why; needed unless it is granted as asked.

    Raises:
        Refused: no editor, answered before, no words, or a moment that is over, not later than
            the present deadline, or later than asked for.
    """
    the_office(person)
    asked, pk = _open_request(Extension, extension_id)
    extension: Extension = Extension.objects.get(pk=pk)
    if reply not in Reply.values:
        raise Refused(_("请选择同意、缩短或不同意。"))
    if asked.missed_at is not None:
        raise Refused(_("已记为未报；要同意延期的，请先撤销未报。"))
    words = told(words, "" if reply == Reply.GRANTED else _("请写明理由，单位会看到。"))
    now = timezone.now()
    extension.reply, extension.replied_at, extension.replied_by = reply, now, person
    extension.reply_words = words
    if reply != Reply.REFUSED:
        extension.given = _given(asked, extension, reply, given, now)
    extension.save()
    if reply != Reply.REFUSED:
        _extend(asked, extension, person)
    what = Happening.REFUSED if reply == Reply.REFUSED else Happening.GRANTED
    text = (
        _("%(number)s的延期申请没有同意，仍为%(at)s截止。%(why)s")
        if reply == Reply.REFUSED
        else _("%(number)s同意延期，%(at)s截止。%(why)s")
    )
    said = {
        "number": asked.commission.number_text,
        "at": moment_words(asked.due),
        "why": words,
    }
    logged = _("%(at)s截止。%(why)s") % said
    note(what, commission=asked.commission, asked=asked, by=person, at=now, words=logged)
    outside.tell_unit(asked, key=f"extension:{pk}:reply", text=text % said)
    return extension


def _given(
    asked: AskedUnit, extension: Extension, reply: str, given: datetime | None, now: datetime
) -> datetime:
    """Return until when time is given.

    Raises:
        Refused: none, over by now, not later than the deadline, or later than asked for.
    """
    at = extension.until if reply == Reply.GRANTED else given
    if at is None:
        raise Refused(_("请填写延到什么时候。"))
    fault = fault_of(at, now)
    if fault:
        raise Refused(fault)
    if at <= asked.due:
        raise Refused(_("延到的时间应晚于现在的截止时间%(at)s。") % {"at": moment_words(asked.due)})
    if at > extension.until:
        raise Refused(
            _("不能晚于单位申请的%(at)s；同意申请的请选“同意”。")
            % {"at": moment_words(extension.until)}
        )
    return at


def _extend(asked: AskedUnit, extension: Extension, person: User) -> None:
    old = asked.due
    asked.due_at = extended(old, extension.given or old)
    asked.due_sentence = _("%(first)s；同意延期，%(at)s截止") % {
        "first": asked.due_sentence[:180],
        "at": moment_words(asked.due_at),
    }
    asked.save(update_fields=["due_at", "due_sentence"])
    book(asked=asked, now=standing(asked), person=person, why=_("同意延期"))
    outside.shift_due(asked, why=_("同意延期"), by=person)


@door.guarded(Entrance.COMMISSION)
@transaction.atomic
def reply_unable(*, unable_id: int, agree: bool, words: str, person: User) -> Unable:
    """Agree that a unit cannot do it, which takes it back for this unit, or insist; once.

    Raises:
        Refused: no editor, answered before, or no words.
    """
    the_office(person)
    asked, pk = _open_request(Unable, unable_id)
    unable: Unable = Unable.objects.get(pk=pk)
    words = told(words, _("请写明理由，单位会看到。"))
    now = timezone.now()
    unable.reply = Reply.GRANTED if agree else Reply.REFUSED
    unable.replied_at, unable.replied_by, unable.reply_words = now, person, words
    unable.save()
    said = Reply(unable.reply).label
    note(
        Happening.UNABLE_REPLY,
        commission=asked.commission,
        asked=asked,
        by=person,
        words=f"{said}：{words}",
        at=now,
    )
    if agree:
        drop(asked, reason=words, person=person, now=now)
    else:
        outside.tell_unit(
            asked,
            key=f"unable:{pk}:reply",
            text=_("%(number)s仍请办理，%(at)s截止：%(why)s")
            % {
                "number": asked.commission.number_text,
                "at": moment_words(asked.due),
                "why": words,
            },
        )
    return unable


@door.guarded(Entrance.COMMISSION)
@transaction.atomic
def urge(*, asked_id: int, words: str = "", urgent: bool = False, person: User) -> Urge:
    """Urge a unit that still owes; at most once in a half day, unless it is urgent.

    Raises:
        Refused: no editor, nothing owed, or urged in this half day already.
    """
    the_office(person)
    asked = locked_asked(asked_id)
    not_dropped(asked)
    if not still_owes(standing(asked).facts):
        raise Refused(_("%(unit)s已经报送或已办结，不用催办。") % {"unit": asked.unit.name})
    words = told(words)
    now = timezone.now()
    last = Urge.objects.filter(asked=asked).order_by("-pk").first()
    if last is not None and not may_urge(last.at, now, urgent=urgent):
        raise Refused(
            _("%(unit)s在%(at)s已经催办过，半天内不重复催办；确需再催的，请勾选“紧急”。")
            % {"unit": asked.unit.name, "at": moment_words(last.at)}
        )
    made: Urge = Urge.objects.create(asked=asked, urgent=urgent, words=words, by=person, at=now)
    note(Happening.URGED, commission=asked.commission, asked=asked, by=person, words=words, at=now)
    text = _("信息科催办%(number)s，%(at)s截止。%(words)s")
    told_words = {
        "number": asked.commission.number_text,
        "at": moment_words(asked.due),
        "words": words,
    }
    outside.tell_unit(asked, key=f"urge:{made.pk}", text=text % told_words, urgent=urgent)
    return made


def _standing_answer(answer_id: int) -> tuple[AskedUnit, Answer]:
    """Lock the asked unit of an answer that stands."""
    asked_id = Answer.objects.filter(pk=answer_id).values_list("asked_id", flat=True).first()
    if asked_id is None:
        raise Refused(_("没有找到这篇答复稿件，请返回刷新。"))
    asked = locked_asked(asked_id)
    answer = Answer.objects.get(pk=answer_id)
    if answer.unlinked_at is not None:
        raise Refused(_("这篇稿件已经解除关联。"))
    not_dropped(asked)
    return asked, answer


@door.guarded(Entrance.COMMISSION)
@transaction.atomic
def rule_on(*, answer_id: int, ruling: str, reason: str = "", person: User) -> Verdict:
    """Accept an item as an answer, or send it back with a reason; points follow.

    In time or late is decided by the moment at which the item left its unit, against the
    deadline that holds for the unit. To decide otherwise later, rule once more.

    Raises:
        Refused: no editor, not sent yet, no reason, or the same was said already.
    """
    the_office(person)
    if ruling not in Ruling.values:
        raise Refused(_("请选择收用或退改。"))
    asked, answer = _standing_answer(answer_id)
    piece = standing(asked).pieces[answer.pk]
    if piece.left is None:
        raise Refused(_("这篇稿件还没有报出，不能收用或退改。"))
    if piece.returned and ruling == Ruling.RETURNED:
        raise Refused(_("这篇稿件已经退改，请等单位重新报出。"))
    if piece.accepted and ruling == Ruling.ACCEPTED:
        raise Refused(_("这篇稿件已经收用过了。"))
    reason = told(reason, "" if ruling == Ruling.ACCEPTED else _("请写明怎样修改，单位会看到。"))
    made: Verdict = Verdict.objects.create(answer=answer, ruling=ruling, reason=reason, by=person)
    what = Happening.ACCEPTED if ruling == Ruling.ACCEPTED else Happening.RETURNED
    note(what, commission=asked.commission, asked=asked, by=person, words=reason, at=made.at)
    book(asked=asked, now=standing(asked), person=person, why=reason or _("信息科收用意见变更"))
    outside.sync_due(asked)
    text = (
        _("%(number)s：稿件已收用。%(why)s")
        if ruling == Ruling.ACCEPTED
        else _("%(number)s：稿件退改：%(why)s")
    )
    outside.tell_unit(
        asked,
        key=f"ruling:{made.pk}",
        text=text % {"number": asked.commission.number_text, "why": reason},
    )
    return made


@door.guarded(Entrance.COMMISSION)
@transaction.atomic
def mark_adopted(
    *, answer_id: int, where: str, on: date, bulletin: Bulletin | None = None, person: User
) -> Adopted:
    """Note where an answer was used; the same again changes nothing.

    What this system's own bulletins carried, and what was recorded as an adoption of the item,
    counts as adopted without it. It books no points: 采用登记 does.

    Raises:
        Refused: no editor, not sent yet, nothing said, or a day that has not come.
    """
    the_office(person)
    asked, answer = _standing_answer(answer_id)
    where = told(where or (bulletin.name if bulletin else ""), _("请填写采用的刊物。"), NAME_MAX)
    if on > timezone.localdate():
        raise Refused(_("采用日期不能晚于今天。"))
    if standing(asked).pieces[answer.pk].left is None:
        raise Refused(_("这篇稿件还没有报出，不能登记采用。"))
    found = Adopted.objects.filter(answer=answer, where=where, on=on, undone_at__isnull=True)
    made: Adopted | None = found.first()
    if made is not None:
        return made
    made = Adopted.objects.create(answer=answer, bulletin=bulletin, where=where, on=on, by=person)
    words = f"{where} {day_words(on, with_year=True, with_weekday=False)}"
    note(Happening.ADOPTED, commission=asked.commission, asked=asked, by=person, words=words)
    outside.tell_unit(
        asked,
        key=f"adopted:{made.pk}",
        text=_("%(number)s的稿件已被采用：%(where)s")
        % {"number": asked.commission.number_text, "where": words},
    )
    return made


@transaction.atomic
def undo_adopted(*, adopted_id: int, person: User) -> None:
    """Take back a note of where an answer was used; once.

    Raises:
        Refused: no editor, unknown, or taken back before.
    """
    the_office(person)
    row = Adopted.objects.select_related("answer").filter(pk=adopted_id).first()
    if row is None:
        raise Refused(_("没有找到这条采用情况，请返回刷新。"))
    asked = locked_asked(row.answer.asked_id)
    row.refresh_from_db()
    if row.undone_at is not None:
        raise Refused(_("这条采用情况已经撤销过了。"))
    row.undone_at, row.undone_by = timezone.now(), person
    row.save(update_fields=["undone_at", "undone_by"])
    note(Happening.UNADOPTED, commission=asked.commission, asked=asked, by=person, words=row.where)


@door.guarded(Entrance.COMMISSION)
@transaction.atomic
def mark_missed(*, asked_id: int, reason: str, person: User) -> AskedUnit:
    """Say that nothing came (未报); the fact that the scheme counts is booked.

    Raises:
        Refused: no editor, not over yet, something has come, said before, or no reason.
    """
    the_office(person)
    asked = locked_asked(asked_id)
    not_dropped(asked)
    reason = told(reason, _("请写明情况，单位会看到。"))
    now = timezone.now()
    if asked.missed_at is not None:
        raise Refused(_("已经记为未报。"))
    if asked.due >= now:
        raise Refused(_("还没有到截止时间，不能记为未报。"))
    if standing(asked, now).facts.submitted is not None:
        raise Refused(_("这个单位已经报出稿件，不能记为未报；不合要求的请退改或解除关联。"))
    miss(asked, reason=reason, person=person, now=now)
    return asked


@door.guarded(Entrance.COMMISSION)
@transaction.atomic
def undo_missed(*, asked_id: int, reason: str, person: User) -> AskedUnit:
    """Take 未报 back; the booked fact is withdrawn with the reason.

    Raises:
        Refused: no editor, not said, or no reason.
    """
    the_office(person)
    asked = locked_asked(asked_id)
    if asked.missed_at is None:
        raise Refused(_("没有记为未报，不用撤销。"))
    reason = told(reason, _("请写明为什么撤销，单位会看到。"))
    asked.missed_at, asked.missed_by, asked.missed_reason = None, None, ""
    asked.save(update_fields=["missed_at", "missed_by", "missed_reason"])
    note(Happening.UNMISSED, commission=asked.commission, asked=asked, by=person, words=reason)
    book(asked=asked, now=standing(asked), person=person, why=reason)
    outside.sync_due(asked)
    return asked
