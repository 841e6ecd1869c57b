"""What leaves the system, byte for byte, and how a call that fails is judged."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
from datetime import datetime, timedelta
from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from infoflow.notices import actions_channels, deliveries
from infoflow.notices.couriers import Courier
from infoflow.notices.models import Address, Channel, Delivery, DeliveryTry
from infoflow.notices.rules import Result, Security, Service, covered, headed, token_in
from infoflow.units.models import User
from infoflow.units.roles import Role
from infoflow.worktime.rules import CHINA
from tests.builders import Office, person

from .make import notice
from .station import GOOD, closed_port, mail_station, station

pytestmark = [pytest.mark.screens, pytest.mark.django_db]

MARK = "ZSECRETTITLEQ"
TOKEN = "robotkey12345678"
ROBOTS = {
    "wecom": "/cgi-bin/webhook/send",
    "dingtalk": "/robot/send",
    "feishu": f"/open-apis/bot/v2/hook/{TOKEN}",
}


def channel(service: str, server: str, **more: Any) -> Channel:
    admin = person(Role.SYSTEM_ADMIN)
    return actions_channels.save_channel(service=service, server=server, person=admin, **more)


def bound(user: User, to: Channel, typed: str = TOKEN, **more: str) -> Address:
    return actions_channels.bind(channel_id=to.pk, typed=typed, person=user, **more)


def test_only_number_kind_deadline_and_link_leave(office: Office) -> None:
    """Through all five services at once; no title, no text, no address of the page."""
    due = datetime(2026, 7, 8, 17, tzinfo=CHINA)
    with station() as http, mail_station() as (port, mails):
        for service in ROBOTS:
            bound(office.officer, channel(service, http.url))
        bound(office.officer, channel("webhook", http.url), "/hook/1")
        mail = channel(
            "mail", f"127.0.0.1:{port}", security=Security.INSECURE, sender="office@example.cn"
        )
        bound(office.officer, mail, "officer@example.cn")
        made = notice(
            office.officer,
            number="约稿〔2026〕12号",
            text=f"关于{MARK}的约稿",
            url=f"/items/{MARK}/",
            due_at=due,
        )
        ran = deliveries.run(timezone.now(), False)
    assert (ran.done, ran.failed) == (5, 0)
    text = "\n".join(
        [
            "约稿〔2026〕12号",
            "期限：2026-07-08 17:00",
            f"查看：http://127.0.0.1:8000/notices/{made.pk}/",
        ]
    )
    [letter] = [message_from_bytes(mail) for mail in mails]
    [part] = [part for part in letter.walk() if not part.is_multipart()]
    payload: Any = part.get_payload(decode=True)
    assert payload.decode().replace("\r\n", "\n").strip() == text
    bodies = http.bodies
    assert {"msgtype": "text", "text": {"content": text}} in bodies
    assert {"msg_type": "text", "content": {"text": text}} in bodies
    [hook] = [body for body in bodies if "number" in body]
    assert hook == {
        "title": "约稿〔2026〕12号",
        "message": text,
        "type": "info",
        "number": "约稿〔2026〕12号",
        "kind": "约稿",
        "due": "2026-07-08 17:00",
        "link": f"http://127.0.0.1:8000/notices/{made.pk}/",
    }
    for raw in [*http.received, *mails, payload, str(bodies).encode()]:
        assert MARK.encode() not in raw
        assert "关于".encode() not in raw
        assert b"apprise" not in raw.lower()


def test_dingtalks_signature_is_the_one_it_asks_for(office: Office) -> None:
    with station() as http:
        bound(office.officer, channel("dingtalk", http.url), signing="SECabc")
        notice(office.officer)
        deliveries.run(timezone.now(), False)
    line = http.received[0].split(b"\r\n")[0].decode()
    query = parse_qs(urlsplit(line.split()[1]).query)
    signed = hmac.new(b"SECabc", f"{query['timestamp'][0]}\nSECabc".encode(), hashlib.sha256)
    assert query["sign"] == [base64.b64encode(signed.digest()).decode()]


@pytest.mark.parametrize(
    ("service", "status", "answer", "wanted"),
    [
        ("wecom", 200, b'{"errcode": 93000}', Result.REFUSED),
        ("wecom", 200, b"<html>please log in</html>", Result.NONSENSE),
        ("wecom", 200, b"[1, 2]", Result.NONSENSE),
        ("wecom", 200, b"\xff\x00" * 50_000, Result.NONSENSE),
        ("wecom", 500, GOOD, Result.BROKEN),
        ("wecom", 302, b"", Result.BROKEN),
        ("feishu", 400, b'{"code": 9499}', Result.REFUSED),
        ("dingtalk", 404, b"", Result.BROKEN),
        ("webhook", 204, b"", Result.SENT),
        ("webhook", 404, b"", Result.REFUSED),
        ("webhook", 429, b"", Result.BROKEN),
        ("webhook", 503, b"", Result.BROKEN),
    ],
)
def test_what_an_answer_means(
    office: Office, near: None, service: str, status: int, answer: bytes, wanted: Result
) -> None:
    with station() as http:
        http.status, http.answer = status, answer
        typed = "/hook/1" if service == "webhook" else TOKEN
        bound(office.officer, channel(service, http.url), typed)
        notice(office.officer)
        deliveries.run(timezone.now(), False)
    assert DeliveryTry.objects.get().result == wanted


@pytest.mark.parametrize("server", ["http://127.0.0.1:{port}", "http://no-such-host.invalid"])
def test_nobody_there_and_no_such_name(office: Office, near: None, server: str) -> None:
    bound(office.officer, channel("wecom", server.format(port=closed_port())))
    notice(office.officer)
    deliveries.run(timezone.now(), False)
    assert DeliveryTry.objects.get().result == Result.NO_WAY


@pytest.mark.parametrize(
    ("answers", "wanted"),
    [
        ({"RCPT": b"550 no such user"}, Result.REFUSED),
        ({"DATA": b"452 full"}, Result.BROKEN),
        ({"EHLO": b"500 what", "HELO": b"500 what"}, Result.BROKEN),
        ({"QUIT": b"500 what"}, Result.SENT),
    ],
)
def test_what_a_mail_servers_answer_means(
    office: Office, near: None, answers: dict[str, bytes], wanted: Result
) -> None:
    with mail_station(answers) as (port, _mails):
        mail = channel(
            "mail", f"127.0.0.1:{port}", security=Security.INSECURE, sender="office@example.cn"
        )
        bound(office.officer, mail, "officer@example.cn")
        notice(office.officer)
        deliveries.run(timezone.now(), False)
    assert DeliveryTry.objects.get().result == wanted


def test_a_server_that_hangs_is_waited_for_within_a_bound(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process is ended; what went out may have arrived and is never sent again."""
    monkeypatch.setattr(deliveries, "Courier", lambda: Courier(seconds=1.5))
    with station() as http:
        http.hangs = True
        bound(office.officer, channel("wecom", http.url))
        notice(office.officer)
        now = timezone.now()
        deliveries.run(now, False)
        http.hangs = False
        for minutes in (1, 2, 10, 100, 1_000):
            deliveries.run(now + timedelta(minutes=minutes), False)
    assert len(http.received) == 1
    delivery = Delivery.objects.get()
    assert delivery.unclear_at == now
    assert DeliveryTry.objects.get().result == Result.UNCLEAR


def test_no_token_and_no_password_is_logged(
    office: Office, near: None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO), station() as http:
        http.status = 500
        bound(office.officer, channel("wecom", http.url))
        hook = channel("webhook", f"http://127.0.0.1:{closed_port()}", secret="hook-password")
        bound(office.officer, hook, "/hook/secret-path")
        notice(office.officer)
        deliveries.run(timezone.now(), False)
    assert DeliveryTry.objects.count() == 2
    for secret in (TOKEN, "hook-password", "secret-path"):
        assert secret not in caplog.text


@pytest.mark.parametrize(
    ("service", "typed", "token"),
    [
        ("wecom", f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={TOKEN}", TOKEN),
        ("wecom", f"  {TOKEN} ", TOKEN),
        ("dingtalk", f"https://oapi.dingtalk.com/robot/send?access_token={TOKEN}", TOKEN),
        ("feishu", f"https://open.feishu.cn/open-apis/bot/v2/hook/{TOKEN}", TOKEN),
        ("feishu", f"https://evil.example/x/{TOKEN}/", TOKEN),  # the host is never taken over
        ("wecom", "短", None),
        ("wecom", "a b c d e f g h i j k", None),
        ("wecom", "http://[", None),
        ("mail", "officer@example.cn", "officer@example.cn"),
        ("mail", "a@b.cn, c@d.cn", None),
        ("mail", "a@b.cn\r\nBcc: c@d.cn", None),
        ("webhook", "/hook/1", "/hook/1"),
        ("webhook", "http://10.0.0.1/", None),  # no host of a person's choice
        ("webhook", "/../admin", None),
        ("webhook", "//other-host/x", None),
        ("webhook", "/a?b=c", None),
        ("webhook", "/a@b", None),
    ],
)
def test_what_counts_as_an_address(service: str, typed: str, token: str | None) -> None:
    assert token_in(Service(service), typed) == token


def test_a_token_is_shown_in_part() -> None:
    assert covered("0123456789abcdef") == "***cdef"
    assert covered("short") == "***"
    assert covered("officer@example.cn") == "o***@example.cn"


@pytest.mark.parametrize(
    ("label", "number", "head"),
    [
        ("约稿", "约稿〔2026〕1号", "约稿〔2026〕1号"),
        ("紧急信息", "紧急〔2026〕1号", "紧急信息 紧急〔2026〕1号"),
        ("消息渠道", "", "消息渠道"),
    ],
)
def test_kind_and_number_in_one_phrase(label: str, number: str, head: str) -> None:
    assert headed(label, number) == head
