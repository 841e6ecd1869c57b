"""What is done about an event beside its reports: each an own row that is never changed."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.review.models import AppendOnly

from .rules import LINK_MAX, NAME_MAX, TEXT_MAX, WHAT_MAX, Clear, Fault, Sign
from .rules_grades import EventClass, Grade


def _by(label: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=label, on_delete=models.PROTECT, related_name="+"
    )


def _event(name: str) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey("urgent.UrgentEvent", on_delete=models.PROTECT, related_name=name)


class PhoneReport(AppendOnly):
    """电话报告: who called when, and who took the call."""

    event = _event("phones")
    caller = models.CharField(_("来电人"), max_length=NAME_MAX)
    caller_post = models.CharField(_("职务"), max_length=NAME_MAX, blank=True)
    phone = models.CharField(_("来电号码"), max_length=NAME_MAX, blank=True)
    at = models.DateTimeField(_("来电时间"))
    said = models.CharField(_("电话内容"), max_length=TEXT_MAX, blank=True)
    taken_by = _by(_("接电人"))
    recorded_at = models.DateTimeField(_("登记时间"), default=timezone.now)
    key = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)

    class Meta:
        verbose_name = _("电话报告")
        verbose_name_plural = _("电话报告")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.event_id}"


class Take(AppendOnly):
    """接报: who of the office acknowledged a report, and when. Once for each report."""

    report = models.OneToOneField("urgent.Report", on_delete=models.PROTECT, related_name="take")
    by = _by(_("接报人"))
    at = models.DateTimeField(_("接报时间"), default=timezone.now)

    class Meta:
        verbose_name = _("接报")
        verbose_name_plural = _("接报")

    def __str__(self) -> str:
        return f"{self.report_id}"


class GradeDecision(AppendOnly):
    """定级: a person's decision on class, grade and sensitivity; the latest one holds."""

    event = _event("grades")
    event_class = models.CharField(
        _("事件类别"), max_length=20, choices=EventClass.choices, blank=True
    )
    grade = models.CharField(_("级别"), max_length=20, choices=Grade.choices)
    sensitive_time = models.BooleanField(_("敏感时间"), default=False)
    sensitive_place = models.BooleanField(_("敏感地点"), default=False)
    sensitive_people = models.BooleanField(_("敏感人群"), default=False)
    why = models.CharField(_("理由"), max_length=WHAT_MAX)
    by = _by(_("定级人"))
    at = models.DateTimeField(_("定级时间"), default=timezone.now)

    class Meta:
        verbose_name = _("定级")
        verbose_name_plural = _("定级")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.grade

    @property
    def sensitive(self) -> bool:
        """Whether the grade is switched off: reported as 较大 or above."""
        return self.sensitive_time or self.sensitive_place or self.sensitive_people


class SeenOnline(AppendOnly):
    """网上所见: where it stood on the internet, since when, and who noticed it."""

    event = _event("seen")
    link = models.CharField(_("链接或出处"), max_length=LINK_MAX)
    first_seen = models.DateTimeField(_("网上首见时间"))
    noticed_by = models.CharField(_("发现人"), max_length=NAME_MAX)
    by = _by(_("登记人"))
    at = models.DateTimeField(_("登记时间"), default=timezone.now)

    class Meta:
        verbose_name = _("网上所见")
        verbose_name_plural = _("网上所见")
        ordering = ["first_seen", "pk"]
        constraints = [models.UniqueConstraint(fields=["event", "link"], name="urgent_link_once")]

    def __str__(self) -> str:
        return f"{self.event_id}"


class Signature(AppendOnly):
    """补签: what the unit's leader says of a report that went ahead. Once for each report."""

    report = models.OneToOneField(
        "urgent.Report", on_delete=models.PROTECT, related_name="signature"
    )
    verdict = models.CharField(_("意见"), max_length=10, choices=Sign.choices)
    remark = models.CharField(_("说明"), max_length=WHAT_MAX, blank=True)
    by = _by(_("审签人"))
    at = models.DateTimeField(_("补签时间"), default=timezone.now)

    class Meta:
        verbose_name = _("补签")
        verbose_name_plural = _("补签")

    def __str__(self) -> str:
        return self.verdict


class Check(AppendOnly):
    """保密审查: beside the fast lane, not before it; the latest word on a report holds."""

    report = models.ForeignKey("urgent.Report", on_delete=models.PROTECT, related_name="checks")
    verdict = models.CharField(_("意见"), max_length=10, choices=Clear.choices)
    reason = models.CharField(_("理由"), max_length=WHAT_MAX)
    by = _by(_("保密审查员"))
    at = models.DateTimeField(_("审查时间"), default=timezone.now)

    class Meta:
        verbose_name = _("紧急信息保密审查")
        verbose_name_plural = _("紧急信息保密审查")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.verdict


class Finding(AppendOnly):
    """认定: 漏报, 错报, 谎报, 瞒报. Only a person, with reason and evidence."""

    event = _event("findings")
    kind = models.CharField(_("认定"), max_length=10, choices=Fault.choices)
    reason = models.CharField(_("理由"), max_length=TEXT_MAX)
    evidence = models.CharField(_("证据"), max_length=TEXT_MAX)
    by = _by(_("认定人"))
    at = models.DateTimeField(_("认定时间"), default=timezone.now)

    class Meta:
        verbose_name = _("报送情况认定")
        verbose_name_plural = _("报送情况认定")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.kind


class FindingAnswer(AppendOnly):
    """What the unit says against a finding; once."""

    finding = models.OneToOneField(Finding, on_delete=models.PROTECT, related_name="answer")
    text = models.CharField(_("单位申辩"), max_length=TEXT_MAX)
    by = _by(_("申辩人"))
    at = models.DateTimeField(_("申辩时间"), default=timezone.now)

    class Meta:
        verbose_name = _("单位申辩")
        verbose_name_plural = _("单位申辩")

    def __str__(self) -> str:
        return f"{self.finding_id}"


class FindingRuling(AppendOnly):
    """复核: a second person upholds or lifts a finding; once."""

    finding = models.OneToOneField(Finding, on_delete=models.PROTECT, related_name="ruling")
    lifted = models.BooleanField(_("撤销认定"))
    why = models.CharField(_("复核意见"), max_length=TEXT_MAX)
    by = _by(_("复核人"))
    at = models.DateTimeField(_("复核时间"), default=timezone.now)

    class Meta:
        verbose_name = _("认定复核")
        verbose_name_plural = _("认定复核")

    def __str__(self) -> str:
        return f"{self.finding_id}"


class Directive(AppendOnly):
    """指示: what a leader asked for, as the office wrote it down."""

    event = _event("directives")
    leader = models.CharField(_("领导"), max_length=NAME_MAX)
    text = models.CharField(_("指示内容"), max_length=TEXT_MAX)
    given_at = models.DateTimeField(_("指示时间"))
    by = _by(_("登记人"))
    at = models.DateTimeField(_("登记时间"), default=timezone.now)
    key = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)

    class Meta:
        verbose_name = _("领导指示")
        verbose_name_plural = _("领导指示")
        ordering = ["given_at", "pk"]

    def __str__(self) -> str:
        return f"{self.event_id}"


class DirectiveAnswer(AppendOnly):
    """落实情况: what was done about an instruction. A later one adds, never replaces."""

    directive = models.ForeignKey(Directive, on_delete=models.PROTECT, related_name="answers")
    text = models.CharField(_("落实情况"), max_length=TEXT_MAX)
    by = _by(_("反馈人"))
    at = models.DateTimeField(_("反馈时间"), default=timezone.now)
    key = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)

    class Meta:
        verbose_name = _("指示落实")
        verbose_name_plural = _("指示落实")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.directive_id}"


class Piece(AppendOnly):
    """对应稿件: which item carries the event; the newest row holds, none: taken back."""

    event = _event("pieces")
    item = models.ForeignKey(
        "items.ItemPage",
        verbose_name=_("稿件"),
        on_delete=models.PROTECT,
        related_name="urgent_pieces",
        null=True,
        blank=True,
    )
    by = _by(_("登记人"))
    at = models.DateTimeField(_("登记时间"), default=timezone.now)

    class Meta:
        verbose_name = _("对应稿件")
        verbose_name_plural = _("对应稿件")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.event_id}"


class Ending(AppendOnly):
    """办结: when and why nothing more is expected."""

    event = models.OneToOneField(
        "urgent.UrgentEvent", on_delete=models.PROTECT, related_name="ending"
    )
    why = models.CharField(_("办结说明"), max_length=WHAT_MAX, blank=True)
    by = _by(_("办结人"))
    at = models.DateTimeField(_("办结时间"), default=timezone.now)

    class Meta:
        verbose_name = _("办结")
        verbose_name_plural = _("办结")

    def __str__(self) -> str:
        return f"{self.event_id}"
