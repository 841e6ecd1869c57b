"""Changing, widening and taking back what was sent: what an editor does with the whole later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.review.actions import Refused
from cms.scanning import door
from cms.scanning.rules import Entrance

from . import outside
from .booking import book
from .content import Ask, Content, check_asks, check_content, check_due, doubts
from .ending import drop
from .models import AskedUnit, Commission, CommissionSettings
from .rules import Happening, State, fault_of, moment_words, reckoned
from .sending import ask, store
from .shared import (
    NeedsConfirmation,
    locked_asked,
    locked_commission,
    locked_standing,
    note,
    the_office,
    told,
)
from .standing import standing, standings

if TYPE_CHECKING:
    from infoflow.units.models import User

LABELS = {
    "title": gettext_lazy("题目"),
    "origin": gettext_lazy("来源"),
    "superior": gettext_lazy("上级单位"),
    "superior_document": gettext_lazy("上级文件或通知"),
    "superior_due_at": gettext_lazy("上级要求的时限"),
    "background": gettext_lazy("背景"),
    "points": gettext_lazy("要点"),
    "requirements": gettext_lazy("写作要求"),
    "contact": gettext_lazy("联系人及电话"),
    "channel": gettext_lazy("报送方式"),
    "due_at": gettext_lazy("截止时间"),
    "due_days": gettext_lazy("截止时间"),
}


@door.guarded(Entrance.COMMISSION)
@transaction.atomic
def add_units(
    *,
    commission_id: int,
    asks: Sequence[Ask],
    person: User,
    due_at: datetime | None = None,
    confirmed: bool = False,
) -> list[AskedUnit]:
    """Ask further units for what was sent; who was asked already is left as it is.

    Args:
        due_at: their own deadline; the commission's when None.

    Raises:
        NeedsConfirmation: something is doubtful.
        Refused: no editor, not sent or cancelled, or the deadline is over by now.
    """
    the_office(person)
    commission = locked_commission(commission_id)
    _is_running(commission)
    have = set(commission.asked.values_list("unit_id", flat=True))
    new = [ask for ask in asks if ask.unit_id not in have]
    if not new:
        return []
    has_lead = commission.asked.filter(lead=True).exists()
    if has_lead and any(ask.lead for ask in new):
        raise Refused(_("已经有牵头单位，增加的单位不能再设牵头。"))
    check_asks(new)
    now, at = timezone.now(), due_at or commission.due
    fault = fault_of(at, now)
    if fault:
        raise Refused(fault + _("增加单位时可以另定截止时间。"))
    doubtful = list(doubts(replace(Content.of(commission), due_at=at, due_days=None), new))
    if doubtful and not confirmed:
        raise NeedsConfirmation(doubtful)
    rows = store(commission, new, first=len(have) + 1)
    deadline = reckoned(now, at, event=_("下达"))
    for row in rows:
        ask(row, deadline, now)
    names = "、".join(row.unit.name for row in rows)
    note(Happening.ADDED, commission=commission, by=person, words=names, at=now)
    return rows


def _is_running(commission: Commission) -> None:
    if commission.sent_at is None:
        raise Refused(_("这件约稿还没有下达，可以直接修改草稿。"))
    if commission.cancelled_at is not None:
        raise Refused(_("这件约稿已经撤销，不能再改。"))


@door.guarded(Entrance.COMMISSION)
@transaction.atomic
def change_commission(
    *, commission_id: int, content: Content, words: str, person: User, confirmed: bool = False
) -> Commission:
    """Change what was sent and tell all its units; without a change nothing happens.

    A new deadline holds for every unit that still stands. Who was given a later one keeps it.

    Args:
        words: what has changed and why; the units read it.

    Raises:
        NeedsConfirmation: the new deadline is doubtful.
        Refused: no editor, no words, not sent or cancelled, or a deadline that is over.
    """
    the_office(person)
    commission = locked_commission(commission_id)
    _is_running(commission)
    content = replace(content, due_days=None, due_at=content.due_at or commission.due_at)
    check_content(content)
    commission.due_days = None
    old = commission.due_at
    changed = content.write_to(commission)
    if not changed:
        return commission
    words = told(words, _("请写明改了什么、为什么，各单位会看到。"))
    now = timezone.now()
    rows = locked_standing(commission)
    if "due_at" in changed:
        check_due(content, now)
        doubtful = list(doubts(content, ()))
        if doubtful and not confirmed:
            raise NeedsConfirmation(doubtful)
        _move_all(commission, rows, old, person, words)
    commission.save()
    names = "、".join(dict.fromkeys(str(LABELS[name]) for name in changed))
    made = note(
        Happening.CHANGED,
        commission=commission,
        by=person,
        words=_("%(names)s：%(words)s") % {"names": names, "words": words},
        at=now,
    )
    for row in rows:
        told_at = moment_words(row.due)
        outside.tell_unit(
            row,
            key=f"changed:{made.pk}",
            text=_("%(number)s有修改（%(names)s），现截止%(at)s，请查看。")
            % {"number": commission.number_text, "names": names, "at": told_at},
        )
    return commission


def _move_all(
    commission: Commission,
    rows: list[AskedUnit],
    old: datetime | None,
    person: User,
    words: str,
) -> None:
    deadline = reckoned(commission.began, commission.due, event=_("下达"), until=_("期限有调整"))
    commission.due_sentence, commission.due_provisional = deadline.sentence, False
    for row in rows:
        if row.due_at != old and row.due >= deadline.at:
            continue
        row.due_at, row.due_sentence = deadline.at, deadline.sentence
        row.save(update_fields=["due_at", "due_sentence"])
        book(asked=row, now=standing(row), person=person, why=words)
        outside.shift_due(row, why=words, by=person)


@door.guarded(Entrance.COMMISSION)
@transaction.atomic
def cancel_commission(*, commission_id: int, reason: str, person: User) -> Commission:
    """Take a commission back: deadlines stop, units are told. What is done stays done.

    Raises:
        Refused: no editor, no reason, or cancelled before.
    """
    the_office(person)
    commission = locked_commission(commission_id)
    if commission.cancelled_at is not None:
        raise Refused(_("这件约稿已经撤销过了。"))
    reason = told(reason, _("请填写撤销理由，各单位会看到。"))
    now = timezone.now()
    commission.cancelled_at, commission.cancelled_by = now, person
    commission.cancel_reason = reason
    commission.save()
    note(Happening.CANCELLED, commission=commission, by=person, words=reason, at=now)
    rows = locked_standing(commission)
    where = standings(rows, now)
    for row in rows:
        if where[row.pk].facts.accepted is None and where[row.pk].state != State.ADOPTED:
            drop(row, reason=reason, person=person, now=now)
    return commission


@door.guarded(Entrance.COMMISSION)
@transaction.atomic
def drop_unit(*, asked_id: int, reason: str, person: User) -> AskedUnit:
    """Take a commission back for one unit alone (closed, merged, asked by mistake).

    Raises:
        Refused: no editor, no reason, taken back before, or done already.
    """
    the_office(person)
    row = locked_asked(asked_id)
    if row.dropped_at is not None:
        raise Refused(_("对这个单位的约稿已经撤销过了。"))
    reason = told(reason, _("请填写撤销理由，单位会看到。"))
    now = timezone.now()
    if standings([row], now)[row.pk].facts.accepted is not None:
        raise Refused(_("这个单位的稿件已经收用，不能再撤销约稿。"))
    drop(row, reason=reason, person=person, now=now)
    note(Happening.DROPPED, commission=row.commission, asked=row, by=person, words=reason, at=now)
    return row


@transaction.atomic
def save_settings(
    *, reminders: Sequence[int], grace_days: int | None, person: User
) -> CommissionSettings:
    """Set reminder points and grace; for what is sent from now on.

    Raises:
        Refused: no editor.
        ValidationError: points that are none.
    """
    the_office(person)
    row = CommissionSettings.current()
    row.reminders, row.grace_days = list(reminders), grace_days
    row.full_clean()
    row.save()
    return row
