"""期号: what an issue was numbered when it was signed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.review.models import AppendOnly


class IssueNumber(AppendOnly):
    """期号 and 总期号 of a signed issue; 增刊 counts apart. Gapless, given once."""

    issue = models.OneToOneField("IssuePage", on_delete=models.PROTECT, related_name="number")
    bulletin = models.ForeignKey("Bulletin", on_delete=models.PROTECT, related_name="numbers")
    supplement = models.BooleanField(_("增刊"), default=False)
    year = models.PositiveIntegerField(_("年度"))
    number = models.PositiveIntegerField(_("期号"))
    total = models.PositiveIntegerField(_("总期号"))
    signed_on = models.DateField(_("签发日期"))
    signer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("签发人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("期号")
        verbose_name_plural = _("期号")
        ordering = ["-signed_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["bulletin", "supplement", "year", "number"], name="one_number_a_year"
            ),
            models.UniqueConstraint(
                fields=["bulletin", "supplement", "total"], name="one_total_number"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="number_from_one"),
        ]

    def __str__(self) -> str:
        word = _("增刊第%(n)s期") if self.supplement else _("第%(n)s期")
        return f"{self.year}年{word % {'n': self.number}}（总第{self.total}期）"
