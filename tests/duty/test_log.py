"""The log only grows; sent twice it stands once; what cannot be is refused with a sentence."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from cms.review.actions import Refused
from cms.review.models import AppendOnlyError
from cms.scanning.door import MarkedSecret
from infoflow.units.roles import Role
from scoring.duty import queries
from scoring.duty.actions_log import (
    Call,
    add_instruction,
    answer_instruction,
    correct_entry,
    mark_seen,
)
from scoring.duty.actions_notes import close_matter, leave_note, take_note
from scoring.duty.models import DutyInstruction, HandoverTaken, LogEntry, Matter
from tests.builders import fresh, person, unit

from .builders import Room, new_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(db: None) -> Room:
    return Room()


def test_an_entry_keeps_the_elements_and_names_the_unit(room: Room) -> None:
    town = unit("南关镇")
    made = room.entry(post="副镇长", reported="已报县应急局值班室")
    assert (made.unit, made.by, made.lacking) == (town, room.first, ["电话"])
    assert made.called_at == made.at
    assert room.entry(unit_name="过路群众").unit is None


def test_the_same_form_sent_twice_is_one_entry(room: Room) -> None:
    key = new_key()
    for _again in range(2):
        room.entry(key=key, instruction="立即排险", instructed_by="何山")
    assert LogEntry.objects.count() == DutyInstruction.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"called_at": timedelta(hours=1)}, "还没有到"),
        ({"called_at": timedelta(days=-40_000)}, "太早"),
        ({"content": " "}, "请填写内容"),
        ({"unit_name": ""}, "请填写来电单位"),
        ({"caller": ""}, "请填写来电人"),
        ({"content": "字" * 2001}, "不能超过2000字"),
        ({"instruction": "立即排险"}, "哪位领导"),
        ({"instructed_by": "何山"}, "哪位领导"),
    ],
)
def test_what_is_no_entry(room: Room, more: dict, told: str) -> None:
    if "called_at" in more:
        more = {"called_at": timezone.now() + more["called_at"]}
    with pytest.raises(Refused, match=told):
        room.entry(**more)
    assert not LogEntry.objects.exists()


def test_a_marked_secret_is_not_kept(room: Room) -> None:
    with pytest.raises(MarkedSecret):
        room.entry("机密★1年 某情况")
    assert not LogEntry.objects.exists()


def test_who_may_not_write(room: Room) -> None:
    entry = room.entry()
    for who in (room.leader, person(Role.SCORER), person(Role.SYSTEM_ADMIN), person()):
        with pytest.raises(Refused, match="只有值班员和信息科"):
            room.entry(person=who)
        with pytest.raises(Refused, match="只有值班员和信息科"):
            leave_note(text="正常", key=new_key(), person=fresh(who))
    assert not queries.entries_for(fresh(person(Role.SCORER))).exists()
    assert list(queries.entries_for(fresh(room.leader))) == [entry]


def corrected(room: Room, entry: LogEntry, content: str = "积水约30厘米。", **more) -> LogEntry:
    return correct_entry(
        entry_id=entry.pk,
        call=Call("南关镇", "李文", content, more.pop("at", entry.called_at)),
        why=more.pop("why", "数字听错"),
        key=more.pop("key", None) or new_key(),
        person=fresh(more.pop("person", room.second)),
    )


def test_a_correction_is_a_new_entry_that_names_the_old_one(room: Room) -> None:
    old = room.entry()
    new = corrected(room, old)
    assert (new.corrects, new.why, old.called_at) == (old, "数字听错", new.called_at)
    assert LogEntry.objects.get(pk=old.pk).content == "南关镇来电：南街路口积水。"
    with pytest.raises(Refused, match="丁宁已经更正过这一条"):
        corrected(room, old)
    assert corrected(room, new).corrects == new
    with pytest.raises(Refused, match="更正原因"):
        corrected(room, old, why=" ")
    with pytest.raises(AppendOnlyError):
        old.delete()


def test_an_instruction_is_answered_once(room: Room) -> None:
    entry = room.entry()
    given = add_instruction(
        entry_id=entry.pk, leader="何山", text="立即排险", key=new_key(), person=fresh(room.first)
    )
    for _again in range(2):
        answer_instruction(instruction_id=given.pk, text="已抽排", person=fresh(room.second))
    with pytest.raises(Refused, match="已由丁宁填写"):
        answer_instruction(instruction_id=given.pk, text="已抽排", person=fresh(room.first))
    with pytest.raises(Refused, match="还没有到"):
        add_instruction(
            entry_id=entry.pk,
            leader="何山",
            text="再报",
            given_at=timezone.now() + timedelta(days=1),
            key=new_key(),
            person=fresh(room.first),
        )


def test_open_matters_are_carried_until_they_are_closed(room: Room) -> None:
    shift = room.shift()
    note = leave_note(
        text="一切正常", matters="等水务局回话\n明早催报", key=new_key(), person=fresh(room.first)
    )
    assert note.shift == shift
    with pytest.raises(Refused, match="自己交的班"):
        take_note(note_id=note.pk, person=fresh(room.first))
    for _again in range(2):
        take_note(note_id=note.pk, person=fresh(room.second))
    with pytest.raises(Refused, match="已由丁宁接班"):
        take_note(note_id=note.pk, person=fresh(room.editor))
    assert HandoverTaken.objects.count() == 1
    first, second = queries.open_matters(fresh(room.second))
    close_matter(matter_id=first.pk, text="已回话", person=fresh(room.second))
    with pytest.raises(Refused, match="已由丁宁办结"):
        close_matter(matter_id=first.pk, text="已回话", person=fresh(room.first))
    assert list(queries.open_matters(fresh(room.first))) == [second]
    assert Matter.objects.count() == 2


def test_search_by_day_unit_and_words(room: Room) -> None:
    old = room.entry("河水上涨", called_at=timezone.now() - timedelta(days=3))
    new = room.entry("道路积水", unit_name="北坡乡", instruction="立即抢修", instructed_by="何山")
    today = timezone.localdate()
    before = today - timedelta(days=3)

    def found(**more) -> list[LogEntry]:
        return list(queries.found_entries(fresh(room.leader), **more))

    assert found() == [new, old]
    assert found(start=before, end=before) == [old]
    assert found(start=today) == [new]
    assert found(unit="北坡") == [new]
    assert found(words="积水 抢修") == [new]
    assert found(words="水") == [new, old]
    assert found(words="积水 上涨") == []


def test_seen_never_goes_back(room: Room) -> None:
    first, second = room.entry(), room.entry()
    for entry in (second, first):
        mark_seen(entry_id=entry.pk, person=fresh(room.second))
    assert queries.seen_up_to(room.second) == second.pk
    assert queries.seen_up_to(room.first) == 0
