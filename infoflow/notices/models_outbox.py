"""The outbox: ways out of the system, people's addresses, what is to be brought, every try."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .models_told import Notice
from .rules import Result, Security, Service

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from infoflow.units.models import User


class Channel(models.Model):
    """One way out, set up by a system administrator. One row for each service."""

    service = models.CharField(
        _("渠道"), max_length=20, choices=Service.choices, unique=True, editable=False
    )
    # Of a robot or webhook: the address up to the path. Of mail: host and port.
    server = models.CharField(_("服务地址"), max_length=200)
    security = models.CharField(
        _("加密方式"), max_length=10, choices=Security.choices, default=Security.STARTTLS
    )
    account = models.CharField(_("发信账号"), max_length=100, blank=True)
    secret = models.CharField(_("发信密码"), max_length=200, blank=True)
    sender = models.EmailField(_("发件地址"), blank=True)
    set_at = models.DateTimeField(_("设置时间"), default=timezone.now)
    stopped_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    # Not before this moment is the next try made: one at a time, and one a minute while the
    # service cannot be reached. It is set before a try, so a killed try lets go by itself.
    free_at = models.DateTimeField(null=True, editable=False)
    ok_at = models.DateTimeField(_("上次送达"), null=True, editable=False)
    # Since when nothing gets through, and how the last try failed.
    bad_since = models.DateTimeField(_("送不出去起"), null=True, editable=False)
    bad_result = models.CharField(max_length=20, choices=Result.choices, blank=True, editable=False)

    class Meta:
        verbose_name = _("消息渠道")
        verbose_name_plural = _("消息渠道")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(Service(self.service).label)


class AddressQuerySet(models.QuerySet["Address"]):
    def in_use(self) -> Self:
        """Addresses that are bound, on a channel that is not stopped."""
        return self.filter(unbound_at=None, channel__stopped_at=None)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """A person's own addresses."""
        return self.filter(person_id=user.pk, unbound_at=None) if user.pk else self.none()


class Address(models.Model):
    """Where a person, or without one a group of the office, is reached on a channel."""

    channel = models.ForeignKey(
        Channel, verbose_name=_("渠道"), on_delete=models.PROTECT, related_name="addresses"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("人员"),
        null=True,
        on_delete=models.PROTECT,
        related_name="addresses",
    )
    name = models.CharField(_("名称"), max_length=50, blank=True)
    # Whoever has these can write there: shown in part only (rules.covered), never logged.
    token = models.CharField(max_length=200)
    signing = models.CharField(max_length=100, blank=True)
    # Codes of kinds that are not wanted here; urgent ones come nevertheless.
    muted = models.JSONField(default=list)
    bound_at = models.DateTimeField(_("绑定时间"), default=timezone.now)
    unbound_at = models.DateTimeField(_("解除时间"), null=True)

    objects = AddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("消息地址")
        verbose_name_plural = _("消息地址")
        ordering = ["channel", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "person"],
                condition=Q(unbound_at=None, person__isnull=False),
                name="one_address_on_channel",
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel_id}/{self.pk}"


class Quiet(models.Model):
    """Hours of the day in which a person wants nothing from outside but what is urgent."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="quiet"
    )
    begins = models.TimeField(_("免打扰从"))
    ends = models.TimeField(_("免打扰到"))

    class Meta:
        verbose_name = _("免打扰时段")
        verbose_name_plural = _("免打扰时段")

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"


class Delivery(models.Model):
    """One notice to be brought to one address. Written with the notice, in one transaction."""

    notice = models.ForeignKey(
        Notice, verbose_name=_("消息"), on_delete=models.PROTECT, related_name="deliveries"
    )
    address = models.ForeignKey(
        Address, verbose_name=_("地址"), on_delete=models.PROTECT, related_name="deliveries"
    )
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    urgent = models.BooleanField(default=False)
    # Null: a try is under way, or nothing more is to be done.
    next_at = models.DateTimeField(_("下次发送"), null=True)
    tries = models.PositiveSmallIntegerField(_("次数"), default=0)
    sent_at = models.DateTimeField(_("送达"), null=True)
    given_up_at = models.DateTimeField(_("不再发送"), null=True)
    # A try went out and no answer came: it is not repeated, so that nothing comes twice.
    unclear_at = models.DateTimeField(_("送达不明"), null=True)
    # Read inside, account or channel stopped, or address given up meanwhile.
    dropped_at = models.DateTimeField(_("不用再发"), null=True)

    class Meta:
        verbose_name = _("外发消息")
        verbose_name_plural = _("外发消息")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "address"], name="brought_once_each")
        ]
        indexes = [
            models.Index(
                fields=["channel", "next_at"],
                condition=Q(next_at__isnull=False),
                name="deliveries_to_come",
            ),
            models.Index(
                fields=["given_up_at"],
                condition=Q(given_up_at__isnull=False),
                name="deliveries_given_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id}→{self.address_id}"


class DeliveryTry(models.Model):
    """One try: written before the call, its result after. Without a result: killed between."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField(_("第几次"))
    at = models.DateTimeField(_("时间"))
    result = models.CharField(_("结果"), max_length=20, choices=Result.choices, blank=True)
    took_ms = models.PositiveIntegerField(_("用时（毫秒）"), null=True)

    class Meta:
        verbose_name = _("外发尝试")
        verbose_name_plural = _("外发尝试")
        ordering = ["delivery", "number"]
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="each_try_once")]
        indexes = [
            models.Index(fields=["at"], name="tries_by_time"),
            models.Index(fields=["at"], condition=Q(result=""), name="tries_open"),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id}:{self.number}"


class Feed(models.Model):
    """A person's secret address for a calendar program; only its digest is kept."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="due_feed"
    )
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(_("生成时间"), default=timezone.now)
    stopped_at = models.DateTimeField(_("停用时间"), null=True)

    class Meta:
        verbose_name = _("期限日历地址")
        verbose_name_plural = _("期限日历地址")

    def __str__(self) -> str:
        return f"{self.person_id}"
