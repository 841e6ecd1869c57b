"""The process that goes outside: one message at a time, read from stdin, result to stdout.

It has no database and no Django, and is ended from outside when a call takes too long: DNS,
a server that answers a byte a minute, nothing else can be waited for within a bound.

apprise answers only yes or no. Whether a message that failed may be repeated depends on how
far it got, so the parts of its plugins that touch the network are watched here (`_Watched…`).
"""

from __future__ import annotations

import json
import logging
import smtplib
import sys
from types import ModuleType, SimpleNamespace
from typing import Any
from urllib.parse import unquote

import requests
import requests.adapters
from apprise import AppriseAsset
from apprise.plugins import custom_json, dingtalk, feishu, wecombot
from apprise.plugins.email import base as email_base
from apprise.plugins.email import smtp as email_smtp
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NewConnectionError,
    ProxyError,
    SSLError,
)

READY = "ready"
CONNECT_SECONDS, READ_SECONDS = 5, 10
ANSWER_MAX = 65_536

# What the parent knows as rules.Result; this process loads nothing of the project.
SENT, NO_WAY, BROKEN, NONSENSE = "sent", "no-way", "broken", "nonsense"
LOGIN, REFUSED, BAD_ADDRESS, UNCLEAR = "login", "refused", "bad-address", "unclear"

# The result of the call that is being made; one at a time in this process.
_seen = SimpleNamespace(result="", codes=())


class _WatchedRequests:
    """Stands where apprise's plugins look for `requests`, and notes how far a call got."""

    codes = requests.codes
    RequestException = requests.RequestException

    def post(self, url: str, **options: Any) -> requests.Response:
        return self.request("POST", url, **options)

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        options |= {"stream": True, "allow_redirects": False}
        try:
            with requests.Session() as session:
                session.trust_env = True  # the office's proxy, where there is one
                answer = session.request(method, url, **options)
                text = answer.raw.read(ANSWER_MAX, decode_content=True)
        except Exception as error:  # noqa: BLE001 - told apart here, for apprise all are one
            _seen.result = NO_WAY if _never_left(error) else UNCLEAR
            raise requests.RequestException(type(error).__name__) from None
        _seen.result = _verdict(answer.status_code, text)
        answer._content = b""
        return answer


def _never_left(error: Exception) -> bool:
    """Tell whether a call failed before anything of the message was sent."""
    if isinstance(error, requests.exceptions.ConnectTimeout | requests.exceptions.InvalidURL):
        return True
    reason: Any = error.args[0] if error.args else error
    if isinstance(reason, MaxRetryError):
        reason = reason.reason
    # NewConnectionError has the failed name look-up below it.
    early = (NewConnectionError, ConnectTimeoutError, SSLError, ProxyError)
    return isinstance(reason, early) or isinstance(
        error, requests.exceptions.SSLError | requests.exceptions.ProxyError
    )


def _verdict(status: int, text: bytes) -> str:
    """Return what an answer means. Robots answer 200 also when they refuse."""
    done = 200 <= status < 300
    if not _seen.codes:
        if 400 <= status < 500 and status not in (407, 408, 429):
            return REFUSED
        return SENT if done else BROKEN
    try:
        answer = json.loads(text)
        code = next(answer[name] for name in _seen.codes if name in answer)
    except (ValueError, TypeError, StopIteration):
        return NONSENSE if done else BROKEN
    if code:
        return REFUSED
    return SENT if done else BROKEN


class _Watched:
    """Mixed into smtplib's classes: notes how far a mail got."""

    def sendmail(self, *args: Any, **options: Any) -> Any:
        _seen.result = BROKEN
        try:
            refused = super().sendmail(*args, **options)  # type: ignore[misc]
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused):
            _seen.result = REFUSED
            raise
        _seen.result = REFUSED if refused else SENT
        return refused

    def data(self, *args: Any, **options: Any) -> Any:
        _seen.result = UNCLEAR
        code, answer = super().data(*args, **options)  # type: ignore[misc]
        _seen.result = BROKEN
        return code, answer

    def login(self, *args: Any, **options: Any) -> Any:
        _seen.result = LOGIN
        done = super().login(*args, **options)  # type: ignore[misc]
        _seen.result = NO_WAY
        return done


class _WatchedSMTP(_Watched, smtplib.SMTP):
    pass


class _WatchedSSL(_Watched, smtplib.SMTP_SSL):
    pass


def _watch(module: ModuleType, name: str, stand_in: object) -> None:
    """Put a stand-in where a module of apprise looks for a library."""
    setattr(module, name, stand_in)


for _module in (custom_json, dingtalk, feishu, wecombot):
    _watch(_module, "requests", _WatchedRequests())
_mails = SimpleNamespace(
    SMTP=_WatchedSMTP, SMTP_SSL=_WatchedSSL, SMTPException=smtplib.SMTPException
)
_watch(email_smtp, "smtplib", _mails)


class _DingTalk(dingtalk.NotifyDingTalk):
    """Differs from apprise: the signature is put into the address once encoded, not twice."""

    def get_signature(self) -> tuple[str, str]:
        moment, signature = super().get_signature()
        return moment, unquote(signature)


_ASSET = AppriseAsset(
    app_id="infoflow",
    app_desc="infoflow",
    app_url="",
    image_url_mask="",
    image_url_logo="",
    async_mode=False,
    plugin_paths=[],
)


def _robot(job: dict[str, Any]) -> Any:
    server, token = job["server"].rstrip("/"), job["token"]
    robot: Any
    if job["service"] == "wecom":
        robot = wecombot.NotifyWeComBot(key=token, asset=_ASSET)
        robot.api_url = f"{server}/cgi-bin/webhook/send?key={token}"
    elif job["service"] == "dingtalk":
        robot = _DingTalk(token=token, secret=job.get("signing") or None, asset=_ASSET)
        robot.notify_url = f"{server}/robot/send?access_token={{token}}"
    else:
        robot = feishu.NotifyFeishu(token=token, asset=_ASSET)
        robot.notify_url = f"{server}/open-apis/bot/v2/hook/{{token}}"
    return robot


def _mail(job: dict[str, Any]) -> Any:
    host, _colon, port = job["server"].rpartition(":")
    return email_base.NotifyEmail(
        smtp_host=host,
        host=host,
        port=int(port),
        secure_mode=job["security"],
        user=job.get("account") or None,
        password=job.get("secret") or None,
        from_addr=job["sender"],
        targets=[job["token"]],
        format="text",
        asset=_ASSET,
    )


def _webhook(job: dict[str, Any]) -> Any:
    scheme, _colon, rest = job["server"].partition("://")
    host, _colon, port = rest.rstrip("/").partition(":")
    return custom_json.NotifyJSON(
        host=host,
        port=int(port) if port else None,
        secure=scheme == "https",
        fullpath=job["token"],
        user=job.get("account") or None,
        password=job.get("secret") or None,
        # An empty value leaves apprise's own entry out.
        payload={"version": "", "attachments": "", **job["fields"]},
        asset=_ASSET,
    )


_BUILDERS = {"mail": _mail, "webhook": _webhook}
# Under which names the robots put their code; 0 is "done".
_CODES = {"wecom": ("errcode",), "dingtalk": ("errcode",), "feishu": ("code", "StatusCode")}


def deliver(job: dict[str, Any]) -> str:
    """Bring one message and return how it ended; nothing of it is kept or logged."""
    _seen.result, _seen.codes = "", _CODES.get(job["service"], ())
    try:
        plugin = _BUILDERS.get(job["service"], _robot)(job)
    except Exception:  # noqa: BLE001 - apprise says that an address is none by raising
        return BAD_ADDRESS
    plugin.socket_connect_timeout = CONNECT_SECONDS
    plugin.socket_read_timeout = READ_SECONDS
    plugin.request_rate_per_sec = 0
    _seen.result = NO_WAY if job["service"] == "mail" else ""
    try:
        # A robot's text has no head of its own; the body begins with the same words.
        title = job["subject"] if job["service"] in _BUILDERS else ""
        plugin.send(body=job["body"], title=title, body_format="text")
    except Exception:  # noqa: BLE001 - a plugin's own fault after the call changes no result
        return _seen.result or BAD_ADDRESS
    return _seen.result or BAD_ADDRESS


def main() -> None:
    """Bring messages until stdin ends: a line of JSON in, a line with the result out."""
    # Addresses stand in what the libraries log.
    logging.disable(logging.CRITICAL)
    sys.stdout.write(READY + "\n")
    sys.stdout.flush()
    for line in sys.stdin:
        sys.stdout.write(deliver(json.loads(line)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
