"""The demonstration accounts: the only ones whose password is known to everybody."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from .models import User
from .roles import Role

# Printed by bin/run, and for the demonstration set alone; production refuses to start with it.
DEMO_PASSWORD = "Yanshi-2026"  # noqa: S105

# The order of one item's road, so that a newcomer can follow it from left to right.
_ROADS = (
    (Role.OFFICER, Role.SIGNATORY),
    (Role.EDITOR, Role.REVIEWER, Role.ISSUER),
    (Role.SCORER, Role.DUTY, Role.LEADER, Role.SYSTEM_ADMIN),
)


def forbidden_accounts() -> int:
    """Return how many demonstration accounts stand where they must not; 0 where they may."""
    if settings.INFOFLOW_DEMO_ALLOWED:
        return 0
    return User.objects.filter(is_demo=True).count()


def refusal(count: int) -> str:
    """Return the sentence with which a real installation refuses to start."""
    return _(
        "数据库中有 %(count)d 个密码公开的演示账号，正式环境不能启动："
        "请改用没有演示数据的空白数据库（设置 DATABASE_URL）。"
    ) % {"count": count}


def start_lines(url: str) -> list[str]:
    """Return what a newcomer needs to know first: where to go and with which accounts.

    Five lines with the demonstration set, each role with its first account; fewer without.
    """
    first: dict[str, str] = {}
    people = User.objects.filter(is_demo=True, is_active=True).order_by("pk")
    for user in people.prefetch_related("groups"):
        for group in user.groups.all():
            first.setdefault(group.name, user.username)
    roads = [
        "  ".join(f"{role} {first[role]}" for role in road if role in first) for road in _ROADS
    ]
    where = _("请用浏览器打开 %(url)s ，按 Ctrl-C 停止。") % {"url": url}
    if first:
        password = _("演示账号的密码都是 %(password)s ，仅供本机演示。") % {
            "password": DEMO_PASSWORD
        }
        return [where, *filter(None, roads), password]
    if User.objects.exists():
        return [where, _("请用已有的账号登录。")]
    return [where, _("还没有账号：请先运行 manage.py createsuperuser 建立第一个。")]
