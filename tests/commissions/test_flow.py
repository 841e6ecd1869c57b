"""A commission through every state, by the people who act: units, office, nobody else."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from cms.items import actions as items
from cms.items.models import ItemPage
from cms.review.actions import Refused
from cms.review.models import AppendOnlyError
from cms.review.rules import Verdict as RoadVerdict
from infoflow.notices.models import Notice
from infoflow.units.handover import hand_over
from infoflow.units.models import User
from infoflow.units.roles import Role
from infoflow.worktime.models import CalendarYear
from infoflow.worktime.models_dues import Due
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
from scoring.commissions.shared import NeedsConfirmation
from scoring.commissions.standing import standing
from tests.builders import Office, asked, commission, decide, fresh, person, unit

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATE = timedelta(hours=-5)


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


def test_a_piece_that_left_before_the_commission_is_in_time(office: Office) -> None:
    item = office.signed()
    row = signed_for(office)
    accept(office, answering(office, row, item))
    assert facts(row) == [Mark.DONE]


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


# --- more time ----------------------------------------------------------------------------


def more_time(office: Office, row: AskedUnit, until: datetime, **more: Any) -> Any:
    values: dict[str, Any] = {"reason": "数据未齐", "confirmed": True} | more
    return unit_acts.ask_extension(
        asked_id=row.pk, until=until, person=fresh(office.officer), **values
    )


@pytest.mark.parametrize("late", [False, True])
def test_an_extension_is_granted_once_and_never_shortens(office: Office, late: bool) -> None:
    row = signed_for(office, due=LATE if late else 2 * DAY)
    assert row.due_at is not None
    now = timezone.now()
    for until, why in [
        (now - timedelta(minutes=1), "已经过去"),
        (now + 3000 * DAY, "检查年份"),
        *([] if late else [(row.due, "应晚于现在的截止时间"), (now + DAY, "应晚于现在的截止时间")]),
    ]:
        with pytest.raises(Refused, match=why):
            more_time(office, row, until)
    until = now + 5 * DAY
    asked_for = more_time(office, row, until)
    with pytest.raises(Refused, match="已经申请过延期"):
        more_time(office, row, until)
    editor = fresh(office.editor)
    for given, why in [
        (row.due, "过去" if late else "应晚于现在的截止时间"),
        (until + DAY, "不能晚于单位申请"),
        (None, "延到什么时候"),
    ]:
        with pytest.raises(Refused, match=why):
            actions_office.reply_extension(
                extension_id=asked_for.pk,
                reply=Reply.SHORTENED,
                given=given,
                words="上级催要",
                person=editor,
            )
    given = now + 4 * DAY
    actions_office.reply_extension(
        extension_id=asked_for.pk,
        reply=Reply.SHORTENED,
        given=given,
        words="上级催要",
        person=editor,
    )
    row.refresh_from_db()
    assert (row.due_at, due(row).at, state(row)) == (given, given, State.EXTENDED)
    assert "同意延期" in row.due_sentence
    with pytest.raises(Refused, match="已经答复过"):
        actions_office.reply_extension(
            extension_id=asked_for.pk, reply=Reply.REFUSED, words="x", person=editor
        )
    change = due(row).changes.get()
    assert (change.new_at, change.by) == (given, editor)


def test_a_refused_extension_moves_nothing_and_has_a_reason(office: Office) -> None:
    row = signed_for(office)
    extension = more_time(office, row, timezone.now() + 9 * DAY)
    editor = fresh(office.editor)
    with pytest.raises(Refused, match="理由"):
        actions_office.reply_extension(
            extension_id=extension.pk, reply=Reply.REFUSED, person=editor
        )
    actions_office.reply_extension(
        extension_id=extension.pk, reply=Reply.REFUSED, words="上级急要", person=editor
    )
    assert due(row).at == row.due_at
    assert any("上级急要" in text for text in told(office.officer))
    more_time(office, row, timezone.now() + 8 * DAY)


def test_a_night_or_a_day_off_is_asked_about(office: Office) -> None:
    row = signed_for(office)
    night = datetime(timezone.localdate().year + 1, 10, 1, 3, tzinfo=CHINA)
    with pytest.raises(NeedsConfirmation, match=r"休息日.*03:00不在上班时间"):
        more_time(office, row, night, confirmed=False)
    more_time(office, row, night)


# --- the whole commission -----------------------------------------------------------------


def test_sending_asks_about_what_is_doubtful_and_refuses_what_cannot_be(office: Office) -> None:
    editor = fresh(office.editor)
    now = timezone.now()
    night = datetime(timezone.localdate().year + 1, 10, 1, 3, tzinfo=CHINA)

    def draft(at: datetime | None, *units: Any, **more: Any) -> Commission:
        content = Content(title="春耕", due_at=at, **more)
        return actions.create_commission(
            content=content, asks=[Ask(u.pk) for u in units], person=editor
        )

    for made, why in [
        (draft(now - DAY, office.unit), "已经过去"),
        (draft(now + DAY), "至少选择一个单位"),
        (draft(None, office.unit), "截止时间"),
    ]:
        with pytest.raises(Refused, match=why):
            actions.send_commission(commission_id=made.pk, person=editor, confirmed=True)
    doubtful = draft(night, office.unit, unit("新设局"), superior_due_at=now + DAY)
    with pytest.raises(NeedsConfirmation) as refused:
        actions.send_commission(commission_id=doubtful.pk, person=editor)
    for part in ("休息日", "03:00不在上班时间", "晚于上级要求", "新设局没有信息员和审签人"):
        assert part in refused.value.message
    sent = actions.send_commission(commission_id=doubtful.pk, person=editor, confirmed=True)
    again = actions.send_commission(commission_id=doubtful.pk, person=editor)
    assert (again.number, Notice.objects.filter(number=sent.number_text).count()) == (1, 2)


def test_a_closed_unit_cannot_be_asked(office: Office) -> None:
    closed = unit("撤并局")
    closed.active_until = timezone.localdate() - DAY
    closed.save()
    with pytest.raises(Refused, match="撤并局已停用"):
        commission(office.editor, closed)


def test_working_days_are_counted_from_sending_and_moved_by_a_new_list(office: Office) -> None:
    made = commission(office.editor, office.unit, due_at=None, due_days=3)
    row = made.asked.get()
    assert "3个工作日" in row.due_sentence
    assert due(row).rule["amount"] == 3
    assert CalendarYear.objects.exists()


def test_a_phone_call_entered_afterwards_counts_from_the_call(office: Office) -> None:
    row = asked(office.editor, office.unit, due=LATE)
    made = row.commission
    assert (made.phoned_by, row.phoned_to) == ("信息科赵某", "值班员")
    assert row.asked_at == made.phoned_at
    assert made.sent_at is not None
    assert made.sent_at > made.began
    with pytest.raises(Refused, match="不能晚于现在"):
        actions.enter_phoned(
            content=Content(title="x", due_at=timezone.now() + DAY),
            asks=[Ask(office.unit.pk, phoned_to="某")],
            caller="某",
            called_at=timezone.now() + timedelta(hours=1),
            person=fresh(office.editor),
        )


def test_units_added_later_are_told_and_the_first_ones_are_not_again(office: Office) -> None:
    made, other = commission(office.editor, office.unit), Office()
    before = Notice.objects.count()
    editor = fresh(office.editor)
    asks = [Ask(office.unit.pk), Ask(other.unit.pk)]
    added = actions_change.add_units(
        commission_id=made.pk, asks=asks, person=editor, confirmed=True
    )
    assert [row.unit for row in added] == [other.unit]
    assert Notice.objects.count() == before + 1
    assert not actions_change.add_units(commission_id=made.pk, asks=asks, person=editor)


def test_a_change_tells_everybody_and_an_own_later_deadline_stays(office: Office) -> None:
    other = Office()
    made = commission(office.editor, office.unit, other.unit)
    mine = made.asked.get(unit=office.unit)
    unit_acts.sign_for(asked_id=mine.pk, person=fresh(office.officer))
    extension = more_time(office, mine, made.due + 5 * DAY)
    editor = fresh(office.editor)
    actions_office.reply_extension(extension_id=extension.pk, reply=Reply.GRANTED, person=editor)
    content = Content.of(made)
    same = actions_change.change_commission(
        commission_id=made.pk, content=content, words="", person=editor
    )
    assert same.due_at == made.due_at
    later = made.due + 2 * DAY
    actions_change.change_commission(
        commission_id=made.pk,
        content=replace(content, due_at=later, points="补充一点"),
        words="上级推迟",
        person=editor,
        confirmed=True,
    )
    dues = {row.unit_id: row.due_at for row in made.asked.all()}
    assert dues == {office.unit.pk: made.due + 5 * DAY, other.unit.pk: later}
    assert "有修改（要点、截止时间）" in told(office.officer)[-1]
    assert due(made.asked.get(unit=other.unit)).at == later


def test_cancelling_stops_what_is_open_and_leaves_what_is_done(office: Office) -> None:
    other = Office()
    made = commission(office.editor, office.unit, other.unit)
    mine, theirs = made.asked.get(unit=office.unit), made.asked.get(unit=other.unit)
    unit_acts.sign_for(asked_id=mine.pk, person=fresh(office.officer))
    accept(office, answering(office, mine))
    editor = fresh(office.editor)
    actions_change.cancel_commission(commission_id=made.pk, reason="上级取消", person=editor)
    assert (state(mine), state(theirs)) == (State.SUBMITTED, State.CANCELLED)
    assert facts(mine) == [Mark.DONE]
    assert due(theirs).settled_at is not None
    assert "上级取消" in told(other.officer)[-1]
    with pytest.raises(Refused, match="已经撤销"):
        unit_acts.sign_for(asked_id=theirs.pk, person=fresh(other.officer))
    with pytest.raises(Refused, match="撤销过了"):
        actions_change.cancel_commission(commission_id=made.pk, reason="x", person=editor)


def test_unable_is_agreed_to_or_not(office: Office) -> None:
    row, editor = signed_for(office, due=LATE), fresh(office.editor)
    said = unit_acts.say_unable(asked_id=row.pk, reason="职能已划出", person=fresh(office.officer))
    actions_office.reply_unable(unable_id=said.pk, agree=False, words="仍属你局", person=editor)
    assert state(row) is State.OVERDUE
    again = unit_acts.say_unable(asked_id=row.pk, reason="确无数据", person=fresh(office.officer))
    actions_office.reply_unable(unable_id=again.pk, agree=True, words="同意", person=editor)
    assert (state(row), facts(row)) == (State.CANCELLED, [])


def test_urging_is_recorded_and_once_in_a_half_day(office: Office) -> None:
    row, editor = asked(office.editor, office.unit), fresh(office.editor)
    actions_office.urge(asked_id=row.pk, words="请抓紧", person=editor)
    with pytest.raises(Refused, match="已经催办过"):
        actions_office.urge(asked_id=row.pk, person=editor)
    actions_office.urge(asked_id=row.pk, urgent=True, person=editor)
    assert row.urges.count() == 2
    with pytest.raises(AppendOnlyError):
        row.urges.all().delete()


# --- who may, and who may not -------------------------------------------------------------


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
