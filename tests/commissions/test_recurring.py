"""Duties that come again: slots by cases, sent by the sweep once, exemptions, 零报告."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cms.review.actions import Refused
from infoflow.notices.models import Notice
from infoflow.units.roles import Role
from infoflow.worktime.rules import CHINA, Calendar
from scoring.adoptions.models import Fact
from scoring.commissions import actions_recurring as acts
from scoring.commissions.actions_unit import sign_for
from scoring.commissions.grace import candidates
from scoring.commissions.models import AskedUnit, Commission, DutyRun, RecurringDuty
from scoring.commissions.rules import State
from scoring.commissions.rules_recurring import (
    Rhythm,
    Slots,
    period_words,
    put_off,
    slots_to_send,
)
from scoring.commissions.standing import standing
from tests.builders import asked, fresh, person, unit

PLAIN = Calendar(years=frozenset(range(2020, 2040)))
OCTOBER = Calendar(
    overrides={date(2026, 10, day): False for day in (1, 2, 5, 6, 7)} | {date(2026, 10, 10): True},
    years=frozenset({2026, 2027}),
)
FRIDAY = Slots(Rhythm.WEEKLY, 5, time(17))
SATURDAY = Slots(Rhythm.WEEKLY, 6, time(9))
LAST_DAY = Slots(Rhythm.MONTHLY, 31, time(17))


def at(year: int, month: int, day: int, hour: int) -> datetime:
    return datetime(year, month, day, hour, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("slots", "after", "slot", "due", "calendar"),
    [
        (FRIDAY, at(2026, 11, 26, 9), at(2026, 11, 27, 17), at(2026, 11, 27, 17), PLAIN),
        (FRIDAY, at(2026, 11, 27, 17), at(2026, 12, 4, 17), at(2026, 12, 4, 17), PLAIN),
        (FRIDAY, at(2026, 9, 30, 9), at(2026, 10, 2, 17), at(2026, 10, 8, 17), OCTOBER),
        (LAST_DAY, at(2026, 2, 1, 9), at(2026, 2, 28, 17), at(2026, 3, 2, 17), PLAIN),
        (LAST_DAY, at(2027, 12, 31, 17), at(2028, 1, 31, 17), at(2028, 1, 31, 17), PLAIN),
        (SATURDAY, at(2026, 10, 9, 9), at(2026, 10, 10, 9), at(2026, 10, 10, 9), OCTOBER),
    ],
)
def test_slots_and_days_off(
    slots: Slots, after: datetime, slot: datetime, due: datetime, calendar: Calendar
) -> None:
    assert slots.after(after) == slot
    assert put_off(slot, calendar) == due


@given(
    st.sampled_from([FRIDAY, LAST_DAY, Slots(Rhythm.MONTHLY, 1, time(8))]),
    st.integers(0, 366 * 24 * 60),
    st.lists(st.integers(1, 60 * 24 * 20), min_size=1, max_size=8),
    st.integers(0, 20),
)
def test_asked_often_or_seldom_the_same_slots_come(
    slots: Slots, start: int, gaps: list[int], ahead: int
) -> None:
    """Many looks on the way find what one look at the end finds, each slot once."""
    begun = at(2026, 1, 1, 0) + timedelta(minutes=start)
    seen: list[Any] = []
    now = since = begun
    for gap in gaps:
        now += timedelta(minutes=gap)
        found = slots_to_send(slots, since=since, now=now, ahead=ahead, calendar=OCTOBER)
        seen += found
        since = found[-1][0] if found else since
    assert seen == slots_to_send(slots, since=begun, now=now, ahead=ahead, calendar=OCTOBER)
    assert len({slot for slot, _due in seen}) == len(seen)


def test_what_a_slot_is_called() -> None:
    assert period_words(LAST_DAY, at(2026, 2, 28, 17)) == "2026年2月"
    assert period_words(FRIDAY, at(2026, 11, 27, 17)) == "11月27日一周"


def duty(editor: Any, *units: Any, **more: Any) -> RecurringDuty:
    said = {"title": "重点工作简报", "rhythm": "weekly", "day": 5, "at": time(17), "ahead": 3}
    return acts.save_duty(duty=acts.Duty(**{**said, **more}), units=units, person=fresh(editor))


def due_soon(row: RecurringDuty) -> datetime:
    """A moment shortly after the next slot has to be sent, before it is due."""
    from infoflow.worktime.queries import calendar

    now = timezone.now()
    due = put_off(row.slots.after(now), calendar())
    return max(now, due - timedelta(days=row.ahead) + timedelta(minutes=1))


@pytest.mark.django_db
class TestSending:
    def test_sent_once_to_all_but_the_exempt(self) -> None:
        editor = person(Role.EDITOR)
        one, two, gone = unit("甲镇"), unit("乙镇"), unit("丙镇")
        officer = person(Role.OFFICER, at=one)
        row = duty(editor, one, two, gone, ahead=20)
        now = due_soon(row)
        acts.exempt(
            duty_id=row.pk,
            unit=two,
            since=timezone.localdate(),
            until=timezone.localdate() + timedelta(days=60),
            reason="机构改革",
            person=fresh(editor),
        )
        gone.active_until = timezone.localdate() - timedelta(days=1)
        gone.save()
        assert acts.run(now, True).done >= 1
        assert not Commission.objects.exists()
        sent = acts.run(now, False).done
        assert sent >= 1
        assert acts.run(now, False).done == 0
        made = list(Commission.objects.all())
        assert len(made) == sent
        assert [a.unit.name for a in made[0].asked.all()] == ["甲镇"]
        assert Notice.objects.filter(recipients__person=officer).count() == sent

    def test_a_slot_that_is_over_is_noted_and_not_asked_for(self) -> None:
        row = duty(person(Role.EDITOR), unit())
        RecurringDuty.objects.filter(pk=row.pk).update(begun_at=timezone.now() - timedelta(days=40))
        acts.run(timezone.now(), False)
        runs = list(DutyRun.objects.filter(commission=None))
        assert len(runs) >= 4
        assert all("没有下达" in run.words for run in runs)

    def test_stopped_is_not_sent_and_resumed_starts_anew(self) -> None:
        editor = person(Role.EDITOR)
        row = duty(editor, unit(), ahead=20)
        acts.stop_duty(duty_id=row.pk, person=fresh(editor))
        assert acts.run(due_soon(row), False).done == 0
        acts.resume_duty(duty_id=row.pk, person=fresh(editor))
        assert acts.run(due_soon(row), False).done >= 1

    def test_without_an_editor_it_waits_and_the_others_are_sent(self) -> None:
        editor = person(Role.EDITOR)
        duty(editor, unit(), ahead=20)
        editor.is_active = False
        editor.save()
        assert acts.run(timezone.now() + timedelta(days=1), False).failed == 1
        person(Role.EDITOR)
        assert acts.run(timezone.now() + timedelta(days=1), False).done >= 1


@pytest.mark.django_db
class TestNothing:
    def run_for(self) -> tuple[AskedUnit, Any]:
        at_unit = unit()
        officer = person(Role.OFFICER, at=at_unit)
        row = duty(person(Role.EDITOR), at_unit, ahead=20)
        acts.run(due_soon(row), False)
        mine = AskedUnit.objects.order_by("pk").first()
        assert mine is not None
        sign_for(asked_id=mine.pk, person=fresh(officer))
        return mine, officer

    def test_it_is_an_answer_that_counts_neither_way(self, client: Any) -> None:
        mine, officer = self.run_for()
        client.force_login(officer)
        assert "零报告" in client.get(reverse("commission", args=[mine.pk])).content.decode()
        act = reverse("commission_act", args=[mine.pk])
        client.post(act, {"do": "nothing", "words": "本周无新进展"})
        client.post(act, {"do": "nothing", "words": "第二次"})
        mine.refresh_from_db()
        assert mine.nothing_words == "本周无新进展"
        assert standing(mine).state == State.NOTHING
        assert not candidates(mine.due + timedelta(days=90)).filter(pk=mine.pk).exists()
        assert not Fact.objects.exists()

    def test_only_a_recurring_duty_takes_it(self) -> None:
        at_unit = unit()
        officer = person(Role.OFFICER, at=at_unit)
        row = asked(person(Role.EDITOR), at_unit)
        sign_for(asked_id=row.pk, person=fresh(officer))
        with pytest.raises(Refused, match="只有定期报送"):
            acts.report_nothing(asked_id=row.pk, person=fresh(officer))


@pytest.mark.django_db
@pytest.mark.screens
def test_an_editor_keeps_a_duty_through_the_pages(client: Any) -> None:
    one, two = unit("甲镇"), unit("乙镇")
    client.force_login(person(Role.EDITOR))
    typed = {
        "title": "月度简报",
        "rhythm": "monthly",
        "day": "25",
        "at": "17:00",
        "ahead": "5",
        "units": [one.pk, two.pk],
    }
    page = client.post(reverse("recurring_new"), {**typed, "rhythm": "weekly"}).content.decode()
    assert "每周的请填1" in page
    client.post(reverse("recurring_new"), typed)
    row = RecurringDuty.objects.get()
    address = reverse("recurring_duty", args=[row.pk])
    client.post(reverse("recurring_edit", args=[row.pk]), {**typed, "title": "月报"})
    days = {"since": "2026-12-01", "until": "2026-12-31"}
    off = {"act": "exempt", "unit": one.pk, "reason": "干部调整", **days}
    assert "不能早于" in client.post(address, {**off, "until": "2026-11-01"}).content.decode()
    client.post(address, off)
    assert "已经免报" in client.post(address, off).content.decode()
    client.post(address, {"act": "end", "of": row.exemptions.get().pk})
    client.post(address, {"act": "stop"})
    row.refresh_from_db()
    assert (row.title, row.stopped_at is None) == ("月报", False)
    assert row.exemptions.get().ended_at is not None
    assert "已停用" in client.get(reverse("recurring_duties")).content.decode()
    client.force_login(person(Role.REVIEWER))
    assert client.post(address, {"act": "resume"}).status_code in (302, 403)
    row.refresh_from_db()
    assert row.stopped_at is not None
