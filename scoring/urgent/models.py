"""紧急信息: events and their chain of reports. Everything only grows; states are derived.

What is done beside the chain (phone, grade, signature, findings …) stands in `models_acts`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.review.models import AppendOnly, AppendOnlyQuerySet
from infoflow.units.models import Unit
from infoflow.units.permissions import has_role, unit_ids_of, works_in_office
from infoflow.units.roles import Role

from .models_acts import (
    Check,
    Directive,
    DirectiveAnswer,
    Ending,
    Finding,
    FindingAnswer,
    FindingRuling,
    GradeDecision,
    PhoneReport,
    Piece,
    SeenOnline,
    Signature,
    Take,
)
from .models_rules import GradeThreshold, UrgentRule
from .rules import (
    NAME_MAX,
    PLACE_MAX,
    TEXT_MAX,
    WHAT_MAX,
    Kind,
    Origin,
    State,
    Via,
    label_of,
    number_text,
    state_of,
)
from .rules_grades import EventClass, Grade

__all__ = [
    "Check",
    "Directive",
    "DirectiveAnswer",
    "Ending",
    "Finding",
    "FindingAnswer",
    "FindingRuling",
    "GradeDecision",
    "GradeThreshold",
    "PhoneReport",
    "Piece",
    "Report",
    "SeenOnline",
    "Signature",
    "Take",
    "UrgentEvent",
    "UrgentNumber",
    "UrgentRule",
]

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from infoflow.units.models import User


def sees_all_events(user: User | AnonymousUser) -> bool:
    """Tell whether a person reads the events of all units: office, duty officers, leaders."""
    return works_in_office(user) or has_role(user, Role.DUTY, Role.LEADER)


class UrgentNumber(models.Model):
    """The last number given in a year; its row is held while the next one is given."""

    year = models.PositiveSmallIntegerField(unique=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("紧急信息编号")
        verbose_name_plural = _("紧急信息编号")

    def __str__(self) -> str:
        return number_text(self.year, self.last)


class UrgentEventQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Events a person may read: office, duty officers and leaders all; units their own."""
        if sees_all_events(user):
            return self
        return self.filter(unit_id__in=unit_ids_of(user))

    def open(self) -> Self:
        """Events that were not ended."""
        return self.filter(ending=None)


class UrgentEvent(AppendOnly):
    """One event as it was first told. Later reports and decisions change what holds, not this."""

    year = models.PositiveSmallIntegerField(_("年"))
    number = models.PositiveIntegerField(_("号"))
    unit = models.ForeignKey(
        Unit, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="urgent_events"
    )
    origin = models.CharField(_("来由"), max_length=10, choices=Origin.choices)
    what = models.CharField(_("事件"), max_length=WHAT_MAX)
    place = models.CharField(_("地点"), max_length=PLACE_MAX)
    happened_at = models.DateTimeField(_("事发时间"))
    happened_about = models.BooleanField(_("大约"), default=False)
    # When the unit learned of it; unknown for an event that the office opened.
    learned_at = models.DateTimeField(_("获悉时间"), null=True, blank=True)
    opened_at = models.DateTimeField(_("登记时间"), default=timezone.now)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("登记人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    # Why the office opened it without any report.
    why = models.CharField(_("登记理由"), max_length=TEXT_MAX, blank=True)
    # Names the form, so that a form sent twice opens one event.
    key = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)

    objects = UrgentEventQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("紧急信息")
        verbose_name_plural = _("紧急信息")
        ordering = ["-opened_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["year", "number"], name="urgent_number")]
        indexes = [
            models.Index(fields=["unit", "opened_at"], name="urgent_of_unit"),
            models.Index(fields=["opened_at"], name="urgent_opened"),
        ]

    def __str__(self) -> str:
        return self.number_label

    @property
    def number_label(self) -> str:
        """The event's number: all that the outside may show of it."""
        return number_text(self.year, self.number)

    @property
    def ended_at(self) -> datetime | None:
        """When it was ended, if it was."""
        ending: Ending | None = getattr(self, "ending", None)
        return ending.at if ending else None

    def state(self, chain: Iterable[Report] | None = None) -> State:
        """Return how it stands; reads what a list has prefetched, or the reports at hand."""
        kinds = frozenset(report.kind for report in chain or self.reports.all())
        return state_of(origin=self.origin, kinds=kinds, ended=self.ended_at is not None)


class Report(AppendOnly):
    """One report of the chain. An empty field of a follow-up means: nothing new about it."""

    event = models.ForeignKey(UrgentEvent, on_delete=models.PROTECT, related_name="reports")
    kind = models.CharField(_("种类"), max_length=10, choices=Kind.choices)
    # 续报 n; 0 for the first and the final one.
    n = models.PositiveSmallIntegerField(default=0)
    facts = models.TextField(_("情况"), max_length=TEXT_MAX, blank=True)
    source = models.CharField(_("信息来源"), max_length=NAME_MAX, blank=True)
    # Casualties: empty is 不详, 0 is none.
    dead = models.PositiveIntegerField(_("死亡"), null=True, blank=True)
    missing = models.PositiveIntegerField(_("失踪（失联）"), null=True, blank=True)
    serious = models.PositiveIntegerField(_("重伤"), null=True, blank=True)
    light = models.PositiveIntegerField(_("轻伤"), null=True, blank=True)
    trapped = models.PositiveIntegerField(_("被困"), null=True, blank=True)
    evacuated = models.PositiveIntegerField(_("转移安置"), null=True, blank=True)
    gathered = models.PositiveIntegerField(_("聚集"), null=True, blank=True)
    loss = models.PositiveIntegerField(_("直接经济损失（万元）"), null=True, blank=True)
    trend = models.CharField(_("发展态势"), max_length=TEXT_MAX, blank=True)
    measures = models.CharField(_("已采取的措施"), max_length=TEXT_MAX, blank=True)
    leaders = models.CharField(_("到场领导"), max_length=WHAT_MAX, blank=True)
    requests = models.CharField(_("请求事项"), max_length=TEXT_MAX, blank=True)
    commander = models.CharField(_("现场指挥"), max_length=NAME_MAX, blank=True)
    commander_phone = models.CharField(_("现场指挥电话"), max_length=NAME_MAX, blank=True)
    cause = models.CharField(_("初步原因（待核）"), max_length=TEXT_MAX, blank=True)
    incomplete_because = models.CharField(_("暂缺内容及原因"), max_length=WHAT_MAX, blank=True)
    # Of the final report.
    responsibility = models.CharField(_("责任认定"), max_length=TEXT_MAX, blank=True)
    result = models.CharField(_("处置结果"), max_length=TEXT_MAX, blank=True)
    lessons = models.CharField(_("教训和改进"), max_length=TEXT_MAX, blank=True)
    # What the unit thinks; a person of the office decides (GradeDecision).
    event_class = models.CharField(
        _("事件类别"), max_length=20, choices=EventClass.choices, blank=True
    )
    grade = models.CharField(_("单位初判级别"), max_length=20, choices=Grade.choices, blank=True)
    sensitive_time = models.BooleanField(_("敏感时间"), default=False)
    sensitive_place = models.BooleanField(_("敏感地点"), default=False)
    sensitive_people = models.BooleanField(_("敏感人群"), default=False)
    # Corrections of what was told first; empty: as before.
    happened_at = models.DateTimeField(_("更正事发时间"), null=True, blank=True)
    place = models.CharField(_("更正地点"), max_length=PLACE_MAX, blank=True)
    # When the unit learned of it, where the event was opened without its word.
    learned_at = models.DateTimeField(_("获悉时间"), null=True, blank=True)
    via = models.CharField(_("报送方式"), max_length=10, choices=Via.choices, default=Via.SYSTEM)
    # The server's time; for a fax the time on it, which the recorder states.
    received_at = models.DateTimeField(_("收到时间"), default=timezone.now)
    recorded_at = models.DateTimeField(_("登记时间"), default=timezone.now)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("报送人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    key = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)

    class Meta:
        verbose_name = _("紧急信息报告")
        verbose_name_plural = _("紧急信息报告")
        ordering = ["received_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "kind", "n"], name="urgent_report_number")
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What it is called: 首报, 续报二, 终报."""
        return label_of(self.kind, self.n)

    @property
    def check_result(self) -> Check | None:
        """The confidentiality reviewer's latest word, if there is one."""
        checks = list(self.checks.all())
        return checks[-1] if checks else None

    @property
    def sensitive(self) -> bool:
        """Whether time, place or people are sensitive, as the unit says."""
        return self.sensitive_time or self.sensitive_place or self.sensitive_people
