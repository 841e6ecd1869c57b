"""Reads of items: where each one is, what waits for a signature, lists of a unit.

A bulletin that carried items is a matter of the room above: it answers through the hook
`register_adopted_items`: callable() -> condition "is adopted" on a queryset of items.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Min, OuterRef, Q, QuerySet, Subquery
from wagtail import hooks

from cms.review import queries as review
from cms.review.models import Decision, GatedPage, OpenTask
from cms.review.rules import REASONED_VERDICTS, Step, Verdict
from infoflow.units.permissions import unit_ids_of
from infoflow.units.roles import Role

from . import joint
from .models import ItemPage, YearFolder
from .models_desk import JointUnit
from .rules import ItemState, Standing, state_of

if TYPE_CHECKING:
    from infoflow.units.models import User

_STEP_OF_STATE = {
    ItemState.SIGNING: Step.SIGN,
    ItemState.SCREENING: Step.SCREEN,
    ItemState.CLEARING: Step.CLEAR,
    ItemState.RECHECKING: Step.RECHECK,
}
_VERDICT_OF_STATE = {
    ItemState.RETURNED: Verdict.RETURN,
    ItemState.WITHDRAWN: Verdict.WITHDRAW,
    ItemState.CLOSED: Verdict.CLOSE,
    ItemState.REFUSED: Verdict.REFUSE,
}


def _adopted() -> Q:
    """Return the condition "a bulletin has carried it"; the rooms above know."""
    conditions = [hook() for hook in hooks.get_hooks("register_adopted_items")]
    return Q(*conditions, _connector=Q.OR) if conditions else Q(pk__in=[])


def adopted_ids(item_ids: Iterable[int]) -> set[int]:
    """Return which of the items a bulletin has carried."""
    ids = list(item_ids)
    if not ids:
        return set()
    carried = ItemPage.objects.filter(_adopted(), pk__in=ids).order_by()
    return set(carried.values_list("pk", flat=True))


def standings(items: Sequence[ItemPage], *, joint_notes: bool = True) -> dict[int, Standing]:
    """Return where each item is, in a number of queries that does not grow with the items.

    Args:
        joint_notes: also what joint units still have to say, in a few words.
    """
    ids = [item.pk for item in items]
    if not ids:
        return {}
    open_tasks = OpenTask.objects.filter(page_id__in=ids).select_related("claimed_by")
    waiting = {task.page_id: task for task in open_tasks}
    decided = review.last_decisions(ids)
    adopted = adopted_ids(item.pk for item in items if item.live)
    asked = [item for item in items if joint_notes and item.joint and item.pk in waiting]
    notes = joint.notes_of(asked)
    return {
        item.pk: replace(
            _standing(item, waiting.get(item.pk), decided.get(item.pk), item.pk in adopted),
            joint_note=notes.get(item.pk, ""),
        )
        for item in items
    }


def _standing(
    item: ItemPage, waiting: OpenTask | None, last: Decision | None, adopted: bool
) -> Standing:
    state = state_of(
        live=item.live,
        adopted=adopted,
        waiting_at=waiting.step if waiting else None,
        last_verdict=last.verdict if last else None,
    )
    if waiting is not None:
        reopened = last if state == ItemState.REOPENED else None
        return Standing(
            state=state,
            since=waiting.since,
            reason=reopened.told if reopened else "",
            reason_by=f"{reopened.get_verdict_display()} {reopened.person}" if reopened else "",
            claimed=str(waiting.claimed_by or ""),
            due=waiting.due_at,
            task_state_id=waiting.task_state_id,
        )
    if last is None:
        return Standing(state=state, since=item.latest_revision_created_at)
    told = last.verdict in REASONED_VERDICTS and not item.live
    return Standing(
        state=state,
        since=None if state == ItemState.ADOPTED else last.at,
        reason=last.told if told else "",
        reason_by=f"{last.get_step_display()} {last.person}" if told else "",
    )


def standing(item: ItemPage) -> Standing:
    """Return where one item is."""
    return standings([item], joint_notes=False)[item.pk]


def own_items(user: User) -> QuerySet[ItemPage]:
    """Return the items of the units where a person holds a post, newest first, no bodies."""
    items: QuerySet[ItemPage] = (
        ItemPage.objects.visible_to(user)
        .filter(unit_id__in=unit_ids_of(user))
        .select_related("unit", "signatory", "owner")
        .defer("body")
        .order_by("-latest_revision_created_at", "-pk")
    )
    return items


def years_of(user: User) -> list[int]:
    """Return the years in which a person's units have written items, newest first."""
    folders = YearFolder.objects.filter(unit_id__in=unit_ids_of(user))
    return list(folders.order_by("-year").values_list("year", flat=True).distinct())


def of_year(items: QuerySet[ItemPage], user: User, year: int) -> QuerySet[ItemPage]:
    """Keep the items that were begun in one year: they lie in that year's folders."""
    folders = YearFolder.objects.filter(unit_id__in=unit_ids_of(user), year=year)
    inside = Q(pk__in=[])
    for path in folders.values_list("path", flat=True):
        inside |= Q(path__startswith=path)
    return items.filter(inside)


def last_written(user: User) -> ItemPage | None:
    """Return the newest item that a person wrote for a unit of theirs."""
    return own_items(user).filter(owner=user).first()


def in_state(items: QuerySet[ItemPage], state: str) -> QuerySet[ItemPage]:
    """Keep the items in one state. The same rules as `state_of`, as conditions."""
    state = ItemState(state)
    if state in (ItemState.POOL, ItemState.ADOPTED):
        adopted = _adopted() if state == ItemState.ADOPTED else ~_adopted()
        return items.filter(adopted, live=True)
    items = items.filter(live=False)
    newest = Decision.objects.filter(page_id=OuterRef("pk")).order_by("-pk").values("verdict")[:1]
    items = items.annotate(last_verdict=Subquery(newest))
    if state == ItemState.REOPENED:
        return items.filter(pk__in=_waiting_ids(Step.SCREEN), last_verdict=Verdict.REOPEN)
    if state in _STEP_OF_STATE:
        waiting = items.filter(pk__in=_waiting_ids(_STEP_OF_STATE[state]))
        return (
            waiting.exclude(last_verdict=Verdict.REOPEN)
            if state == ItemState.SCREENING
            else waiting
        )
    waits = OpenTask.objects.filter(step__in=_STEP_OF_STATE.values()).order_by()
    items = items.exclude(pk__in=waits.values("page_id"))
    if state in _VERDICT_OF_STATE:
        return items.filter(last_verdict=_VERDICT_OF_STATE[state])
    return items.filter(
        Q(last_verdict__isnull=True) | ~Q(last_verdict__in=list(_VERDICT_OF_STATE.values()))
    )


def _waiting_ids(step: Step) -> QuerySet[Any, Any]:
    return review.open_tasks(step).order_by().values("page_id")


def to_sign(user: User) -> QuerySet[ItemPage]:
    """Return the items that wait for a signature in a signatory's units, oldest first."""
    items: QuerySet[ItemPage] = (
        ItemPage.objects.visible_to(user)
        .filter(
            unit_id__in=unit_ids_of(user, Role.SIGNATORY),
            pk__in=review.signing_page_ids(user).order_by(),
        )
        .select_related("unit", "signatory", "owner")
        .defer("body")
        .order_by("latest_revision_created_at", "pk")
    )
    return items


def in_hand(user: User) -> QuerySet[ItemPage]:
    """Return an officer's items whose road has not ended: nothing live, nothing closed."""
    items: Any = own_items(user).filter(unit_id__in=unit_ids_of(user, Role.OFFICER), live=False)
    kept: QuerySet[ItemPage] = items.not_ended()
    return kept


def text_for(item: ItemPage, user: User) -> ItemPage:
    """Return the item with the text that a person may read.

    The unit's people see what is written now, or what is under review; joint units what was
    last submitted; everybody else the text that the unit last signed, never a later draft.
    """
    if item.live:
        return item
    ids = unit_ids_of(user)
    if item.unit_id in ids:
        task_state = item.current_workflow_task_state
        return ItemPage.of_revision(task_state.revision) if task_state else item
    if JointUnit.objects.standing().filter(item_id=item.pk, unit_id__in=ids).exists():
        return joint.submitted_text(item)
    signed = (
        Decision.objects.filter(page_id=item.pk, step=Step.SIGN, verdict=Verdict.PASS)
        .select_related("revision")
        .order_by("-pk")
        .first()
    )
    if signed is None:
        raise ItemPage.DoesNotExist
    return ItemPage.of_revision(signed.revision)


def begun_at(item: ItemPage) -> datetime | None:
    """Return when the first draft was saved."""
    moment: datetime | None = item.revisions.aggregate(first=Min("created_at"))["first"]
    return moment


def road_for(page: GatedPage, *, own: bool) -> list[Decision]:
    """Return the decisions on a text; outsiders of the unit see them from the first signature."""
    road = list(review.road_of(page))
    if own:
        return road
    signed = [d.pk for d in road if d.step == Step.SIGN and d.verdict == Verdict.PASS]
    return [d for d in road if signed and d.pk >= signed[0]]
