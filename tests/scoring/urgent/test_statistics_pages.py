"""The office's numbers of urgent reports, from events reported through the real actions."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from infoflow.units.roles import Role
from scoring.urgent import actions_findings
from tests.builders import Office, fresh, person, refusal_under_office, unit

from .make import ago, first, missing, rules

PAGE = "/office/urgent-statistics/"


@pytest.fixture
def office(db: None) -> Office:
    return Office(unit("桥头镇"))


def test_numbers_of_the_page_the_file_and_the_circular(office: Office) -> None:
    rules("county-2018")
    first(office)
    first(office, happened_at=ago(200), learned_at=ago(99.5))
    event = missing(Office(unit("南关镇")), office.editor)
    actions_findings.find(
        event_id=event.pk,
        kind="concealed",
        reason="有意不报",
        evidence="通话记录",
        person=fresh(office.editor),
    )
    client = Client()
    client.force_login(office.scorer)
    page = client.get(PAGE).content.decode()
    told = "共有紧急信息3件：按时1件，迟报1件，未报1件"
    for text in (told, "未报：南关镇1件", "最长迟60分钟", "经核查认定：瞒报1件"):
        assert text in page
    got = client.get(f"{PAGE}export/")
    book = load_workbook(io.BytesIO(got.content))
    assert book.worksheets[1].max_row == 4 + 3
    today = timezone.localdate().isoformat()
    letter = client.get(reverse("circular"), {"start": today, "end": today}).content.decode()
    assert "紧急信息报送情况" in letter
    assert told in letter
    # A day without events has no section.
    day = (timezone.localdate() - timedelta(days=40)).isoformat()
    assert "没有紧急信息" in client.get(PAGE, {"start": day, "end": day}).content.decode()
    assert "紧急信息报送情况" not in (
        client.get(reverse("circular"), {"start": day, "end": day}).content.decode()
    )


@pytest.mark.screens
def test_bad_dates_are_told(office: Office) -> None:
    client = Client()
    client.force_login(office.editor)
    for start, end, told in (
        ("2026-02-01", "2026-01-01", "结束日期早于开始日期"),
        ("2020-01-01", "2026-01-01", "一次最多统计两年"),
        ("昨天", "2026-01-01", "日期不正确"),
    ):
        for address in (PAGE, f"{PAGE}export/"):
            answer = client.get(address, {"start": start, "end": end})
            assert told in answer.content.decode()


@pytest.mark.screens
@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SYSTEM_ADMIN, Role.LEADER, Role.OFFICER])
def test_nobody_else_gets_there(db: None, role: Role) -> None:
    client = Client()
    client.force_login(person(role, at=unit()))
    for address in (PAGE, f"{PAGE}export/"):
        assert client.get(address).status_code == refusal_under_office(role)


@pytest.mark.screens
def test_it_costs_the_same_for_few_and_many(office: Office) -> None:
    rules("county-2018")
    client = Client()
    client.force_login(office.editor)
    first(office)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        client.get(PAGE)
    for _n in range(8):
        first(office)
    with CaptureQueriesContext(connection) as many:
        client.get(PAGE)
    assert len(many) == len(few)
