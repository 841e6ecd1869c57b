"""The terms of a commission: more time, what is asked, changed, added, cancelled, urged."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from cms.review.actions import Refused
from cms.review.models import AppendOnlyError
from infoflow.notices.models import Notice
from infoflow.worktime.models import CalendarYear
from infoflow.worktime.rules import CHINA
from scoring.adoptions.rules import Mark
from scoring.commissions import actions, actions_change, actions_office
from scoring.commissions import actions_unit as unit_acts
from scoring.commissions.content import Ask, Content
from scoring.commissions.models import (
    AskedUnit,
    Commission,
)
from scoring.commissions.rules import Reply, State
from scoring.commissions.shared import NeedsConfirmation
from tests.builders import Office, asked, commission, fresh, unit
from tests.commissions.make import accept, answering, due, facts, signed_for, state, told

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATE = timedelta(hours=-5)


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


@pytest.mark.screens
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


@pytest.mark.screens
def test_a_night_or_a_day_off_is_asked_about(office: Office) -> None:
    row = signed_for(office)
    night = datetime(timezone.localdate().year + 1, 10, 1, 3, tzinfo=CHINA)
    with pytest.raises(NeedsConfirmation, match=r"休息日.*03:00不在上班时间"):
        more_time(office, row, night, confirmed=False)
    more_time(office, row, night)


# --- the whole commission -----------------------------------------------------------------


@pytest.mark.screens
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


@pytest.mark.screens
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


@pytest.mark.screens
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
