"""Writing, sending, changing and cancelling commissions: what an editor does with the whole."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.review.actions import Refused
from cms.scanning import door
from cms.scanning.rules import Entrance

from .content import Ask, Content, check_asks, check_content
from .models import Commission
from .rules import Happening
from .sending import send, store
from .shared import (
    locked_commission,
    note,
    the_office,
    told,
)

if TYPE_CHECKING:
    from infoflow.units.models import User


@door.guarded(Entrance.COMMISSION)
@transaction.atomic
def create_commission(
    *, content: Content, asks: Sequence[Ask] = (), person: User, form_key: uuid.UUID | None = None
) -> Commission:
    """Write a draft; nobody outside the office sees it. The same form again makes no second one.

    Raises:
        Refused: no editor, or something that no commission may say.
    """
    the_office(person)
    if form_key is not None:
        made = Commission.objects.filter(form_key=form_key).first()
        if made is not None:
            return made
    check_content(content)
    check_asks(asks)
    now = timezone.now()
    commission = Commission(
        year=timezone.localdate(now).year, created_by=person, created_at=now, form_key=form_key
    )
    content.write_to(commission)
    commission.save()
    store(commission, asks)
    note(Happening.CREATED, commission=commission, by=person, at=now)
    return commission


@door.guarded(Entrance.COMMISSION)
@transaction.atomic
def edit_commission(
    *, commission_id: int, content: Content, asks: Sequence[Ask], person: User
) -> Commission:
    """Change a draft; what was sent is changed with notice (`change_commission`).

    Raises:
        Refused: no editor, sent or cancelled meanwhile, or something that may not be said.
    """
    the_office(person)
    commission = locked_commission(commission_id)
    _is_draft(commission)
    check_content(content)
    check_asks(asks)
    content.write_to(commission)
    commission.save()
    commission.asked.all().delete()
    store(commission, asks)
    return commission


@transaction.atomic
def send_commission(*, commission_id: int, person: User, confirmed: bool = False) -> Commission:
    """Give a draft its number, set every unit's deadline, tell their people. Once.

    Args:
        confirmed: the editor has seen what is doubtful about it (a deadline on a day off or at
            night, later than the superior's, a unit without people).

    Raises:
        NeedsConfirmation: something is doubtful.
        Refused: no editor, cancelled, no unit, no deadline, or one that is over.
    """
    the_office(person)
    commission = locked_commission(commission_id)
    if commission.sent_at is not None and commission.cancelled_at is None:
        return commission
    _is_draft(commission)
    now = timezone.now()
    send(commission, person, now, now, confirmed)
    return commission


@door.guarded(Entrance.COMMISSION)
@transaction.atomic
def enter_phoned(
    *,
    content: Content,
    asks: Sequence[Ask],
    caller: str,
    called_at: datetime,
    person: User,
    confirmed: bool = False,
    form_key: uuid.UUID | None = None,
) -> Commission:
    """Enter a commission that went out by telephone: it counts from the call on.

    Args:
        caller: who called; whom they reached stands with each unit (`Ask.phoned_to`).

    Raises:
        NeedsConfirmation: something is doubtful.
        Refused: a call in the future, nobody named, or as `send_commission`.
    """
    the_office(person)
    caller = told(caller, _("请填写打电话的人。"), 60)
    now = timezone.now()
    if called_at > now:
        raise Refused(_("通话时间不能晚于现在，请改为实际打电话的时间。"))
    if any(not ask.phoned_to.strip() for ask in asks):
        raise Refused(_("请填写每个单位接电话的人。"))
    if content.due_at is not None and content.due_at <= called_at:
        raise Refused(_("截止时间不能早于通话时间，请检查。"))
    commission = create_commission(content=content, asks=asks, person=person, form_key=form_key)
    if commission.sent_at is not None:
        return commission
    commission.phoned_at, commission.phoned_by = called_at, caller
    send(commission, person, called_at, now, confirmed)
    return commission


def _is_draft(commission: Commission) -> None:
    if commission.cancelled_at is not None:
        raise Refused(_("这件约稿已经撤销；需要的，请另写一件。"))
    if commission.sent_at is not None:
        raise Refused(_("这件约稿已经下达，请用“修改并通知”。"))
