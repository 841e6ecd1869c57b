"""Urgent events through the pages where people act."""

from __future__ import annotations

import io
import uuid
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx import Document

from scoring.urgent.forms import MINUTE, OTHER
from scoring.urgent.models import Finding, GradeDecision, PhoneReport, Report, UrgentEvent
from scoring.urgent.rules import CHINA, Clear, Kind
from tests.builders import Office, fresh, unit
from tests.scoring.urgent import make

pytestmark = [pytest.mark.django_db, pytest.mark.screens]
FETCH = {"X-Requested-With": "fetch"}


def client(user: Any) -> Client:
    made = Client()
    made.force_login(fresh(user))
    return made


def minute(minutes: float) -> str:
    return make.ago(minutes).astimezone(CHINA).strftime(MINUTE)


def typed(**more: Any) -> dict[str, Any]:
    """What an officer types and taps on the first page."""
    return {
        "key": str(uuid.uuid4()),
        "shown_at": minute(0),
        "what": make.WHAT,
        "place": make.PLACE,
        "when": OTHER,
        "happened_at": minute(10),
        "happened_about": "on",
        "learned_at": minute(5),
        "casualties": "unknown",
        "source": "现场人员",
    } | more


def post_new(office: Office, *, fetch: bool = False, **more: Any) -> Any:
    data = typed(unit=office.unit.pk) | more
    return client(office.officer).post(
        reverse("urgent_new"), data, headers=FETCH if fetch else None
    )


def test_the_first_report_by_plain_form_and_by_script(office: Office) -> None:
    answer = post_new(office)
    event = UrgentEvent.objects.get()
    assert answer.url == reverse("urgent_event", args=[event.pk])
    [told] = [str(message) for message in get_messages(answer.wsgi_request)]
    assert told.startswith("已收到 ")
    data = {"key": str(uuid.uuid4())}
    first, again = (post_new(office, fetch=True, **data).json() for _time in range(2))
    assert (first["ok"], again["ok"]) == (True, True)
    assert first["url"] == again["url"]
    assert first["at"] == again["at"]
    assert "先前已经收到" not in first["message"]
    assert "先前已经收到" in again["message"]
    assert UrgentEvent.objects.count() == 2


def test_one_tap_says_how_long_ago(office: Office) -> None:
    page = client(office.officer).get(reverse("urgent_new")).content.decode()
    assert "10分钟前" in page
    post_new(office, when=minute(30), happened_at="", happened_about="", learned_at=minute(1))
    event = UrgentEvent.objects.get()
    assert event.happened_about
    assert event.happened_at.astimezone(CHINA).strftime(MINUTE) == minute(30)


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"what": ""}, "what", "发生了什么"),
        ({"when": ""}, "when", "请点选事发时间"),
        ({"happened_at": ""}, "happened_at", "日期和钟点"),
        ({"happened_at": "3月"}, "happened_at", "请按"),
        ({"casualties": "some"}, "casualties", "至少填一个人数"),
        ({"casualties": "some", "dead": "-1"}, "dead", "不能是负数"),
        ({"happened_at": "2126-01-01T08:00"}, "happened_at", "晚于现在"),
        ({"source": ""}, "source", "从哪里得知"),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    office: Office, more: dict[str, Any], field: str, words: str
) -> None:
    told = post_new(office, fetch=True, **more)
    assert told.status_code == 400
    assert words in "".join(told.json()["errors"][field])
    page = post_new(office, **more).content.decode()
    assert words in page
    assert make.PLACE in page
    assert not UrgentEvent.objects.exists()


def test_casualties_none_is_not_unknown(office: Office) -> None:
    post_new(office, casualties="none")
    post_new(office, casualties="some", trapped="2")
    none, some = Report.objects.order_by("pk")
    assert (none.dead, none.trapped) == (0, 0)
    assert (some.dead, some.trapped) == (None, 2)


def test_a_session_that_has_run_out_gives_the_words_back(office: Office) -> None:
    anonymous = Client(headers={"Origin": "http://testserver"})
    answer = anonymous.post(reverse("urgent_new"), typed(unit=office.unit.pk))
    assert answer.status_code == 403
    assert make.WHAT in answer.content.decode()


def test_the_chain_on_the_pages_never_repeats_the_first_part(office: Office) -> None:
    make.rules()
    event = make.first(office).event
    desk = client(office.officer)
    follow = reverse("urgent_follow", args=[event.pk])
    page = desk.get(follow).content.decode()
    assert page.count(make.WHAT) == 2  # beside the form: as the event, and as the first report
    assert 'name="what"' not in page
    assert "还没有填写新情况" in desk.post(follow, {"key": uuid.uuid4()}).content.decode()
    desk.post(follow, {"key": uuid.uuid4(), "facts": "已救出1人", "trapped": "1"})
    final = reverse("urgent_final", args=[event.pk])
    desk.post(final, {"key": uuid.uuid4(), "result": "处置完毕", "cause": "连日降雨"})
    assert [report.kind for report in event.reports.all()] == list(Kind)
    page = desk.get(reverse("urgent_event", args=[event.pk])).content.decode()
    for words in ("首报", "续报一", "终报", "处置完毕", "被困1人"):
        assert words in page
    assert "已经报了终报" in desk.get(follow).content.decode()


def test_the_duty_officer_notes_a_call_with_three_fields(office: Office) -> None:
    duty = client(make.duty_officer())
    data = {
        "key": uuid.uuid4(),
        "unit": office.unit.pk,
        "caller": "王某",
        "what": make.WHAT,
        "place": make.PLACE,
        "happened_at": minute(10),
        "at": minute(1),
    }
    assert duty.post(reverse("urgent_phone_new"), data).status_code == 302
    assert duty.post(reverse("urgent_phone_new"), data).status_code == 302
    event = PhoneReport.objects.get().event
    # The unit is led to it and reports in writing.
    desk = client(office.officer)
    assert (
        reverse("urgent_first", args=[event.pk]) in desk.get(reverse("urgent_new")).content.decode()
    )
    answer = desk.post(reverse("urgent_first", args=[event.pk]), typed(unit=office.unit.pk))
    assert answer.status_code == 302
    assert Report.objects.get().event_id == event.pk
    # A colleague who opens the form is led to a follow-up; another unit hears nothing of it.
    again = client(office.signatory).get(reverse("urgent_new")).content.decode()
    assert reverse("urgent_follow", args=[event.pk]) in again
    told = f"已报{event.number_label}"
    assert told in again
    other = Office(unit("北坡乡"))
    assert told not in client(other.officer).get(reverse("urgent_new")).content.decode()


def test_acts_of_the_office_on_the_events_page(office: Office) -> None:
    make.rules()
    event = make.first(office).event
    duty = make.duty_officer()
    desk = client(duty)

    def act(name: str, who: Client = desk, pk: int = event.pk, **data: Any) -> Any:
        return who.post(reverse(f"urgent_{name}", args=[pk]), data)

    report = event.reports.get()
    assert act("take", pk=report.pk).status_code == 302
    assert "已经接报" in act("take", client(office.editor), report.pk).content.decode()
    page = act("grade", grade="serious").content.decode()
    assert "必填" in page or "字段" in page
    act("grade", grade="serious", why="死亡3人")
    assert GradeDecision.objects.get().grade == "serious"
    late: dict[str, Any] = {"link": "某平台", "first_seen": minute(120), "noticed_by": "某人"}
    assert "早于事发时间" in act("online", **late).content.decode()
    act("online", **late | {"first_seen": minute(9)})
    assert "网络先于报告" in desk.get(reverse("urgent_event", args=[event.pk])).content.decode()
    editor = client(office.editor)
    act("find", editor, kind="false", reason="数字不实", evidence="核查记录")
    finding = Finding.objects.get()
    act("object", client(office.signatory), finding.pk, text="以调查结论为准")
    assert "不能复核自己" in act("rule", editor, finding.pk, lifted="yes", why="x").content.decode()
    assert "请写明理由" in act("end").content.decode()
    act("end", why="转其他渠道")
    page = client(office.officer).get(reverse("urgent_event", args=[event.pk])).content.decode()
    assert "已办结" in page


def test_what_the_reviewer_stops_is_kept_back(office: Office) -> None:
    report = make.first(office)
    reviewer = client(office.reviewer)
    reviewer.post(
        reverse("urgent_clear", args=[report.pk]), {"verdict": Clear.STOPPED, "reason": "待核"}
    )
    url = reverse("urgent_event", args=[report.event_id])
    duty = client(make.duty_officer())
    for page in (url, reverse("urgent_list"), reverse("home")):
        assert make.WHAT not in duty.get(page).content.decode()
    assert make.WHAT in reviewer.get(url).content.decode()
    assert duty.get(reverse("urgent_paper", args=[report.event_id])).status_code == 302


def test_the_paper_says_everything_once(office: Office) -> None:
    make.rules()
    event = make.first(office).event
    make.follow(office, event, "已救出被困群众一名")
    answer = client(office.officer).get(reverse("urgent_paper", args=[event.pk]))
    document = Document(io.BytesIO(answer.getvalue()))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert text.startswith(f"紧急信息专报（{event.number_label}）")
    assert text.count("已救出被困群众一名") == 1
    assert "续报一" in text
    assert "首报" in text


def test_lists_cost_the_same_with_two_and_with_twenty(office: Office) -> None:
    make.rules()
    duty = client(make.duty_officer())

    def cost(url: str) -> int:
        duty.get(url)
        with CaptureQueriesContext(connection) as seen:
            assert duty.get(url).status_code == 200
        return len(seen)

    for _n in range(2):
        make.follow(office, make.first(office).event)
    few = [cost(url) for url in (reverse("urgent_list"), reverse("home"))]
    for _n in range(12):
        make.follow(office, make.first(office).event)
    assert [cost(url) for url in (reverse("urgent_list"), reverse("home"))] == few


def test_the_red_button_is_on_every_desk_page_of_who_may_use_it(office: Office) -> None:
    other = Office(unit("乙镇"))
    for who, url in (
        (office.officer, reverse("urgent_new")),
        (other.signatory, reverse("urgent_new")),
        (make.duty_officer(), reverse("urgent_phone_new")),
    ):
        for page in (reverse("home"), reverse("password_change")):
            assert f'menu-alarm"><a href="{url}"' in client(who).get(page).content.decode()
