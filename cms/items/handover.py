"""What hangs on a unit's post in this room, and how it goes to a successor.

An officer's unfinished texts change their owner; a signatory's name is replaced on what
nobody has signed yet. Revisions and decisions keep who wrote and decided: the leaver stays an
author of what they wrote, and the successor becomes one of what they take over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision

from infoflow.units.handover import Holding
from infoflow.units.roles import Role

from . import queries
from .models import ItemPage
from .rules import EDITABLE_STATES, ItemState

if TYPE_CHECKING:
    from infoflow.units.models import HandOver, Unit, User

UNDER_REVIEW = "item-under-review"
TO_SIGN = "item-to-sign"
NO_SIGNATORY = "item-no-signatory"
_KIND = "item-{}"


def _unfinished(unit: Unit) -> QuerySet[ItemPage]:
    items: QuerySet[ItemPage] = ItemPage.objects.filter(unit=unit, live=False).defer("body")
    return items.order_by("pk")


def _labels() -> dict[str, str]:
    return {
        _KIND.format(ItemState.DRAFT.value): _("草稿"),
        _KIND.format(ItemState.RETURNED.value): _("退回修改的稿件"),
        _KIND.format(ItemState.WITHDRAWN.value): _("已撤回的稿件"),
        UNDER_REVIEW: _("审核中的稿件（退回时由接手人修改）"),
        TO_SIGN: _("署名由其审签的稿件"),
        NO_SIGNATORY: _("须另选审签人的稿件（接手人是撰稿人）"),
    }


def _holding(kind: str, ids: list[int], *, moves: bool = True) -> Holding:
    return Holding(kind=kind, label=_labels()[kind], ids=tuple(ids), moves=moves)


def _of_officer(unit: Unit, person: User) -> list[Holding]:
    """Sort an officer's unfinished texts: what goes to the successor, what is on its road."""
    mine = list(_unfinished(unit).filter(owner=person))
    where = queries.standings(mine)
    by_kind: dict[str, list[int]] = {
        _KIND.format(state.value): [] for state in ItemState if state in EDITABLE_STATES
    }
    on_road: list[int] = []
    for item in mine:
        now = where[item.pk]
        if now.editable:
            by_kind.setdefault(_KIND.format(now.state.value), []).append(item.pk)
        elif now.holder:
            on_road.append(item.pk)
    found = [
        Holding(kind=kind, label=_labels().get(kind, _("未办结的稿件")), ids=tuple(ids))
        for kind, ids in by_kind.items()
    ]
    return [*found, _holding(UNDER_REVIEW, on_road, moves=False)]


def _named(unit: Unit, person: User) -> list[ItemPage]:
    """Return what names a signatory and nobody has signed since it was last sent."""
    named = list(_unfinished(unit).filter(signatory=person))
    where = queries.standings(named)
    wanted = (*EDITABLE_STATES, ItemState.SIGNING)
    return [item for item in named if where[item.pk].state in wanted]


def held(*, unit: Unit, person: User, role: Role) -> list[Holding]:
    """Return what hangs on a person's post."""
    if role == Role.OFFICER:
        return _of_officer(unit, person)
    return [_holding(TO_SIGN, [item.pk for item in _named(unit, person)])]


def move(made: HandOver) -> list[Holding]:
    """Move what a hand-over moves; inside its transaction."""
    role = Role(made.role)
    candidates = [pk for h in held(unit=made.unit, person=made.leaver, role=role) for pk in h.ids]
    locked = Page.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=candidates)
    list(locked.order_by("pk").values_list("pk"))
    # Look again: a text may have been sent or taken back while we waited.
    if role == Role.OFFICER:
        found = _of_officer(made.unit, made.leaver)
        ids = [pk for holding in found if holding.moves for pk in holding.ids]
        Page.objects.filter(pk__in=ids).update(owner=made.successor)
        own = _unfinished(made.unit).filter(pk__in=ids, signatory=made.successor)
        return [*found, _holding(NO_SIGNATORY, _replace(list(own), None))]
    return _move_signatures(made)


def _move_signatures(made: HandOver) -> list[Holding]:
    named = _named(made.unit, made.leaver)
    ids = [item.pk for item in named]
    wrote = set(
        _unfinished(made.unit)
        .filter(Q(owner=made.successor) | Q(pk__in=_written_by(made.successor, ids)), pk__in=ids)
        .values_list("pk", flat=True)
    )
    others = [item for item in named if item.pk not in wrote]
    own = [item for item in named if item.pk in wrote]
    return [
        _holding(TO_SIGN, _replace(others, made.successor)),
        _holding(NO_SIGNATORY, _replace(own, None)),
    ]


def _written_by(person: User, ids: list[int]) -> list[int]:
    rows = Revision.page_revisions.filter(user=person, object_id__in=[str(pk) for pk in ids])
    return [int(pk) for pk in rows.values_list("object_id", flat=True)]


def _replace(items: list[ItemPage], signatory: User | None) -> list[int]:
    """Name another signatory on texts; a draft gets a revision, which is what is sent later.

    The revision has no author: who moved it has written nothing. A text under signature keeps
    its revision, because that very one is being decided on.
    """
    where = queries.standings(items)
    for item in items:
        text: ItemPage = ItemPage.objects.get(pk=item.pk)
        text.signatory = signatory
        ItemPage.objects.filter(pk=item.pk).update(signatory=signatory)
        if where[item.pk].editable:
            text.save_revision(user=None, clean=False)
    return [item.pk for item in items]


def named(*, kind: str, ids: list[int], viewer: User) -> dict[int, tuple[str, str]]:
    """Return title and address of the items that a person may see."""
    if not kind.startswith("item-"):
        return {}
    rows = ItemPage.objects.visible_to(viewer).filter(pk__in=ids).values_list("pk", "title")
    return {pk: (title, reverse("item_detail", args=[pk])) for pk, title in rows}
