"""What the sweep tells of commissions: before, at and after the deadline; when the list moves."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from cms.review.rules import Verdict
from infoflow.notices import job_dues
from infoflow.notices.models import Notice
from infoflow.units.models import User
from infoflow.worktime.actions import load_years
from infoflow.worktime.models_dues import Due
from scoring.commissions import actions_unit as unit_acts
from scoring.commissions.models import AskedUnit
from tests.builders import Office, asked, commission, decide, fresh, unit

pytestmark = pytest.mark.django_db
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def told_by(now: datetime, *people: User) -> list[list[str]]:
    """Run the sweep at a moment; return what each of the people was told by it."""
    before = set(Notice.objects.values_list("pk", flat=True))
    job_dues.run(now, False)
    fresh_ones = Notice.objects.exclude(pk__in=before).order_by("pk")
    return [
        list(fresh_ones.filter(recipients__person=who).values_list("text", flat=True))
        for who in people
    ]


def test_the_unit_hears_before_and_both_hear_when_it_is_over(office: Office) -> None:
    row = asked(office.editor, office.unit)
    number, due, people = row.commission.number_text, row.due, (office.officer, office.editor)
    assert told_by(due - 2 * DAY, *people) == [[], []]
    assert told_by(due - DAY, *people) == [[f"{number}还有1天截止，还没有报送。"], []]
    assert told_by(due - DAY + MINUTE, *people) == [[], []]
    assert told_by(due - timedelta(hours=2), *people)[0] == [
        f"{number}还有2小时0分钟截止，还没有报送。"
    ]
    own, both = told_by(due, *people)
    assert own == [f"{number}到截止时间还没有报送。"]
    assert both == [f"{office.unit.name}：{own[0]}"]
    late = told_by(due + 3 * DAY, *people)[0]
    assert late == [f"{number}还没有报送，已超过3天。（晚了2天提醒）"]
    assert set(Notice.objects.values_list("number", flat=True)) == {number}
    assert not Notice.objects.filter(text__contains=row.commission.title).exists()


def test_the_office_hears_once_of_all_units_that_are_over(office: Office) -> None:
    others = [unit(f"第{n}镇") for n in range(1, 12)]
    made = commission(office.editor, office.unit, *others)
    rows = list(made.asked.order_by("position", "pk"))
    number, names = made.number_text, [row.unit.name for row in rows]
    unit_acts.sign_for(asked_id=rows[0].pk, person=fresh(office.officer))
    [texts] = told_by(rows[0].due, office.editor)
    shown = "、".join(names[:10])
    assert texts == [f"{number}到截止时间还没有报送。12家：{shown}等。"]
    assert told_by(rows[0].due + MINUTE, office.editor) == [[]]


def test_nothing_more_when_it_has_come_and_again_when_it_is_sent_back(office: Office) -> None:
    row = asked(office.editor, office.unit)
    unit_acts.sign_for(asked_id=row.pk, person=fresh(office.officer))
    item = office.signed()
    unit_acts.link_item(asked_id=row.pk, item_id=item.pk, person=fresh(office.officer))
    assert told_by(row.due - DAY, office.officer) == [[]]
    decide(item, office.editor, Verdict.RETURN, "补充数据")
    [texts] = told_by(row.due - timedelta(hours=2), office.officer)
    assert texts == [
        f"{row.commission.number_text}的稿件已退改，还没有重新报出（截止时间还有2小时0分钟）。"
    ]


def test_a_list_that_is_loaded_later_moves_what_is_open_and_tells_it(office: Office) -> None:
    made = commission(office.editor, office.unit, due_at=None, due_days=250)
    row = made.asked.get()
    assert made.due_provisional
    last = row.due.year
    years = {timezone.localdate().year + 1, last, last + 1}
    days = {date(year, 3, day): False for year in years for day in range(1, 13)}
    load_years(days=days, years=frozenset(years), source="测试用")
    moved = AskedUnit.objects.get(pk=row.pk)
    due = Due.objects.get(key=row.due_key)
    assert moved.due_at == due.at != row.due_at
    assert (moved.due_sentence, due.changes.count() > 0) == (due.sentence, True)
    made.refresh_from_db()
    assert made.due_at == moved.due_at
    assert Notice.objects.filter(
        recipients__person=office.officer, text__contains="按新录入的放假安排改为"
    ).exists()
