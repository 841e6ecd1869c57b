"""What was decided and cleared, by whom: rows that only grow."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Revision, TaskState

from infoflow.units.models import Unit

from .rules import Resume, Step, Verdict


class AppendOnlyError(Exception):
    """A record that only ever grows was about to be changed or deleted."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Refuse every change of stored rows; the database's triggers refuse it as well."""

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} only grows")

    update = bulk_update = delete = update_or_create = _refuse


class AppendOnly(models.Model):
    """A row that is written once and never changed or deleted."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError(f"{type(self).__name__} only grows")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{type(self).__name__} only grows")


class Decision(AppendOnly):
    """One person's decision at one step on one exact text. Derive states from these."""

    page = models.ForeignKey(
        Page, verbose_name=_("稿件"), on_delete=models.PROTECT, related_name="decisions"
    )
    revision = models.ForeignKey(
        Revision, verbose_name=_("版本"), on_delete=models.PROTECT, related_name="+"
    )
    task_state = models.ForeignKey(
        TaskState, null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    step = models.CharField(_("环节"), max_length=10, choices=Step.choices)
    verdict = models.CharField(_("意见"), max_length=10, choices=Verdict.choices)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("经办人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    reason = models.TextField(_("理由"), blank=True)
    digest = models.CharField(_("文本摘要"), max_length=64)
    # Of a return: the step it goes to, and whether every step comes again after it.
    to_step = models.CharField(_("退回到"), max_length=10, choices=Step.choices, blank=True)
    resume = models.CharField(_("改好之后"), max_length=4, choices=Resume.choices, blank=True)
    cause = models.CharField(_("事由"), max_length=100, blank=True)
    # What the scan found in this text at this moment; personal data masked.
    findings = models.JSONField(_("检查结果"), default=list, blank=True)
    at = models.DateTimeField(_("时间"), default=timezone.now)
    # As it was at this moment, so that the flow is counted without reading texts or tasks.
    unit = models.ForeignKey(
        Unit, null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    waited = models.PositiveIntegerField(_("等待分钟数"), null=True, editable=False)
    due_at = models.DateTimeField(_("办理期限"), null=True, editable=False)

    class Meta:
        verbose_name = _("审核意见")
        verbose_name_plural = _("审核意见")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["task_state"], name="one_decision_per_task")]
        indexes = [
            models.Index(fields=["page", "step", "verdict"], name="decision_page_step"),
            models.Index(fields=["step", "verdict", "at"], name="decision_step_at"),
            # Everything that the times of the flow need, so that the table is not read.
            models.Index(fields=["step", "at", "waited"], name="decision_step_waited"),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()} {self.get_verdict_display()}"

    @property
    def told(self) -> str:
        """Why, in one piece: the common reason and the person's own words."""
        return "；".join(part for part in (self.cause, self.reason) if part)


class Clearance(AppendOnly):
    """A named reviewer's word that exactly this text may leave."""

    page = models.ForeignKey(
        Page, verbose_name=_("稿件"), on_delete=models.PROTECT, related_name="clearances"
    )
    revision = models.ForeignKey(
        Revision, verbose_name=_("版本"), on_delete=models.PROTECT, related_name="clearances"
    )
    digest = models.CharField(_("文本摘要"), max_length=64)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("保密审查员"),
        on_delete=models.PROTECT,
        related_name="clearances",
    )
    at = models.DateTimeField(_("审查时间"), default=timezone.now)

    class Meta:
        verbose_name = _("保密审查结论")
        verbose_name_plural = _("保密审查结论")
        ordering = ["pk"]
        indexes = [models.Index(fields=["page", "revision"], name="clearance_page_revision")]

    def __str__(self) -> str:
        return f"{self.page_id}/{self.revision_id}"
