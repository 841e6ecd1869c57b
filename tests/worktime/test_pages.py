"""The calendar's pages in the office: the system administrator corrects it, nobody else."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from infoflow.units.roles import Role
from infoflow.worktime import queries
from infoflow.worktime.models import CalendarYear, WorkdayOverride
from tests.builders import person, refusal_under_office, unit

pytestmark = pytest.mark.screens

PAGES = ["/office/workdays/", "/office/calendar-years/", "/office/closing-times/"]


@pytest.fixture
def admin(db: None) -> Client:
    client = Client()
    client.force_login(person(Role.SYSTEM_ADMIN))
    return client


@pytest.mark.parametrize("address", PAGES)
def test_lists_and_forms_open(admin: Client, address: str) -> None:
    for page in (address, f"{address}new/"):
        answer = admin.get(page)
        assert answer.status_code == 200
    assert (
        "2026" in admin.get(address).content.decode()
        or "2004" in admin.get(address).content.decode()
    )


def test_a_day_is_entered_and_corrected(admin: Client) -> None:
    day = date(2027, 1, 1)
    data = {"date": "2027-01-01", "source": "国办通知"}
    assert admin.post("/office/workdays/new/", data).status_code == 302
    assert not queries.calendar().is_workday(day)
    twice = admin.post("/office/workdays/new/", data)
    assert "已经登记" in twice.content.decode()
    row = WorkdayOverride.objects.get(date=day)
    admin.post(f"/office/workdays/edit/{row.pk}/", {**data, "is_workday": "on"})
    assert queries.calendar().is_workday(day)
    assert row.history.count() == 2
    assert row.history.first().history_user is not None


def test_a_year_is_declared_complete(admin: Client) -> None:
    assert (
        admin.post(
            "/office/calendar-years/new/", {"year": "2027", "source": "国办通知"}
        ).status_code
        == 302
    )
    assert CalendarYear.objects.filter(year=2027).exists()
    for bad in ({"year": "", "source": "x"}, {"year": "20277", "source": "x"}, {"year": "2028"}):
        assert admin.post("/office/calendar-years/new/", bad).status_code == 200


def test_the_first_page_says_what_is_missing(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *a: date(2026, 11, 25))
    assert "2027年的放假安排" in admin.get("/office/").content.decode()
    CalendarYear.objects.create(year=2027, source="国办通知")
    assert "放假安排" not in admin.get("/office/").content.decode()


@pytest.mark.parametrize("role", [Role.EDITOR, Role.SECURITY_ADMIN, Role.OFFICER])
def test_nobody_else_gets_there(db: None, role: Role) -> None:
    client = Client()
    client.force_login(person(role, at=unit()))
    refused = refusal_under_office(role)
    data = {"year": "2027", "source": "x"}
    for address in PAGES:
        assert client.get(address).status_code == refused
        assert client.post(f"{address}new/", data).status_code == refused
    assert not CalendarYear.objects.filter(year=2027).exists()
