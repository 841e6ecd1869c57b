"""The duty room of the invented county: this month's roster, some calls, a hand-over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone

from infoflow.units.models import User
from scoring.duty.actions import save_roster
from scoring.duty.actions_log import Call, add_instruction, record_entry
from scoring.duty.actions_notes import leave_note, take_note
from scoring.duty.rules import CHANGES, Line, Watch, days_of, spans_of_day

# Minutes ago, unit, caller, post, phone, what, what was reported to whom.
_CALLS = (
    (
        1_500,
        "北坡乡",
        "马丽",
        "党政办干事",
        "0000-0000002",
        "通报明天上午停水检修，涉及3个村。",
        "",
    ),
    (
        400,
        "县水务局",
        "周强",
        "防汛股股长",
        "0000-0000004",
        "南河南关段水位比昨日上涨0.3米，未到警戒水位，已安排两小时一测。",
        "已报局主要负责人。",
    ),
    (
        95,
        "南关镇",
        "李文",
        "党政办主任",
        "0000-0000001",
        "南街路口积水约20厘米，一处路灯漏电，已断电围挡，无人员受伤。",
        "已报县应急局值班室、县供电公司。",
    ),
    (35, "群众", "不详", "", "", "反映河东街道一处井盖缺失。", ""),
)


def fill_duty_room(people: Mapping[str, User]) -> None:
    """Fill this month's roster and the log through the real actions."""
    now = timezone.now()
    today = timezone.localdate(now)
    watch = [people[name] for name in ("zhiban", "zhiban2", "zhiban3")]
    leaders = [people["lingdao"], people["qianfa"]]
    lines = [
        Line(
            spans_of_day(day, CHANGES)[0],
            Watch(leaders[n % 2].pk, (watch[n % 3].pk, watch[(n + 1) % 3].pk)),
        )
        for n, day in enumerate(days_of(today.year, today.month))
    ]
    save_roster(lines=lines, person=people["bianji"])
    entries = [
        record_entry(
            call=Call(unit, caller, what, now - timedelta(minutes=ago), post, phone, reported),
            key=f"demo:duty:{n}",
            person=watch[1],
        )
        for n, (ago, unit, caller, post, phone, what, reported) in enumerate(_CALLS)
    ]
    add_instruction(
        entry_id=entries[2].pk,
        leader="何山",
        text="请供电公司连夜排除漏电，水务、交警到场，处置完毕回话。",
        given_at=now - timedelta(minutes=80),
        key="demo:duty:instruction",
        person=watch[1],
    )
    taken = leave_note(text="一切正常。", key="demo:duty:note1", person=watch[0])
    take_note(note_id=taken.pk, person=watch[1])
    leave_note(
        text="南街路口积水正在处置，其他平稳。",
        matters="等供电公司回话：南街漏电是否排除\n明早8点前催水务局报水位",
        key="demo:duty:note2",
        person=watch[1],
    )
