"""Deadlines that somebody has to keep, what was told of them, and how they moved."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from infoflow.units.models import Unit

from .rules_dues import Stage


class DueQuerySet(models.QuerySet["Due"]):
    def open(self) -> Self:
        """Deadlines that nobody has met yet."""
        return self.filter(settled_at=None)

    def waking(self, now: datetime) -> Self:
        """Deadlines that the sweep has to look at, the longest waiting first."""
        return self.open().filter(next_at__lte=now).order_by("next_at", "pk")


class Due(models.Model):
    """One deadline. Written by actions_dues alone, in the transaction of its cause."""

    key = models.CharField(_("对应事项"), max_length=100, unique=True)
    kind = models.CharField(_("种类"), max_length=30)
    unit = models.ForeignKey(
        Unit,
        null=True,
        on_delete=models.PROTECT,
        related_name="dues",
        verbose_name=_("责任单位"),
    )
    url = models.CharField(_("页面"), max_length=200, blank=True)
    started = models.DateTimeField(_("起算"))
    # reckoning.py: enough to reckon the deadline again.
    rule = models.JSONField(_("规则"), default=dict)
    at = models.DateTimeField(_("期限"))
    sentence = models.CharField(_("期限依据"), max_length=300)
    # A year's list that is missing may still move it.
    provisional = models.BooleanField(_("暂按推算"), default=False)
    # Minutes relative to `at`.
    points = models.JSONField(_("提醒点"), default=list)
    # Since when this deadline is known, and up to which moment its points are done with.
    known_at = models.DateTimeField(_("设定时间"))
    handled_to = models.DateTimeField(_("已处理到"))
    # When the sweep looks again: the next point, or the next try after a failure.
    next_at = models.DateTimeField(_("下次查看"), null=True)
    failures = models.PositiveSmallIntegerField(_("连续失败"), default=0)
    settled_at = models.DateTimeField(_("了结"), null=True)

    objects = DueQuerySet.as_manager()

    class Meta:
        verbose_name = _("期限")
        verbose_name_plural = _("期限")
        ordering = ["at", "pk"]
        indexes = [
            models.Index(
                fields=["next_at"], name="due_next_at", condition=Q(next_at__isnull=False)
            ),
            models.Index(fields=["unit", "at"], name="due_unit_open", condition=Q(settled_at=None)),
            models.Index(fields=["kind", "at"], name="due_kind_open", condition=Q(settled_at=None)),
        ]

    def __str__(self) -> str:
        return self.key


class DuePoint(models.Model):
    """What became of one reminder point: told, in time or late, or passed over."""

    # The database refuses every change (cms.review.gate).
    only_grows: ClassVar[bool] = True

    due = models.ForeignKey(Due, on_delete=models.PROTECT, related_name="told")
    offset = models.IntegerField(_("提醒点"))
    moment = models.DateTimeField(_("应提醒"))
    at = models.DateTimeField(_("处理时间"))
    skipped = models.BooleanField(_("略过"), default=False)

    class Meta:
        verbose_name = _("提醒记录")
        verbose_name_plural = _("提醒记录")
        ordering = ["at", "moment"]
        # The last door: whatever the sweep does, the database takes a point once.
        constraints = [
            models.UniqueConstraint(fields=["due", "offset", "moment"], name="due_point_once")
        ]

    def __str__(self) -> str:
        return f"{self.due_id} {self.offset}"

    @property
    def stage(self) -> Stage:
        """Return the point as the rules know it."""
        return Stage(self.moment, self.offset)


class DueChange(models.Model):
    """A deadline moved: from when to when, why, and by whom; nobody when the calendar did it."""

    only_grows: ClassVar[bool] = True

    due = models.ForeignKey(Due, on_delete=models.PROTECT, related_name="changes")
    at = models.DateTimeField(_("时间"), default=timezone.now)
    old_at = models.DateTimeField(_("原期限"))
    new_at = models.DateTimeField(_("新期限"))
    why = models.CharField(_("原因"), max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("经办人"),
    )

    class Meta:
        verbose_name = _("期限变更")
        verbose_name_plural = _("期限变更")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.due_id} {self.new_at:%Y-%m-%d %H:%M}"
