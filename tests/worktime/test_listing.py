"""A year's list from a file: what is taken, and what each wrong file is told."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from infoflow.units.roles import Role
from infoflow.worktime import published, queries
from infoflow.worktime.listing import read_listing
from infoflow.worktime.models import CalendarYear, WorkdayOverride
from tests.builders import person

GOOD = [
    *("2027-01-01,放假", "2027-02-06,放假", "2027-02-08,放假", "2027-02-20,上班"),
    *("2027年4月5日,放假", "2027/5/1,放假", "2027.5.2,放假", "2027-10-01,放假"),
    *("2027-10-02,放假", "2027-10-03,放假"),
]


def file_of(*more: str) -> bytes:
    return "\r\n".join(["日期,安排", *GOOD, *more]).encode("gbk")


def test_a_gbk_file_is_read() -> None:
    listing = read_listing(file_of("", "2026-12-31,放假"), 2027)
    assert listing.faults == []
    assert len(listing.days) == 11
    assert listing.days[date(2027, 2, 20)] is True
    assert listing.days[date(2026, 12, 31)] is False


@pytest.mark.parametrize("year", range(2018, 2027))
def test_every_published_list_passes(year: int) -> None:
    lines = [
        f"{day},{'上班' if works else '放假'}"
        for day, works in published.days().items()
        if day.year == year and not (day.month == 12 and day.day >= 26)
    ]
    # 2019 on: 12-31 may be off for the next year's list; those days belong to that list.
    assert read_listing("\n".join(lines).encode(), year).faults == []


@pytest.mark.parametrize(
    ("line", "row", "told"),
    [
        ("2027-02-30,放假", 12, "没有“2027-02-30”这一天"),
        ("明天,放假", 12, "没有“明天”这一天"),
        ("2027-01-01,上班", 12, "与第2行是同一天"),
        ("2027-10-04,也许", 12, "放假”或“上班"),
        ("2027-10-04", 12, "放假”或“上班"),
        ("2026-10-01,放假", 12, "不在2027年"),
        ("2027-02-22,上班", 12, "本来就上班"),
        ("2027-08-11,放假", 12, "前后没有法定节假日"),
    ],
)
def test_a_wrong_line_is_named(line: str, row: int, told: str) -> None:
    faults = read_listing(file_of(line), 2027).faults
    assert [fault.row for fault in faults] == [row]
    assert told in faults[0].message


def test_a_list_that_is_not_whole_or_no_text() -> None:
    faults = read_listing(b"2027-01-01," + "放假".encode(), 2027).faults
    told = "".join(fault.message for fault in faults)
    assert "缺少春节" in told
    assert "2027-04-05" in told
    assert "不是文本" in read_listing(b"\x00\x01\x02\x00", 2027).faults[0].message


@pytest.mark.django_db
@pytest.mark.screens
def test_the_office_takes_all_or_nothing() -> None:
    client = Client()
    client.force_login(person(Role.SYSTEM_ADMIN))
    address = "/office/workdays/import/"
    assert "导入放假安排" in client.get("/office/workdays/").content.decode()
    assert client.get(address).status_code == 200

    def send(data: bytes) -> tuple[int, str]:
        file = SimpleUploadedFile("2027.csv", data)
        answer = client.post(address, {"year": "2027", "source": "国办通知", "file": file})
        return answer.status_code, answer.content.decode()

    status, page = send(file_of("2027-02-30,放假"))
    assert status == 422
    assert "一天也没有导入" in page
    assert not WorkdayOverride.objects.filter(date__year=2027).exists()
    status, page = send(file_of())
    assert (status, "新增 10 天" in page) == (200, True)
    assert CalendarYear.objects.filter(year=2027).exists()
    assert not queries.calendar().is_workday(date(2027, 2, 8))
    assert "新增 0 天，改正 0 天" in send(file_of())[1]
    assert "请选择文件" in client.post(address, {"year": "2027"}).content.decode()
