"""What the rules need to know of asked units, read in a number of queries that stays the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max, Min, Q
from django.utils import timezone

from cms.review.models import Decision
from cms.review.rules import Step, Verdict
from scoring.adoptions.models import Fact
from scoring.adoptions.rules import FactKind

from .models import Adopted, Answer, AskedUnit, Extension
from .models import Verdict as OfficeVerdict
from .rules import Asked, Piece, Reply, State, clock_words, state_of

# Where a text goes when the office gives it back to its unit.
TO_UNIT = (Step.SUBMIT, Step.SIGN)
OF_OFFICE = (Step.SCREEN, Step.CLEAR, Step.RECHECK)


@dataclass(frozen=True)
class Standing:
    """How one asked unit stands: the moments, the state, the clock."""

    facts: Asked
    state: State
    clock: str
    answers: tuple[Answer, ...] = ()
    pieces: dict[int, Piece] = field(default_factory=dict)
    # The open request for more time, if there is one.
    wants_more: Extension | None = None

    @property
    def late_or_over(self) -> bool:
        """Whether a list should show it in red."""
        return self.state in (State.OVERDUE, State.LATE, State.MISSED)


def answers_of(asked: Iterable[AskedUnit]) -> dict[int, list[Answer]]:
    """Return the standing answers by asked unit, oldest first, with their items."""
    found: dict[int, list[Answer]] = defaultdict(list)
    rows = Answer.objects.filter(
        asked__in=[row.pk for row in asked], unlinked_at__isnull=True
    ).select_related("item")
    for answer in rows.defer("item__body"):
        found[answer.asked_id].append(answer)
    return found


def pieces_of(answers: Sequence[Answer]) -> dict[int, Piece]:
    """Return what has become of the items of some answers, by answer."""
    if not answers:
        return {}
    items = {answer.item_id for answer in answers}
    roads = _roads(items)
    said = {
        row.answer_id: row
        for row in OfficeVerdict.objects.filter(answer__in=[a.pk for a in answers]).order_by("pk")
    }
    used = set(
        Adopted.objects.filter(
            answer__in=[a.pk for a in answers], undone_at__isnull=True
        ).values_list("answer_id", flat=True)
    )
    carried = set(
        Fact.objects.standing()
        .filter(kind=FactKind.ADOPTION, item__in=items)
        .values_list("item_id", flat=True)
    )
    found = {}
    for answer in answers:
        left, again, back = roads.get(answer.item_id, (None, None, None))
        word = said.get(answer.pk)
        found[answer.pk] = Piece(
            left=left,
            left_again=again,
            back=back,
            ruling=word.ruling if word else "",
            ruled=word.at if word else None,
            adopted=answer.pk in used or answer.item_id in carried,
        )
    return found


def _roads(items: set[int]) -> dict[int, tuple[datetime | None, ...]]:
    """Return first signature, newest signature and newest return of items."""
    signed = Q(step=Step.SIGN, verdict=Verdict.PASS)
    returned = Q(step__in=OF_OFFICE, verdict=Verdict.RETURN, to_step__in=TO_UNIT)
    rows = (
        Decision.objects.filter(signed | returned, page__in=items)
        .order_by()
        .values("page_id")
        .annotate(
            first=Min("at", filter=signed),
            last=Max("at", filter=signed),
            back=Max("at", filter=returned),
        )
    )
    return {row["page_id"]: (row["first"], row["last"], row["back"]) for row in rows}


def standings(asked: Sequence[AskedUnit], now: datetime | None = None) -> dict[int, Standing]:
    """Return how asked units stand; the same number of queries for two and two hundred."""
    moment = now or timezone.now()
    sent = [row for row in asked if row.due_at is not None]
    if not sent:
        return {}
    answers = answers_of(sent)
    pieces = pieces_of([answer for found in answers.values() for answer in found])
    granted: set[int] = set()
    open_: dict[int, Extension] = {}
    for extension in Extension.objects.filter(asked__in=[row.pk for row in sent]):
        if extension.replied_at is None:
            open_[extension.asked_id] = extension
        elif extension.reply != Reply.REFUSED:
            granted.add(extension.asked_id)
    found = {}
    for row in sent:
        mine = tuple(answers.get(row.pk, ()))
        facts = Asked(
            due=row.due,
            signed=row.signed_at,
            named=row.person_id is not None,
            extended=row.pk in granted,
            missed=row.missed_at,
            dropped=row.dropped_at,
            nothing=row.nothing_at,
            pieces=tuple(pieces[answer.pk] for answer in mine),
        )
        found[row.pk] = Standing(
            facts=facts,
            state=state_of(facts, moment),
            clock=clock_words(row.due, moment),
            answers=mine,
            pieces={answer.pk: pieces[answer.pk] for answer in mine},
            wants_more=open_.get(row.pk),
        )
    return found


def standing(asked: AskedUnit, now: datetime | None = None) -> Standing:
    """Return how one asked unit stands."""
    return standings([asked], now)[asked.pk]
