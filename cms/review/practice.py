"""How this office reviews: common reasons and deadlines, as data with history."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from .rules import Step

_DAYS = [MinValueValidator(1), MaxValueValidator(60)]


class CommonReason(models.Model):
    """A reason that a step often gives; the person adds words of their own."""

    step = models.CharField(_("环节"), max_length=10, choices=Step.choices)
    text = models.CharField(_("理由"), max_length=100)
    order = models.PositiveIntegerField(_("排序"), default=100)
    active = models.BooleanField(_("在用"), default=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("常用理由")
        verbose_name_plural = _("常用理由")
        ordering = ["step", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["step", "text"],
                name="one_reason_per_step",
                violation_error_message=_("该环节已有这条理由。"),
            )
        ]

    def __str__(self) -> str:
        return self.text


class ReviewSettings(models.Model):
    """Working days for each step. One row; the second level is its task's `active`."""

    class IdMask(models.TextChoices):
        """How a masked resident ID looks. Source: domain rules on confidentiality."""

        BIRTH = "birth", _("隐去出生日期和顺序码（110101**********）")
        MIDDLE = "middle", _("保留首尾（1****************2）")

    DAYS_FIELD: ClassVar[dict[str, str]] = {
        Step.SCREEN: "screen_days",
        Step.CLEAR: "clear_days",
        Step.RECHECK: "recheck_days",
        Step.ISSUE: "issue_days",
    }

    screen_days = models.PositiveSmallIntegerField(
        _("编辑初审（工作日）"), default=2, validators=_DAYS
    )
    clear_days = models.PositiveSmallIntegerField(
        _("保密审查（工作日）"), default=5, validators=_DAYS
    )
    recheck_days = models.PositiveSmallIntegerField(
        _("保密复审（工作日）"), default=3, validators=_DAYS
    )
    issue_days = models.PositiveSmallIntegerField(_("签发（工作日）"), default=2, validators=_DAYS)
    id_mask = models.CharField(
        _("身份证号遮盖方式"), max_length=10, choices=IdMask.choices, default=IdMask.BIRTH
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("审核设置")
        verbose_name_plural = _("审核设置")

    def __str__(self) -> str:
        return str(_("审核设置"))

    @classmethod
    def current(cls) -> ReviewSettings:
        """Return the row in force; its defaults where nobody has saved one."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    def days_for(self, step: str) -> int | None:
        """Return the working days of a step, None where there is no deadline."""
        name = self.DAYS_FIELD.get(step)
        return getattr(self, name) if name else None
