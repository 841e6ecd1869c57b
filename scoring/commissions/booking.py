"""What a commission is worth to the scheme: one fact for each asked unit, once it is certain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.review.actions import Refused
from scoring.adoptions.actions import record_facts, withdraw_fact
from scoring.adoptions.models import Fact
from scoring.adoptions.rules import NOTE_MAX, FactKind, FactRow, Mark, Source

from .models import AskedUnit, Booking
from .rules import Outcome, moment_words, outcome_of
from .standing import Standing

if TYPE_CHECKING:
    from infoflow.units.models import User

MARKS = {Outcome.DONE: Mark.DONE, Outcome.LATE: Mark.LATE, Outcome.MISSED: Mark.MISSED}


def _row(asked: AskedUnit, now: Standing, earlier: int) -> FactRow | None:
    """Return the fact that the outcome stands for. It bears the number, never the title."""
    ended = outcome_of(now.facts)
    if ended is None:
        return None
    outcome, at = ended
    items = [answer.item_id for answer in now.answers if now.pieces[answer.pk].left == at] or [None]
    note = {
        Outcome.DONE: _("%(at)s报出，截止%(due)s"),
        Outcome.LATE: _("%(at)s报出，晚于截止时间%(due)s"),
        Outcome.MISSED: _("截止%(due)s，没有报送"),
    }[outcome]
    told = {"at": moment_words(at), "due": moment_words(asked.due)}
    return FactRow(
        kind=FactKind.COMMISSION,
        date=timezone.localdate(at),
        title=asked.commission.number_text,
        units=(asked.unit_id,),
        key=f"commission:{asked.pk}:{earlier + 1}",
        source=Source.ROAD,
        mark=MARKS[outcome],
        item=items[0] if outcome != Outcome.MISSED else None,
        note=(note % told)[:NOTE_MAX],
        subject=f"commission:{asked.commission_id}",
    )


def _says(fact: Fact | None, row: FactRow | None) -> bool:
    """Tell whether a fact says already what is wanted now."""
    if fact is None or row is None:
        return fact is None and row is None
    return (fact.mark, fact.date, fact.item_id) == (row.mark, row.date, row.item)


@transaction.atomic
def book(*, asked: AskedUnit, now: Standing, person: User | None, why: str) -> None:
    """Bring the booked fact in step with the outcome: nothing, a new fact, or a correction.

    To be called under the asked unit's lock, before its deadline's row is touched.

    Args:
        person: who decides; a correction needs an editor or scorer.
        why: reason of a withdrawal; the unit sees it.

    Raises:
        Refused: a correction by somebody who may not withdraw facts.
    """
    last = Booking.objects.filter(asked=asked).select_related("fact").order_by("-pk").first()
    earlier = Booking.objects.filter(asked=asked, fact__isnull=False).count()
    row = _row(asked, now, earlier)
    standing = last.fact if last else None
    if _says(standing, row):
        return
    if standing is not None and not Fact.objects.filter(reverses=standing).exists():
        if person is None:
            raise Refused(_("更正约稿的计分登记要由编辑办理。"))
        withdraw_fact(fact_id=standing.pk, person=person, reason=why[:NOTE_MAX])
    made = record_facts([row]) if row is not None else []
    Booking.objects.create(asked=asked, fact=made[0] if made else None)
