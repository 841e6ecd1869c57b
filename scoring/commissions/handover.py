"""Open commissions where the leaver is the named person go to the successor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from infoflow.units.handover import Holding, people_of

from .models import AskedUnit
from .rules import OPEN_STATES, Happening
from .shared import note
from .standing import standings

if TYPE_CHECKING:
    from infoflow.units.models import HandOver, Unit, User

KIND = "commission-open"


def _open(rows: QuerySet[AskedUnit]) -> list[AskedUnit]:
    found = list(rows.select_related("commission", "unit").order_by("pk"))
    where = standings(found)
    return [row for row in found if where[row.pk].state in OPEN_STATES]


def _holding(rows: list[AskedUnit]) -> list[Holding]:
    return [Holding(kind=KIND, label=_("承办的约稿"), ids=tuple(row.pk for row in rows))]


def held(*, unit: Unit, person: User) -> list[Holding]:
    """Return the open commissions of a unit that a person was named for."""
    return _holding(_open(AskedUnit.objects.standing().filter(unit=unit, person=person)))


def move(made: HandOver) -> list[Holding]:
    """Name the successor; not while the leaver keeps another post in the unit."""
    if people_of(made.unit).filter(pk=made.leaver_id).exists():
        return []
    rows = AskedUnit.objects.select_for_update(of=("self",), no_key=True).standing()
    found = _open(rows.filter(unit=made.unit, person=made.leaver))
    for row in found:
        row.person = made.successor
        row.save(update_fields=["person"])
        words = _("交接：%(a)s交给%(b)s") % {"a": made.leaver, "b": made.successor}
        note(Happening.NAMED, commission=row.commission, asked=row, by=made.by, words=words)
    return _holding(found)


def named(*, kind: str, ids: list[int], viewer: User) -> dict[int, tuple[str, str]]:
    """Return number and address of the commissions that a person may see."""
    if kind != KIND:
        return {}
    rows = AskedUnit.objects.visible_to(viewer).filter(pk__in=ids).select_related("commission")
    return {
        row.pk: (row.commission.number_text, reverse("commission", args=[row.pk])) for row in rows
    }
