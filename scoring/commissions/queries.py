"""Reads of commissions: a unit's list and its order, what a page shows, what may be linked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.items.models import ItemPage, JointUnit
from cms.search.queries import sent_title
from infoflow.units.permissions import person_of, unit_ids_of

from .models import Answer, AskedUnit, AskedUnitQuerySet, CommissionEvent
from .rules import OPEN_STATES
from .standing import Standing, standings

if TYPE_CHECKING:
    from django.http import HttpRequest

    from infoflow.units.models import User

# How many open commissions a unit may have before its first page stops looking.
LOOKED_AT = 100
LINKABLE = 30


@dataclass(frozen=True)
class Line:
    """One asked unit of a list, with how it stands."""

    asked: AskedUnit
    now: Standing

    @property
    def open(self) -> bool:
        """Whether the unit still has to do something."""
        return self.now.state in OPEN_STATES


def asked_for(user: User) -> AskedUnitQuerySet:
    """Return what the units of a person were asked for, with what a list shows."""
    found: AskedUnitQuerySet = (
        AskedUnit.objects.visible_to(user)
        .filter(unit_id__in=unit_ids_of(user))
        .select_related("commission", "unit", "person", "signed_by")
    )
    return found


def lines_of(rows: Iterable[AskedUnit], now: datetime | None = None) -> list[Line]:
    """Return rows with how they stand, in their order."""
    kept = list(rows)
    where = standings(kept, now)
    return [Line(row, where[row.pk]) for row in kept if row.pk in where]


def may_be_open(rows: AskedUnitQuerySet) -> AskedUnitQuerySet:
    """Keep what may still want something of its unit: not taken back, not missed, not accepted.

    Wider than `OPEN_STATES`, and cheap; whoever needs the state asks `lines_of`.
    """
    accepted = Answer.objects.filter(
        asked=OuterRef("pk"), unlinked_at__isnull=True, verdicts__ruling="accepted"
    )
    return rows.standing().filter(missed_at__isnull=True).exclude(Exists(accepted))


def open_lines(user: User, now: datetime | None = None) -> list[Line]:
    """Return what the units of a person still have to do, the most urgent first."""
    rows = may_be_open(asked_for(user)).order_by("due_at", "pk")[:LOOKED_AT]
    return [line for line in lines_of(rows, now) if line.open]


def open_for(request: HttpRequest) -> list[Line]:
    """Return `open_lines` of who asks; read once for menu and first page of one request."""
    found: list[Line] | None = getattr(request, "_open_commissions", None)
    if found is None:
        found = open_lines(person_of(request))
        request._open_commissions = found  # type: ignore[attr-defined]
    return found


def others_of(asked: AskedUnit, now: datetime | None = None) -> list[Line]:
    """Return the other units of a joint commission: names, parts, states, never their items."""
    rows = list(
        AskedUnit.objects.filter(commission=asked.commission_id, asked_at__isnull=False)
        .select_related("unit", "commission")
        .order_by("position", "pk")
    )
    if not any(row.lead or row.part for row in rows):
        return []
    return lines_of([row for row in rows if row.pk != asked.pk], now)


def events_for_unit(asked: AskedUnit) -> list[CommissionEvent]:
    """Return the log as an asked unit may read it: its own lines and those of the whole."""
    rows = CommissionEvent.objects.filter(
        Q(asked=asked) | Q(asked=None), commission=asked.commission_id
    ).exclude(asked=None, what__in=["created", "sent", "phoned", "added"])
    return list(rows.select_related("by").order_by("pk"))


def linkable(asked: AskedUnit, user: User) -> list[ItemPage]:
    """Return the unit's newest items that do not answer yet; joint ones that it was asked into."""
    linked = Answer.objects.filter(asked=asked, unlinked_at__isnull=True)
    joint = JointUnit.objects.standing().filter(unit_id=asked.unit_id).values("item_id")
    items = (
        ItemPage.objects.visible_to(user)
        .filter(Q(unit_id=asked.unit_id) | Q(pk__in=joint))
        .exclude(pk__in=linked.values("item_id"))
        .defer("body")
        .order_by("-latest_revision_created_at", "-pk")
    )
    return list(items[:LINKABLE])


def sent_titles(item_ids: Iterable[int]) -> dict[int, str]:
    """Return the titles that the office may know: as the unit signed them, never of a draft."""
    rows = ItemPage.objects.filter(pk__in=list(item_ids)).order_by("-pk")
    named = rows.annotate(sent=sent_title()).values_list("pk", "sent")
    return {pk: title for pk, title in named if title is not None}


def commissions_of_item(item_id: int, user: User) -> list[AskedUnit]:
    """Return which commissions an item answers, as far as a person may see them."""
    rows = AskedUnit.objects.visible_to(user).filter(
        answers__item_id=item_id, answers__unlinked_at__isnull=True
    )
    return list(rows.select_related("commission", "unit").order_by("due_at", "pk").distinct())


def closed_units_note(asked: AskedUnit) -> str:
    """Return what the office is told of a unit that was closed with a commission open."""
    until = asked.unit.active_until
    if until is None or until >= timezone.localdate():
        return ""
    return _(
        "%(unit)s已于%(day)s停用，这件约稿不会自动记为未报；请撤销对该单位的约稿，或改约承接的单位。"
    ) % {"unit": asked.unit.name, "day": until.isoformat()}
