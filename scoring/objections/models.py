"""异议: what a unit says against one of its entries, and the answer. Both only grow."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from cms.review.models import AppendOnly, AppendOnlyQuerySet
from infoflow.units.models import Unit
from infoflow.units.permissions import has_role, unit_ids_of
from infoflow.units.roles import Role
from scoring.adoptions.models import Fact
from scoring.ledger.models import Entry

from .rules import TEXT_MAX, Result, State, state_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from infoflow.units.models import User

_DAYS = [MinValueValidator(1), MaxValueValidator(60)]


class ObjectionSettings(models.Model):
    """Working days for objecting and for answering. One row."""

    raise_days = models.PositiveSmallIntegerField(
        _("提出异议的期限（工作日）"),
        default=10,
        validators=_DAYS,
        help_text=_("从得分入账的次日起算；过了期限不能再提出。"),
    )
    answer_days = models.PositiveSmallIntegerField(
        _("答复的期限（工作日）"),
        default=10,
        validators=_DAYS,
        help_text=_("从提出异议的次日起算；过了期限只提醒，不会自动成立或不成立。"),
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("异议设置")
        verbose_name_plural = _("异议设置")

    def __str__(self) -> str:
        return str(_("异议设置"))

    @classmethod
    def current(cls) -> ObjectionSettings:
        """Return the row in force; its defaults where nobody has saved one."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class ObjectionQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Objections a person may read: scorers all, a unit's people their own unit's."""
        if has_role(user, Role.SCORER):
            return self
        return self.filter(unit_id__in=unit_ids_of(user))

    def open(self) -> Self:
        """Objections without an answer."""
        return self.filter(answer=None)


class Objection(AppendOnly):
    """A unit's objection to one entry; once for each entry."""

    entry = models.OneToOneField(
        Entry, verbose_name=_("得分分录"), on_delete=models.PROTECT, related_name="objection"
    )
    unit = models.ForeignKey(
        Unit, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="objections"
    )
    text = models.CharField(_("异议"), max_length=TEXT_MAX)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("提出人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("提出时间"), default=timezone.now)
    # The deadline with the sentence that explains it. Nothing happens by itself after it.
    answer_by = models.DateTimeField(_("答复期限"))
    answer_rule = models.CharField(max_length=200)

    objects = ObjectionQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("得分异议")
        verbose_name_plural = _("得分异议")
        ordering = ["answer_by", "pk"]
        indexes = [models.Index(fields=["unit", "at"], name="objection_of_unit")]

    def __str__(self) -> str:
        return self.text[:40]

    def state(self, now: datetime | None = None) -> State:
        """Return how it stands, from answer and deadline."""
        answer: Answer | None = getattr(self, "answer", None)
        return state_of(answer.result if answer else None, self.answer_by, now or timezone.now())


class Answer(AppendOnly):
    """The scorer's answer; once for each objection."""

    objection = models.OneToOneField(
        Objection, verbose_name=_("异议"), on_delete=models.PROTECT, related_name="answer"
    )
    result = models.CharField(_("结果"), max_length=10, choices=Result.choices)
    text = models.CharField(_("答复"), max_length=TEXT_MAX)
    fact = models.ForeignKey(
        Fact,
        verbose_name=_("加减分登记"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("答复人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("答复时间"), default=timezone.now)

    class Meta:
        verbose_name = _("异议答复")
        verbose_name_plural = _("异议答复")

    def __str__(self) -> str:
        return self.text[:40]
