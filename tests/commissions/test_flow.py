"""A commission through every state, by the people who act: units, office, nobody else."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cms.items import actions as items
from cms.items.models import ItemPage
from cms.review.actions import Refused
from cms.review.rules import Verdict as RoadVerdict
from infoflow.units.handover import hand_over
from infoflow.units.roles import Role
from infoflow.worktime.rules import CHINA
from scoring.adoptions.actions import withdraw_fact
from scoring.adoptions.models import Fact
from scoring.adoptions.rules import FactKind, Mark
from scoring.commissions import actions, actions_change, actions_office, grace
from scoring.commissions import actions_unit as unit_acts
from scoring.commissions.content import Ask, Content
from scoring.commissions.models import (
    AskedUnit,
    Commission,
    CommissionEvent,
    CommissionSettings,
)
from scoring.commissions.rules import Happening, Reply, Ruling, State
from tests.builders import Office, asked, commission, decide, fresh, person, unit
from tests.commissions.make import accept, answering, due, facts, signed_for, state, told

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATE = timedelta(hours=-5)


def test_one_commission_from_the_draft_to_the_bulletin(office: Office) -> None:
    draft = actions.create_commission(
        content=Content(title="春耕备耕", due_at=timezone.now() + 3 * DAY),
        asks=[Ask(office.unit.pk)],
        person=fresh(office.editor),
    )
    assert not Commission.objects.visible_to(fresh(office.officer)).exists()
    sent = actions.send_commission(
        commission_id=draft.pk, person=fresh(office.editor), confirmed=True
    )
    assert sent.number_text == f"约稿〔{timezone.localdate().year}〕1号"
    row = sent.asked.get()
    assert state(row) is State.UNSIGNED
    assert (due(row).at, due(row).settled_at) == (row.due_at, None)
    assert "请签收" in told(office.officer)[0]
    assert "请签收" in told(office.signatory)[0]

    officer = fresh(office.officer)
    unit_acts.sign_for(asked_id=row.pk, person=officer)
    assert state(row) is State.SIGNED
    key = uuid.uuid4()
    item = unit_acts.start_piece(asked_id=row.pk, person=officer, form_key=key)
    assert unit_acts.start_piece(asked_id=row.pk, person=officer, form_key=key) == item
    assert (item.title, item.commission) == ("春耕备耕", sent.number_text)
    row.refresh_from_db()
    assert (row.person, state(row)) == (office.officer, State.WORKING)
    assert row.answers.count() == 1

    other = office.submitted()
    answer = answering(office, row, other)
    assert state(row) is State.WORKING, "it counts when the unit has signed it, not when linked"
    decide(other, office.signatory)
    assert state(row) is State.SUBMITTED
    assert due(row).settled_at is not None
    assert any("按时" in text for text in told(office.editor))
    assert facts(row) == [], "nothing is certain before the office has accepted it"

    accept(office, answer)
    assert facts(row) == [Mark.DONE]
    decide(other, office.editor)
    decide(other, office.reviewer)
    office.issued(ItemPage.objects.get(pk=other.pk))
    assert state(row) is State.ADOPTED
    assert facts(row) == [Mark.DONE]
    said = list(CommissionEvent.objects.values_list("what", flat=True).order_by("pk"))
    assert said == ["created", "sent", "signed", "started", "linked", "submitted", "accepted"]


@pytest.mark.screens
def test_late_is_decided_by_the_unit_signature_and_the_deadline_in_force(office: Office) -> None:
    row = signed_for(office, due=LATE)
    assert state(row) is State.OVERDUE
    wanted = (timezone.now() + 2 * DAY).astimezone(CHINA)
    extension = unit_acts.ask_extension(
        asked_id=row.pk,
        until=wanted,
        reason="数据未齐",
        person=fresh(office.officer),
        confirmed=True,
    )
    answer = answering(office, row)
    assert state(row) is State.LATE
    accept(office, answer)
    assert facts(row) == [Mark.LATE]
    actions_office.reply_extension(
        extension_id=extension.pk, reply=Reply.GRANTED, person=fresh(office.editor)
    )
    assert state(row) is State.SUBMITTED
    assert facts(row) == [Mark.DONE], "the correction withdraws and books anew"
    assert Fact.objects.filter(kind=FactKind.COMMISSION).count() == 3


@pytest.mark.screens
def test_a_piece_that_left_before_the_commission_is_in_time(office: Office) -> None:
    item = office.signed()
    row = signed_for(office)
    accept(office, answering(office, row, item))
    assert facts(row) == [Mark.DONE]


@pytest.mark.screens
def test_returned_and_sent_again_keeps_its_first_moment(office: Office) -> None:
    row, item = signed_for(office), office.signed()
    answer = answering(office, row, item)
    decide(item, office.editor, RoadVerdict.RETURN, "补充数据")
    assert state(row) is State.RETURNED
    assert due(row).settled_at is None
    items.submit_item(item_id=item.pk, person=fresh(office.officer))
    decide(item, office.signatory)
    assert state(row) is State.SUBMITTED
    actions_office.rule_on(
        answer_id=answer.pk, ruling=Ruling.RETURNED, reason="不切题", person=fresh(office.editor)
    )
    assert state(row) is State.RETURNED
    with pytest.raises(Refused, match="已经退改"):
        actions_office.rule_on(
            answer_id=answer.pk, ruling=Ruling.RETURNED, reason="x", person=fresh(office.editor)
        )


def test_undoing_a_link_takes_the_point_back_and_linking_again_gives_it(office: Office) -> None:
    row, item = signed_for(office), office.signed()
    answer = answering(office, row, item)
    accept(office, answer)
    with pytest.raises(Refused, match="已经收用"):
        unit_acts.unlink_item(answer_id=answer.pk, reason="错了", person=fresh(office.officer))
    unit_acts.unlink_item(answer_id=answer.pk, reason="另有用处", person=fresh(office.editor))
    assert facts(row) == []
    assert due(row).settled_at is None
    accept(office, answering(office, row, item))
    assert facts(row) == [Mark.DONE]
    reasons = Fact.objects.exclude(reverses=None).values_list("note", flat=True)
    assert list(reasons) == ["另有用处"]


def test_a_fact_that_a_scorer_withdrew_is_not_booked_again(office: Office) -> None:
    row = signed_for(office)
    answer = answering(office, row)
    accept(office, answer)
    fact = Fact.objects.standing().get(kind=FactKind.COMMISSION)
    withdraw_fact(fact_id=fact.pk, person=fresh(office.scorer), reason="不计分")
    actions_office.mark_adopted(
        answer_id=answer.pk, where="晋政信息", on=timezone.localdate(), person=fresh(office.editor)
    )
    answering(office, row, office.signed("另一篇"))
    assert facts(row) == []


def test_one_piece_answers_two_commissions_and_two_pieces_one(office: Office) -> None:
    first, second, item = signed_for(office), signed_for(office), office.signed()
    accept(office, answering(office, first, item))
    accept(office, answering(office, second, item))
    answering(office, first, office.signed("第二篇"))
    assert facts(first) == [Mark.DONE, Mark.DONE]
    assert first.answers.count() == 2


def test_missed_by_a_person_and_then_delivered(office: Office) -> None:
    row = signed_for(office, due=LATE)
    editor = fresh(office.editor)
    actions_office.mark_missed(asked_id=row.pk, reason="多次催办未报", person=editor)
    assert (state(row), facts(row)) == (State.MISSED, [Mark.MISSED])
    answer = answering(office, row)
    assert (state(row), facts(row)) == (State.LATE, [Mark.MISSED])
    accept(office, answer)
    assert facts(row) == [Mark.LATE]


@pytest.mark.screens
def test_not_missed_while_there_is_time_or_a_piece(office: Office) -> None:
    early, late = signed_for(office), signed_for(office, due=LATE)
    editor = fresh(office.editor)
    with pytest.raises(Refused, match="还没有到截止时间"):
        actions_office.mark_missed(asked_id=early.pk, reason="x", person=editor)
    answering(office, late)
    with pytest.raises(Refused, match="已经报出稿件"):
        actions_office.mark_missed(asked_id=late.pk, reason="x", person=editor)
    missed = signed_for(office, due=LATE)
    actions_office.mark_missed(asked_id=missed.pk, reason="x", person=editor)
    actions_office.undo_missed(asked_id=missed.pk, reason="误记", person=editor)
    assert (state(missed), facts(missed)) == (State.OVERDUE, [])


def test_missed_by_itself_when_the_stated_days_are_over(office: Office) -> None:
    """Not for a closed unit, nor for one that waits for an answer; and once."""
    rows = {name: signed_for(office, due=LATE) for name in ("plain", "asks", "sent", "never")}
    unit_acts.say_unable(
        asked_id=rows["asks"].pk, reason="职能已划出", person=fresh(office.officer)
    )
    answering(office, rows["sent"])
    Commission.objects.filter(pk=rows["never"].commission_id).update(grace_days=None)
    closed = unit("撤并局")
    gone = asked(office.editor, closed, due=LATE)
    closed.active_until = timezone.localdate() - DAY
    closed.save()
    now = timezone.now()
    assert grace.run(now + 2 * DAY, dry=False).done == 0
    later = now + 4 * DAY
    assert grace.run(later, dry=True).done == 1
    assert [grace.run(later, dry=False).done for _run in range(2)] == [1, 0]
    assert {name for name, row in rows.items() if state(row) is State.MISSED} == {"plain"}
    assert state(gone) is State.OVERDUE
    event = CommissionEvent.objects.get(what=Happening.MISSED)
    assert (event.by, event.words) == (None, "截止后3天内没有报送")


# --- who may, and who may not -------------------------------------------------------------


@pytest.mark.screens
def test_nobody_else_acts_or_sees(office: Office) -> None:
    stranger, row = Office(), signed_for(office)
    item = stranger.signed()
    outsider, editor = fresh(stranger.officer), fresh(office.editor)
    acts: list[Any] = [
        lambda: unit_acts.sign_for(asked_id=row.pk, person=outsider),
        lambda: unit_acts.name_person(asked_id=row.pk, chosen=outsider.pk, person=outsider),
        lambda: unit_acts.start_piece(asked_id=row.pk, person=outsider, form_key=uuid.uuid4()),
        lambda: unit_acts.link_item(asked_id=row.pk, item_id=item.pk, person=outsider),
        lambda: unit_acts.link_item(asked_id=row.pk, item_id=item.pk, person=fresh(office.officer)),
        lambda: unit_acts.link_item(asked_id=row.pk, item_id=item.pk, person=editor),
        lambda: unit_acts.name_person(
            asked_id=row.pk, chosen=outsider.pk, person=fresh(office.officer)
        ),
        lambda: unit_acts.say_unable(asked_id=row.pk, reason="x", person=editor),
        lambda: actions_office.urge(asked_id=row.pk, person=fresh(office.officer)),
        lambda: actions_office.urge(asked_id=row.pk, person=fresh(office.scorer)),
        lambda: commission(office.officer, office.unit),
        lambda: commission(office.reviewer, office.unit),
    ]
    for act in acts:
        with pytest.raises(Refused):
            act()
    assert not AskedUnit.objects.visible_to(outsider).exists()
    assert not Commission.objects.visible_to(outsider).exists()
    assert AskedUnit.objects.visible_to(fresh(office.signatory)).get() == row


def test_a_successor_takes_over_what_the_leaver_was_named_for(office: Office) -> None:
    row = signed_for(office)
    unit_acts.name_person(asked_id=row.pk, chosen=office.officer.pk, person=fresh(office.signatory))
    heir = person(Role.OFFICER, at=office.unit)
    made = hand_over(
        unit=office.unit, leaver=office.officer, successor=heir, by=None, role=Role.OFFICER
    )
    row.refresh_from_db()
    assert row.person == heir
    assert "commission-open" in [line.kind for line in made.lines.all()]


def test_the_settings_hold_for_what_is_sent_from_now_on(office: Office) -> None:
    first = asked(office.editor, office.unit)
    actions_change.save_settings(reminders=[-60, 0], grace_days=None, person=fresh(office.editor))
    second = asked(office.editor, office.unit)
    assert (due(first).points, due(second).points) == ([-1440, -120, 0, 1440], [-60, 0])
    assert CommissionSettings.current().grace_days is None
    assert second.commission.grace_days is None
