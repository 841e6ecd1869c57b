"""约稿: what the office asks for, which units it asked, the templates and settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from infoflow.units.models import Unit
from infoflow.units.permissions import has_role, unit_ids_of, works_in_office
from infoflow.units.roles import Role

from .models_acts import (
    Adopted,
    Answer,
    Booking,
    CommissionEvent,
    Extension,
    Unable,
    Urge,
    Verdict,
)
from .models_recurring import DutyRun, Exemption, RecurringDuty
from .rules import (
    DAYS_MAX,
    GRACE_DAYS,
    NAME_MAX,
    PHONE_MAX,
    REMINDERS,
    TEXT_MAX,
    TITLE_MAX,
    WORDS_MAX,
    Origin,
    number_words,
    points_from,
)

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser

    from infoflow.units.models import User

__all__ = [
    "Adopted",
    "Answer",
    "AskedUnit",
    "Booking",
    "Commission",
    "CommissionEvent",
    "CommissionSeries",
    "CommissionSettings",
    "CommissionTemplate",
    "DutyRun",
    "Exemption",
    "Extension",
    "RecurringDuty",
    "Unable",
    "Urge",
    "Verdict",
]


def default_reminders() -> list[int]:
    """Return the reminder points that hold until the office says otherwise."""
    return list(REMINDERS)


def _known(moment: datetime | None) -> datetime:
    if moment is None:
        raise ValueError("has not been sent")
    return moment


def plausible_points(value: object) -> None:
    """Refuse reminder points that are no list of whole minutes."""
    try:
        if not isinstance(value, list) or not all(type(point) is int for point in value):
            raise ValueError(value)
        points_from(value)
    except ValueError:
        raise ValidationError(_("提醒时点应是不超过10个的整数分钟。")) from None


class CommissionSettings(models.Model):
    """When units are reminded, and after how many days what has not come is 未报. One row."""

    reminders = models.JSONField(
        _("提醒时点（分钟）"),
        default=default_reminders,
        validators=[plausible_points],
        help_text=_("相对截止时间，截止前为负数：-1440是截止前一天，60是截止后一小时。"),
    )
    grace_days = models.PositiveSmallIntegerField(
        _("截止后几天没有报送的记为未报"),
        default=GRACE_DAYS,
        null=True,
        blank=True,
        validators=[MaxValueValidator(90)],
        help_text=_("不填表示只由编辑人工登记。对此后下达的约稿生效，单位能看到。"),
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("约稿设置")
        verbose_name_plural = _("约稿设置")

    def __str__(self) -> str:
        return str(_("约稿设置"))

    @classmethod
    def current(cls) -> CommissionSettings:
        """Return the row in force; its defaults where nobody has saved one."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class CommissionTemplate(models.Model):
    """What a commission of one sort usually says."""

    name = models.CharField(_("模板名称"), max_length=50, unique=True)
    title = models.CharField(_("题目"), max_length=TITLE_MAX, blank=True)
    background = models.TextField(_("背景"), max_length=TEXT_MAX, blank=True)
    points = models.TextField(_("要点"), max_length=TEXT_MAX, blank=True)
    requirements = models.TextField(_("写作要求"), max_length=TEXT_MAX, blank=True)
    contact = models.CharField(_("联系人及电话"), max_length=PHONE_MAX, blank=True)
    channel = models.CharField(_("报送方式"), max_length=PHONE_MAX, blank=True)
    days = models.PositiveSmallIntegerField(
        _("期限（工作日）"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(DAYS_MAX)],
    )
    retired = models.BooleanField(_("停用"), default=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("约稿模板")
        verbose_name_plural = _("约稿模板")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CommissionSeries(models.Model):
    """The last number given in a year; its row is held while a number is given."""

    year = models.PositiveIntegerField(_("年度"), unique=True)
    last = models.PositiveIntegerField(_("最后编号"), default=0)

    class Meta:
        verbose_name = _("约稿编号")
        verbose_name_plural = _("约稿编号")

    def __str__(self) -> str:
        return f"{self.year}/{self.last}"


class CommissionQuerySet(models.QuerySet["Commission"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Commissions a person may read: the office all, a unit's people what was sent to it."""
        if works_in_office(user):
            return self
        asked = AskedUnit.objects.visible_to(user)
        return self.filter(sent_at__isnull=False, pk__in=asked.values("commission_id"))

    def editable_by(self, user: User | AnonymousUser) -> Self:
        """Commissions a person may write and send: editors all, others none."""
        return self if has_role(user, Role.EDITOR) else self.none()


class Commission(models.Model):
    """One commission. Sent when it has a number; its deadline is that of who got no own one."""

    year = models.PositiveIntegerField(_("年度"))
    number = models.PositiveIntegerField(_("编号"), null=True, blank=True)
    title = models.CharField(_("题目"), max_length=TITLE_MAX)
    origin = models.CharField(_("来源"), max_length=10, choices=Origin.choices, default=Origin.OWN)
    superior = models.CharField(_("上级单位"), max_length=NAME_MAX, blank=True)
    superior_document = models.CharField(_("上级文件或通知"), max_length=NAME_MAX, blank=True)
    superior_due_at = models.DateTimeField(_("上级要求的时限"), null=True, blank=True)
    background = models.TextField(_("背景"), max_length=TEXT_MAX, blank=True)
    points = models.TextField(_("要点"), max_length=TEXT_MAX, blank=True)
    requirements = models.TextField(_("写作要求"), max_length=TEXT_MAX, blank=True)
    contact = models.CharField(_("联系人及电话"), max_length=PHONE_MAX, blank=True)
    channel = models.CharField(_("报送方式"), max_length=PHONE_MAX, blank=True)
    # A named moment, or working days that are counted from sending on; then `due_at` follows.
    due_days = models.PositiveSmallIntegerField(_("期限（工作日）"), null=True, blank=True)
    due_at = models.DateTimeField(_("截止时间"), null=True, blank=True)
    due_sentence = models.CharField(max_length=200, blank=True)
    due_provisional = models.BooleanField(default=False)
    # As the settings said when it was sent; null: only a person says 未报.
    grace_days = models.PositiveSmallIntegerField(null=True, blank=True)
    # Key of the form that wrote it: the same form sent twice makes one commission.
    form_key = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("起草人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField(_("起草时间"))
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("下达人"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    sent_at = models.DateTimeField(_("下达时间"), null=True)
    # A commission that went out by telephone and was entered afterwards.
    phoned_at = models.DateTimeField(_("电话约稿时间"), null=True, blank=True)
    phoned_by = models.CharField(_("打电话的人"), max_length=PHONE_MAX, blank=True)
    cancelled_at = models.DateTimeField(_("撤销时间"), null=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    cancel_reason = models.CharField(_("撤销理由"), max_length=WORDS_MAX, blank=True)

    objects = CommissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("约稿")
        verbose_name_plural = _("约稿")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="one_commission_number"),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(number__isnull=False, due_at__isnull=False),
                name="sent_has_number_and_due",
            ),
        ]
        indexes = [models.Index(fields=["sent_at"], name="commission_sent")]

    def __str__(self) -> str:
        return self.number_text

    @property
    def number_text(self) -> str:
        """The number as a letter bears it; this is what the outside may see."""
        return number_words(self.year, self.number)

    @property
    def due(self) -> datetime:
        """The deadline, once sent.

        Raises:
            ValueError: it has not been sent.
        """
        return _known(self.due_at)

    @property
    def began(self) -> datetime:
        """From when on it counts: from the call when it went out by telephone.

        Raises:
            ValueError: it has not been sent.
        """
        return _known(self.phoned_at or self.sent_at)


class AskedUnitQuerySet(models.QuerySet["AskedUnit"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """What units were asked for: the office all, a unit's people their own, once sent."""
        if works_in_office(user):
            return self
        return self.filter(unit_id__in=unit_ids_of(user), asked_at__isnull=False)

    def standing(self) -> Self:
        """Those that were sent and not taken back."""
        return self.filter(asked_at__isnull=False, dropped_at__isnull=True)


class AskedUnit(models.Model):
    """One unit of a commission: its part, its deadline, what it did first."""

    commission = models.ForeignKey(
        Commission, verbose_name=_("约稿"), on_delete=models.CASCADE, related_name="asked"
    )
    unit = models.ForeignKey(
        Unit, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="commissions_asked"
    )
    position = models.PositiveSmallIntegerField(_("次序"), default=1)
    lead = models.BooleanField(_("牵头"), default=False)
    part = models.CharField(_("分工"), max_length=WORDS_MAX, blank=True)
    # When it was sent to this unit; units may be added later.
    asked_at = models.DateTimeField(_("下达时间"), null=True)
    # Its own deadline: the commission's until it is extended.
    due_at = models.DateTimeField(_("截止时间"), null=True)
    due_sentence = models.CharField(max_length=250, blank=True)
    phoned_to = models.CharField(_("接电话的人"), max_length=PHONE_MAX, blank=True)
    signed_at = models.DateTimeField(_("签收时间"), null=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("签收人"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("承办人"),
        null=True,
        on_delete=models.PROTECT,
        related_name="commissions_in_hand",
    )
    # 未报: by a person with words, or by itself when the stated days were over (no person).
    missed_at = models.DateTimeField(_("记为未报的时间"), null=True)
    missed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    missed_reason = models.CharField(_("未报说明"), max_length=WORDS_MAX, blank=True)
    # 零报告: an answer to a recurring duty.
    nothing_at = models.DateTimeField(_("零报告时间"), null=True)
    nothing_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    nothing_words = models.CharField(_("零报告说明"), max_length=WORDS_MAX, blank=True)
    # Taken back for this unit (the whole commission, this unit alone, or 无法完成 agreed to).
    dropped_at = models.DateTimeField(_("撤销时间"), null=True)
    dropped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    drop_reason = models.CharField(_("撤销理由"), max_length=WORDS_MAX, blank=True)

    objects = AskedUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("约稿单位")
        verbose_name_plural = _("约稿单位")
        ordering = ["commission_id", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["commission", "unit"], name="unit_asked_once")
        ]
        indexes = [
            models.Index(fields=["unit", "due_at"], name="asked_of_unit"),
            models.Index(fields=["due_at"], name="asked_due"),
        ]

    def __str__(self) -> str:
        return f"{self.commission_id}/{self.unit_id}"

    @property
    def due_key(self) -> str:
        """Name of its deadline among all deadlines."""
        return f"commission:{self.commission_id}:{self.pk}"

    @property
    def due(self) -> datetime:
        """Its deadline, once sent.

        Raises:
            ValueError: it has not been sent.
        """
        return _known(self.due_at)
