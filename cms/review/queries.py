"""Reads of review: what waits for whom, and the road that a text has taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone
from wagtail.models import Page, Revision

from infoflow.units.permissions import has_role, unit_ids_of
from infoflow.units.roles import Role

from .models import Decision, GatedPage, OpenTask, RecheckTask
from .permissions import ROLE_OF_STEP
from .rules import PART_OF_STEP, Step, Verdict

if TYPE_CHECKING:
    from infoflow.units.models import User

# A text that was passed and then sent back is told of this long, and this many at once.
SENT_BACK_DAYS = 14
SENT_BACK_SHOWN = 20
OFFICE_STEPS = (Step.SCREEN, Step.CLEAR, Step.RECHECK, Step.ISSUE)


def second_level() -> bool:
    """Tell whether the second level of confidentiality is switched on."""
    return RecheckTask.objects.filter(active=True).exists()


def _rechecks() -> bool:
    """Tell whether the second level is on, or a text still waits there; one query."""
    waits = Exists(OpenTask.objects.filter(step=Step.RECHECK))
    return RecheckTask.objects.filter(Q(active=True) | Q(waits)).exists()


def steps_of(user: User) -> list[Step]:
    """Return the office steps that a person's roles let them take; read once per request object.

    The second confidentiality level stays as long as a text waits there, also when it has
    been switched off meanwhile.
    """
    cached: list[Step] | None = user.__dict__.get("_infoflow_steps")
    if cached is None:
        cached = [step for step in OFFICE_STEPS if has_role(user, ROLE_OF_STEP[step])]
        if Step.RECHECK in cached and not _rechecks():
            cached.remove(Step.RECHECK)
        user.__dict__["_infoflow_steps"] = cached
    return list(cached)


def open_tasks(step: Step) -> QuerySet[OpenTask]:
    """Return every open task of a step, oldest first."""
    return OpenTask.objects.filter(step=step).order_by("since", "pk")


def queue_for(user: User, step: Step) -> QuerySet[OpenTask]:
    """Return what waits for a person at an office step, oldest first.

    Texts in which the person already played another part are left out; somebody else
    must take them (the act is refused as well).
    """
    if not has_role(user, ROLE_OF_STEP[step]):
        return OpenTask.objects.none()
    own_steps = [s for s, part in PART_OF_STEP.items() if part == PART_OF_STEP[step]]
    wrote = Revision.objects.filter(
        object_id=Cast(OuterRef("page_id"), CharField()),
        base_content_type=ContentType.objects.get_for_model(Page),
        user=user,
    )
    decided = Decision.objects.filter(page_id=OuterRef("page_id"), person=user).exclude(
        step__in=own_steps
    )
    return open_tasks(step).filter(~Exists(wrote), ~Exists(decided))


def signing_page_ids(user: User) -> QuerySet[OpenTask, int]:
    """Return ids of pages that wait for a unit signature; the caller limits them to units."""
    if not unit_ids_of(user, Role.SIGNATORY):
        return OpenTask.objects.none().values_list("page_id", flat=True)
    return open_tasks(Step.SIGN).values_list("page_id", flat=True)


def road_of(page: GatedPage) -> QuerySet[Decision]:
    """Return the decisions on a text with their people and forms, oldest first."""
    rows = Decision.objects.filter(page_id=page.pk)
    return rows.select_related("person", "sheet").order_by("pk")


def last_decisions(page_ids: Sequence[int]) -> dict[int, Decision]:
    """Return the newest decision of each page that has one."""
    newest: dict[int, Decision] = {}
    rows = Decision.objects.filter(page_id__in=page_ids).select_related("person").order_by("pk")
    for row in rows:
        newest[row.page_id] = row
    return newest


@dataclass(frozen=True)
class SentBack:
    """A text that a person had passed and that a later step returned or refused."""

    decision: Decision
    own: Decision

    @property
    def title(self) -> str:
        """The title of the text that was decided on, never of a later draft."""
        return self.decision.revision.object_str


def sent_back_after(user: User, *, days: int = SENT_BACK_DAYS) -> list[SentBack]:
    """Return what a person passed and others sent back in the last days, newest first.

    A return counts for those who passed that very round; what the person has decided on again
    since is no news.
    """
    others = Decision.objects.filter(page_id=OuterRef("page_id"))
    again = others.filter(person=user, pk__gt=OuterRef("pk"))
    new_round = Decision.objects.filter(
        page_id=OuterRef("page_id"),
        verdict__in=[Verdict.SUBMIT, Verdict.REOPEN],
        pk__gt=OuterRef("pk"),
        pk__lt=OuterRef(OuterRef("pk")),
    )
    passed = others.filter(person=user, verdict=Verdict.PASS, pk__lt=OuterRef("pk"))
    returns = (
        Decision.objects.filter(
            step__in=list(PART_OF_STEP),
            verdict__in=[Verdict.RETURN, Verdict.REFUSE],
            at__gte=timezone.now() - timedelta(days=days),
        )
        .exclude(person=user)
        .filter(Exists(passed.filter(~Exists(new_round))), ~Exists(again))
        .select_related("person", "revision")
        .defer("revision__content")
        # Not by pk alone: SQLite would walk the whole table backwards to save a sort.
        .order_by("-at", "-pk")
    )
    rows = list(returns[:SENT_BACK_SHOWN])
    mine: dict[int, Decision] = {}
    own = Decision.objects.filter(
        page_id__in=[row.page_id for row in rows], person=user, verdict=Verdict.PASS
    )
    for row in own.order_by("pk"):
        mine[row.page_id] = row
    return [SentBack(row, mine[row.page_id]) for row in rows]


# Who may take up again what was ended how.
REOPENS = {Verdict.CLOSE: Role.EDITOR, Verdict.REFUSE: Role.REVIEWER}


def closed(user: User, *, words: str = "") -> QuerySet[Decision]:
    """Return the decisions that ended a road and still stand, newest first.

    Args:
        words: part of the title, as it was when the text was decided on.
    """
    ended = [verdict for verdict, role in REOPENS.items() if has_role(user, role)]
    later = Decision.objects.filter(page_id=OuterRef("page_id"), pk__gt=OuterRef("pk"))
    rows: QuerySet[Decision] = (
        Decision.objects.filter(step__in=list(PART_OF_STEP), verdict__in=ended)
        .filter(~Exists(later))
        .select_related("person", "revision", "unit")
        .defer("revision__content")
        .order_by("-at", "-pk")
    )
    return rows.filter(revision__object_str__icontains=words) if words else rows


def open_steps(page_ids: Sequence[int]) -> dict[int, tuple[Step, datetime]]:
    """Return where pages under review wait and since when, in one query."""
    rows = OpenTask.objects.filter(page_id__in=page_ids).values_list("page_id", "step", "since")
    return {pk: (Step(step), since) for pk, step, since in rows}
