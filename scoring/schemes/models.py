"""Scheme versions: an ordered list of typed blocks with dates."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.fields import StreamField
from wagtail.models import DraftStateMixin, RevisionMixin

from infoflow.units.models import plausible_date
from infoflow.units.permissions import has_role
from infoflow.units.roles import Role

from .blocks import SchemeBlocks

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from infoflow.units.models import User


class SchemeQuerySet(models.QuerySet["Scheme"]):
    def in_force_on(self, day: date) -> Self:
        """Published versions in force on a day (both ends included)."""
        return self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=day), live=True, valid_from__lte=day
        )

    def in_force_between(self, start: date, end: date) -> Self:
        """Published versions in force on at least one day of a period."""
        return self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=start), live=True, valid_from__lte=end
        )

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Published versions are open to everybody with an account; drafts to scorers."""
        if has_role(user, Role.SCORER):
            return self
        return self.filter(live=True) if user.is_authenticated else self.none()

    def editable_by(self, user: User | AnonymousUser) -> Self:
        return self if has_role(user, Role.SCORER) else self.none()


class Scheme(DraftStateMixin, RevisionMixin, models.Model):
    """One version of a 计分办法. Once published and used it is never changed: a new version is."""

    name = models.CharField(_("名称"), max_length=60)
    version = models.PositiveIntegerField(_("版次"), default=1)
    document = models.CharField(_("依据文件"), max_length=200, blank=True)
    valid_from = models.DateField(_("施行日期"), validators=[plausible_date])
    valid_until = models.DateField(
        _("截止日期"), null=True, blank=True, validators=[plausible_date]
    )
    blocks = StreamField(SchemeBlocks(), verbose_name=_("条款"), blank=True)

    objects = SchemeQuerySet.as_manager()

    class Meta:
        verbose_name = _("计分办法")
        verbose_name_plural = _("计分办法")
        ordering = ["-valid_from", "name", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="one_scheme_version")
        ]

    def __str__(self) -> str:
        return _("%(name)s(第%(version)s版)") % {"name": self.name, "version": self.version}

    def clean(self) -> None:
        super().clean()
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValidationError({"valid_until": _("截止日期不能早于施行日期。")})
