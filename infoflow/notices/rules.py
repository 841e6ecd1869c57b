"""Rules of notices: what goes outside, when it is quiet, when a try is repeated. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

TEXT_MAX = 300
NUMBER_MAX = 60
KEY_MAX = 200
URL_MAX = 200


@dataclass(frozen=True, slots=True)
class ChainStep:
    """One step of an escalation: who is told if nobody has acknowledged by then."""

    after: int  # minutes after the notice
    people: tuple[int, ...]

    def __post_init__(self) -> None:
        if self.after < 0:
            raise ValueError("a step of a chain comes after its notice")


def ordered(chain: Iterable[ChainStep]) -> list[ChainStep]:
    """Return the steps in the order of their minutes."""
    return sorted(chain, key=lambda step: step.after)


def is_local(url: str) -> bool:
    """Tell whether an address is a path of this system, so that nothing leads outside."""
    return url.startswith("/") and not url.startswith(("//", "/\\")) and url.isprintable()


# --- services -------------------------------------------------------------------------------


class Service(models.TextChoices):
    """The ways out that apprise knows and this system uses."""

    WECOM = "wecom", gettext_lazy("企业微信")
    DINGTALK = "dingtalk", gettext_lazy("钉钉")
    FEISHU = "feishu", gettext_lazy("飞书")
    MAIL = "mail", gettext_lazy("电子邮件")
    WEBHOOK = "webhook", gettext_lazy("网络接口")


class Security(models.TextChoices):
    """How the way to the mail server is kept from listeners."""

    STARTTLS = "starttls", gettext_lazy("STARTTLS（587端口）")
    SSL = "ssl", gettext_lazy("SSL（465端口）")
    INSECURE = "insecure", gettext_lazy("不加密（25端口，仅限本机和内网）")


@dataclass(frozen=True, slots=True)
class About:
    """What is particular about a service."""

    server: str  # the public one; an installation of one's own has another
    token: re.Pattern[str]  # what an address may look like
    hint: Any
    # Messages that one address takes in a minute; the robots' makers publish 20.
    a_minute: int | None = None
    signs: bool = False


SERVICES: Mapping[Service, About] = {
    Service.WECOM: About(
        "https://qyapi.weixin.qq.com",
        re.compile(r"[A-Za-z0-9_-]{10,100}"),
        gettext_lazy("群机器人的 Webhook 地址，可以整条粘贴。"),
        a_minute=20,
    ),
    Service.DINGTALK: About(
        "https://oapi.dingtalk.com",
        re.compile(r"[A-Za-z0-9]{10,100}"),
        gettext_lazy("群机器人的 Webhook 地址，可以整条粘贴；启用了“加签”的再填密钥。"),
        a_minute=20,
        signs=True,
    ),
    Service.FEISHU: About(
        "https://open.feishu.cn",
        re.compile(r"[A-Za-z0-9_-]{10,100}"),
        gettext_lazy("群机器人的 Webhook 地址，可以整条粘贴。"),
        a_minute=20,
    ),
    Service.MAIL: About(
        "",
        re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"),
        gettext_lazy("收消息的邮箱。"),
    ),
    Service.WEBHOOK: About(
        "",
        re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)+/?"),
        gettext_lazy("接口的路径，以“/”开头；主机由系统管理员统一设置。"),
    ),
}


def token_in(service: Service, typed: str) -> str | None:
    """Return the token in what a person typed or pasted; None when there is none.

    A robot's whole address is understood as well. Of a foreign host only the token is taken:
    messages go to the server that the administrator has set.
    """
    typed = typed.strip()
    if "://" in typed and service in (Service.WECOM, Service.DINGTALK, Service.FEISHU):
        try:
            parts = urlsplit(typed)
        except ValueError:
            return None
        query = parse_qs(parts.query)
        name = {Service.WECOM: "key", Service.DINGTALK: "access_token"}.get(service, "")
        typed = query.get(name, [""])[0] if name else parts.path.rstrip("/").rpartition("/")[2]
    fits = SERVICES[service].token.fullmatch(typed) and len(typed) <= 200
    return typed if fits else None


def covered(token: str) -> str:
    """Return what may be shown of an address: enough to know it again, not enough to use it."""
    name, at, host = token.partition("@")
    if at:
        return f"{name[:1]}***@{host}"
    return f"***{token[-4:]}" if len(token) >= 12 else "***"


def headed(label: str, number: str) -> str:
    """Return kind and number in one phrase; a number that begins with the kind says both."""
    return number if number.startswith(label) else f"{label} {number}".strip()


# --- what leaves the system -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Message:
    """Everything that leaves: number, kind, deadline, link. No text has a place in it."""

    number: str
    label: str
    due: str
    link: str
    urgent: bool = False

    @property
    def subject(self) -> str:
        """Kind and number in one line."""
        head = headed(self.label, self.number)
        return _("【紧急】%(head)s") % {"head": head} if self.urgent else head

    @property
    def body(self) -> str:
        """The message in two or three lines."""
        lines = [self.subject]
        if self.due:
            lines.append(_("期限：%(due)s") % {"due": self.due})
        lines.append(_("查看：%(link)s") % {"link": self.link})
        return "\n".join(lines)


# --- when -----------------------------------------------------------------------------------


def after_quiet(moment: datetime, begins: time | None, ends: time | None) -> datetime:
    """Return the first moment from this one on that lies outside of the quiet hours.

    The hours are the clock's where `moment` is; they may pass midnight; equal ends are none.
    """
    if begins is None or ends is None or begins == ends:
        return moment
    clock = moment.time()
    over_night = begins > ends
    quiet = (clock >= begins or clock < ends) if over_night else begins <= clock < ends
    if not quiet:
        return moment
    day = moment.date() + timedelta(days=1 if over_night and clock >= begins else 0)
    return datetime.combine(day, ends, tzinfo=moment.tzinfo)


# Minutes from one try to the next; after the last of them the message is given up.
BACKOFF = (1, 5, 15, 60, 120, 240, 480)
URGENT_BACKOFF = (1, 1, 2, 5, 5, 15, 15, 15, 30, 30, 60)
# One try a minute, whatever waits, while a service cannot be reached.
PAUSE = timedelta(minutes=1)
# A call is ended after this; a try without a result after it belongs to a killed process.
CALL_SECONDS = 20
LEASE = timedelta(minutes=2)
# So long may nothing get through before the administrators are told.
DOWN_AFTER = timedelta(minutes=15)


def tries_max(urgent: bool) -> int:
    """Return after how many tries a message is given up."""
    return len(URGENT_BACKOFF if urgent else BACKOFF) + 1


def next_try(tries: int, urgent: bool) -> timedelta | None:
    """Return how long to wait after so many tries; None: give up."""
    steps = URGENT_BACKOFF if urgent else BACKOFF
    return timedelta(minutes=steps[tries - 1]) if tries <= len(steps) else None


class Result(models.TextChoices):
    """How a try ended."""

    SENT = "sent", gettext_lazy("已送达")
    # Nothing has arrived, and the service itself could not be reached or used.
    NO_WAY = "no-way", gettext_lazy("连接不上")
    BROKEN = "broken", gettext_lazy("服务出错")
    NONSENSE = "nonsense", gettext_lazy("回答无法识别")
    LOGIN = "login", gettext_lazy("账号或密码不对")
    # Nothing has arrived, and the fault is this address's.
    REFUSED = "refused", gettext_lazy("地址被拒绝")
    BAD_ADDRESS = "bad-address", gettext_lazy("地址无效")
    # It went out and no answer came: it may have arrived.
    UNCLEAR = "unclear", gettext_lazy("没有回答，是否送达不明")


# Faults of the channel: nobody's message would get through.
OF_CHANNEL = frozenset(
    {Result.NO_WAY, Result.BROKEN, Result.NONSENSE, Result.LOGIN, Result.UNCLEAR}
)
# Faults of one address: its other messages wait a minute, everybody else's do not.
OF_ADDRESS = frozenset({Result.REFUSED, Result.BAD_ADDRESS})
