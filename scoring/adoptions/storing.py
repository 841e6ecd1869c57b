"""How facts come into the database: what is looked at first, then the rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.review.actions import Refused
from cms.scanning import door
from cms.scanning.rules import Entrance
from infoflow import bulk
from infoflow.units.models import EARLIEST_DATE
from infoflow.units.permissions import has_role
from infoflow.units.roles import Role
from scoring.closings.rules import ClosedSpan, counted_on

from .models import Fact, FactLine
from .rules import FactKind, FactRow, faults_of, subject_of

if TYPE_CHECKING:
    from infoflow.units.models import User

BATCH = 2_000
# Up to so many facts go into one statement.
FEW = 40


def may_record(person: User) -> None:
    """Refuse everybody but editors and scorers."""
    if not has_role(person, Role.SCORER, Role.EDITOR):
        raise Refused(_("只有编辑和计分员可以登记或撤销，请联系信息科。"))


def _may_adjust(rows: Sequence[FactRow], person: User) -> None:
    """Refuse points given by hand from anybody but scorers."""
    if any(row.kind == FactKind.ADJUSTMENT for row in rows) and not has_role(person, Role.SCORER):
        raise Refused(_("加减分只能由计分员登记，请联系计分员。"))


def _check_rows(rows: Iterable[FactRow]) -> None:
    today = timezone.localdate()
    for row in rows:
        faults: dict[str, list[str]] = {}
        for field, message in faults_of(row, earliest=EARLIEST_DATE, today=today):
            faults.setdefault(field, []).append(message)
        if faults:
            raise ValidationError({field: list(found) for field, found in faults.items()})


def looked_through(rows: Iterable[FactRow], person: User | None) -> list[FactRow]:
    """Return rows that may be recorded, one for each key, in the order of their keys."""
    rows = list(rows)
    if person is not None:
        may_record(person)
        _may_adjust(rows, person)
    for row in rows:
        parts = {"title": row.title, "note": row.note, "leader": row.leader, "check": row.check}
        door.check(parts=parts, person=person, entrance=Entrance.FACT)
    by_key: dict[str, FactRow] = {}
    for row in rows:
        by_key.setdefault(row.key, row)
    # Always in the same order, so that two batches that overlap never wait for each other.
    wanted = [by_key[key] for key in sorted(by_key)]
    _check_rows(wanted)
    return wanted


def store(
    rows: Sequence[FactRow], person: User | None, closed: Sequence[ClosedSpan]
) -> tuple[list[Fact], list[FactLine]]:
    """Insert rows whose keys are new, with their lines; their units are held."""
    today = timezone.localdate()
    facts = [
        Fact(
            kind=row.kind,
            date=row.date,
            title=row.title.strip(),
            bulletin_id=row.bulletin,
            form=row.form,
            issue_label=row.issue_label,
            item_id=row.item,
            genre=row.genre,
            level=row.level,
            leader=row.leader.strip(),
            mark=row.mark,
            check_item=row.check.strip(),
            words=row.words,
            hundredths=row.hundredths,
            traits=",".join(sorted(row.traits)),
            subject=row.subject or subject_of(row.item, row.title),
            source=row.source,
            key=row.key,
            note=row.note,
            recorded_by=person,
        )
        for row in rows
    ]
    _insert(facts)
    lines = [
        FactLine(
            fact=fact,
            unit_id=unit,
            position=position,
            kind=fact.kind,
            bulletin_id=fact.bulletin_id,
            date=counted_on(fact.date, closed, today),
            happened=fact.date,
            parties=len(row.units),
        )
        for fact, row in zip(facts, rows, strict=True)
        for position, unit in enumerate(row.units, start=1)
    ]
    bulk.insert(FactLine, lines)
    return facts, lines


def _insert(facts: Sequence[Fact]) -> None:
    """Store new facts and give them their ids: few with one statement, many the fast way."""
    if len(facts) <= FEW:
        Fact.objects.bulk_create(facts)
        return
    bulk.insert(Fact, facts)
    ids = ids_of([fact.key for fact in facts])
    for fact in facts:
        fact.pk = ids[fact.key]


def ids_of(keys: Sequence[str]) -> dict[str, int]:
    """Return key → id of the facts that exist."""
    known: dict[str, int] = {}
    for start in range(0, len(keys), BATCH):
        some = keys[start : start + BATCH]
        known.update(Fact.objects.filter(key__in=some).order_by().values_list("key", "pk"))
    return known
