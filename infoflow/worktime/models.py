"""What differs from "Monday to Friday, until five": days off, make-up days, closing times."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from .models_dues import Due, DueChange, DuePoint

__all__ = ["CalendarYear", "ClosingTime", "Due", "DueChange", "DuePoint", "WorkdayOverride"]


class WorkdayOverride(models.Model):
    """One day of the published list: a weekday off, or a weekend day that is worked."""

    date = models.DateField(
        _("日期"),
        unique=True,
        error_messages={"unique": _("这一天已经登记，请直接修改原来的一条。")},
    )
    is_workday = models.BooleanField(
        _("上班"), default=False, help_text=_("勾选表示这一天上班（调休），不勾选表示放假")
    )
    source = models.CharField(_("依据"), max_length=100, help_text=_("文件名称或文号"))

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("放假和调休日")
        verbose_name_plural = _("放假和调休日")
        ordering = ["-date"]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d}"


class CalendarYear(models.Model):
    """A year whose list is complete: deadlines in other years are marked 暂按推算."""

    year = models.PositiveIntegerField(
        _("年度"),
        unique=True,
        validators=[MinValueValidator(2004), MaxValueValidator(2100)],
        error_messages={"unique": _("这一年已经登记。")},
    )
    source = models.CharField(_("依据"), max_length=100, help_text=_("文件名称或文号"))

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("已录入放假安排的年度")
        verbose_name_plural = _("已录入放假安排的年度")
        ordering = ["-year"]

    def __str__(self) -> str:
        return str(self.year)


class ClosingTime(models.Model):
    """When working hours end, from a day on; a deadline in working days ends then."""

    valid_from = models.DateField(
        _("自哪天起"),
        unique=True,
        error_messages={"unique": _("这一天起的下班时间已经登记，请直接修改。")},
    )
    closes = models.TimeField(_("下班时间"))
    source = models.CharField(_("依据"), max_length=100, help_text=_("文件名称或文号"))

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("下班时间")
        verbose_name_plural = _("下班时间")
        ordering = ["-valid_from"]

    def __str__(self) -> str:
        return f"{self.valid_from:%Y-%m-%d} {self.closes:%H:%M}"
