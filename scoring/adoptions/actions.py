"""Recording and withdrawing facts. Nothing is changed or deleted: facts are only added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.review.actions import Refused
from cms.scanning import door
from cms.scanning.rules import Entrance
from infoflow.units.models import Unit
from infoflow.units.permissions import has_role
from infoflow.units.roles import Role
from scoring.closings.queries import closed_spans, lock_units
from scoring.closings.rules import ClosedSpan, counted_on

from .models import Fact, FactLine
from .rules import NOTE_MAX, FactKind, FactRow, Source, reversal_key
from .signals import facts_recorded
from .storing import ids_of, looked_through, may_record, store, touched_by

if TYPE_CHECKING:
    from cms.bulletins.models import Bulletin
    from cms.items.models import ItemPage
    from infoflow.units.models import User


def _write(rows: Sequence[FactRow], person: User | None) -> list[Fact]:
    """Insert rows whose keys are new, with their lines, and tell the rooms above."""
    lock_units(unit for row in rows for unit in row.units)
    closed = closed_spans()
    facts = store(rows, person, closed)
    facts_recorded.send(sender=Fact, touched=touched_by(rows), withdrawn=False, closed=closed)
    return facts


@transaction.atomic
def record_facts(rows: Iterable[FactRow], *, person: User | None = None) -> list[Fact]:
    """Record facts in bulk and return the new ones; keys that are known change nothing.

    Args:
        person: who records by hand; None for what the system books by itself (the road of an
            item, a loaded table).

    Raises:
        Refused: the person is neither editor nor scorer.
        ValidationError: a row is incomplete or its date impossible; nothing is recorded.
    """
    wanted = looked_through(rows, person)
    known = ids_of([row.key for row in wanted])
    new = [row for row in wanted if row.key not in known]
    while new:
        try:
            with transaction.atomic():
                return _write(new, person)
        except IntegrityError:
            # Another transaction recorded some of these between our look and our write.
            known = ids_of([row.key for row in new])
            left = [row for row in new if row.key not in known]
            if len(left) == len(new):
                raise
            new = left
    return []


def _unit_ids(units: Sequence[Unit], day: date, item: ItemPage | None) -> tuple[int, ...]:
    """Return the units' ids in order; all must exist on the day, or have sent in the item.

    A superior adopts weeks later; what a unit sent in stays its own when it has been split or
    closed meanwhile.

    Raises:
        ValidationError: names the units that did not exist then.
    """
    ids = tuple(unit.pk for unit in units)
    active = set(Unit.objects.active_on(day).filter(pk__in=ids).values_list("pk", flat=True))
    if item is not None:
        active |= {item.unit_id, *item.joint}
    closed = [unit.name for unit in units if unit.pk not in active]
    if closed:
        raise ValidationError(
            {
                "units": _(
                    "%(units)s在%(day)s不是在用单位，请检查日期或单位；"
                    "它在用时报送的稿件，请在“本系统稿件”中选出这一篇。"
                )
                % {"units": "、".join(closed), "day": f"{day.year}年{day.month}月{day.day}日"}
            }
        )
    return ids


def _same_fact(first: Fact, row: FactRow) -> Fact:
    """Return the fact that holds a key, if it says what the row says.

    Raises:
        Refused: it says something else.
    """
    known = (
        (first.kind, first.date, first.title, first.bulletin_id, first.item_id),
        (first.mark, first.level, first.hundredths, first.check_item),
    )
    if known != (
        (row.kind, row.date, row.title, row.bulletin, row.item),
        (row.mark, row.level, row.hundredths, row.check.strip()),
    ):
        raise Refused(
            _("这张表已登记过《%(title)s》；要登记另一条，请重新打开登记页面。")
            % {"title": first.title}
        )
    return first


@door.guarded(Entrance.FACT)
@transaction.atomic
def record_fact(
    *,
    kind: str,
    date: date,
    title: str = "",
    bulletin: Bulletin | None,
    form: str = "",
    units: Sequence[Unit],
    item: ItemPage | None = None,
    source: str = Source.FORM,
    key: str,
    note: str = "",
    issue_label: str = "",
    details: Mapping[str, Any] | None = None,
    person: User,
) -> Fact:
    """Record one fact by hand; the same key with the same content returns the first fact.

    Args:
        title: taken from the item when empty.
        units: in the order of their names on the item.
        details: what only some kinds have: genre, level, leader, mark, check, words,
            hundredths, traits (names of `FactRow`); the genre is the item's when not given.

    Raises:
        Refused: not an editor or scorer, or the key belongs to a fact with other content.
        ValidationError: a field is missing or wrong, by field.
    """
    may_record(person)
    row = FactRow(
        kind=kind,
        date=date,
        title=title.strip() or (item.title if item is not None else ""),
        units=_unit_ids(units, date, item),
        key=key,
        source=source,
        bulletin=bulletin.pk if bulletin is not None else None,
        form=form,
        issue_label=issue_label,
        item=item.pk if item is not None else None,
        note=note,
        **{"genre": item.form if item is not None else "", **(details or {})},
    )
    made = record_facts([row], person=person)
    if made:
        return made[0]
    return _same_fact(Fact.objects.get(key=key), row)


@door.guarded(Entrance.FACT)
@transaction.atomic
def withdraw_fact(*, fact_id: int, person: User, reason: str) -> Fact:
    """Take a fact back by adding its opposite on the same date; points follow.

    Raises:
        Refused: not an editor or scorer, no reason, unknown, or withdrawn before.
    """
    may_record(person)
    reason = reason.strip()
    if not reason:
        raise Refused(_("请填写撤销理由，单位和领导会看到。"))
    if len(reason) > NOTE_MAX:
        raise Refused(_("撤销理由不能超过%(max)s字。") % {"max": NOTE_MAX})
    fact = Fact.objects.select_for_update(of=("self",), no_key=True).filter(pk=fact_id).first()
    if fact is None:
        raise Refused(_("没有找到这条登记，请返回列表刷新。"))
    if fact.kind == FactKind.ADJUSTMENT and not has_role(person, Role.SCORER):
        raise Refused(_("加减分只能由计分员撤销，请联系计分员。"))
    if fact.reverses_id is not None:
        raise Refused(_("这条是撤销记录，不能再撤销；如撤销有误，请重新登记。"))
    if Fact.objects.filter(reverses=fact).exists():
        raise Refused(_("这条登记已经撤销过了，不用重复撤销。"))
    opposite = _opposite_of(fact, person, reason)
    standing = list(fact.lines.all())
    lock_units(line.unit_id for line in standing)
    closed = closed_spans()
    lines = _opposite_lines(standing, opposite, closed)
    FactLine.objects.bulk_create(lines)
    touched = {fact.date.year: {line.unit_id for line in lines}}
    facts_recorded.send(sender=Fact, touched=touched, withdrawn=True, closed=closed)
    return opposite


def _opposite_of(fact: Fact, person: User, reason: str) -> Fact:
    """Store the fact that takes another back: the same in everything but the reason."""
    opposite: Fact = Fact.objects.create(
        kind=fact.kind,
        date=fact.date,
        title=fact.title,
        bulletin_id=fact.bulletin_id,
        form=fact.form,
        issue_label=fact.issue_label,
        item_id=fact.item_id,
        genre=fact.genre,
        level=fact.level,
        leader=fact.leader,
        mark=fact.mark,
        check_item=fact.check_item,
        words=fact.words,
        hundredths=fact.hundredths,
        traits=fact.traits,
        subject=fact.subject,
        source=Source.FORM,
        key=reversal_key(fact.pk),
        reverses=fact,
        note=reason,
        recorded_by=person,
    )
    return opposite


def _opposite_lines(
    standing: Iterable[FactLine], opposite: Fact, closed: Sequence[ClosedSpan]
) -> list[FactLine]:
    """Return lines that make up for others, counted on days that are still open."""
    today = timezone.localdate()
    return [
        FactLine(
            fact=opposite,
            unit_id=line.unit_id,
            position=line.position,
            kind=line.kind,
            bulletin_id=line.bulletin_id,
            date=counted_on(line.date, closed, today),
            happened=line.happened,
            quantity=-line.quantity,
            parties=line.parties,
        )
        for line in standing
    ]
