"""结账: freeze a period. Nothing opens it again; what comes later counts in the open period."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from cms.review.actions import Refused
from cms.scanning import door
from cms.scanning.rules import Entrance
from infoflow.units.permissions import has_role
from infoflow.units.roles import Role
from scoring.closings.models import Closing
from scoring.closings.queries import lock_units
from scoring.ledger.actions import rebuild
from scoring.rankings.queries import counted_ranking
from scoring.rankings.snapshots import digest_of, snapshot_of, text_of

from .queries import assessment_to_freeze, refusal, seen_digest, with_conversion
from .rules import NOTE_MAX

if TYPE_CHECKING:
    from infoflow.units.models import User


class Changed(Refused):
    """What would be frozen is no longer what the person has seen."""


@door.guarded(Entrance.CLOSING)
@transaction.atomic
def close_period(
    *, start: date, end: date, note: str = "", digest: str = "", person: User
) -> Closing:
    """Book what is missing, then freeze a period's ranking with its digest.

    Args:
        start, end: first and last day, both included; the period must have ended.
        digest: of what the person has seen (`queries.preview`); without it nothing is compared.

    Raises:
        Refused: not a scorer; not ended, or overlaps a closed period; a scheme cannot be read;
            the note is too long.
        Changed: something else would be frozen than what was seen.
    """
    if not has_role(person, Role.SCORER):
        raise Refused(_("只有计分员可以结账。"))
    note = note.strip()
    if len(note) > NOTE_MAX:
        raise Refused(_("说明不能超过%(max)s字。") % {"max": NOTE_MAX})
    # Nobody records, scores or closes meanwhile.
    lock_units()
    told = refusal(start, end)
    if told:
        raise Refused(told)
    before = counted_ranking(start, end, afresh=True) if digest else None
    shown = assessment_to_freeze(start, end) if digest else None
    difference = rebuild(start, end)
    if before is not None and seen_digest(before, difference, shown) != digest:
        raise Changed(_("您查看之后数据有变化，还没有结账。请核对下面新的内容，再点“结账”。"))
    conversion = assessment_to_freeze(start, end)
    found = snapshot_of(counted_ranking(start, end, afresh=True))
    text = text_of(with_conversion(found, conversion))
    made: Closing = Closing.objects.create(
        start=start,
        end=end,
        snapshot=text,
        converted_year=None if conversion is None else conversion.year,
        digest=digest_of(text),
        note=note,
        closed_by=person,
    )
    return made
