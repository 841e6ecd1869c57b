"""The roster as its keepers fill it in: a month, one shift, a table with faults by row."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from infoflow.units.roles import Role
from scoring.duty.actions import save_settings
from scoring.duty.models import RosterChange, Shift
from scoring.duty.roster import month_of
from scoring.duty.rules import Watch
from tests.builders import fresh, person

from .builders import Room
from .test_screen import client_of, text

pytestmark = [pytest.mark.django_db, pytest.mark.screens]

HERE = "/duty/roster/?month=2030-07"


@pytest.fixture
def room(db: None) -> Room:
    return Room()


def filled(room: Room, page: Any) -> dict[str, str]:
    """What the month's form sends back when somebody has chosen people in turn."""
    html = page.content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\d+-\w+)" value="([^"]*)"', html))
    people = (room.first.pk, room.second.pk)
    numbers = sorted({int(name.split("-")[0]) for name in hidden})
    chosen = {f"{n}-p0": str(people[n % 2]) for n in numbers}
    leaders = {f"{n}-l": str(room.leader.pk) for n in numbers}
    return {**hidden, **chosen, **leaders, "act": "save"}


def test_a_month_is_filled_in_and_the_next_goes_on(room: Room) -> None:
    client = client_of(room.editor)
    said = filled(room, client.get(HERE))
    assert "新排31班" in text(client.post(HERE, said, follow=True))
    assert Shift.objects.count() == 31
    # The 31 shifts end with the first person: August begins with the second.
    copied = client.get("/duty/roster/?month=2030-08&copy=1")
    watches = [row.watch for row in copied.context["month"].rows]
    assert watches[:2] == [
        Watch(room.leader.pk, (room.second.pk,)),
        Watch(room.leader.pk, (room.first.pk,)),
    ]
    assert "还没有保存" in text(copied)
    assert Shift.objects.count() == 31


def test_two_clerks_with_the_same_empty_month(room: Room) -> None:
    client = client_of(room.editor)
    said = filled(room, client.get(HERE))
    other = said | {f"{n}-p0": str(room.second.pk) for n in range(31)}
    client.post(HERE, said)
    page = text(client.post(HERE, other))
    assert page.count("刚才已排：带班何山，值班冯磊；您要排的是：带班何山，值班丁宁") == 16
    assert RosterChange.objects.count() == 31


def test_one_shift_beside_the_pattern(room: Room) -> None:
    client = client_of(room.first)
    one = {"one-l": room.leader.pk, "one-p0": room.first.pk, "act": "single"}
    for times, told in (
        ({"one-start": "2030-07-03T20:00", "one-end": "2030-07-03T08:00"}, "不晚于开始时间"),
        ({"one-start": "2030-07-03T20:00"}, "填写这一班的开始和结束时间"),
        ({"one-start": "2030-07-03T20:00", "one-end": "2030-07-04T08:00"}, "新排1班"),
        ({"one-start": "2030-07-04T07:00", "one-end": "2030-07-04T09:00"}, "同一时间有两个班次"),
    ):
        assert told in text(client.post(HERE, one | times, follow=True))
    rows = month_of(2030, 7).rows
    # The days that the shift touches have no further row of the pattern.
    assert [row.span.label for row in rows if row.day.day in (2, 3, 4)] == [
        "7月2日08:30至7月3日08:30",
        "7月3日20:00至7月4日08:00",
        "7月4日08:30至7月5日08:30",
    ]


def test_a_shift_is_changed_with_a_reason_and_taken_out(room: Room) -> None:
    shift = room.shift(start=timezone.now() + timedelta(days=2))
    here = reverse("duty_shift", args=[shift.pk])
    client = client_of(room.second)
    said = {"0-l": room.leader.pk, "0-p0": room.second.pk, "0-seen": shift.watch.code}
    assert "写明换班或更正的原因" in text(client.post(here, said | {"act": "change"}))
    client.post(here, said | {"act": "change", "why": "冯磊出差"})
    assert Shift.objects.get(pk=shift.pk).people == [room.second]
    assert "冯磊出差" in text(client.get(here))
    assert "刚才已排" in text(client.post(here, said | {"act": "remove"}))
    code = Shift.objects.get(pk=shift.pk).watch.code
    client.post(here, said | {"act": "remove", "0-seen": code})
    assert client.get(here).status_code == 404


def test_readers_who_keep_no_roster(room: Room) -> None:
    shift = room.shift()
    here = reverse("duty_shift", args=[shift.pk])
    for user in (room.leader, person(Role.ISSUER)):
        client = client_of(user)
        assert "保存值班表" not in text(client.get(HERE))
        assert client.get(here).status_code == 200
        assert client.post(HERE, {"act": "save"}).status_code == 403
        assert client.post(here, {"act": "remove"}).status_code == 403
        assert client.get(reverse("duty_roster_import")).status_code == 403


def sent(room: Room, table: str = "", file: Any = None, **more: Any) -> str:
    data = {"table": table, **more} | ({"file": file} if file else {})
    return text(client_of(room.editor).post(reverse("duty_roster_import"), data, follow=True))


def test_a_pasted_table(room: Room) -> None:
    table = "日期\t带班领导\t值班人员\n2030-07-03\t何山\t冯磊、丁宁\n7月4日\t\t丁宁\n"
    assert "新排2班" in sent(room, table)
    first = Shift.objects.get(start__year=2030)
    assert (first.leader, first.people) == (room.leader, [room.first, room.second])
    assert "没有改动" in sent(room, table)
    changed = table.replace("冯磊、丁宁", "丁宁")
    assert "第2行：7月3日08:30至7月4日08:30刚才已排" in sent(room, changed)
    assert "换人1班" in sent(room, changed, replace="on")


def test_an_uploaded_table_with_two_shifts_a_day(room: Room) -> None:
    save_settings(changes="08:00 20:00", person=fresh(room.editor))
    book = Workbook()
    sheet = book.active
    sheet.append(["七月值班表"])
    sheet.append(["日期", "班次", "带班领导", "值班人员"])
    from datetime import datetime

    sheet.append([datetime(2030, 7, 3), "08:00-20:00", "何山", "冯磊"])  # noqa: DTZ001
    sheet.append(["2030/7/3", "20:00-次日08:00", "何山", "丁宁"])
    out = io.BytesIO()
    book.save(out)
    file = SimpleUploadedFile("值班表.xlsx", out.getvalue())
    assert "新排2班" in sent(room, file=file)
    labels = [shift.span.label for shift in Shift.objects.all()]
    assert labels == ["7月3日08:00至7月3日20:00", "7月3日20:00至7月4日08:00"]
    assert "第1行：一天有2班，请在“班次”列写明时间" in sent(room, "2030-07-03\t何山\t冯磊")


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("2030-02-30\t何山\t冯磊", "第1行：没有“2030-02-30”这一天"),
        ("明天\t何山\t冯磊", "第1行：没有“明天”这一天"),
        ("2030-07-03\t何山\t", "第1行：没有写值班人员"),
        ("2030-07-03\t何山\t张三", "第1行：没有可以担任值班人员的“张三”"),
        ("2030-07-03\t冯\t冯磊", "没有可以担任带班领导的“冯”"),
        ("2030-07-03\t何山\t冯磊\n2030-07-03\t何山\t丁宁", "第2行：同一时间有两个班次"),
        ("日期\t班次\t带班\t值班\n2030-07-03\t上午\t何山\t冯磊", "班次“上午”看不懂"),
        ("日期\t班次\t带班\t值班\n2030-07-03\t25:00-26:00\t何山\t冯磊", "看不懂"),
        ("", "请粘贴表格，或选择文件"),
        ("日期\t带班\t值班", "没有读到一行排班"),
    ],
)
def test_a_table_with_wrong_rows_changes_nothing(room: Room, table: str, told: str) -> None:
    assert told in sent(room, table)
    assert not Shift.objects.exists()


def test_a_file_that_is_no_table(room: Room) -> None:
    picture = SimpleUploadedFile("值班.png", b"\x89PNG\r\n\x1a\n" + b"0" * 99)
    assert '<p class="bad"' in sent(room, file=picture)


def test_two_accounts_of_one_name_are_told_apart_by_number(room: Room) -> None:
    twin = person(Role.DUTY, name="冯磊")
    assert "有几个账号叫“冯磊”，请改写工号" in sent(room, "2030-07-03\t何山\t冯磊")
    assert "新排1班" in sent(room, f"2030-07-03\t何山\t{twin.username}")
    assert Shift.objects.get().people == [twin]


def test_who_has_left_stays_on_the_page_and_is_warned_of(room: Room) -> None:
    shift = room.shift()
    room.first.is_active = False
    room.first.save()
    page = text(client_of(room.second).get(reverse("duty")))
    assert "冯磊的账号已停用，请换人" in page
    html = text(client_of(room.second).get(reverse("duty_shift", args=[shift.pk])))
    assert f'<option value="{room.first.pk}" selected>冯磊' in html


def test_a_full_month_costs_as_many_queries_as_an_empty_one(room: Room) -> None:
    client = client_of(room.editor)

    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get(HERE)
        return len(caught)

    said = filled(room, client.get(HERE))
    empty = cost()
    client.post(HERE, said)
    # What the shifts themselves bring: their people, in two queries.
    assert cost() <= empty + 2
