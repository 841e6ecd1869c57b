"""Commissions for tests, through the real actions, and what became of them."""

from __future__ import annotations

from typing import Any

from cms.items.models import ItemPage
from infoflow.notices.models import Notice
from infoflow.units.models import User
from infoflow.worktime.models_dues import Due
from scoring.adoptions.models import Fact
from scoring.adoptions.rules import FactKind
from scoring.commissions import actions_office
from scoring.commissions import actions_unit as unit_acts
from scoring.commissions.models import (
    AskedUnit,
)
from scoring.commissions.rules import Ruling, State
from scoring.commissions.standing import standing
from tests.builders import Office, asked, fresh


def state(row: AskedUnit) -> State:
    return standing(AskedUnit.objects.get(pk=row.pk)).state


def facts(row: AskedUnit) -> list[str]:
    """Marks of the facts that stand for a unit."""
    found = Fact.objects.standing().filter(kind=FactKind.COMMISSION, lines__unit=row.unit_id)
    return [fact.mark for fact in found.order_by("pk")]


def due(row: AskedUnit) -> Due:
    found: Due = Due.objects.get(key=row.due_key)
    return found


def told(person: User) -> list[str]:
    rows = Notice.objects.filter(recipients__person=person).order_by("pk")
    return list(rows.values_list("text", flat=True))


def signed_for(office: Office, **more: Any) -> AskedUnit:
    row = asked(office.editor, office.unit, **more)
    return unit_acts.sign_for(asked_id=row.pk, person=fresh(office.officer))


def answering(office: Office, row: AskedUnit, item: ItemPage | None = None) -> Any:
    item = item or office.signed()
    return unit_acts.link_item(asked_id=row.pk, item_id=item.pk, person=fresh(office.officer))


def accept(office: Office, answer: Any) -> Any:
    return actions_office.rule_on(
        answer_id=answer.pk, ruling=Ruling.ACCEPTED, person=fresh(office.editor)
    )
