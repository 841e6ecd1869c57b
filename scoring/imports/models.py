"""Names learned for units, tables that wait for confirmation, and what was imported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.review.models import AppendOnly, AppendOnlyQuerySet
from infoflow.units.models import Unit
from infoflow.units.permissions import has_role
from infoflow.units.roles import Role

from .rules import ALIAS_MAX, Form

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from infoflow.units.models import User


def imports(user: User | AnonymousUser) -> bool:
    """Tell whether a person imports tables: those who record facts."""
    return has_role(user, Role.EDITOR, Role.SCORER)


class UnitAlias(models.Model):
    """A name by which tables call a unit, as somebody has confirmed it."""

    unit = models.ForeignKey(
        Unit, verbose_name=_("单位"), on_delete=models.CASCADE, related_name="aliases"
    )
    written = models.CharField(_("表中的写法"), max_length=ALIAS_MAX)
    # The name as it is compared.
    plain = models.CharField(max_length=ALIAS_MAX, unique=True, editable=False)
    learned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("确认人"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("确认时间"), default=timezone.now)

    class Meta:
        verbose_name = _("单位别名")
        verbose_name_plural = _("单位别名")
        ordering = ["written"]

    def __str__(self) -> str:
        return self.written


class UploadQuerySet(models.QuerySet["Upload"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Tables that a person has uploaded and not yet booked: only the own ones."""
        return self.filter(person_id=user.pk) if imports(user) else self.none()


class Upload(models.Model):
    """A table that was looked through and waits for confirmation; gone when it is booked."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("上传人"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    name = models.CharField(_("文件名"), max_length=120)
    kind = models.CharField(max_length=10)
    digest = models.CharField(max_length=64)
    data = models.BinaryField()
    # What was chosen so far: sheet, form, notice, day, year, names, titles, columns.
    choices = models.JSONField(default=dict)
    at = models.DateTimeField(_("上传时间"), default=timezone.now)

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("待导入的表")
        verbose_name_plural = _("待导入的表")
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.name


class ImportRunQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """What was imported: those who record facts see all of it."""
        return self if imports(user) else self.none()


class ImportRun(AppendOnly):
    """One booked table: who, when, which file, what came of it."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("导入人"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("导入时间"), default=timezone.now)
    name = models.CharField(_("文件名"), max_length=120)
    digest = models.CharField(_("文件摘要"), max_length=64, db_index=True)
    form = models.CharField(_("表的种类"), max_length=10, choices=Form.choices)
    sheet = models.CharField(_("工作表"), max_length=60, blank=True)
    notice = models.CharField(_("通报名称"), max_length=60, blank=True)
    day = models.DateField(_("登记日期"), null=True, blank=True)
    rows = models.PositiveIntegerField(_("表中行数"))
    made = models.PositiveIntegerField(_("新登记"))
    known = models.PositiveIntegerField(_("以前已登记"))
    # [row, column, message] of each place where the table contradicts itself.
    mismatches = models.JSONField(_("前后不符"), default=list)
    # First and last id of each unbroken run of the facts that were booked.
    facts = models.JSONField(default=list)

    objects = ImportRunQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("导入记录")
        verbose_name_plural = _("导入记录")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.name
