"""How a commission ends for one locked unit without a piece: taken back, or 未报."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from . import outside
from .booking import book
from .models import AskedUnit
from .rules import Happening
from .shared import note
from .standing import standing

if TYPE_CHECKING:
    from infoflow.units.models import User


def drop(row: AskedUnit, *, reason: str, person: User, now: datetime) -> None:
    """Take a commission back for one locked unit: its deadline stops, its people are told."""
    row.dropped_at, row.dropped_by, row.drop_reason = now, person, reason
    row.save(update_fields=["dropped_at", "dropped_by", "drop_reason"])
    book(asked=row, now=standing(row, now), person=person, why=reason)
    outside.settle_all([row])
    outside.tell_unit(
        row,
        key=f"dropped:{int(now.timestamp())}",
        text=_("%(number)s已撤销，不用再办理：%(reason)s")
        % {"number": row.commission.number_text, "reason": reason},
    )


def miss(asked: AskedUnit, *, reason: str, person: User | None, now: datetime) -> None:
    """Store that nothing came for a locked asked unit, book the fact, tell the unit."""
    asked.missed_at, asked.missed_by, asked.missed_reason = now, person, reason
    asked.save(update_fields=["missed_at", "missed_by", "missed_reason"])
    made = note(
        Happening.MISSED, commission=asked.commission, asked=asked, by=person, words=reason, at=now
    )
    book(asked=asked, now=standing(asked, now), person=person, why=reason)
    outside.sync_due(asked)
    outside.tell_unit(
        asked,
        key=f"missed:{made.pk}",
        text=_("%(number)s记为未报：%(why)s")
        % {"number": asked.commission.number_text, "why": reason},
    )
