"""Ways out of the system and people's addresses on them. Tokens and passwords are never logged."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from infoflow.units.permissions import has_role
from infoflow.units.roles import Role

from .actions import announce
from .kinds import CHANNEL_TEST, all_kinds, choosable
from .models_outbox import Address, Channel, Delivery, Quiet
from .models_told import Notice
from .rules import Security, Service, token_in

if TYPE_CHECKING:
    from infoflow.units.models import User


def _administrator(person: User) -> None:
    if not has_role(person, Role.SYSTEM_ADMIN):
        raise PermissionDenied


@transaction.atomic
def save_channel(
    *,
    service: str,
    server: str,
    person: User,
    security: str = Security.STARTTLS,
    account: str = "",
    secret: str | None = None,
    sender: str = "",
) -> Channel:
    """Set up a way out; it is in use from now on.

    Args:
        secret: None keeps the one that is stored.

    Raises:
        PermissionDenied: not a system administrator.
        ValidationError: a field that cannot be.
    """
    _administrator(person)
    channel = Channel.objects.select_for_update(no_key=True).filter(service=service).first()
    channel = channel or Channel(service=Service(service))
    channel.server, channel.security = server, security
    channel.account, channel.sender = account, sender
    renewed = secret is not None and secret != channel.secret
    if secret is not None:
        channel.secret = secret
    # What failed with the old settings says nothing of the new ones.
    channel.set_at, channel.stopped_at = timezone.now(), None
    channel.free_at = channel.bad_since = None
    channel.bad_result = ""
    channel.full_clean()
    channel.save()
    told = {"server": server, "account": account, "secret": renewed}
    log(instance=channel, action="notices.channel_saved", user=person, data=told)
    Delivery.objects.filter(channel=channel, next_at__gt=timezone.now(), tries__gt=0).update(
        next_at=timezone.now()
    )
    return channel


@transaction.atomic
def stop_channel(*, service: str, person: User) -> bool:
    """Send nothing more this way; what still waits is dropped. False: not in use."""
    _administrator(person)
    now = timezone.now()
    channel = Channel.objects.select_for_update(no_key=True).filter(service=service).first()
    stopped = channel is not None and channel.stopped_at is None
    if channel is not None and stopped:
        channel.stopped_at = now
        channel.save(update_fields=["stopped_at"])
        log(instance=channel, action="notices.channel_stopped", user=person)
    Delivery.objects.filter(channel__service=service, next_at__isnull=False).update(
        next_at=None, dropped_at=now
    )
    return stopped


def _token(channel: Channel, typed: str) -> str:
    token = token_in(Service(channel.service), typed)
    if token is None:
        raise ValidationError(
            _("这不是%(channel)s的地址，请检查是否粘贴完整。") % {"channel": channel}
        )
    return token


def _signing(typed: str) -> str:
    typed = typed.strip()
    if typed and not (typed.isascii() and typed.isalnum() and len(typed) <= 100):
        raise ValidationError(_("加签密钥只有字母和数字，一般以 SEC 开头，请检查。"))
    return typed


@transaction.atomic
def bind(*, channel_id: int, typed: str, person: User, signing: str = "") -> Address:
    """Bind a person's own address on a channel; an earlier one is let go.

    Raises:
        ValidationError: the channel is not in use, or what was typed is no address there.
    """
    channel = (
        Channel.objects.select_for_update(no_key=True)
        .filter(pk=channel_id, stopped_at=None)
        .first()
    )
    if channel is None:
        raise ValidationError(_("这个渠道没有启用，请联系系统管理员。"))
    token, signing = _token(channel, typed), _signing(signing)
    held = Address.objects.filter(channel=channel, person=person, unbound_at=None).first()
    if held is not None:
        if (held.token, held.signing) == (token, signing):
            return held
        _let_go(held, timezone.now())
    return Address.objects.create(
        channel=channel,
        person=person,
        token=token,
        signing=signing,
        muted=held.muted if held else [],
    )


def _let_go(address: Address, now: datetime) -> None:
    address.unbound_at, address.token, address.signing = now, "", ""
    address.save(update_fields=["unbound_at", "token", "signing"])
    waiting = Delivery.objects.filter(address=address, next_at__isnull=False)
    waiting.update(next_at=None, dropped_at=now)


@transaction.atomic
def unbind(*, address_id: int, person: User) -> bool:
    """Let a person's own address go; the token is forgotten. False: none of theirs."""
    mine = Address.objects.select_for_update(no_key=True).visible_to(person)
    address = mine.filter(pk=address_id).first()
    if address is None:
        return False
    _let_go(address, timezone.now())
    return True


@transaction.atomic
def choose(*, wanted: Iterable[tuple[int, str]], person: User) -> None:
    """Set which kinds go to which of a person's addresses: pairs (address, code of the kind)."""
    chosen = set(wanted)
    for address in Address.objects.select_for_update(no_key=True).visible_to(person):
        address.muted = sorted(
            kind.code
            for kind in choosable()
            if not kind.urgent and (address.pk, kind.code) not in chosen
        )
        address.save(update_fields=["muted"])


@transaction.atomic
def set_quiet(*, begins: time | None, ends: time | None, person: User) -> None:
    """Set a person's quiet hours; without both none.

    Raises:
        ValidationError: only one of the two, or both the same.
    """
    if begins is None and ends is None:
        Quiet.objects.filter(person=person).delete()
        return
    if begins is None or ends is None:
        raise ValidationError(_("请同时填写免打扰的开始和结束时间，或都不填。"))
    if begins == ends:
        raise ValidationError(_("免打扰的开始和结束时间不能相同。"))
    Quiet.objects.update_or_create(person=person, defaults={"begins": begins, "ends": ends})


@transaction.atomic
def send_test(*, person: User) -> Notice | None:
    """Send a person a message to all their own addresses, once a minute at most."""
    now = timezone.now()
    return announce(
        key=f"channel-test:{person.pk}:{now:%Y%m%d%H%M}",
        kind=CHANNEL_TEST,
        people=[person.pk],
        number="",
        text=_("这是您自己发的测试消息，收到即说明渠道可用。"),
        url="/notices/choices/",
        urgent=True,
    )


# --- groups of the office -----------------------------------------------------------------------


@transaction.atomic
def save_group(
    *,
    channel_id: int,
    name: str,
    typed: str,
    kinds: Iterable[str],
    person: User,
    signing: str = "",
    address_id: int | None = None,
) -> Address:
    """Bind or change a group of the office: an address of nobody's own.

    Args:
        typed: empty keeps the address that is stored.
        kinds: codes of the kinds that go there.

    Raises:
        PermissionDenied: not a system administrator.
        ValidationError: no name, no address there, or unknown.
    """
    _administrator(person)
    channel = Channel.objects.select_for_update(no_key=True).filter(pk=channel_id).first()
    if channel is None:
        raise ValidationError(_("请先设置并启用这个渠道。"))
    wanted = set(kinds)
    address = Address(channel=channel)
    if address_id is not None:
        found = Address.objects.filter(pk=address_id, person=None, unbound_at=None).first()
        if found is None:
            raise ValidationError(_("没有找到这个群，请返回刷新。"))
        address = found
    if not name.strip():
        raise ValidationError(_("请填写名称。"))
    address.name = name.strip()
    if typed.strip() or not address.token:
        address.token = _token(channel, typed)
        address.signing = _signing(signing)
    address.muted = sorted(code for code in all_kinds() if code not in wanted)
    address.save()
    told = {"kinds": sorted(wanted), "address": bool(typed.strip())}
    log(instance=address, action="notices.group_saved", user=person, data=told, title=address.name)
    return address


@transaction.atomic
def remove_group(*, address_id: int, person: User) -> bool:
    """Let a group's address go; the token is forgotten."""
    _administrator(person)
    groups = Address.objects.select_for_update(no_key=True).filter(person=None, unbound_at=None)
    address = groups.filter(pk=address_id).first()
    if address is None:
        return False
    _let_go(address, timezone.now())
    log(instance=address, action="notices.group_removed", user=person, title=address.name)
    return True
