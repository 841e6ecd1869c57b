"""The heartbeat of the sweep: when each of its jobs last ran well."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class SweepRun(models.Model):
    """One job of the sweep. Only the time and the kind of a failure are kept, never its text:
    a database's message may hold what somebody wrote."""

    job = models.CharField(_("任务"), max_length=40, unique=True)
    good_at = models.DateTimeField(_("上次正常"), null=True)
    done = models.PositiveIntegerField(_("处理条数"), default=0)
    took_ms = models.PositiveIntegerField(_("用时（毫秒）"), default=0)
    failed_at = models.DateTimeField(_("上次出错"), null=True)
    failure = models.CharField(_("出错种类"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("定时任务运行记录")
        verbose_name_plural = _("定时任务运行记录")
        ordering = ["job"]

    def __str__(self) -> str:
        return self.job
