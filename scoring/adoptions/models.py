"""Facts that count: submitted, sent up, adopted. Written once; a withdrawal is a new fact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.bulletins.models import Bulletin
from cms.items.models import ItemPage
from cms.review.models import AppendOnly, AppendOnlyQuerySet
from infoflow.units.models import Unit, plausible_date
from infoflow.units.permissions import has_role, unit_ids_of, works_in_office
from infoflow.units.roles import Role

from .rules import AdoptionForm, FactKind, Source

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from infoflow.units.models import User


# A unit submits to the office, not to a bulletin; everything else names the bulletin.
BULLETIN_UNLESS_SUBMISSION = Q(kind=FactKind.SUBMISSION, bulletin__isnull=True) | (
    ~Q(kind=FactKind.SUBMISSION) & Q(bulletin__isnull=False)
)


class FactQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Facts a person may read: office, scorers and leaders all; units their own."""
        if works_in_office(user) or has_role(user, Role.SCORER, Role.LEADER):
            return self
        return self.filter(lines__unit_id__in=unit_ids_of(user)).distinct()

    def editable_by(self, user: User | AnonymousUser) -> Self:
        """Facts a person may withdraw: scorers and editors all."""
        return self if has_role(user, Role.SCORER, Role.EDITOR) else self.none()

    def standing(self) -> Self:
        """Facts that were neither withdrawn nor are themselves a withdrawal."""
        return self.filter(reverses=None, reversed_by=None)


class Fact(AppendOnly):
    """One thing that happened: an item was submitted, sent up or adopted."""

    kind = models.CharField(_("事项"), max_length=20, choices=FactKind.choices)
    date = models.DateField(_("日期"), validators=[plausible_date])
    title = models.CharField(_("标题"), max_length=200)
    bulletin = models.ForeignKey(
        Bulletin,
        verbose_name=_("刊物"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="facts",
    )
    form = models.CharField(_("采用形式"), max_length=20, choices=AdoptionForm.choices, blank=True)
    issue_label = models.CharField(_("期号"), max_length=60, blank=True)
    item = models.ForeignKey(
        ItemPage,
        verbose_name=_("本系统稿件"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="facts",
    )
    source = models.CharField(_("来源"), max_length=20, choices=Source.choices)
    # Names the cause; the same cause booked twice makes one fact.
    key = models.CharField(max_length=120, unique=True, editable=False)
    reverses = models.OneToOneField(
        "self",
        verbose_name=_("撤销的事项"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reversed_by",
    )
    note = models.CharField(_("说明"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("登记人"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    recorded_at = models.DateTimeField(_("登记时间"), default=timezone.now)

    objects = FactQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("采用登记")
        verbose_name_plural = _("采用登记")
        ordering = ["-date", "-pk"]
        indexes = [models.Index(fields=["date", "kind"], name="fact_date_kind")]
        constraints = [
            models.CheckConstraint(condition=BULLETIN_UNLESS_SUBMISSION, name="fact_names_bulletin")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def marked_without_item(self) -> bool:
        """Adopted or sent up without a submission in this system (older items)."""
        return self.kind != FactKind.SUBMISSION and self.item_id is None


class FactLine(AppendOnly):
    """A fact's line for one unit; carries what rankings group by. Withdrawn: quantity −1."""

    fact = models.ForeignKey(Fact, on_delete=models.PROTECT, related_name="lines")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="fact_lines")
    position = models.PositiveSmallIntegerField(_("署名次序"), default=1)
    kind = models.CharField(max_length=20, choices=FactKind.choices)
    bulletin = models.ForeignKey(Bulletin, null=True, on_delete=models.PROTECT, related_name="+")
    date = models.DateField()
    quantity = models.SmallIntegerField(default=1)

    class Meta:
        verbose_name = _("采用明细")
        verbose_name_plural = _("采用明细")
        ordering = ["fact_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["fact", "unit"], name="one_line_per_unit"),
            models.CheckConstraint(
                condition=BULLETIN_UNLESS_SUBMISSION, name="line_names_bulletin"
            ),
        ]
        indexes = [
            models.Index(
                fields=["date", "unit", "kind", "bulletin", "quantity"], name="line_for_ranking"
            )
        ]

    def __str__(self) -> str:
        return f"{self.fact_id}/{self.unit_id}"
