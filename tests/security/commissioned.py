"""What the units of the crawler's world were asked for, alone and together."""

from __future__ import annotations

from datetime import time, timedelta

from cms.items.models import ItemPage
from scoring.commissions import actions as commission_actions
from scoring.commissions import actions_office as commission_office
from scoring.commissions import actions_recurring as recurring
from scoring.commissions import actions_unit as commission_acts
from scoring.commissions.content import Ask, Content
from scoring.commissions.models import (
    AskedUnit,
    Commission,
    CommissionTemplate,
    RecurringDuty,
)
from scoring.commissions.rules import Ruling
from tests import builders

from .mark import OWN_MARK, Mark
from .offices import FilingOffice


def asked_alone(office: FilingOffice, item: ItemPage) -> AskedUnit:
    """What one unit alone was asked for; it is at work, and asks for more time."""
    mark = Mark.ASKED
    more = {"title": f"关于{mark}的约稿", "background": mark, "points": mark, "contact": mark}
    row = builders.asked(office.editor, office.unit, **more)
    officer = builders.fresh(office.officer)
    commission_acts.sign_for(asked_id=row.pk, person=officer)
    commission_acts.link_item(asked_id=row.pk, item_id=item.pk, person=officer)
    commission_acts.name_person(asked_id=row.pk, chosen=officer.pk, person=officer)
    commission_acts.ask_extension(
        asked_id=row.pk,
        until=row.due + timedelta(days=2),
        reason=f"因{mark}",
        person=officer,
        confirmed=True,
    )
    return row


def asked_together(own: FilingOffice, other: FilingOffice, item: ItemPage) -> AskedUnit:
    """What two units were asked for together; the other has sent its piece. The first's row."""
    asks = (Ask(own.unit.pk, lead=True), Ask(other.unit.pk, part="数据部分"))
    title = f"关于{OWN_MARK}的约稿"
    made = builders.commission(own.editor, asks=asks, title=title)
    theirs = made.asked.get(unit=other.unit)
    officer = builders.fresh(other.officer)
    commission_acts.sign_for(asked_id=theirs.pk, person=officer)
    commission_acts.name_person(asked_id=theirs.pk, chosen=officer.pk, person=officer)
    answer = commission_acts.link_item(asked_id=theirs.pk, item_id=item.pk, person=officer)
    commission_office.rule_on(
        answer_id=answer.pk,
        ruling=Ruling.RETURNED,
        reason=f"请补充{Mark.ASKED}",
        person=builders.fresh(own.editor),
    )
    row: AskedUnit = made.asked.get(unit=own.unit)
    commission_acts.sign_for(asked_id=row.pk, person=builders.fresh(own.officer))
    return row


def drafted(office: FilingOffice) -> Commission:
    """A commission that nobody has sent yet; only the office knows of it."""
    CommissionTemplate.objects.create(name="月度约稿", title="月度情况")
    content = Content(title=f"关于{Mark.ASKED}的下一件约稿")
    asks = [Ask(office.unit.pk, part=Mark.ASKED)]
    return commission_actions.create_commission(
        content=content, asks=asks, person=builders.fresh(office.editor)
    )


def recurring_duty(office: FilingOffice) -> RecurringDuty:
    """A duty that comes again every week."""
    duty = recurring.Duty(title=f"{Mark.ASKED}周报", rhythm="weekly", day=5, at=time(17))
    return recurring.save_duty(duty=duty, units=[office.unit], person=builders.fresh(office.editor))
