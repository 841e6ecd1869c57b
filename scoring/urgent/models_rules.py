"""The rule table of urgent reports and the grade thresholds: data with validity and history.

What has judged events is never changed: it is ended, and a new row takes its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, time
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from infoflow.units.models import plausible_date
from infoflow.worktime.terms import Kind, Term

from .rules_clock_types import AFTER_END, Channel, RuleRow, Start, Step
from .rules_clock_words import rule_words
from .rules_grades import EventClass, Grade, Measure, Threshold, amount_words

AMOUNT_MAX = 999
# A follow-up more often than this is a slip of the keyboard.
FOLLOWUP_MINUTES_MIN = 10
SLOTS_MAX = 12
_SLOT_GAP = re.compile(r"[\s、，,；;]+")


class LimitKind(models.TextChoices):
    """What a limit is counted in: natural time only, it never stops."""

    MINUTES = Kind.MINUTES.value, _("分钟")
    HOURS = Kind.HOURS.value, _("小时")
    DAYS = Kind.DAYS.value, _("日（每日24小时）")


class Sensitive(models.TextChoices):
    """Which events a rule is for."""

    ANY = "", _("不论是否敏感")
    YES = "yes", _("涉及敏感因素")
    NO = "no", _("不涉及敏感因素")


class After(models.TextChoices):
    """From what a limit runs, when it is not the start of the clock."""

    NOTHING = "", _("从起算时刻起")
    FIRST = Step.FIRST.value, _("首报之后（未报的从首报时限起）")
    DETAIL = Step.DETAIL.value, _("详细报告之后（未报的从其时限起）")
    ENDED = AFTER_END, _("处置结束之后")


def slots_of(text: str) -> tuple[time, ...]:
    """Return the times of the day that a text names, in order: "8:00、17:00".

    Raises:
        ValueError: something is not a time.
    """
    found = set()
    for part in _SLOT_GAP.split(text.strip()):
        hour, _colon, minute = part.replace("：", ":").partition(":")
        if part:
            found.add(time(int(hour), int(minute or 0)))
    return tuple(sorted(found))


class DatedQuerySet(models.QuerySet[Any]):
    def between(self, first: date, last: date | None) -> DatedQuerySet:
        """Rows that hold on some day of a span (both ends included)."""
        found = self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=first))
        return found if last is None else found.filter(valid_from__lte=last)


class Dated(models.Model):
    """A row that holds for a span of days and says which document sets it."""

    jurisdiction = models.CharField(
        _("适用层级"), max_length=40, help_text=_("哪一级的规定，例如“省级”“本市”“本县”")
    )
    document = models.CharField(_("依据"), max_length=200, help_text=_("文件名称或文号"))
    valid_from = models.DateField(
        _("施行起"), validators=[plausible_date], help_text=_("按事发当日施行的规定判定")
    )
    valid_to = models.DateField(
        _("施行止"),
        null=True,
        blank=True,
        validators=[plausible_date],
        help_text=_("含当日，空即现行"),
    )

    # Columns of which two rows that hold on one day must not agree in all.
    thing: tuple[str, ...] = ()
    # The row that this one is to replace, which is ended in the same act.
    replaces: int | None = None

    class Meta:
        abstract = True

    def clean(self) -> None:
        for name in ("jurisdiction", "document"):
            setattr(self, name, (getattr(self, name) or "").strip())
        given = cast("date | None", self.valid_from)
        if given is None:
            return
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": _("施行止早于施行起，请核对。")})
        same = {name: getattr(self, name) for name in self.thing}
        own = [pk for pk in (self.pk, self.replaces) if pk is not None]
        rows = DatedQuerySet(type(self)).filter(**same).exclude(pk__in=own)
        other = rows.between(self.valid_from, self.valid_to).order_by("valid_from").first()
        if other is not None:
            raise ValidationError(
                _(
                    "与已有的一条重叠：%(other)s（%(span)s）。请先给它填写施行止，或改这一条的施行起。"
                ),
                params={"other": other.words, "span": other.span},
            )

    @property
    def words(self) -> str:
        """What the row says, in one line."""
        raise NotImplementedError

    @property
    def span(self) -> str:
        """From when until when it holds."""
        if self.valid_to is None:
            return _t("%(start)s起") % {"start": self.valid_from.isoformat()}
        return f"{self.valid_from.isoformat()}—{self.valid_to.isoformat()}"


class UrgentRule(Dated):
    """紧急信息时限规则: one limit of one jurisdiction."""

    cls = models.CharField(
        _("事件类别"),
        max_length=20,
        choices=EventClass.choices,
        blank=True,
    )
    grade = models.CharField(_("级别"), max_length=20, choices=Grade.choices, blank=True)
    sensitive = models.CharField(
        _("敏感因素"), max_length=4, choices=Sensitive.choices, blank=True, default=""
    )
    step = models.CharField(_("报告"), max_length=10, choices=Step.choices)
    channel = models.CharField(_("方式"), max_length=10, choices=Channel.choices)
    limit_amount = models.PositiveSmallIntegerField(
        _("时限"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(AMOUNT_MAX)],
        help_text=_("自然时间，夜间和节假日照常计算；续报可以改填“每日时点”"),
    )
    limit_kind = models.CharField(
        _("时限单位"), max_length=10, choices=LimitKind.choices, default=LimitKind.MINUTES
    )
    start = models.CharField(
        _("起算时刻"), max_length=10, choices=Start.choices, default=Start.LEARNED,
        help_text=_("不明的时刻按获悉（再不明按事发）起算，并在说明中写明"),
    )  # fmt: skip
    after_step = models.CharField(
        _("接在哪一步之后"), max_length=10, choices=After.choices, blank=True, default=""
    )
    slots = models.CharField(
        _("每日时点"), max_length=100, blank=True, help_text=_("只用于续报，例如 08:00、17:00")
    )
    incomplete_ok = models.BooleanField(
        _("不完整也算"),
        default=False,
        help_text=_("按时报告、内容不完整但写明原因的，视为符合时限"),
    )

    thing = ("jurisdiction", "cls", "grade", "sensitive", "step", "channel")

    objects = DatedQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("紧急信息时限规则")
        verbose_name_plural = _("紧急信息时限规则")
        ordering = ["jurisdiction", "step", "channel", "cls", "grade", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "jurisdiction", "cls", "grade", "sensitive", "step", "channel", "valid_from",
                ],
                name="urgent_rule_once",
                violation_error_message=_("同一天起已有一条相同的规则。"),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.jurisdiction}：{self.words}"

    def clean(self) -> None:
        self._clean_limit()
        # 书面首报 may come after the call; nothing else after its own step.
        paper = self.step == Step.FIRST and self.channel == Channel.WRITTEN
        if self.after_step and self.after_step == self.step and not paper:
            raise ValidationError({"after_step": _("不能接在同一种报告之后。")})
        super().clean()

    def _clean_limit(self) -> None:
        try:
            slots = slots_of(self.slots)
        except ValueError:
            raise ValidationError({"slots": _("请填写钟点，例如 08:00、17:00。")}) from None
        if slots and self.step != Step.FOLLOWUP:
            raise ValidationError({"slots": _("每日时点只用于续报，请清空。")})
        if len(slots) > SLOTS_MAX:
            raise ValidationError({"slots": _("每日时点最多12个。")})
        if slots and self.limit_amount:
            raise ValidationError({"slots": _("时限和每日时点只填一项。")})
        if not slots and not self.limit_amount:
            raise ValidationError({"limit_amount": _("请填写时限；续报也可以填写每日时点。")})
        self.slots = "、".join(f"{slot:%H:%M}" for slot in slots)
        short = self.limit_kind == LimitKind.MINUTES and (
            (self.limit_amount or FOLLOWUP_MINUTES_MIN) < FOLLOWUP_MINUTES_MIN
        )
        if self.step == Step.FOLLOWUP and short:
            raise ValidationError({"limit_amount": _("续报间隔不能少于10分钟。")})

    def row(self) -> RuleRow:
        """Return it as the clocks take it."""
        amount = self.limit_amount
        return RuleRow(
            id=self.pk or 0,
            jurisdiction=self.jurisdiction,
            step=self.step,
            channel=Channel(self.channel),
            limit=Term(Kind(self.limit_kind), amount) if amount else None,
            start=Start(self.start),
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            cls=self.cls,
            grade=Grade(self.grade) if self.grade else None,
            sensitive={"yes": True, "no": False}.get(self.sensitive),
            slots=slots_of(self.slots),
            incomplete_ok=self.incomplete_ok,
            document=self.document,
            after_step=self.after_step,
        )

    @property
    def words(self) -> str:
        """What the rule asks, in one line; nothing of a half-filled form."""
        try:
            told = rule_words(self.row())
        except ValueError:
            return ""
        kind = EventClass(self.cls).label if self.cls else ""
        more = _t("不完整但写明原因的视为按时") if self.incomplete_ok else ""
        return "，".join(str(part) for part in (kind, told, more) if part)

    @classmethod
    def of(cls, row: RuleRow) -> UrgentRule:
        """Return an unsaved row for a rule of a preset."""
        return cls(
            jurisdiction=row.jurisdiction,
            document=row.document,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            cls=row.cls,
            grade=row.grade or "",
            sensitive={True: "yes", False: "no", None: ""}[row.sensitive],
            step=row.step,
            channel=row.channel,
            limit_amount=row.limit.amount if row.limit else None,
            limit_kind=row.limit.kind if row.limit else LimitKind.MINUTES,
            start=row.start,
            after_step=row.after_step,
            slots="、".join(f"{slot:%H:%M}" for slot in row.slots),
            incomplete_ok=row.incomplete_ok,
        )


class GradeThreshold(Dated):
    """分级标准: from which number on events of a class suggest a grade."""

    cls = models.CharField(
        _("事件类别"),
        max_length=20,
        choices=EventClass.choices,
        blank=True,
    )
    measure = models.CharField(_("数字"), max_length=20, choices=Measure.choices)
    grade = models.CharField(_("级别"), max_length=20, choices=Grade.choices)
    at_least = models.PositiveIntegerField(
        _("达到"),
        validators=[MinValueValidator(1)],
        help_text=_("人数，损失为万元；“以上”包括本数"),
    )

    thing = ("jurisdiction", "cls", "measure", "grade")

    objects = DatedQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("分级标准")
        verbose_name_plural = _("分级标准")
        ordering = ["jurisdiction", "cls", "measure", "-at_least"]
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "cls", "measure", "grade", "valid_from"],
                name="grade_threshold_once",
                violation_error_message=_("同一天起已有一条相同的标准。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction}：{self.words}"

    def row(self) -> Threshold:
        """Return it as the suggestion takes it."""
        return Threshold(
            id=self.pk or 0,
            cls=self.cls,
            measure=Measure(self.measure),
            grade=Grade(self.grade),
            at_least=self.at_least,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            document=self.document,
        )

    @property
    def words(self) -> str:
        """What the threshold says, in one line; nothing of a half-filled form."""
        if not (self.measure and self.grade and self.at_least):
            return ""
        measure = Measure(self.measure)
        told = _t("%(what)s%(least)s以上为%(grade)s") % {
            "what": measure.label,
            "least": amount_words(measure, self.at_least),
            "grade": Grade(self.grade).label,
        }
        kind = EventClass(self.cls).label if self.cls else ""
        return f"{kind}，{told}" if kind else told

    @classmethod
    def of(cls, row: Threshold, *, jurisdiction: str) -> GradeThreshold:
        """Return an unsaved row for a threshold of a preset."""
        return cls(
            jurisdiction=jurisdiction,
            document=row.document,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            cls=row.cls,
            measure=row.measure,
            grade=row.grade,
            at_least=row.at_least,
        )


def rule_rows() -> list[RuleRow]:
    """Return the whole rule table as the clocks take it; one query."""
    rows: Iterable[UrgentRule] = UrgentRule.objects.all()
    return [rule.row() for rule in rows]


def threshold_rows() -> list[Threshold]:
    """Return all grade thresholds as the suggestion takes them; one query."""
    rows: Iterable[GradeThreshold] = GradeThreshold.objects.all()
    return [threshold.row() for threshold in rows]
