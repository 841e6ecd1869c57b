"""What a change of the calendar moves: open deadlines that were reckoned by it."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .actions_dues import move
from .due_kinds import due_kind
from .models_dues import Due
from .queries import calendar
from .reckoning import MOVABLE, reckon
from .rules import CHINA, TOUCHED_FROM, Calendar

if TYPE_CHECKING:
    from .models_dues import DueQuerySet

log = logging.getLogger(__name__)

_CHUNK = 200
_NAMED_MAX = 3


def touched_span(years: Collection[int]) -> tuple[datetime, datetime]:
    """Return from when to when the lists of years hold days: the list of a year also moves the
    last days of the December before."""
    first = datetime.combine(date(min(years) - 1, *TOUCHED_FROM), time(), CHINA)
    return first, datetime(max(years) + 1, 1, 1, tzinfo=CHINA)


def reckon_years_again(years: Collection[int], *, now: datetime | None = None) -> int:
    """Reckon the open deadlines again that run through days of these years.

    Call it inside the transaction that changed the calendar. Deadlines that were met stay as
    they were, late or not.

    Returns:
        How many deadlines have moved.
    """
    if not years:
        return 0
    first, after = touched_span(years)
    dues = Due.objects.filter(started__lt=after, at__gte=first)
    named = "、".join(_("%(year)d年") % {"year": year} for year in sorted(years)[:_NAMED_MAX])
    why = _("工作日历变更（%(years)s），期限重新推算") % {"years": named}
    return _again(dues, why, now or timezone.now())


def reckon_provisional_again(*, now: datetime | None = None) -> int:
    """Reckon again what is marked 暂按推算: catches what was set while a list was being loaded."""
    why = _("放假安排已经录入，期限重新推算")
    return _again(Due.objects.filter(provisional=True), why, now or timezone.now())


def _again(dues: DueQuerySet, why: str, now: datetime) -> int:
    dues = dues.open().filter(rule__kind__in=MOVABLE)
    known = calendar()
    moved = 0
    for chunk in _chunks(dues):
        with transaction.atomic():
            for due in chunk:
                moved += _one(due, known, why, now)
    return moved


def _chunks(dues: DueQuerySet) -> Iterator[DueQuerySet]:
    """Yield locked rows in the order of their keys, so that two changes never wait in a circle."""
    last = 0
    while True:
        rows = dues.filter(pk__gt=last).order_by("pk").values_list("pk", "kind", "key")[:_CHUNK]
        found = list(rows)
        if not found:
            return
        last = found[-1][0]
        _hold_owners((kind, key) for _pk, kind, key in found)
        yield dues.filter(pk__in=[row[0] for row in found]).order_by("pk").select_for_update()


def _hold_owners(keys: Iterable[tuple[str, str]]) -> None:
    """Have each room hold what its actions hold before a deadline: nobody waits in a circle."""
    by_kind: dict[str, list[str]] = {}
    for kind, key in keys:
        by_kind.setdefault(kind, []).append(key)
    for kind in sorted(by_kind):
        known = due_kind(kind)
        if known is not None and known.hold is not None:
            known.hold(by_kind[kind])


def _one(due: Due, known: Calendar, why: str, now: datetime) -> int:
    """Reckon one locked deadline again; 1 when it has moved."""
    try:
        with transaction.atomic():
            found = reckon(due.started, due.rule, known)
            if found is None:
                return 0
            if found.at == due.at:
                if (found.sentence, found.provisional) != (due.sentence, due.provisional):
                    due.sentence, due.provisional = found.sentence, found.provisional
                    due.save(update_fields=["sentence", "provisional"])
                return 0
            change = move(
                due,
                at=found.at,
                sentence=found.sentence,
                provisional=found.provisional,
                rule=due.rule,
                why=why,
                now=now,
            )
            kind = due_kind(due.kind)
            if kind is not None and kind.moved is not None:
                kind.moved(due, change)
    except Exception as error:  # noqa: BLE001 - one broken deadline must not keep a list out
        log.error("calendar: deadline %s not reckoned again: %s", due.key, type(error).__name__)
        return 0
    return 1
