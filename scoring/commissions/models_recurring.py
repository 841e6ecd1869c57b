"""定期报送: duties that come again every week or month, who is exempt, what was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from cms.review.models import AppendOnly
from infoflow.units.models import Unit

from .rules import PHONE_MAX, TEXT_MAX, TITLE_MAX, WORDS_MAX
from .rules_recurring import AHEAD_MAX, Rhythm, Slots

if TYPE_CHECKING:
    from datetime import date

COMMISSION = "commissions.Commission"


class RecurringDuty(models.Model):
    """One duty; each time it is due it becomes a commission of its own."""

    title = models.CharField(_("名称"), max_length=TITLE_MAX - 20)
    points = models.TextField(_("要点"), max_length=TEXT_MAX, blank=True)
    requirements = models.TextField(_("写作要求"), max_length=TEXT_MAX, blank=True)
    contact = models.CharField(_("联系人及电话"), max_length=PHONE_MAX, blank=True)
    rhythm = models.CharField(_("多久一次"), max_length=10, choices=Rhythm.choices)
    day = models.PositiveSmallIntegerField(
        _("星期几或几日"), validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    at = models.TimeField(_("截止钟点"))
    ahead = models.PositiveSmallIntegerField(
        _("提前几天下达"), default=3, validators=[MaxValueValidator(AHEAD_MAX)]
    )
    units = models.ManyToManyField(
        Unit, verbose_name=_("报送单位"), related_name="recurring_duties"
    )
    # Slots up to here were dealt with; the first is the one after it.
    begun_at = models.DateTimeField(_("开始时间"), default=timezone.now)
    # In whose name it is sent; any other editor when that one has left.
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("经办人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    stopped_at = models.DateTimeField(_("停用时间"), null=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("定期报送")
        verbose_name_plural = _("定期报送")
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def slots(self) -> Slots:
        """The moments at which it is due."""
        return Slots(Rhythm(self.rhythm), self.day, self.at)


class ExemptionQuerySet(models.QuerySet["Exemption"]):
    def on(self, day: date) -> ExemptionQuerySet:
        """Exemptions that hold on a day."""
        return self.filter(since__lte=day, until__gte=day, ended_at__isnull=True)


class Exemption(models.Model):
    """A unit that need not report for a while, with the reason."""

    duty = models.ForeignKey(RecurringDuty, on_delete=models.CASCADE, related_name="exemptions")
    unit = models.ForeignKey(
        Unit, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="+"
    )
    since = models.DateField(_("从哪天"))
    until = models.DateField(_("到哪天"))
    reason = models.CharField(_("理由"), max_length=WORDS_MAX)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ExemptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("免报")
        verbose_name_plural = _("免报")
        ordering = ["-since", "pk"]

    def __str__(self) -> str:
        return f"{self.duty_id}/{self.unit_id}"


class DutyRun(AppendOnly):
    """One slot of a duty that was dealt with: sent as a commission, or left out with words."""

    duty = models.ForeignKey(RecurringDuty, on_delete=models.PROTECT, related_name="runs")
    slot = models.DateTimeField(_("期次"))
    commission = models.OneToOneField(
        COMMISSION, null=True, on_delete=models.PROTECT, related_name="duty_run"
    )
    words = models.CharField(_("说明"), max_length=WORDS_MAX, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("定期报送期次")
        verbose_name_plural = _("定期报送期次")
        ordering = ["-slot"]
        constraints = [models.UniqueConstraint(fields=["duty", "slot"], name="duty_slot_once")]

    def __str__(self) -> str:
        return f"{self.duty_id} {self.slot:%Y-%m-%d}"
