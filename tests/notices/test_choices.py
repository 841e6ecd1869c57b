"""The pages of choices and channels, and the calendar at a secret address."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar
from wagtail.models import ModelLogEntry

from infoflow.notices import feed
from infoflow.notices.models import Address, Channel, Feed, Notice, Quiet
from infoflow.units import actions as unit_actions
from infoflow.units.roles import Role
from infoflow.worktime.actions_dues import set_due, settle_due
from infoflow.worktime.rules import CHINA
from tests.builders import Office, fresh, person, unit

from .conftest import ORDINARY, URGENT
from .make import notice
from .test_outside import TOKEN, bound, channel
from .test_telling import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.screens]

CHOICES = "/notices/choices/"


def post(client: Client, act: str, **fields: Any) -> Any:
    return client.post(CHOICES, {"act": act, **fields}, follow=True)


# --- a person's choices ---------------------------------------------------------------------


def test_a_person_binds_an_address_and_never_sees_it_whole_again(office: Office) -> None:
    robot = channel("dingtalk", "https://oapi.dingtalk.com")
    client = client_of(office.officer)
    typed = f"https://oapi.dingtalk.com/robot/send?access_token={TOKEN}"
    page = post(client, "bind", channel=robot.pk, typed=typed, signing="SECabcdef")
    address = Address.objects.get()
    assert (address.person, address.token, address.signing) == (office.officer, TOKEN, "SECabcdef")
    text = page.content.decode()
    assert f"***{TOKEN[-4:]}" in text
    assert TOKEN not in text
    assert "SECabcdef" not in text
    post(client, "test")
    post(client, "test")
    assert Notice.objects.get().deliveries.count() == 1, "once a minute"
    post(client, "unbind", address=address.pk)
    address.refresh_from_db()
    assert (address.token, address.signing) == ("", ""), "what is let go is forgotten"


@pytest.mark.parametrize(
    ("act", "fields", "told"),
    [
        ("bind", {"typed": "短"}, "这不是企业微信的地址"),
        ("bind", {"typed": TOKEN, "channel": 10**17}, "没有启用"),
        ("bind", {"typed": TOKEN, "channel": "x"}, "没有启用"),
        ("quiet", {"begins": "22:00"}, "同时填写"),
        ("quiet", {"begins": "22:00", "ends": "22:00"}, "不能相同"),
        ("quiet", {"begins": "晚上", "ends": "早上"}, "22:00 这样"),
        ("test", {}, "先绑定"),
    ],
)
def test_what_cannot_be_is_said(
    office: Office, act: str, fields: dict[str, Any], told: str
) -> None:
    robot = channel("wecom", "https://qyapi.weixin.qq.com")
    page = post(client_of(office.officer), act, **{"channel": robot.pk, **fields})
    assert told in page.content.decode()
    assert not Address.objects.exists()


def test_kinds_and_quiet_hours_are_kept(office: Office) -> None:
    address = bound(office.officer, channel("wecom", "https://qyapi.weixin.qq.com"))
    client = client_of(office.officer)
    post(client, "choose", wanted=[f"{address.pk}:{ORDINARY}", "x:y", "9999999999999999999:z"])
    address.refresh_from_db()
    assert ORDINARY not in address.muted
    assert "channel-down" not in address.muted, "no kind to choose"
    assert URGENT not in address.muted
    post(client, "quiet", begins="22:00", ends="07:00")
    assert Quiet.objects.get().begins == time(22)
    post(client, "quiet", begins="", ends="")
    assert not Quiet.objects.exists()


# --- channels, in the office ------------------------------------------------------------------


def test_the_administrator_sets_up_a_channel_whose_password_is_not_shown() -> None:
    client = client_of(person(Role.SYSTEM_ADMIN))
    page = reverse("notice_channel", args=["mail"])
    fields = {
        "server": "mail.example.cn:587",
        "security": "starttls",
        "sender": "office@example.cn",
        "account": "office",
        "secret": "mail-password-1",
    }
    assert client.post(page, fields).headers["Location"] == reverse("notice_channels")
    for address in (page, reverse("notice_channels")):
        assert "mail-password-1" not in client.get(address).content.decode()
    client.post(page, fields | {"secret": "", "server": "mail2.example.cn:465"})
    kept = Channel.objects.get()
    assert (kept.server, kept.secret) == ("mail2.example.cn:465", "mail-password-1")
    client.post(page, {"stop": "1"})
    kept.refresh_from_db()
    assert kept.stopped_at is not None
    client.post(page, {"stop": "1"})
    rows = list(ModelLogEntry.objects.order_by("pk"))
    assert [(row.action, row.data.get("secret")) for row in rows] == [
        ("notices.channel_saved", True),
        ("notices.channel_saved", False),
        ("notices.channel_stopped", None),
    ]
    assert not any("mail-password-1" in str(row.data) for row in rows)
    assert "停用消息渠道" in client.get(reverse("notice_channels")).content.decode()
    assert client.get(reverse("notice_channel", args=["fax"])).status_code == 404


@pytest.mark.parametrize(
    "server",
    ["ftp://x", "https://user:pw@host", "https://host/path", "https://{token}", "http://h:99999"],
)
def test_no_server_with_a_path_an_account_or_braces(server: str) -> None:
    client = client_of(person(Role.SYSTEM_ADMIN))
    page = client.post(reverse("notice_channel", args=["wecom"]), {"server": server})
    assert page.status_code == 200
    assert not Channel.objects.exists()


def test_groups_of_the_office() -> None:
    hook = channel("webhook", "http://127.0.0.1:9")
    client = client_of(person(Role.SYSTEM_ADMIN))
    fields = {"channel": hook.pk, "name": "值班群", "typed": "/duty/group-1", "kinds": [URGENT]}
    client.post(reverse("notice_group_new"), fields)
    group = Address.objects.get()
    assert (group.token, URGENT in group.muted, ORDINARY in group.muted) == (
        "/duty/group-1",
        False,
        True,
    )
    page = reverse("notice_group", args=[group.pk])
    assert "/duty/group-1" not in client.get(page).content.decode()
    client.post(page, {"name": "信息科群", "typed": "", "kinds": [ORDINARY]})
    group.refresh_from_db()
    assert (group.name, group.token, URGENT in group.muted) == ("信息科群", "/duty/group-1", True)
    client.post(page, {"remove": "1"})
    group.refresh_from_db()
    assert group.unbound_at is not None
    rows = ModelLogEntry.objects.filter(action__startswith="notices.group").order_by("pk")
    assert [(row.label, row.data.get("address")) for row in rows] == [
        ("值班群", True),
        ("信息科群", False),
        ("信息科群", None),
    ]
    assert not any("/duty/group-1" in f"{row.label}{row.data}" for row in rows)


# --- the calendar -----------------------------------------------------------------------------


def due(office: Office, key: str, **more: Any) -> None:
    now = timezone.now()
    values: dict[str, Any] = {
        "kind": "commission",
        "unit": office.unit,
        "started": now,
        "rule": {},
        "at": datetime(2099, 7, 8, 17, tzinfo=CHINA),
        "sentence": "ZSENTENCEQ",
        "provisional": False,
        "points": [],
        "url": f"/commissions/{key}/",
    } | more
    set_due(key=key, **values)


def made_feed(client: Client) -> str:
    page = post(client, "make-feed")
    [address] = re.findall(
        r"http://127\.0\.0\.1:8000(/calendar/[\w-]+\.ics)", page.content.decode()
    )
    return address


def test_the_calendar_has_number_kind_and_deadline_and_no_title(office: Office) -> None:
    due(office, "mine")
    due(office, "settled")
    settle_due(key="settled", at=timezone.now())
    due(office, "others", unit=unit())
    notice(office.officer, url="/commissions/mine/", number="约稿〔2026〕7号", text="ZTITLEQ")
    address = made_feed(client_of(office.officer))
    answer = Client().get(address)
    assert answer.headers["Content-Type"].startswith("text/calendar")
    raw = answer.content.decode()
    assert "ZTITLEQ" not in raw
    assert "ZSENTENCEQ" not in raw
    assert "/commissions/" not in raw
    [event] = Calendar.from_ical(raw).walk("VEVENT")
    assert "约稿〔2026〕7号" in str(event["summary"])
    assert event.decoded("dtstart") == datetime(2099, 7, 8, 17, tzinfo=CHINA)


def test_a_new_address_ends_the_old_one_and_stopping_ends_all(office: Office) -> None:
    client = client_of(office.officer)
    first = made_feed(client)
    second = made_feed(client)
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    secret = second.split("/")[-1].removesuffix(".ics")
    assert secret not in str(Feed.objects.values_list())
    assert secret not in client.get(CHOICES).content.decode(), "shown once"
    post(client, "stop-feed")
    assert Client().get(second).status_code == 404


def test_who_has_gone_shows_nothing_any_more(office: Office) -> None:
    due(office, "mine")
    address = "/calendar/" + feed.make_feed(person=office.officer) + ".ics"
    post_of = office.officer.officer_posts.get()
    unit_actions.end_appointment(appointment=post_of, last_day=timezone.localdate() - timedelta(1))
    assert b"VEVENT" not in Client().get(address).content
    unit_actions.set_active(user=fresh(office.officer), active=False, by=person(Role.SYSTEM_ADMIN))
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize("secret", ["x", "0" * 43, "ä" * 10, "a" * 5_000])
def test_a_wrong_address_costs_one_look_up(
    office: Office, secret: str, django_assert_num_queries: Any
) -> None:
    feed.make_feed(person=office.officer)
    with django_assert_num_queries(1):
        assert feed.owner_of(secret) is None
    assert Client().get(f"/calendar/{secret}.ics").status_code == 404
