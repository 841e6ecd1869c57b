"""What was decided and cleared, by whom: rows that only grow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Revision, TaskState

from cms.scanning.rules import Finding
from infoflow.units.models import Unit

from .rules import Resume, Step, Verdict
from .sheet_rules import NOTE_MAX, OPINION_MAX, PLACE_MAX, Attribute, Sheet, Topic, stops


class AppendOnlyError(Exception):
    """A record that only ever grows was about to be changed or deleted."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Refuse every change of stored rows; the database's triggers refuse it as well."""

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} only grows")

    update = bulk_update = delete = update_or_create = _refuse


@dataclass(frozen=True)
class Seal:
    """Which table of closed periods (first and last day, never overlapping) keeps new rows out,
    by the day of the row."""

    day: str
    table: str
    start: str
    end: str


class AppendOnly(models.Model):
    """A row that is written once and never changed or deleted."""

    # Periods closed to new rows; the database refuses them (gate.py).
    sealed_by: ClassVar[Seal | None] = None

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
            # Whether a person has had a part in a text: asked for every row of a queue.
            models.Index(fields=["page", "person"], name="decision_page_person"),
            # Everything that the times of the flow need, so that the table is not read.
            models.Index(
                fields=["step", "verdict", "at", "due_at", "waited"], name="decision_step_at"
            ),
            models.Index(fields=["unit", "step", "at"], name="decision_unit_step"),
        ]

    def __str__(self) -> str:
        return self.said

    @property
    def said(self) -> str:
        """Step and verdict in one phrase, in which no step is named twice."""
        step, verdict = Step(self.step).label, Verdict(self.verdict).label
        if step == Step.SUBMIT.label:
            return str(verdict)
        if self.verdict == Verdict.REFUSE:
            return str(_("%(step)s不通过") % {"step": step})
        return str(_("%(step)s：%(verdict)s") % {"step": step, "verdict": verdict})

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


class ClearanceSheet(AppendOnly):
    """保密审查表: what a reviewer ticked and wrote at one decision. Findings are the decision's."""

    decision = models.OneToOneField(
        Decision, verbose_name=_("审核意见"), on_delete=models.PROTECT, related_name="sheet"
    )
    # [{"topic", "involved", "note"}] in the order of sheet_rules.Topic.
    checklist = models.JSONField(_("审查要点"), default=list)
    attribute = models.CharField(
        _("公开属性"), max_length=10, choices=Attribute.choices, blank=True
    )
    attribute_reason = models.CharField(_("属性理由"), max_length=NOTE_MAX, blank=True)
    opinion = models.CharField(_("审查意见"), max_length=OPINION_MAX, blank=True)
    # [{"part", "words", "hint", "reason"}]: stops that this person lifted.
    lifted = models.JSONField(_("解除的提示"), default=list)
    carrier = models.CharField(_("载体"), max_length=PLACE_MAX, blank=True)
    channel = models.CharField(_("发布渠道"), max_length=PLACE_MAX, blank=True)
    audience = models.CharField(_("知悉范围"), max_length=PLACE_MAX, blank=True)

    class Meta:
        verbose_name = _("保密审查表")
        verbose_name_plural = _("保密审查表")

    def __str__(self) -> str:
        return f"{self.decision_id}"

    @classmethod
    def of(cls, decision: Decision, sheet: Sheet, findings: Sequence[Finding]) -> ClearanceSheet:
        """Return the record of a filled-in sheet, not yet saved."""
        return cls(
            decision=decision,
            checklist=[
                {
                    "topic": topic.value,
                    "involved": sheet.checklist[topic].involved,
                    "note": sheet.checklist[topic].note,
                }
                for topic in Topic
                if topic in sheet.checklist
            ],
            attribute=sheet.attribute,
            attribute_reason=sheet.attribute_reason,
            opinion=sheet.opinion,
            lifted=[
                {
                    "part": stop.part,
                    "words": stop.words,
                    "hint": stop.hint,
                    "reason": sheet.lifted[stop.key],
                }
                for stop in stops(findings)
                if sheet.lifted.get(stop.key)
            ],
            carrier=sheet.carrier,
            channel=sheet.channel,
            audience=sheet.audience,
        )

    def points(self) -> list[tuple[str, bool, str]]:
        """Return the checklist for people: (topic, involved, note)."""
        return [(str(Topic(p["topic"]).label), p["involved"], p["note"]) for p in self.checklist]
