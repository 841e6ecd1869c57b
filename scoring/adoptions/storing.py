"""How facts come into the database: what is looked at first, then the rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Max
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
# Rows whose texts the door looks at together.
AT_THE_DOOR = 50


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


def _check_words(rows: Sequence[FactRow], person: User | None) -> None:
    """Show every text of the rows to the door, many at a time."""
    for start in range(0, len(rows), AT_THE_DOOR):
        some = rows[start : start + AT_THE_DOOR]
        parts = [_texts(row) for row in some]
        together = {"rows": "\n".join(text for part in parts for text in part.values())}
        if door.marked_part(together) is None:
            continue
        # Two texts side by side may read as a mark that neither bears: each for itself.
        for part in parts:
            door.check(parts=part, person=person, entrance=Entrance.FACT)


def _texts(row: FactRow) -> dict[str, str]:
    return {"title": row.title, "note": row.note, "leader": row.leader, "check": row.check}


def looked_through(rows: Iterable[FactRow], person: User | None) -> list[FactRow]:
    """Return rows that may be recorded, one for each key, in the order of their keys."""
    rows = list(rows)
    if person is not None:
        may_record(person)
        _may_adjust(rows, person)
    _check_words(rows, person)
    by_key: dict[str, FactRow] = {}
    for row in rows:
        by_key.setdefault(row.key, row)
    # Always in the same order, so that two batches that overlap never wait for each other.
    wanted = [by_key[key] for key in sorted(by_key)]
    _check_rows(wanted)
    return wanted


_FACT = (
    "kind", "date", "title", "bulletin_id", "form", "issue_label", "item_id", "genre", "level",
    "leader", "mark", "check_item", "words", "hundredths", "traits", "subject", "source", "key",
    "note", "recorded_by_id",
)  # fmt: skip
_LINE = ("fact_id", "unit_id", "position", "kind", "bulletin_id", "date", "happened", "parties")


def _fact_values(row: FactRow, person: User | None) -> tuple[Any, ...]:
    """Return what `_FACT` names."""
    return (
        row.kind,
        row.date,
        row.title.strip(),
        row.bulletin,
        row.form,
        row.issue_label,
        row.item,
        row.genre,
        row.level,
        row.leader.strip(),
        row.mark,
        row.check.strip(),
        row.words,
        row.hundredths,
        ",".join(sorted(row.traits)),
        row.subject or subject_of(row.item, row.title),
        row.source,
        row.key,
        row.note,
        person.pk if person is not None else None,
    )


def store(rows: Sequence[FactRow], person: User | None, closed: Sequence[ClosedSpan]) -> list[Fact]:
    """Insert rows whose keys are new, with their lines; their units are held."""
    facts = [Fact(**dict(zip(_FACT, _fact_values(row, person), strict=True))) for row in rows]
    Fact.objects.bulk_create(facts)
    _store_lines(rows, [fact.pk for fact in facts], closed)
    return facts


def store_many(
    rows: Sequence[FactRow], person: User | None, closed: Sequence[ClosedSpan]
) -> list[int]:
    """Do what `store` does, the fast way, and return the ids only."""
    newest = Fact.objects.aggregate(newest=Max("pk"))["newest"] or 0
    bulk.insert(Fact, _FACT, (_fact_values(row, person) for row in rows))
    # Ids only grow, so ours are among the newer ones.
    ids = dict(Fact.objects.filter(pk__gt=newest).order_by().values_list("key", "pk"))
    made = [ids[row.key] for row in rows]
    _store_lines(rows, made, closed)
    return made


def _store_lines(rows: Sequence[FactRow], ids: Sequence[int], closed: Sequence[ClosedSpan]) -> None:
    today = timezone.localdate()
    counted = {day: counted_on(day, closed, today) for day in {row.date for row in rows}}
    lines = (
        (pk, unit, n, row.kind, row.bulletin, counted[row.date], row.date, len(row.units))
        for pk, row in zip(ids, rows, strict=True)
        for n, unit in enumerate(row.units, start=1)
    )
    bulk.insert(FactLine, _LINE, lines)


def touched_by(rows: Iterable[FactRow]) -> dict[int, set[int]]:
    """Return year → units that rows are about."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for row in rows:
        found[row.date.year].update(row.units)
    return dict(found)


def ids_of(keys: Sequence[str]) -> dict[str, int]:
    """Return key → id of the facts that exist."""
    known: dict[str, int] = {}
    table = connection.ops.quote_name(Fact._meta.db_table)
    with connection.cursor() as cursor:
        # By hand: to look at 50,000 keys the ORM takes six times as long.
        for start in range(0, len(keys), BATCH):
            some = list(keys[start : start + BATCH])
            marks = ", ".join(["%s"] * len(some))
            cursor.execute(f"SELECT key, id FROM {table} WHERE key IN ({marks})", some)  # noqa: S608
            known.update(cursor.fetchall())
    return known
