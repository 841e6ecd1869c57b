"""Forms of channels, addresses and choices."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .kinds import choosable
from .models_outbox import Address, Channel
from .rules import SERVICES, Security, Service

# No path, no account, no braces: the path is the service's, and apprise fills braces in.
_HTTP = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?")
_MAIL = re.compile(r"[A-Za-z0-9.-]+:[0-9]{1,5}")


class ChannelForm(forms.Form):
    """One way out. A stored password is never sent to the page."""

    server = forms.CharField(label=gettext_lazy("服务地址"), max_length=200)
    security = forms.ChoiceField(
        label=gettext_lazy("加密方式"), choices=Security.choices, required=False
    )
    sender = forms.EmailField(label=gettext_lazy("发件地址"))
    account = forms.CharField(label=gettext_lazy("账号"), max_length=100, required=False)
    secret = forms.CharField(
        label=gettext_lazy("密码"),
        max_length=200,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, service: Service, channel: Channel | None, **kwargs: Any):
        self.service, self.channel = service, channel
        kwargs.setdefault("initial", self._initial())
        super().__init__(*args, **kwargs)
        mail = service is Service.MAIL
        if not mail:
            for name in ("security", "sender"):
                del self.fields[name]
        if not mail and service is not Service.WEBHOOK:
            for name in ("account", "secret"):
                del self.fields[name]
        self.fields["server"].help_text = (
            _("邮件服务器和端口，如 mail.example.gov.cn:587。")
            if mail
            else _("以 https:// 开头，不带路径；单位自建的填自建的地址，内网可用 http://。")
        )
        if channel is not None and channel.secret and "secret" in self.fields:
            self.fields["secret"].help_text = _("已设置，不显示；不改请留空。")

    def _initial(self) -> dict[str, Any]:
        if self.channel is None:
            return {"server": SERVICES[self.service].server}
        names = ("server", "security", "sender", "account")
        return {name: getattr(self.channel, name) for name in names}

    def clean_server(self) -> str:
        server: str = self.cleaned_data["server"].strip().rstrip("/")
        pattern = _MAIL if self.service is Service.MAIL else _HTTP
        port = server.rpartition(":")[2]
        if not pattern.fullmatch(server) or (port.isdecimal() and not 0 < int(port) < 65536):
            raise ValidationError(str(self.fields["server"].help_text))
        return server

    def clean_secret(self) -> str | None:
        return self.cleaned_data["secret"] or None


class GroupForm(forms.Form):
    """A group of the office on a channel."""

    channel = forms.ModelChoiceField(
        label=gettext_lazy("渠道"), queryset=Channel.objects.none(), empty_label=None
    )
    name = forms.CharField(label=gettext_lazy("名称"), max_length=50)
    typed = forms.CharField(label=gettext_lazy("地址"), max_length=400, required=False)
    signing = forms.CharField(
        label=gettext_lazy("加签密钥"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("只有启用了“加签”的钉钉机器人需要。"),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("发到这里的消息"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, address: Address | None = None, **kwargs: Any) -> None:
        kinds = choosable()
        kwargs.setdefault(
            "initial",
            {
                "channel": address.channel_id if address else None,
                "name": address.name if address else "",
                "kinds": [
                    kind.code
                    for kind in kinds
                    if (kind.code not in address.muted if address else kind.urgent)
                ],
            },
        )
        super().__init__(*args, **kwargs)
        channels: Any = self.fields["channel"]
        channels.queryset = Channel.objects.filter(stopped_at=None)
        self.fields["kinds"].choices = [(kind.code, kind.label) for kind in kinds]  # type: ignore[attr-defined]
        typed = self.fields["typed"]
        typed.help_text = _("群机器人的 Webhook 地址可以整条粘贴；邮箱、接口路径照填。")
        if address is not None:
            channels.disabled = True
            typed.help_text = _("已设置，不再完整显示；不改请留空。")
        else:
            typed.required = True


class QuietForm(forms.Form):
    """Quiet hours."""

    begins = forms.TimeField(label=gettext_lazy("从"), required=False)
    ends = forms.TimeField(label=gettext_lazy("到"), required=False)
