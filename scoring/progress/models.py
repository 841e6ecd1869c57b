"""零报告 and warnings before a period ends: what was said and told, with dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from cms.review.models import AppendOnly, AppendOnlyQuerySet
from infoflow.units.models import Unit
from infoflow.units.permissions import has_role, unit_ids_of, works_in_office
from infoflow.units.roles import Role
from scoring.schemes.periods import PeriodKind

from .rules import RUSH_DAYS, SILENT_DAYS

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from infoflow.units.models import User

REASON_MAX = 200


def days_before(text: str) -> tuple[int, ...]:
    """Return the days before the end as written ("10、5、1"), longest first.

    Raises:
        ValidationError: not one to six whole numbers from 0 to 60.
    """
    parts = [part.strip() for part in text.replace("，", "、").replace(",", "、").split("、")]
    if not all(part.isdecimal() and part.isascii() for part in parts) or len(parts) > 6:
        raise ValidationError(_("请填1到6个天数，用顿号分开，例如：10、5、1。"))
    days = sorted({int(part) for part in parts}, reverse=True)
    if days[0] > 60:
        raise ValidationError(_("提前天数不能超过60天。"))
    return tuple(days)


def check_days(text: str) -> None:
    """Validate `days_before`."""
    days_before(text)


class _OfUnitQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Rows a person may read: office, scorers and leaders all; units their own."""
        if works_in_office(user) or has_role(user, Role.SCORER, Role.LEADER):
            return self
        return self.filter(unit_id__in=unit_ids_of(user))


class ZeroReport(AppendOnly):
    """零报告: a unit says that it has nothing to report in a period, and why."""

    unit = models.ForeignKey(
        Unit, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="zero_reports"
    )
    start = models.DateField(_("期间开始"))
    end = models.DateField(_("期间结束"))
    reason = models.CharField(_("说明"), max_length=REASON_MAX)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("报告人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("报告时间"), default=timezone.now)

    objects = _OfUnitQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("零报告")
        verbose_name_plural = _("零报告")
        ordering = ["-end", "unit"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "start", "end"], name="one_zero_report")
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.start:%Y-%m-%d}—{self.end:%Y-%m-%d}"


class ZeroWarning(AppendOnly):
    """A unit was warned so many days before a period's end that nothing has come yet."""

    unit = models.ForeignKey(
        Unit, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="zero_warnings"
    )
    start = models.DateField(_("期间开始"))
    end = models.DateField(_("期间结束"))
    days = models.PositiveSmallIntegerField(_("提前天数"))
    at = models.DateTimeField(_("提醒时间"), default=timezone.now)

    objects = _OfUnitQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("挂零提醒")
        verbose_name_plural = _("挂零提醒")
        ordering = ["-at", "unit"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "start", "end", "days"], name="one_warning")
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.end:%Y-%m-%d}"


class ProgressSettings(models.Model):
    """When units are warned, and over which period. One row."""

    period = models.CharField(
        _("挂零按什么期间"),
        max_length=20,
        choices=PeriodKind.choices,
        default=PeriodKind.QUARTER,
        help_text=_("每一期没有报送的单位算零报送"),
    )
    warn_before = models.CharField(
        _("期末前几天提醒"),
        max_length=40,
        default="10、5、1",
        validators=[check_days],
        help_text=_("用顿号分开；到这一天还没有报送也没有零报告的单位会收到提醒"),
    )
    rush_days = models.PositiveSmallIntegerField(
        _("年末突击按最后几天算"),
        default=RUSH_DAYS,
        validators=[MinValueValidator(1), MaxValueValidator(180)],
        help_text=_("一年中最后这些天的报送占全年的比例"),
    )
    silent_days = models.PositiveSmallIntegerField(
        _("完成任务后多少天没有报送算停报"),
        default=SILENT_DAYS,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("进度与挂零设置")
        verbose_name_plural = _("进度与挂零设置")

    def __str__(self) -> str:
        return str(_("进度与挂零设置"))

    @classmethod
    def current(cls) -> ProgressSettings:
        """Return the row in force; its defaults where nobody has saved one."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @property
    def days(self) -> tuple[int, ...]:
        """The days before the end on which units are warned, longest first."""
        return days_before(self.warn_before)
