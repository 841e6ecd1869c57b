"""任务: what a unit must reach in a year, a quarter or a month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from infoflow.units.models import Unit
from infoflow.units.permissions import has_role, unit_ids_of, works_in_office
from infoflow.units.roles import Role
from scoring.schemes.periods import PeriodKind
from scoring.schemes.rules import POINTS_MAX, Measure

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from infoflow.units.models import User


class TargetQuerySet(models.QuerySet["Target"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Targets a person may read: office, scorers and leaders all; units their own."""
        if works_in_office(user) or has_role(user, Role.SCORER, Role.LEADER):
            return self
        return self.filter(unit_id__in=unit_ids_of(user))

    def editable_by(self, user: User | AnonymousUser) -> Self:
        """Targets a person may change: scorers all."""
        return self if has_role(user, Role.SCORER) else self.none()


class Target(models.Model):
    """One number that a unit must reach in every period of a kind in one year.

    A monthly minimum and a yearly number are two targets: twelve times the one need not be
    the other. Source: domain rules §1, 任务.
    """

    unit = models.ForeignKey(
        Unit, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="targets"
    )
    year = models.PositiveIntegerField(
        _("年度"), validators=[MinValueValidator(1949), MaxValueValidator(2100)]
    )
    measure = models.CharField(_("按什么算"), max_length=20, choices=Measure.choices)
    per = models.CharField(_("周期"), max_length=20, choices=PeriodKind.choices)
    hundredths = models.PositiveIntegerField(
        _("任务数（百分之一）"), validators=[MaxValueValidator(POINTS_MAX)]
    )
    note = models.CharField(_("说明"), max_length=100, blank=True)

    objects = TargetQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("任务")
        verbose_name_plural = _("任务")
        ordering = ["-year", "unit__order", "unit__code", "per", "measure"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "year", "measure", "per"],
                name="one_target",
                violation_error_message=_("这个单位本年度已有同样的任务，请修改原任务。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}年 {self.unit}"
