"""What a leader wrote on an item beside the counted fact, and what the unit did about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.review.models import AppendOnly, AppendOnlyQuerySet
from infoflow.units.models import Unit, plausible_date
from infoflow.units.permissions import has_role, unit_ids_of, works_in_office
from infoflow.units.roles import Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from infoflow.units.models import User


class InstructionQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Instructions a person may read: office and scorers all; units those on their items."""
        if works_in_office(user) or has_role(user, Role.SCORER):
            return self
        units = unit_ids_of(user)
        if not units:
            return self.none()
        return self.filter(fact__lines__unit_id__in=units).distinct()

    def standing(self) -> Self:
        """Instructions whose fact was not withdrawn."""
        return self.filter(fact__reversed_by=None)


class Instruction(AppendOnly):
    """批示: the words, and by when the units answer."""

    fact = models.OneToOneField(
        "adoptions.Fact",
        verbose_name=_("登记"),
        on_delete=models.PROTECT,
        related_name="instruction",
    )
    text = models.TextField(_("批示内容"), blank=True)
    answer_by = models.DateField(_("反馈期限"), null=True, blank=True, validators=[plausible_date])

    objects = InstructionQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("批示")
        verbose_name_plural = _("批示")

    def __str__(self) -> str:
        return f"{self.fact_id}"


class InstructionAnswer(AppendOnly):
    """办理反馈: what a unit did about an instruction and when. A later one adds, never replaces."""

    instruction = models.ForeignKey(
        Instruction, verbose_name=_("批示"), on_delete=models.PROTECT, related_name="answers"
    )
    unit = models.ForeignKey(
        Unit, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField(_("办理情况"))
    done_on = models.DateField(_("办理日期"), validators=[plausible_date])
    # Names the form, so that a form sent twice answers once.
    key = models.CharField(max_length=60, unique=True, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("反馈人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("反馈时间"), default=timezone.now)

    class Meta:
        verbose_name = _("办理反馈")
        verbose_name_plural = _("办理反馈")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["instruction", "unit"], name="answer_of_unit")]

    def __str__(self) -> str:
        return f"{self.instruction_id}/{self.unit_id}"
