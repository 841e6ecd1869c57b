"""The office's side of commissions through its pages: written, sent, answered, taken back."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from cms.items.actions import Draft, save_item
from cms.review.rules import Verdict
from infoflow.notices.models import Notice
from infoflow.units.models import User
from infoflow.units.roles import Role
from infoflow.worktime.rules import local
from scoring.adoptions.models import Fact
from scoring.adoptions.rules import FactKind, Mark
from scoring.commissions import actions_unit
from scoring.commissions.models import (
    AskedUnit,
    Commission,
    CommissionSettings,
    CommissionTemplate,
)
from scoring.commissions.models import Verdict as OfficeVerdict
from scoring.commissions.rules import State
from scoring.commissions.standing import standing
from tests.builders import Office, asked, commission, decide, fresh, person, unit

pytestmark = [pytest.mark.django_db, pytest.mark.screens]


@pytest.fixture
def editor(client: Any) -> User:
    who = person(Role.EDITOR, name="编辑甲")
    client.force_login(who)
    return who


def moment(name: str, days: int, hour: str = "16:00") -> dict[str, str]:
    day = local(timezone.now()).date() + timedelta(days=days)
    return {f"{name}_0": day.isoformat(), f"{name}_1": hour}


def draft(*units: Any, **more: Any) -> dict[str, Any]:
    return {
        "title": "秋收秋种进展",
        "origin": "own",
        "points": "面积、进度、问题",
        **moment("due_at", 3),
        "units": [u.pk for u in units],
        **more,
    }


def unit_page(row: AskedUnit) -> str:
    return reverse("commission_unit_office", args=[row.commission_id, row.pk])


def act(client: Any, row: AskedUnit, name: str, of: int = 0, **typed: Any) -> Any:
    return client.post(unit_page(row), {"act": name, "of": of, **typed})


def test_written_looked_over_and_sent_to_two_units(client: Any, editor: User) -> None:
    one, two = unit("甲镇"), unit("乙镇")
    person(Role.OFFICER, at=one)
    person(Role.OFFICER, at=two)
    answer = client.post(reverse("commission_new"), draft(one, two, send="1"))
    made = Commission.objects.get()
    send = reverse("commission_send", args=[made.pk])
    assert answer["Location"] == send
    assert made.sent_at is None
    page = client.get(send).content.decode()
    assert "下达" in page
    assert "截止" in page
    assert "<details><summary>2个单位的分工" in page
    answer = client.post(
        send, {"lead": one.pk, f"part_{two.pk}": "乙镇部分", "confirmed": "on"}, follow=True
    )
    made.refresh_from_db()
    assert made.number == 1
    rows = {row.unit_id: row for row in made.asked.all()}
    assert (rows[one.pk].lead, rows[two.pk].part) == (True, "乙镇部分")
    assert "已下达" in answer.content.decode()
    # Sent once more by an old page: nothing new.
    client.post(send, {"lead": "", "confirmed": "on"})
    made.refresh_from_db()
    assert made.number == 1
    assert Notice.objects.filter(kind="commission").count() == 2


def test_a_doubtful_deadline_is_asked_about_once(client: Any, editor: User) -> None:
    one = unit()
    person(Role.OFFICER, at=one)
    client.post(reverse("commission_new"), draft(one, **moment("due_at", 3, "03:00"), send="1"))
    send = reverse("commission_send", args=[Commission.objects.get().pk])
    page = client.post(send, {"lead": ""}).content.decode()
    assert "不在上班时间" in page
    assert "已核对" in page
    assert Commission.objects.get().sent_at is None
    client.post(send, {"lead": "", "confirmed": "on"})
    assert Commission.objects.get().sent_at is not None


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"title": ""}, "请填写题目"),
        ({"due_days": "2"}, "只填一项"),
        ({"due_at_1": ""}, "钟点请按"),
        ({"origin": "superior"}, "请填写上级单位"),
        ({"title": "题" * 101}, "不能超过100字"),
    ],
)
def test_what_cannot_be_written_says_why(
    client: Any, editor: User, more: dict[str, str], words: str
) -> None:
    page = client.post(reverse("commission_new"), draft(unit(), **more)).content.decode()
    assert words in page
    assert not Commission.objects.exists()


def test_a_deadline_in_the_past_is_refused_when_sending(client: Any, editor: User) -> None:
    client.post(reverse("commission_new"), draft(unit(), **moment("due_at", -1), send="1"))
    made = Commission.objects.get()
    page = client.post(
        reverse("commission_send", args=[made.pk]), {"lead": "", "confirmed": "on"}
    ).content.decode()
    assert "已经过去" in page
    made.refresh_from_db()
    assert made.sent_at is None


def test_a_draft_keeps_its_parts_and_can_be_copied(client: Any, editor: User) -> None:
    one, two = unit("甲镇"), unit("乙镇")
    made = commission(editor, one)
    page = client.get(reverse("commission_new") + f"?copy={made.pk}").content.decode()
    assert made.title in page
    assert f'value="{one.pk}" checked' in page
    assert f'value="{two.pk}" checked' not in page
    CommissionTemplate.objects.create(name="月度", title="月度重点工作", days=3)
    template = CommissionTemplate.objects.get()
    assert (
        "月度重点工作"
        in client.get(reverse("commission_new") + f"?template={template.pk}").content.decode()
    )


def test_a_telephone_commission_is_entered_with_who_called_whom(client: Any, editor: User) -> None:
    one = unit()
    person(Role.OFFICER, at=one)
    typed = {
        **draft(),
        "caller": "赵主任",
        **moment("called_at", -1, "09:10"),
        "unit_0": one.pk,
        "to_0": "值班员老周",
        "confirmed": "on",
    }
    client.post(reverse("commission_phoned"), typed)
    made = Commission.objects.get()
    row = made.asked.get()
    assert (made.phoned_by, row.phoned_to, row.asked_at) == ("赵主任", "值班员老周", made.phoned_at)
    typed["called_at_0"] = (local(timezone.now()).date() + timedelta(days=1)).isoformat()
    assert "不能晚于现在" in client.post(reverse("commission_phoned"), typed).content.decode()
    assert Commission.objects.count() == 1


def test_changing_adding_and_cancelling_tell_the_units(client: Any, editor: User) -> None:
    one, two = unit("甲镇"), unit("乙镇")
    officer = person(Role.OFFICER, at=one)
    person(Role.OFFICER, at=two)
    made = commission(editor, one)
    change = reverse("commission_change", args=[made.pk])
    typed = draft(title="秋收进展（改）", **moment("due_at", 5))
    assert "改了什么" in client.post(change, {**typed, "confirmed": "on"}).content.decode()
    client.post(change, {**typed, "words": "题目改动", "confirmed": "on"})
    made.refresh_from_db()
    assert made.title == "秋收进展（改）"
    assert made.asked.get().due_at == made.due_at
    client.post(reverse("commission_add", args=[made.pk]), {"units": [two.pk], "confirmed": "on"})
    assert made.asked.count() == 2
    client.post(reverse("commission_cancel", args=[made.pk]), {"reason": "上级不要了"})
    made.refresh_from_db()
    assert made.cancelled_at is not None
    assert all(row.dropped_at for row in made.asked.all())
    told = Notice.objects.filter(recipients__person=officer).values_list("text", flat=True)
    assert any("撤销" in text for text in told)
    # Twice: said, nothing more.
    again = client.post(reverse("commission_cancel", args=[made.pk]), {"reason": "再来"})
    assert "已经撤销过" in again.content.decode()


def test_more_time_is_granted_shortened_refused(client: Any, editor: User) -> None:
    office = Office()
    row = asked(editor, office.unit, due=timedelta(days=3))
    officer = fresh(office.officer)
    actions_unit.sign_for(asked_id=row.pk, person=officer)
    until = timezone.now() + timedelta(days=8)
    wish = actions_unit.ask_extension(
        asked_id=row.pk, until=until, reason="下乡核实", person=officer, confirmed=True
    )
    assert "等待答复" in client.get(reverse("commissions_office")).content.decode()
    page = act(client, row, "extension", wish.pk, reply="shortened", words="先给两天")
    assert page.status_code == 422
    assert "请填写延到什么时候" in page.content.decode()
    typed = {"reply": "shortened", "words": "先给两天", **moment("given", 6)}
    assert act(client, row, "extension", wish.pk, **typed).status_code == 302
    row.refresh_from_db()
    assert local(row.due).date() == local(timezone.now()).date() + timedelta(days=6)
    again = act(client, row, "extension", wish.pk, **typed)
    assert "已经答复过" in again.content.decode()


def test_a_piece_is_returned_then_taken_and_the_fact_booked_once(client: Any, editor: User) -> None:
    office = Office()
    row = asked(editor, office.unit)
    officer = fresh(office.officer)
    actions_unit.sign_for(asked_id=row.pk, person=officer)
    item = office.draft()
    answer = actions_unit.link_item(asked_id=row.pk, item_id=item.pk, person=officer)
    page = client.get(unit_page(row)).content.decode()
    assert "正在写" in page
    assert item.title not in page
    whole = reverse("commission_office", args=[row.commission_id])
    tick = f'name="asked" value="{row.pk}"'
    assert tick in client.get(whole).content.decode()
    item = office.signed()
    answer = actions_unit.link_item(asked_id=row.pk, item_id=item.pk, person=officer)
    assert (
        "请写明怎样修改" in act(client, row, "rule", answer.pk, ruling="returned").content.decode()
    )
    assert act(client, row, "rule", answer.pk, ruling="accepted").status_code == 302
    found = Fact.objects.standing().filter(kind=FactKind.COMMISSION)
    assert [fact.mark for fact in found] == [Mark.DONE]
    page = client.get(whole).content.decode()
    assert "1家：已报送1" in page
    assert "已收用" in page
    assert tick not in page, "a unit that owes nothing cannot be urged"
    again = act(client, row, "rule", answer.pk, ruling="accepted")
    assert "已经收用过" in again.content.decode()
    assert OfficeVerdict.objects.count() == 1
    typed = {"where": "省政府《要情》", "on": timezone.localdate().isoformat()}
    act(client, row, "adopt", answer.pk, **typed)
    assert standing(row).state == State.ADOPTED
    act(client, row, "unadopt", answer.adopted.get().pk)
    assert standing(row).state == State.SUBMITTED
    act(client, row, "unlink", answer.pk, reason="关联错了")
    assert not Fact.objects.standing().filter(kind=FactKind.COMMISSION).exists()


def test_overdue_is_listed_urged_and_missed(client: Any, editor: User) -> None:
    one = unit("逾期镇")
    person(Role.OFFICER, at=one)
    row = asked(editor, one, due=timedelta(hours=-30))
    page = client.get(reverse("commissions_overdue")).content.decode()
    assert "逾期镇" in page
    client.post(reverse("commissions_overdue"), {"asked": [row.pk], "words": "请抓紧"})
    assert row.urges.count() == 1
    said = client.post(reverse("commissions_overdue"), {"asked": [row.pk]}, follow=True)
    assert "半天内不重复催办" in said.content.decode()
    act(client, row, "urge", urgent="on")
    assert row.urges.count() == 2
    assert "请填写" in act(client, row, "miss").content.decode()
    act(client, row, "miss", reason="两次催办未报")
    assert Fact.objects.standing().get(kind=FactKind.COMMISSION).mark == Mark.MISSED
    assert "逾期镇" not in client.get(reverse("commissions_overdue")).content.decode()
    act(client, row, "unmiss", reason="实际电话报过")
    assert not Fact.objects.standing().filter(kind=FactKind.COMMISSION).exists()
    act(client, row, "drop", reason="改由他单位报")
    row.refresh_from_db()
    assert row.dropped_at is not None


def test_board_record_and_excel_say_the_same(client: Any, editor: User) -> None:
    one, two = unit("甲镇"), unit("乙镇")
    for at in (one, two):
        person(Role.OFFICER, at=at)
    commission(editor, one, two)
    late = asked(editor, one, due=timedelta(hours=-30))
    act(client, late, "miss", reason="未报")
    page = client.get(reverse("commissions_board")).content.decode()
    assert page.count("<rect") >= 2
    book = load_workbook(io.BytesIO(client.get(reverse("commissions_export")).content))
    record, rows = book.worksheets
    lines = {line[0]: line[1:7] for line in record.iter_rows(min_row=4, values_only=True)}
    assert lines["甲镇"] == (2, 0, 0, 1, 0, 1)
    assert lines["乙镇"] == (1, 0, 0, 0, 0, 1)
    assert sum(1 for line in rows.iter_rows(min_row=4, values_only=True) if line[3]) == 3


@pytest.mark.parametrize("role", [Role.SCORER, Role.SYSTEM_ADMIN, Role.REVIEWER])
def test_only_editors_write(client: Any, role: Role) -> None:
    made = commission(person(Role.EDITOR), unit())
    client.force_login(person(role))
    addresses = [
        reverse("commission_new"),
        reverse("commission_phoned"),
        *(reverse(f"commission_{name}", args=[made.pk]) for name in ("change", "add", "cancel")),
    ]
    for address in addresses:
        assert client.post(address, draft()).status_code in (302, 403, 404), address
    row = made.asked.get()
    assert act(client, row, "urge").status_code in (302, 403, 404)
    made.refresh_from_db()
    assert made.cancelled_at is None
    assert not row.urges.exists()
    assert Commission.objects.count() == 1


def test_lists_cost_the_same_with_two_and_with_twelve(
    client: Any, editor: User, django_assert_max_num_queries: Any
) -> None:
    addresses = [
        reverse(name) for name in ("commissions_office", "commissions_overdue", "commissions_board")
    ]

    def queries(address: str) -> int:
        with django_assert_max_num_queries(200) as seen:
            client.get(address)
        return len(seen)

    for n in range(2):
        asked(editor, unit(f"前{n}镇"), due=timedelta(hours=-30))
    few = [queries(address) for address in addresses if queries(address)]
    for n in range(10):
        asked(editor, unit(f"后{n}镇"), due=timedelta(hours=-30))
    assert [queries(address) for address in addresses] == few


def test_reminders_and_templates_are_kept_by_editors(client: Any, editor: User) -> None:
    address = reverse("commission_settings")
    client.post(address, {"reminders": ["-1440", "60"], "grace_days": "5"})
    row = CommissionSettings.current()
    assert (row.reminders, row.grace_days) == ([-1440, 60], 5)
    assert (
        "最多90天"
        in client.post(address, {"reminders": ["60"], "grace_days": "400"}).content.decode()
    )
    assert "请至少选择一个" in client.post(address, {}).content.decode()
    made = client.post(
        reverse("commission-templates:add"), {"name": "月度", "title": "月度情况", "days": "3"}
    )
    assert made.status_code == 302
    assert "月度" in client.get(reverse("commission_new")).content.decode()
    client.force_login(person(Role.REVIEWER))
    assert client.get(reverse("commission-templates:add")).status_code in (302, 403)
    assert client.post(address, {"grace_days": "9"}).status_code in (302, 403)
    assert CommissionSettings.current().grace_days == 5


def test_a_title_that_the_unit_rewrites_is_not_shown_before_it_is_signed(
    client: Any, editor: User
) -> None:
    """After a return the page's own row holds the unit's newest draft, its title as well."""
    office = Office()
    row = asked(editor, office.unit)
    officer = fresh(office.officer)
    actions_unit.sign_for(asked_id=row.pk, person=officer)
    item, other = office.signed("报出的题目"), office.signed("另一篇的题目")
    actions_unit.link_item(asked_id=row.pk, item_id=item.pk, person=officer)
    for page, title in ((item, "还没签的新题目"), (other, "另一篇没签的题目")):
        decide(page, fresh(office.editor), Verdict.RETURN, reason="请补充")
        draft = replace(Draft.of(page), title=title)
        save_item(item_id=page.pk, person=officer, draft=draft)
    shown = client.get(unit_page(row)).content.decode()
    assert "报出的题目" in shown
    assert "另一篇的题目" in shown
    assert "没签的" not in shown
    assert act(client, row, "link", item=other.pk).status_code == 302
    assert row.answers.count() == 2
