"""Sums by unit, year and month, kept by the database itself (keeping.py).

A copy of what fact lines and ledger entries say, so that a ranking reads one row for a unit
and a year. Nothing writes here but the triggers and `keeping.rebuild`.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from infoflow.units.models import Unit

MONTHS = range(1, 13)


class Tally(models.Model):
    """A unit's year. For each month: t01… its counts as tokens, p01… hundredths of a point,
    d01… those of them that were deducted."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    # One line for each consequence that is no points: "2026-03-05+取消评先"; "-" takes it back.
    flags = models.TextField(default="", db_default="")

    class Meta:
        verbose_name = _("月度汇总")
        verbose_name_plural = _("月度汇总")
        constraints = [models.UniqueConstraint(fields=["year", "unit"], name="one_tally")]

    def __str__(self) -> str:
        return f"{self.unit_id}/{self.year}"


for _month in MONTHS:
    Tally.add_to_class(f"t{_month:02}", models.TextField(default="", db_default=""))
    Tally.add_to_class(f"p{_month:02}", models.BigIntegerField(default=0, db_default=0))
    Tally.add_to_class(f"d{_month:02}", models.BigIntegerField(default=0, db_default=0))
