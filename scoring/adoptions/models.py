"""Facts that count: submitted, sent up, adopted. Written once; a withdrawal is a new fact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.bulletins.models import Bulletin, Level
from cms.items.models import ItemPage
from cms.items.rules import ItemForm
from cms.review.models import AppendOnly, AppendOnlyQuerySet
from infoflow.units.models import Unit, plausible_date
from infoflow.units.permissions import has_role, unit_ids_of, works_in_office
from infoflow.units.roles import Role
from scoring.closings.models import SEALED

from .models_instructions import Instruction, InstructionAnswer
from .rules import CHECK_MAX, WITH_BULLETIN, AdoptionForm, FactKind, Mark, Source, Trait

__all__ = ["Fact", "FactLine", "Instruction", "InstructionAnswer"]

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from infoflow.units.models import User


# Sent up or adopted: by a bulletin. A unit submits to the office, not to a bulletin.
NAMES_BULLETIN = ~Q(kind__in=WITH_BULLETIN) | Q(bulletin__isnull=False)
SUBMITS_TO_OFFICE = ~Q(kind=FactKind.SUBMISSION) | Q(bulletin__isnull=True)
BULLETIN_WHERE_DUE = NAMES_BULLETIN & SUBMITS_TO_OFFICE


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
    """One thing that happened: an item was submitted, sent up or adopted, a leader wrote on it …"""

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
    genre = models.CharField(_("稿件形式"), max_length=20, choices=ItemForm.choices, blank=True)
    level = models.PositiveSmallIntegerField(
        _("领导级别"), null=True, blank=True, choices=Level.choices
    )
    leader = models.CharField(_("批示领导"), max_length=60, blank=True)
    mark = models.CharField(_("具体情况"), max_length=20, choices=Mark.choices, blank=True)
    check_item = models.CharField(_("考核项目"), max_length=CHECK_MAX, blank=True)
    words = models.PositiveIntegerField(_("字数"), null=True, blank=True)
    hundredths = models.IntegerField(_("选定或加减的分值（百分之一分）"), null=True, blank=True)
    traits = models.CharField(_("特征"), max_length=100, blank=True)
    # Which piece it is about: "item:12", or a digest of its title.
    subject = models.CharField(max_length=40, editable=False, db_index=True)
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
            models.CheckConstraint(condition=BULLETIN_WHERE_DUE, name="fact_names_bulletin")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def marked_without_item(self) -> bool:
        """Adopted or sent up without a submission in this system (older items)."""
        return self.kind in WITH_BULLETIN and self.item_id is None

    @property
    def trait_set(self) -> frozenset[str]:
        """The traits as stored, one by one."""
        return frozenset(filter(None, self.traits.split(",")))

    @property
    def trait_labels(self) -> str:
        """The traits in a clerk's words."""
        return "、".join(str(Trait(trait).label) for trait in sorted(self.trait_set))


class FactLine(AppendOnly):
    """A fact's line for one unit; carries what rankings group by. Withdrawn: quantity −1.

    `date` is the day on which it counts: the fact's own, or a day of the open period when the
    fact came after its own period was closed (补计). `happened` is always the fact's own.
    """

    sealed_by = SEALED

    # The indexes below begin with them: `one_line_per_unit`, `line_for_scoring`.
    fact = models.ForeignKey(Fact, on_delete=models.PROTECT, related_name="lines", db_index=False)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="fact_lines", db_index=False
    )
    position = models.PositiveSmallIntegerField(_("署名次序"), default=1)
    kind = models.CharField(max_length=20, choices=FactKind.choices)
    bulletin = models.ForeignKey(Bulletin, null=True, on_delete=models.PROTECT, related_name="+")
    date = models.DateField()
    happened = models.DateField()
    quantity = models.SmallIntegerField(default=1)
    # How many units share the fact.
    parties = models.PositiveSmallIntegerField(default=1)

    class Meta:
        verbose_name = _("采用明细")
        verbose_name_plural = _("采用明细")
        ordering = ["fact_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["fact", "unit"], name="one_line_per_unit"),
            models.CheckConstraint(condition=BULLETIN_WHERE_DUE, name="line_names_bulletin"),
        ]
        indexes = [
            models.Index(
                fields=["date", "unit", "kind", "bulletin", "quantity"], name="line_for_ranking"
            ),
            models.Index(fields=["unit", "happened"], name="line_for_scoring"),
        ]

    def __str__(self) -> str:
        return f"{self.fact_id}/{self.unit_id}"
