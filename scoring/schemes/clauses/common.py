"""What several clauses share: entries about a fact, what a piece has earned. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy

from ..engine import Clause, EntryDraft, FactView, about_fact


class Within(models.TextChoices):
    """Over which time facts belong together."""

    PERIOD = "period", gettext_lazy("同一计分周期内")
    YEAR = "year", gettext_lazy("同一年度内")


def fact_entry(
    clause: Clause,
    fact: FactView,
    unit_id: int,
    hundredths: int,
    sentence: str,
    *,
    day: date | None = None,
    flag: str = "",
    sender: bool = True,
) -> EntryDraft:
    """Return a clause's entry about a fact; on the fact's day unless another is given.

    Args:
        sender: tell in the sentence from which 直报点 the unit has the fact.
    """
    sent_by = fact.sent_by(unit_id) if sender else ""
    if sent_by:
        sentence = f"{sentence.removesuffix('。')}{sent_by}。"
    return EntryDraft(
        unit_id=unit_id,
        about=about_fact(fact.id),
        fact_id=fact.id,
        date=day or fact.date,
        hundredths=hundredths,
        block_id=clause.block_id,
        block_type=clause.block_type,
        sentence=sentence,
        flag=flag,
    )


def piece_of(fact: FactView) -> str:
    """Return the name of the piece that a fact is about; a fact without one is a piece itself."""
    return fact.subject or about_fact(fact.id)


def by_unit_and_fact(entries: Iterable[EntryDraft]) -> dict[tuple[int, int], int]:
    """Return hundredths by unit and fact; entries that are not about a fact are left out."""
    found: defaultdict[tuple[int, int], int] = defaultdict(int)
    for entry in entries:
        if entry.fact_id is not None:
            found[entry.unit_id, entry.fact_id] += entry.hundredths
    return dict(found)
