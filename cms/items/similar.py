"""Alike items, as the desk and the office are told of them.

The desk learns titles of its own unit only. Of other units it learns one sentence, and only
for texts that have left their unit: a foreign draft is not revealed at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cms.search import queries as search
from cms.similar import queries, rules
from infoflow.units.permissions import unit_ids_of

from . import text
from .models import ItemPage

if TYPE_CHECKING:
    from infoflow.units.models import User

SHOWN = 5
# More than are shown: some of them may be another unit's.
LOOKED_AT = 30


@dataclass(frozen=True)
class Alike:
    """One alike item. `percent` is the part of the text that is the same."""

    item: ItemPage
    title: str
    percent: int


@dataclass(frozen=True)
class ForDesk:
    """What a unit may know: its own alike items, and whether another unit sent such a one."""

    own: tuple[Alike, ...] = ()
    others: bool = False

    def __bool__(self) -> bool:
        return bool(self.own) or self.others


def _text_of(item: ItemPage) -> str:
    return f"{item.title}\n{text.to_text(item.body)}"


def _percent(score: float) -> int:
    return round(rules.common_part(score) * 100)


def for_desk(item: ItemPage, user: User) -> ForDesk:
    """Return what the desk shows beside an item: own unit's titles, of others only whether."""
    units = unit_ids_of(user)
    matches = queries.like(
        text=_text_of(item),
        exclude=[item.pk] if item.pk else (),
        limit=LOOKED_AT,
        drafts_of=units,
    )
    if not matches:
        return ForDesk()
    ids = [match.page_id for match in matches]
    items = ItemPage.objects.visible_to(user).filter(pk__in=ids).defer("body").in_bulk()
    known = tuple(
        Alike(items[match.page_id], items[match.page_id].title, _percent(match.score))
        for match in matches
        if match.page_id in items
    )
    return ForDesk(own=known[:SHOWN], others=len(known) < len(matches))


def for_office(item: ItemPage) -> list[Alike]:
    """Return the alike items that have left their units, most alike first, for editors.

    Titles are those that were sent: a returned item may have another one by now.
    """
    matches = queries.like(text=_text_of(item), exclude=[item.pk], limit=SHOWN * 2)
    ids = [match.page_id for match in matches]
    rows = ItemPage.objects.filter(pk__in=ids).select_related("unit").defer("body")
    items = rows.annotate(sent_title=search.sent_title()).in_bulk()
    return [
        Alike(items[match.page_id], items[match.page_id].sent_title, _percent(match.score))
        for match in matches
        if match.page_id in items and items[match.page_id].sent_title is not None
    ]
