"""The roster: who is on duty when; two at once and overwriting are refused."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cms.review.actions import Refused
from infoflow.units.handover import hand_over, holdings, names_of
from infoflow.units.roles import Role
from infoflow.worktime.rules import CHINA
from scoring.duty import queries
from scoring.duty.actions import Faulty, Saved, change_shift, save_roster, save_settings
from scoring.duty.models import RosterChange, Shift
from scoring.duty.rules import Line, Span, Watch
from tests.builders import Office, fresh, person

from .builders import Room

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
START = datetime(2030, 7, 3, 8, 30, tzinfo=CHINA)


@pytest.fixture
def room(db: None) -> Room:
    return Room()


def line(room: Room, *people: int, start: datetime = START, hours: float = 24, **more) -> Line:
    span = Span(start, start + timedelta(hours=hours))
    return Line(span, Watch(room.leader.pk, people), more.get("seen"), more.get("row", 0))


def faults(room: Room, *lines: Line) -> str:
    with pytest.raises(Faulty) as caught:
        save_roster(lines=lines, person=fresh(room.first))
    return "\n".join(f"{row} {why}" for row, why in caught.value.faults)


def test_a_month_is_saved_once(room: Room) -> None:
    lines = [
        line(room, (room.first, room.second)[n % 2].pk, start=START + n * DAY) for n in range(30)
    ]
    assert save_roster(lines=lines, person=fresh(room.editor)) == Saved(added=30)
    assert not save_roster(lines=lines, person=fresh(room.editor))
    assert Shift.objects.count() == RosterChange.objects.count() == 30


def test_taking_out_and_changing_leave_their_trace(room: Room) -> None:
    save_roster(lines=[line(room, room.first.pk)], person=fresh(room.first))
    save_roster(lines=[line(room, room.second.pk)], person=fresh(room.first))
    empty = Line(line(room, 0).span, Watch())
    assert save_roster(lines=[empty], person=fresh(room.first)) == Saved(removed=1)
    assert queries.shift_at(START) is None
    assert [(c.before, c.after) for c in RosterChange.objects.order_by("pk")] == [
        ("", "带班何山，值班冯磊"),
        ("带班何山，值班冯磊", "带班何山，值班丁宁"),
        ("带班何山，值班丁宁", ""),
    ]


def test_two_rosters_for_one_span_are_refused_with_both_named(room: Room) -> None:
    save_roster(lines=[line(room, room.first.pk, seen="")], person=fresh(room.first))
    told = faults(room, line(room, room.second.pk, seen="", row=2))
    assert "刚才已排：带班何山，值班冯磊" in told
    assert "您要排的是：带班何山，值班丁宁" in told
    told = faults(room, line(room, room.second.pk, start=START + timedelta(hours=12), row=3))
    assert "同一时间有两个班次" in told
    assert "值班冯磊" in told
    assert "值班丁宁" in told
    assert Shift.objects.get().people == [room.first]


def test_two_rows_of_one_table_are_compared_too(room: Room) -> None:
    told = faults(
        room,
        line(room, room.first.pk, row=2),
        line(room, room.second.pk, start=START + timedelta(hours=23), row=5),
    )
    assert told.startswith("5 同一时间有两个班次")
    assert not Shift.objects.exists()


@pytest.mark.parametrize(
    ("hours", "wanted"),
    [(0, "不晚于开始时间"), (-24, "不晚于开始时间"), (100, "超过3天")],
)
def test_a_shift_that_ends_before_it_starts(room: Room, hours: float, wanted: str) -> None:
    assert wanted in faults(room, line(room, room.first.pk, hours=hours))


def test_who_cannot_be_on_duty(room: Room) -> None:
    scorer, gone = person(Role.SCORER, name="郑洁"), person(Role.DUTY, name="马某")
    gone.is_active = False
    gone.save()
    for people, told in (
        ([scorer.pk], "郑洁没有可以担任值班人员的角色"),
        ([gone.pk], "马某的账号已停用"),
        ([10**9], "没有找到这个人"),
        ([], "没有值班人员"),
        ([room.first.pk, room.first.pk], "同一人填了两次"),
        ([room.leader.pk], "何山没有可以担任值班人员的角色"),
    ):
        assert told in faults(room, line(room, *people))


def test_only_its_keepers_change_the_roster(room: Room) -> None:
    for who in (room.leader, person(Role.ISSUER), person(Role.SYSTEM_ADMIN)):
        with pytest.raises(Refused, match="只有值班员和编辑"):
            save_roster(lines=[line(room, room.first.pk)], person=fresh(who))
        with pytest.raises(Refused, match="只有值班员和编辑"):
            save_settings(changes="08:00", person=fresh(who))


def test_what_is_over_changes_only_with_a_reason(room: Room) -> None:
    past = timezone.now() - 3 * DAY
    shift = room.shift(start=past)
    assert "已经结束" in faults(room, line(room, room.second.pk, start=past))
    watch = Watch(room.leader.pk, (room.second.pk,))
    for seen, why, told in (
        (shift.watch.code, " ", "写明换班或更正的原因"),
        ("old", "临时换班", "刚才已改为：带班何山，值班冯磊"),
    ):
        with pytest.raises(Refused, match=told):
            change_shift(
                shift_id=shift.pk, watch=watch, seen=seen, why=why, person=fresh(room.first)
            )
    for _again in range(2):
        change_shift(
            shift_id=shift.pk,
            watch=watch,
            seen=shift.watch.code,
            why="冯磊出差，临时换班",
            person=fresh(room.first),
        )
    assert RosterChange.objects.filter(why="冯磊出差，临时换班").count() == 1


def test_the_database_refuses_two_shifts_that_start_together(room: Room) -> None:
    shift = room.shift()
    with pytest.raises(IntegrityError), transaction.atomic():
        Shift.objects.create(start=shift.start, end=shift.end)


def test_who_is_on_duty_at_a_moment(room: Room) -> None:
    room.shift(room.second, room.first, start=START)
    both = [room.second.pk, room.first.pk]
    everybody = sorted([room.first.pk, room.second.pk])
    for moment, wanted in (
        (START, both),
        (START + DAY - timedelta(seconds=1), both),
        (START + DAY, everybody),  # nobody: all with the role
        (START - timedelta(seconds=1), everybody),
    ):
        found = queries.on_duty(moment)
        assert (found if wanted is both else sorted(found)) == wanted
    assert queries.leader_on_duty(START) == [room.leader.pk]
    assert queries.leader_on_duty(START + DAY) == []


def test_closed_accounts_are_not_told_and_are_warned_of(room: Room) -> None:
    shift = room.shift(room.first, room.second)
    now = timezone.now()
    room.first.is_active = False
    room.first.save()
    assert queries.on_duty(now) == [room.second.pk]
    assert queries.unmanned(now) == [(shift, [room.first])]
    room.second.is_active = False
    room.second.save()
    assert queries.on_duty(now) == []


def test_a_hand_over_tells_of_the_leavers_shifts(room: Room) -> None:
    office = Office()
    both = person(Role.OFFICER, Role.DUTY, at=office.unit)
    shift = room.shift(both, start=timezone.now() + DAY)
    room.shift(both, start=timezone.now() - 3 * DAY)  # over: nobody has to be found for it
    [held] = holdings(unit=office.unit, person=both, role=Role.OFFICER)
    assert (held.kind, held.ids, held.moves) == ("duty-shift", (shift.pk,), False)
    assert list(names_of(held.kind, held.ids, fresh(room.first))) == [shift.pk]
    assert names_of(held.kind, held.ids, fresh(office.officer)) == {}
    made = hand_over(
        unit=office.unit, leaver=both, successor=office.officer, by=fresh(office.signatory)
    )
    assert [(x.kind, x.moved, x.object_ids) for x in made.lines.all()] == [
        ("duty-shift", False, [shift.pk])
    ]
