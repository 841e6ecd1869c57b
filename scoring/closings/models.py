"""Closed periods: what was counted then is fixed, and shown from the snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.review.models import AppendOnly, AppendOnlyQuerySet, Seal
from infoflow.units.models import plausible_date
from infoflow.units.permissions import has_role, works_in_office
from infoflow.units.roles import Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from infoflow.units.models import User


# On rows that count on a day: none comes into a closed period any more.
SEALED = Seal(day="date", table="closings_closing", start="start", end="end")


class ClosingQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Closings with the whole ranking: office, scorers and leaders."""
        if works_in_office(user) or has_role(user, Role.SCORER, Role.LEADER):
            return self
        return self.none()


class Closing(AppendOnly):
    """结账: a period's ranking as it was, with its digest. Never opened again."""

    start = models.DateField(_("开始日期"), validators=[plausible_date])
    end = models.DateField(_("结束日期"), validators=[plausible_date])
    # JSON as it was written: the digest is of this very text, which no database may spell anew.
    snapshot = models.TextField(_("排名快照"))
    # The year whose conversion stands in the snapshot.
    converted_year = models.PositiveSmallIntegerField(_("折算年度"), null=True)
    digest = models.CharField(_("摘要"), max_length=64)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("结账人"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("结账时间"), default=timezone.now)

    objects = ClosingQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("结账")
        verbose_name_plural = _("结账")
        ordering = ["-end"]
        constraints = [
            models.CheckConstraint(condition=Q(start__lte=F("end")), name="closing_in_order"),
            models.UniqueConstraint(fields=["start"], name="one_closing_from"),
            models.UniqueConstraint(fields=["end"], name="one_closing_until"),
        ]

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d}—{self.end:%Y-%m-%d}"
