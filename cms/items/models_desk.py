"""What the desk keeps beside an item: unsaved typing, and the units that report together."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.review.models import AppendOnly
from infoflow.units.models import Unit

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from infoflow.units.models import User


class AutoSaveQuerySet(models.QuerySet["AutoSave"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Only who typed it may see it, whatever else they are."""
        return self.filter(person_id=user.pk) if user.pk else self.none()


class AutoSave(models.Model):
    """What one person has typed in one open form and not saved. Nobody else ever sees it."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="autosaves"
    )
    # None: the item has not been saved for the first time.
    item = models.ForeignKey(
        "items.ItemPage", null=True, on_delete=models.CASCADE, related_name="autosaves"
    )
    # One open form is one row: two tabs do not overwrite one another.
    form_key = models.UUIDField(default=uuid.uuid4)
    # The form's fields as they were typed.
    data = models.JSONField(default=dict)
    # The revision that the person began to change.
    base_revision = models.PositiveBigIntegerField(null=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = AutoSaveQuerySet.as_manager()

    class Meta:
        verbose_name = _("自动保存")
        verbose_name_plural = _("自动保存")
        constraints = [
            models.UniqueConstraint(fields=["person", "form_key"], name="one_autosave_per_form")
        ]

    def __str__(self) -> str:
        return f"{self.person_id}/{self.form_key}"


class JointUnitQuerySet(models.QuerySet["JointUnit"]):
    def standing(self) -> Self:
        """Units that are asked and have not been let go again."""
        return self.filter(dropped_at=None)


class JointUnit(models.Model):
    """联合报送: a unit was asked to report an item together with the lead unit."""

    item = models.ForeignKey(
        "items.ItemPage",
        verbose_name=_("稿件"),
        on_delete=models.PROTECT,
        related_name="joint_units",
    )
    unit = models.ForeignKey(
        Unit, verbose_name=_("联合单位"), on_delete=models.PROTECT, related_name="joint_items"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("邀请人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    asked_at = models.DateTimeField(_("邀请时间"), default=timezone.now)
    # Digest (ItemPage.joint_digest) of the text that they were last asked about.
    digest = models.CharField(_("文本摘要"), max_length=64)
    dropped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("取消人"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    dropped_at = models.DateTimeField(_("取消时间"), null=True)

    objects: ClassVar[JointUnitQuerySet] = JointUnitQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("联合报送单位")
        verbose_name_plural = _("联合报送单位")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "unit"], condition=Q(dropped_at=None), name="joint_unit_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.item_id}/{self.unit_id}"


class JointAnswer(AppendOnly):
    """A joint unit's word on exactly this text. A changed text needs a new one."""

    joint = models.ForeignKey(JointUnit, on_delete=models.PROTECT, related_name="answers")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("答复人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    agreed = models.BooleanField(_("同意"))
    reason = models.TextField(_("理由"), blank=True)
    digest = models.CharField(_("文本摘要"), max_length=64)
    at = models.DateTimeField(_("答复时间"), default=timezone.now)

    class Meta:
        verbose_name = _("联合报送答复")
        verbose_name_plural = _("联合报送答复")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.joint_id} {self.agreed}"
