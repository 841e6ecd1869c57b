"""Storing whom a commission asks, and sending it; inside the transactions of the actions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from cms.review.actions import Refused
from infoflow.worktime.queries import calendar
from infoflow.worktime.rules import Deadline

from . import outside
from .content import Ask, Content, check_asks, check_due, doubts
from .models import AskedUnit, Commission, CommissionSeries, CommissionSettings
from .rules import Happening, deadline_for
from .shared import NeedsConfirmation, note

if TYPE_CHECKING:
    from infoflow.units.models import User


def store(commission: Commission, asks: Sequence[Ask], first: int = 1) -> list[AskedUnit]:
    rows = [
        AskedUnit(
            commission=commission,
            unit_id=ask.unit_id,
            position=position,
            lead=ask.lead,
            part=ask.part.strip(),
            phoned_to=ask.phoned_to.strip(),
        )
        for position, ask in enumerate(asks, start=first)
    ]
    for row in rows:
        row.save()
    return rows


def asks_of(rows: Sequence[AskedUnit]) -> list[Ask]:
    return [Ask(row.unit_id, row.lead, row.part, row.phoned_to) for row in rows]


def send(
    commission: Commission, person: User, start: datetime, now: datetime, confirmed: bool
) -> None:
    """Send a locked draft whose time counts from `start` on."""
    content = Content.of(commission)
    rows = list(commission.asked.select_related("unit"))
    if not rows:
        raise Refused(_("请至少选择一个单位。"))
    check_asks(asks_of(rows))
    check_due(content, now, may_be_over=commission.phoned_at is not None)
    doubtful = list(doubts(content, asks_of(rows)))
    if doubtful and not confirmed:
        raise NeedsConfirmation(doubtful)
    deadline = deadline_for(start, at=content.due_at, days=content.due_days, calendar=calendar())
    commission.year = timezone.localdate(start).year
    commission.number = _next_number(commission.year)
    commission.sent_at, commission.sent_by = now, person
    commission.due_at, commission.due_sentence = deadline.at, deadline.sentence
    commission.due_provisional = deadline.provisional
    commission.grace_days = CommissionSettings.current().grace_days
    commission.save()
    names = "、".join(row.unit.name for row in rows)
    what = Happening.PHONED if commission.phoned_at is not None else Happening.SENT
    note(what, commission=commission, by=person, words=names, at=now)
    for row in rows:
        row.commission = commission
        ask(row, deadline, start)


def _next_number(year: int) -> int:
    """Return the next number of a year, held until the transaction ends."""
    CommissionSeries.objects.get_or_create(year=year)
    series = CommissionSeries.objects.select_for_update().get(year=year)
    series.last += 1
    series.save(update_fields=["last"])
    return series.last


def ask(row: AskedUnit, deadline: Deadline, start: datetime) -> None:
    """Ask one unit: its deadline is kept from now on, its people are told."""
    row.asked_at, row.due_at, row.due_sentence = start, deadline.at, deadline.sentence
    row.save()
    outside.keep_due(row, deadline, days=row.commission.due_days)
    outside.tell_unit(
        row,
        key="asked",
        text=_("信息科下达%(number)s，%(sentence)s。请签收。")
        % {"number": row.commission.number_text, "sentence": deadline.sentence},
    )
