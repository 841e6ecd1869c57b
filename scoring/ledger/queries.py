"""Reads of the ledger: facts as the engine takes them, and what stands booked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any

from scoring.adoptions.models import Fact, FactLine
from scoring.schemes.engine import FactView

from .models import Entry
from .rules import Place, Standing


def facts_between(start: date, end: date) -> list[FactView]:
    """Return the standing facts of a period (both ends included); one query."""
    rows = (
        FactLine.objects.filter(
            date__range=(start, end), fact__reverses=None, fact__reversed_by=None
        )
        .order_by("fact_id", "position")
        .values_list(
            "fact_id",
            "kind",
            "date",
            "bulletin_id",
            "bulletin__name",
            "bulletin__level",
            "fact__form",
            "fact__title",
            "unit_id",
        )
    )
    facts = []
    for head, lines in groupby(rows.iterator(), key=lambda row: row[:8]):
        pk, kind, day, bulletin_id, bulletin, level, form, title = head
        facts.append(
            FactView(
                id=pk,
                kind=kind,
                date=day,
                bulletin_id=bulletin_id,
                bulletin=bulletin or "",
                level=level,
                form=form,
                title=title,
                units=tuple(row[8] for row in lines),
            )
        )
    return facts


def _standing(entries: Any) -> dict[Place, Standing]:
    found: dict[Place, Standing] = {}
    rows = (
        entries.standing()
        .order_by("pk")
        .values_list(
            "pk",
            "scheme_id",
            "block_id",
            "fact_id",
            "unit_id",
            "date",
            "hundredths",
            "block_type",
        )
    )
    for pk, scheme, block, fact, unit, day, hundredths, block_type in rows.iterator():
        place = (scheme, block, fact, unit)
        found[place] = Standing(pk, place, day, hundredths, block_type)
    return found


def standing_between(start: date, end: date) -> dict[Place, Standing]:
    """Return the standing entries of a period (both ends included), by place; one query."""
    return _standing(Entry.objects.filter(date__range=(start, end)))


def standing_of_facts(facts: Iterable[int]) -> dict[Place, Standing]:
    """Return the standing entries of facts, by place; one query."""
    return _standing(Entry.objects.filter(fact_id__in=list(facts)))


def reasons_of_withdrawal(start: date, end: date) -> dict[int, str]:
    """Return withdrawn facts of a period (both ends included) with the reasons; one query."""
    withdrawals = Fact.objects.filter(date__range=(start, end)).exclude(reverses=None)
    return dict(withdrawals.order_by().values_list("reverses_id", "note"))
