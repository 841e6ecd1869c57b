"""What system administrators are told of a channel through which nothing gets."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from infoflow.units.roles import Role

from . import actions
from .kinds import CHANNEL_DOWN
from .models_outbox import Channel
from .people import holders_of
from .rules import DOWN_AFTER, Result


def tell_administrators(channel: Channel, now: datetime, *, given_up: bool = False) -> None:
    """Tell them inside the system: once for an outage, once a day for messages given up."""
    if given_up:
        day = timezone.localdate(now)
        key = f"channel:{channel.pk}:given-up:{day.isoformat()}"
        text = _("%(channel)s有消息多次发送不成功，已停止发送，请查看渠道设置。")
    elif channel.bad_since is not None and now - channel.bad_since >= DOWN_AFTER:
        key = f"channel:{channel.pk}:down:{channel.bad_since.isoformat()}"
        text = _("%(channel)s已有一刻钟以上没有送出消息（%(why)s），请检查服务地址和网络。")
    else:
        return
    why = Result(channel.bad_result).label if channel.bad_result else ""
    actions.announce(
        key=key,
        kind=CHANNEL_DOWN,
        people=holders_of(Role.SYSTEM_ADMIN),
        number="",
        text=text % {"channel": channel, "why": why},
        url=reverse("notice_channels"),
        outside=False,
    )
