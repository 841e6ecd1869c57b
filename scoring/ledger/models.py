"""The ledger: every point with its rule, its fact and a sentence why. Only grows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.review.models import AppendOnly, AppendOnlyQuerySet
from infoflow.units.models import Unit
from infoflow.units.permissions import has_role, unit_ids_of, works_in_office
from infoflow.units.roles import Role
from scoring.adoptions.models import Fact
from scoring.closings.models import SEALED
from scoring.schemes.models import Scheme

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from infoflow.units.models import User


SENTENCE_MAX = 500


class EntryQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Entries a person may read: office, scorers and leaders all; units their own."""
        if works_in_office(user) or has_role(user, Role.SCORER, Role.LEADER):
            return self
        return self.filter(unit_id__in=unit_ids_of(user))

    def editable_by(self, user: User | AnonymousUser) -> Self:
        """Nobody edits the ledger; corrections are new entries."""
        return self.none()

    def standing(self) -> Self:
        """Entries that were neither taken back nor take another back."""
        return self.filter(reverses=None, reversed_by=None)


class Entry(AppendOnly):
    """One booking: hundredths of a point for a unit on a date, and why."""

    sealed_by = SEALED

    # Two indexes below begin with it.
    unit = models.ForeignKey(
        Unit,
        verbose_name=_("单位"),
        on_delete=models.PROTECT,
        related_name="ledger_entries",
        db_index=False,
    )
    # The day on which it counts: `earned`, or a day of the open period when it came late (补计).
    date = models.DateField(_("计分日期"))
    earned = models.DateField(_("得分日期"))
    hundredths = models.IntegerField(_("分值（百分之一分）"))
    # What it is about within the clause: a fact ("f12"), a period ("p2026-03-31") …
    about = models.CharField(max_length=60)
    fact = models.ForeignKey(
        Fact,
        verbose_name=_("依据"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="entries",
    )
    scheme = models.ForeignKey(
        Scheme, verbose_name=_("计分办法"), on_delete=models.PROTECT, related_name="entries"
    )
    block_id = models.CharField(_("条款编号"), max_length=40)
    block_type = models.CharField(_("条款类型"), max_length=40)
    sentence = models.CharField(_("说明"), max_length=SENTENCE_MAX)
    flag = models.CharField(_("不计分的结果"), max_length=40, blank=True)
    reverses = models.OneToOneField(
        "self",
        verbose_name=_("冲销的分录"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reversed_by",
    )
    # scheme:block:about:unit:generation — makes a double booking impossible. Unique by a
    # constraint: the field's own way brings PostgreSQL a second index for LIKE, which nobody asks.
    key = models.CharField(max_length=160, editable=False)
    at = models.DateTimeField(_("入账时间"), default=timezone.now)

    objects = EntryQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("得分分录")
        verbose_name_plural = _("得分台账")
        ordering = ["date", "pk"]
        indexes = [
            models.Index(fields=["date", "unit", "hundredths"], name="entry_for_ranking"),
            models.Index(fields=["unit", "date", "hundredths"], name="entry_unit_date"),
            models.Index(fields=["unit", "earned"], name="entry_unit_earned"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(sentence=""), name="entry_has_reason"),
            models.UniqueConstraint(fields=["key"], name="entry_booked_once"),
        ]

    def __str__(self) -> str:
        return self.sentence

    @property
    def late(self) -> bool:
        """Whether it was booked after its own period had been closed (补计)."""
        return self.date != self.earned


class Rescoring(AppendOnly):
    """重算: who had a period's points recalculated, when, and how much that changed."""

    start = models.DateField(_("开始日期"))
    end = models.DateField(_("结束日期"))
    added = models.PositiveIntegerField(_("新增笔数"))
    taken_back = models.PositiveIntegerField(_("冲销笔数"))
    digest = models.CharField(_("差异摘要"), max_length=64)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("重算人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = _("重算记录")
        verbose_name_plural = _("重算记录")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d}—{self.end:%Y-%m-%d}"
