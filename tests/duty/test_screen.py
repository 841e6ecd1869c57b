"""The duty screen as people use it: calls taken down, parts that refresh, who may do what."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail import hooks

from infoflow.desk.menu import Panel
from infoflow.units.models import User
from infoflow.units.roles import Role
from scoring.duty import hooks as duty_hooks
from scoring.duty import subjects
from scoring.duty.actions_notes import leave_note
from scoring.duty.models import DutyInstructionAnswer, HandoverTaken, LogEntry, MatterClosed
from tests.builders import Office, fresh, person

from .builders import Room, new_key

pytestmark = [pytest.mark.django_db, pytest.mark.screens]


@pytest.fixture
def room(db: None) -> Room:
    return Room()


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def call(**more: Any) -> dict[str, Any]:
    said = {"unit_name": "南关镇", "caller": "李文", "content": "南街路口积水。"}
    return {**said, "form_id": str(uuid.uuid4()), "act": "save", **more}


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def test_a_call_is_taken_down_and_stands_on_the_screen(room: Room) -> None:
    room.shift(room.first, room.second)
    client = client_of(room.first)
    page = client.post(reverse("duty"), call(post="镇长", phone="0350"), follow=True)
    assert "已记入值班日志" in text(page)
    shown = text(page)
    assert "南街路口积水。" in shown
    assert "冯磊" in shown
    assert "丁宁" in shown
    assert "带班 <b>何山</b>" in shown


def test_refreshing_keeps_what_was_typed_and_stores_nothing(room: Room) -> None:
    form_id = str(uuid.uuid4())
    said = {"act": "refresh", "content": "还没写完", "form_id": form_id, "caller": ""}
    page = text(client_of(room.first).post(reverse("duty"), said))
    assert "还没写完</textarea>" in page
    assert form_id in page
    assert "请填写" not in page
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"called_at": "2099-01-01T03:00"}, "还没有到"),
        ({"called_at": "昨天"}, "格式填写时间"),
        ({"content": ""}, "请填写内容"),
        ({"about": "紧急〔2026〕9号"}, "没有找到“紧急〔2026〕9号”"),
        ({"form_id": "x"}, ""),
    ],
)
def test_a_form_that_cannot_be_taken_comes_back_whole(room: Room, more: dict, told: str) -> None:
    page = client_of(room.first).post(reverse("duty"), call(caller="独特姓名") | more)
    assert page.status_code == 200
    assert told in text(page)
    assert "独特姓名" in text(page)
    assert not LogEntry.objects.exists()


def test_what_was_changed_after_it_was_saved_is_told(room: Room) -> None:
    client, said = client_of(room.first), call()
    client.post(reverse("duty"), said)
    assert client.post(reverse("duty"), said).status_code == 302
    page = client.post(reverse("duty"), said | {"content": "另一件事"})
    assert "刚才已经保存，后来的改动没有保存" in text(page)
    assert LogEntry.objects.count() == 1


def live(client: Client, etag: str = "") -> Any:
    return client.get(reverse("duty_live"), headers={"If-None-Match": etag} if etag else {})


def test_the_parts_are_sent_only_when_something_has_changed(room: Room) -> None:
    client = client_of(room.second)
    first = live(client)
    assert live(client, first["ETag"]).status_code == 304
    room.entry("新情况")
    second = live(client, first["ETag"])
    assert second.status_code == 200
    assert "新情况" in second.json()["parts"]["entries"]
    assert re.fullmatch(r"\d\d:\d\d:\d\d", second["X-Duty-At"])
    screen = client.get(reverse("duty"))
    assert f'data-version="{second["ETag"][1:-1]}"' in text(screen)


def test_new_entries_stand_out_until_they_are_taken_note_of(room: Room) -> None:
    entry = room.entry()
    client = client_of(room.second)
    assert f'data-alert="entry-{entry.pk}"' in live(client).json()["parts"]["entries"]
    assert "data-alert" not in live(client_of(room.first)).json()["parts"]["entries"]
    client.post(reverse("duty_seen"), {"entry": entry.pk})
    assert "data-alert" not in live(client).json()["parts"]["entries"]
    for nonsense in ("", "x", "9" * 30, "-1"):
        assert client.post(reverse("duty_seen"), {"entry": nonsense}).status_code == 302


def test_rooms_above_put_panels_and_subjects_on_the_screen(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = subjects.Subject("test", "9", "紧急〔2026〕9号")
    kind = subjects.SubjectKind(
        kind="test",
        open=lambda user: [subject],
        find=lambda said, user: subject if said == subject.label else None,
        links=lambda keys, user: dict.fromkeys(keys, "/nine/"),
    )
    monkeypatch.setattr(subjects, "_kinds", {"test": kind})
    panel = Panel("duty/_panels.html", {"panels": ["一块面板"]})
    with hooks.register_temporarily(duty_hooks.PANEL_HOOK, lambda request: panel):
        client = client_of(room.first)
        page = client.post(reverse("duty"), call(about=subject.label), follow=True)
    shown = text(page)
    assert "一块面板" in shown
    assert '<option value="紧急〔2026〕9号">' in shown
    assert '<a class="tag tag-late" href="/nine/">紧急〔2026〕9号</a>' in shown


def test_a_leader_reads_and_writes_nothing(room: Room) -> None:
    entry = room.entry()
    leader = client_of(room.leader)
    page = text(leader.get(reverse("duty")))
    assert "南街路口积水。" in page
    assert "记一个来电" not in page.replace("在“记一个来电”", "")
    assert leader.post(reverse("duty"), call()).status_code == 403
    assert leader.get(reverse("duty_correct", args=[entry.pk])).status_code == 403
    assert "更正" not in text(leader.get(reverse("duty_entry", args=[entry.pk])))


def test_units_and_scorers_see_nothing_of_it(room: Room) -> None:
    entry = room.entry()
    office = Office()
    for user in (office.officer, office.signatory, office.scorer, person(Role.SYSTEM_ADMIN)):
        client = client_of(user)
        for name in ("duty", "duty_live", "duty_log", "duty_log_file", "duty_notes", "duty_roster"):
            assert client.get(reverse(name)).status_code == 403
        assert client.get(reverse("duty_entry", args=[entry.pk])).status_code == 403


def test_an_entry_with_instructions_is_read_corrected_and_answered(room: Room) -> None:
    entry = room.entry()
    client = client_of(room.second)
    here = reverse("duty_entry", args=[entry.pk])
    said = {"leader": "何山", "text": "立即排险", "form_id": str(uuid.uuid4())}
    for _again in range(2):
        assert client.post(here, said).status_code == 302
    given = entry.instructions.get()
    answer = reverse("duty_answer", args=[given.pk])
    assert "请写明怎么办的" in text(client.post(answer, {}))
    client.post(answer, {f"a{given.pk}-text": "已抽排"})
    assert DutyInstructionAnswer.objects.get().text == "已抽排"
    fix = reverse("duty_correct", args=[entry.pk])
    form = client.get(fix).context["form"]
    at = timezone.localtime(entry.called_at).strftime("%Y-%m-%dT%H:%M")
    typed = {**form.initial, "called_at": at, "about": "", "content": "积水30厘米", "why": "听错"}
    new = client.post(fix, typed, follow=True)
    assert "积水30厘米" in text(new)
    assert "这一条已更正" in text(client.get(here))
    assert client.get(fix, follow=True).redirect_chain[-1][0].endswith(f"{entry.pk + 1}/")


def test_handing_over_on_the_pages(room: Room) -> None:
    first, second = client_of(room.first), client_of(room.second)
    here = reverse("duty_notes")
    said = {"text": "一切正常", "matters": "等回话", "form_id": str(uuid.uuid4())}
    for _again in range(2):
        assert first.post(here, said).status_code == 302
    waiting = live(second).json()["parts"]["notes"]
    assert "等待接班" in waiting
    [take] = re.findall(r"/duty/notes/\d+/take/", waiting)
    assert take not in live(first).json()["parts"]["notes"]
    assert "自己交的班" in text(first.post(take, follow=True))
    second.post(take)
    assert HandoverTaken.objects.get().by == room.second
    [close] = re.findall(r"/duty/matters/\d+/close/", text(second.get(here)))
    pk = close.split("/")[3]
    assert "请写明办理结果" in text(second.post(close, {}))
    second.post(close, {f"m{pk}-text": "已回话"})
    assert MatterClosed.objects.get().text == "已回话"
    assert "已回话" in text(first.get(here))


def test_the_log_is_searched_and_comes_as_word(room: Room) -> None:
    import io

    from docx import Document

    room.shift(room.first)
    old = room.entry("河水上涨", called_at=timezone.now() - timedelta(days=2))
    room.entry("道路积水", unit_name="北坡乡", instruction="立即抢修", instructed_by="何山")
    leave_note(text="一切正常", key=new_key(), person=fresh(room.first))
    leader = client_of(room.leader)
    here = reverse("duty_log")
    page = text(leader.get(here, {"q": "积水", "unit": "北坡"}))
    assert "道路积水" in page
    assert "河水上涨" not in page
    assert "早于开始日期" in text(leader.get(here, {"start": "2026-07-03", "end": "2026-07-01"}))
    day = timezone.localdate(old.called_at)
    asked = {"start": day.isoformat(), "end": timezone.localdate().isoformat()}
    answer = leader.get(reverse("duty_log_file"), asked)
    document = Document(io.BytesIO(answer.content))
    cells = " ".join(c.text for t in document.tables for r in t.rows for c in r.cells)
    told = " ".join(p.text for p in document.paragraphs)
    assert "何山指示：立即抢修；待落实" in cells
    assert "河水上涨" in cells
    assert "无来电记录。" in told
    assert "带班何山，值班冯磊" in told
    assert "一切正常（未接班）" in told
    long = leader.get(reverse("duty_log_file"), {"start": "2020-01-01"}, follow=True)
    assert "一次最多导出92天" in text(long)


def test_lists_cost_the_same_with_few_and_with_many_rows(room: Room) -> None:
    def cost(path: str) -> int:
        client = client_of(room.second)
        client.get(path)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client.get(path)
        return len(caught)

    def fill(times: int) -> None:
        for n in range(times):
            room.entry(f"第{n}件", instruction="快办", instructed_by="何山")
            leave_note(text="正常", matters="一\n二", key=new_key(), person=fresh(room.first))

    paths = [reverse(name) for name in ("duty", "duty_live", "duty_log", "duty_notes")]
    fill(2)
    few = [cost(path) for path in paths]
    fill(6)
    assert [cost(path) for path in paths] == few
    assert max(few) < 40
