"""交接: who gave what to whom in a unit. Rows are written once."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .roles import UNIT_ROLES, Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from .models import User

NOTE_MAX = 500


class HandOverQuerySet(models.QuerySet["HandOver"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Hand-overs of the units where a person holds a post; all to system administrators.

        They carry counts and ids only; whoever shows titles asks the texts' own `visible_to`.
        """
        from .permissions import has_role, unit_ids_of

        if has_role(user, Role.SYSTEM_ADMIN):
            return self
        return self.filter(unit_id__in=unit_ids_of(user))


class HandOver(models.Model):
    """One act: a person's post in a unit went to a successor, with what hung on it."""

    # The database refuses every change (cms.review.gate).
    only_grows = True

    unit = models.ForeignKey(
        "units.Unit", verbose_name=_("单位"), on_delete=models.PROTECT, related_name="handovers"
    )
    role = models.CharField(
        _("职务"), max_length=10, choices=[(r.value, r.label) for r in Role if r in UNIT_ROLES]
    )
    leaver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("移交人"),
        on_delete=models.PROTECT,
        related_name="handed_over",
    )
    successor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("接手人"),
        on_delete=models.PROTECT,
        related_name="taken_over",
    )
    # None: the command line.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("经办人"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    note = models.TextField(_("说明"), max_length=NOTE_MAX, blank=True)
    appointed = models.BooleanField(_("接手人由此任职"), default=False)
    account_closed = models.BooleanField(_("移交人账号停用"), default=False)
    at = models.DateTimeField(_("时间"), default=timezone.now)

    objects: ClassVar[HandOverQuerySet] = HandOverQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("交接")
        verbose_name_plural = _("交接")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.unit} {self.role} {self.leaver} → {self.successor}"


class HandOverLine(models.Model):
    """One kind of things in a hand-over: how many, and which."""

    only_grows = True

    hand_over = models.ForeignKey(HandOver, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(_("种类代码"), max_length=30)
    label = models.CharField(_("种类"), max_length=50)
    # False: told to the successor, but it stays where it is (a text under review).
    moved = models.BooleanField(_("已移交"), default=True)
    count = models.PositiveIntegerField(_("件数"))
    object_ids = models.JSONField(_("编号"), default=list)

    class Meta:
        verbose_name = _("交接内容")
        verbose_name_plural = _("交接内容")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.label} {self.count}"
