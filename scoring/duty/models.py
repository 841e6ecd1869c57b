"""值班: the roster, what was handed over, the log. The log and what hangs on it only grow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.review.models import AppendOnly, AppendOnlyQuerySet
from infoflow.units.models import Unit

from .permissions import reads_duty
from .rules import CHANGES, MATTER_MAX, SHORT_MAX, TEXT_MAX, WHY_MAX, Span, Watch, lacking

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser

    from infoflow.units.models import User


def _person(label: Any, **more: Any) -> Any:
    """A person who is named for ever."""
    values: dict[str, Any] = {"on_delete": models.PROTECT, "related_name": "+"} | more
    return models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=label, **values)


def _changes() -> list[str]:
    return list(CHANGES)


class DutySettings(models.Model):
    """One row: when shifts change. Whoever changes the roster holds it."""

    changes = models.JSONField(_("交接班时刻"), default=_changes)

    class Meta:
        verbose_name = _("值班设置")
        verbose_name_plural = _("值班设置")

    def __str__(self) -> str:
        return str(_("值班设置"))

    @classmethod
    def current(cls) -> DutySettings:
        """Return the row in force; its defaults where nobody has saved one."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class ShiftQuerySet(models.QuerySet["Shift"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The roster is open to those who may see the duty room."""
        return self if reads_duty(user) else self.none()

    def standing(self) -> Self:
        """Shifts that were not taken out of the roster."""
        return self.filter(removed_at=None)

    def at(self, moment: datetime) -> Self:
        """The shift that holds a moment."""
        return self.standing().filter(start__lte=moment, end__gt=moment)

    def between(self, start: datetime, end: datetime) -> Self:
        """Shifts with a moment in a span (its end left out)."""
        return self.standing().filter(start__lt=end, end__gt=start)


class Shift(models.Model):
    """One shift. Two never hold the same moment; every change leaves a `RosterChange`."""

    start = models.DateTimeField(_("开始"))
    end = models.DateTimeField(_("结束"))
    leader = _person(_("带班领导"), null=True, blank=True)
    persons: models.ManyToManyField[User, ShiftPerson] = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("值班人员"),
        through="ShiftPerson",
        related_name="+",
    )
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ShiftQuerySet.as_manager()

    class Meta:
        verbose_name = _("班次")
        verbose_name_plural = _("班次")
        ordering = ["start", "pk"]
        indexes = [models.Index(fields=["end", "start"], name="duty_shift_span")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end__gt=models.F("start")), name="duty_shift_ends_later"
            ),
            models.UniqueConstraint(
                fields=["start"],
                condition=models.Q(removed_at=None),
                name="duty_shift_starts_once",
            ),
        ]

    def __str__(self) -> str:
        return self.span.label

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)

    @property
    def people(self) -> list[User]:
        """The people on duty, in order; prefetch `posts__person`."""
        return [post.person for post in sorted(self.posts.all(), key=lambda p: p.position)]

    @property
    def watch(self) -> Watch:
        posts = sorted(self.posts.all(), key=lambda p: p.position)
        return Watch(self.leader_id, tuple(post.person_id for post in posts))

    def told(self) -> str:
        """Who is on duty in one phrase: "带班何山，值班冯磊、赵晴"."""
        return told(self.leader, self.people)


def told(leader: User | None, people: list[User]) -> str:
    """Return who is on duty in one phrase."""
    parts = []
    if leader is not None:
        parts.append(_("带班%(name)s") % {"name": leader})
    if people:
        parts.append(_("值班%(names)s") % {"names": "、".join(map(str, people))})
    return "，".join(map(str, parts)) or str(_("无人"))


class ShiftPerson(models.Model):
    """One of the people of a shift."""

    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="posts")
    person = _person(_("值班人员"))
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["shift", "person"], name="duty_once_a_shift")
        ]

    def __str__(self) -> str:
        return f"{self.shift_id}:{self.person_id}"


class RosterChange(AppendOnly):
    """What was changed in the roster: who stood there, who stands there, by whom and why."""

    start = models.DateTimeField(_("开始"), db_index=True)
    end = models.DateTimeField(_("结束"))
    before = models.CharField(_("原来"), max_length=500, blank=True)
    after = models.CharField(_("现在"), max_length=500, blank=True)
    why = models.CharField(_("原因"), max_length=WHY_MAX, blank=True)
    by = _person(_("修改人"))
    at = models.DateTimeField(_("修改时间"), default=timezone.now)

    class Meta:
        verbose_name = _("值班表变动")
        verbose_name_plural = _("值班表变动")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{Span(self.start, self.end).label} {self.before} → {self.after}"

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


class DutyQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Rows of the duty room, for those who may see it."""
        return self if reads_duty(user) else self.none()


class HandoverNote(AppendOnly):
    """交接班记录: what a shift leaves to the next one."""

    shift = models.ForeignKey(
        Shift,
        verbose_name=_("班次"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="notes",
    )
    text = models.TextField(_("本班情况"), max_length=TEXT_MAX)
    key = models.CharField(max_length=60, unique=True)
    by = _person(_("交班人"))
    at = models.DateTimeField(_("交班时间"), default=timezone.now, db_index=True)

    objects = DutyQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("交接班记录")
        verbose_name_plural = _("交接班记录")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.text[:40]


class HandoverTaken(AppendOnly):
    """接班: who took a note over, once."""

    note = models.OneToOneField(HandoverNote, on_delete=models.PROTECT, related_name="taken")
    by = _person(_("接班人"))
    at = models.DateTimeField(_("接班时间"), default=timezone.now)

    class Meta:
        verbose_name = _("接班")
        verbose_name_plural = _("接班")

    def __str__(self) -> str:
        return str(self.at)


class Matter(AppendOnly):
    """未办结事项: goes from shift to shift until somebody closes it."""

    note = models.ForeignKey(HandoverNote, on_delete=models.PROTECT, related_name="matters")
    text = models.CharField(_("未办结事项"), max_length=MATTER_MAX)
    at = models.DateTimeField(_("提出时间"), default=timezone.now)

    objects = DutyQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("未办结事项")
        verbose_name_plural = _("未办结事项")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text


class MatterClosed(AppendOnly):
    """How an open matter ended, once."""

    matter = models.OneToOneField(Matter, on_delete=models.PROTECT, related_name="closed")
    text = models.CharField(_("办理结果"), max_length=MATTER_MAX)
    by = _person(_("办结人"))
    at = models.DateTimeField(_("办结时间"), default=timezone.now)

    class Meta:
        verbose_name = _("事项办结")
        verbose_name_plural = _("事项办结")

    def __str__(self) -> str:
        return self.text


class LogEntry(AppendOnly):
    """值班日志的一条. A correction is a further entry that names the one it corrects."""

    called_at = models.DateTimeField(_("来电时间"), db_index=True)
    unit = models.ForeignKey(
        Unit,
        verbose_name=_("单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    unit_name = models.CharField(_("来电单位"), max_length=SHORT_MAX)
    caller = models.CharField(_("来电人"), max_length=SHORT_MAX)
    post = models.CharField(_("职务"), max_length=SHORT_MAX, blank=True)
    phone = models.CharField(_("电话"), max_length=SHORT_MAX, blank=True)
    content = models.TextField(_("内容"), max_length=TEXT_MAX)
    reported = models.TextField(_("已向谁报告了什么"), max_length=TEXT_MAX, blank=True)
    # What it is about, in the words of the room that owns it (subjects.py).
    about_kind = models.CharField(max_length=30, blank=True)
    about_key = models.CharField(max_length=60, blank=True)
    about_label = models.CharField(_("有关事件"), max_length=60, blank=True)
    corrects = models.OneToOneField(
        "self",
        verbose_name=_("更正"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="corrected_by",
    )
    why = models.CharField(_("更正原因"), max_length=WHY_MAX, blank=True)
    key = models.CharField(max_length=60, unique=True)
    by = _person(_("记录人"))
    at = models.DateTimeField(_("记录时间"), default=timezone.now)

    objects = DutyQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("值班日志")
        verbose_name_plural = _("值班日志")
        ordering = ["-called_at", "-pk"]
        indexes = [
            models.Index(fields=["about_kind", "about_key"], name="duty_entry_about"),
            models.Index(fields=["unit", "called_at"], name="duty_entry_of_unit"),
        ]

    def __str__(self) -> str:
        return self.content[:40]

    @property
    def lacking(self) -> list[str]:
        """Which elements of the call are not known."""
        return lacking(caller=self.caller, unit=self.unit_name, post=self.post, phone=self.phone)


class DutyInstruction(AppendOnly):
    """值班中的领导指示, and what it was about."""

    entry = models.ForeignKey(LogEntry, on_delete=models.PROTECT, related_name="instructions")
    leader = models.CharField(_("作指示的领导"), max_length=SHORT_MAX)
    text = models.CharField(_("指示内容"), max_length=TEXT_MAX)
    given_at = models.DateTimeField(_("指示时间"))
    key = models.CharField(max_length=60, unique=True)
    by = _person(_("记录人"))
    at = models.DateTimeField(_("记录时间"), default=timezone.now)

    objects = DutyQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("领导指示")
        verbose_name_plural = _("领导指示")
        ordering = ["given_at", "pk"]

    def __str__(self) -> str:
        return self.text[:40]


class DutyInstructionAnswer(AppendOnly):
    """What was done about an instruction, once."""

    instruction = models.OneToOneField(
        DutyInstruction, on_delete=models.PROTECT, related_name="answer"
    )
    text = models.CharField(_("落实情况"), max_length=TEXT_MAX)
    by = _person(_("记录人"))
    at = models.DateTimeField(_("记录时间"), default=timezone.now)

    class Meta:
        verbose_name = _("指示落实情况")
        verbose_name_plural = _("指示落实情况")

    def __str__(self) -> str:
        return self.text[:40]


class Seen(models.Model):
    """Up to which entry a person has taken note of the log; later ones are highlighted."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="duty_seen"
    )
    entry_id = models.PositiveBigIntegerField(default=0)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("已阅位置")
        verbose_name_plural = _("已阅位置")

    def __str__(self) -> str:
        return f"{self.person_id}:{self.entry_id}"
