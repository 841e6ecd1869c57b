"""Scheme versions: an ordered list of typed blocks with dates."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import DraftStateMixin, RevisionMixin

from infoflow.units.models import plausible_date
from infoflow.units.permissions import has_role
from infoflow.units.roles import Role

from .blocks import SchemeBlocks
from .checks import faults_of
from .engine import SchemeFault
from .fields import ClausesField
from .forms import SchemeForm
from .periods import PeriodKind
from .rules import Rounding
from .specs import spec_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from wagtail.models import Revision

    from infoflow.units.models import User


NOTE_MAX = 1_000


class SchemeQuerySet(models.QuerySet["Scheme"]):
    def in_force_on(self, day: date) -> Self:
        """Published versions in force on a day (both ends included)."""
        return self.in_force_between(day, day)

    def in_force_between(self, start: date, end: date | None) -> Self:
        """Published versions in force on at least one day of a period; None: no end."""
        found = self.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=start), live=True)
        return found if end is None else found.filter(valid_from__lte=end)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Published versions are open to everybody with an account; drafts to scorers."""
        if has_role(user, Role.SCORER):
            return self
        return self.filter(live=True) if user.is_authenticated else self.none()

    def editable_by(self, user: User | AnonymousUser) -> Self:
        """Versions that a scorer may still change: those no entry was booked under."""
        if not has_role(user, Role.SCORER):
            return self.none()
        return self.filter(entries=None)

    def with_use(self) -> Self:
        """Add `is_used`: whether points were ever booked under the version."""
        booked = self.model._default_manager.filter(pk=OuterRef("pk"), entries__isnull=False)
        return self.annotate(is_used=Exists(booked))

    def lock_all(self) -> None:
        """Hold every version until the transaction ends: publishing and rebuilding take turns.

        Without the key: whoever books points meanwhile refers to a version while it holds
        units, and would wait for a publication that waits for those units.
        """
        versions = self.model._default_manager.select_for_update(no_key=True)
        list(versions.order_by("pk").values_list("pk"))


class Scheme(DraftStateMixin, RevisionMixin, models.Model):
    """One version of a 计分办法. Once published and used it is never changed: a new version is."""

    # What no longer changes, besides the blocks, once points were booked under a version.
    # Its end may still be set.
    FROZEN: ClassVar[tuple[str, ...]] = (
        "name",
        "version",
        "document",
        "valid_from",
        "rounding",
        "period",
    )

    name = models.CharField(_("名称"), max_length=60)
    version = models.PositiveIntegerField(_("版次"), default=1, editable=False)
    document = models.CharField(
        _("依据文件"), max_length=200, blank=True, help_text=_("规定本办法的文件名和文号")
    )
    note = models.TextField(
        _("说明"),
        max_length=NOTE_MAX,
        blank=True,
        validators=[MaxLengthValidator(NOTE_MAX)],
        help_text=_("文件没有写明、由计分员认定的事项，例如同一稿件多次批示怎么计"),
    )
    valid_from = models.DateField(_("施行日期"), validators=[plausible_date])
    valid_until = models.DateField(
        _("截止日期"),
        null=True,
        blank=True,
        validators=[plausible_date],
        help_text=_("含当日；长期有效的留空"),
    )
    rounding = models.CharField(
        _("小数取舍"),
        max_length=20,
        choices=Rounding.choices,
        default=Rounding.HALF_UP,
        help_text=_("计算出现0.01分以下的零头时如何处理"),
    )
    period = models.CharField(
        _("计分周期"),
        max_length=20,
        choices=PeriodKind.choices,
        default=PeriodKind.QUARTER,
        help_text=_("基础分、任务、封顶等按期计算的条款以此为一期"),
    )
    blocks = ClausesField(
        SchemeBlocks(),
        verbose_name=_("条款"),
        blank=True,
        help_text=_("条款自上而下依次计算"),
    )
    # Unlike Wagtail's: nothing is in force unless somebody has published it.
    live = models.BooleanField(_("施行"), default=False, editable=False)

    objects = SchemeQuerySet.as_manager()
    base_form_class = SchemeForm

    class Meta:
        verbose_name = _("计分办法")
        verbose_name_plural = _("计分办法")
        ordering = ["-valid_from", "name", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="one_scheme_version")
        ]

    def __str__(self) -> str:
        return _("%(name)s（第%(version)s版）") % {"name": self.name, "version": self.version}

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store; every way of publishing ends here, so what may not be in force is refused here.

        Raises:
            ValidationError: overlaps a version in force, has no clause, or would change a
                version that points were booked under.
        """
        if self.live:
            faults = self.faults_of_publication()
            if faults:
                raise ValidationError(faults)
            if self._changed_while_used():
                raise ValidationError(SchemeForm.frozen_message())
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValidationError({"valid_until": _("截止日期不能早于施行日期。")})

    @property
    def used(self) -> bool:
        """Tell whether points were ever booked under this version."""
        return self.pk is not None and self.entries.exists()

    def faults_of_publication(self) -> dict[str, str]:
        """Return field → message for everything that keeps this version from being in force."""
        if not self.blocks:
            return {"blocks": str(_("请至少写一条条款再发布。"))}
        other = (
            Scheme.objects.in_force_between(self.valid_from, self.valid_until)
            .exclude(pk=self.pk)
            .first()
        )
        if other is None:
            faults = self.faults_of_clauses()
            return {"blocks": " ".join(faults)} if faults else {}
        until = f"{other.valid_until:%Y-%m-%d}" if other.valid_until else str(_("长期"))
        return {
            "valid_from": str(
                _(
                    "与已发布的《%(other)s》（%(from)s至%(until)s）时间重叠。"
                    "请先给它设截止日期，或修改本办法的施行日期、截止日期。"
                )
                % {"other": other, "from": f"{other.valid_from:%Y-%m-%d}", "until": until}
            )
        }

    def faults_of_clauses(self) -> list[str]:
        """Return what is wrong with clauses that are not in force yet, each with its number.

        What is in force already may still be ended, even before its first period is over.
        """
        stored = Scheme.objects.filter(pk=self.pk, live=True).first() if self.pk else None
        if (
            stored is not None
            and stored.blocks.get_prep_value() == self.blocks.get_prep_value()
            and (stored.period, stored.valid_from) == (self.period, self.valid_from)
        ):
            return []
        try:
            found = faults_of(spec_of(self), self.valid_from, self.valid_until)
        except (ValueError, SchemeFault) as error:
            return [str(_("条款内容无法识别，请重新填写：%(error)s") % {"error": error})]
        return [
            str(
                _("第%(number)s条（%(label)s）：%(message)s")
                % {
                    "number": fault.number,
                    "label": self.blocks[fault.number - 1].block.label,
                    "message": fault.message,
                }
            )
            for fault in found
        ]

    def _changed_while_used(self) -> bool:
        stored = Scheme.objects.filter(pk=self.pk).first() if self.pk else None
        if stored is None or not self.used:
            return False
        return stored.blocks.get_prep_value() != self.blocks.get_prep_value() or any(
            getattr(stored, name) != getattr(self, name) for name in self.FROZEN
        )

    def publish(self, revision: Revision, *args: Any, **kwargs: Any) -> Any:
        """Put a revision in force; publications and rebuilds take turns."""
        with transaction.atomic():
            Scheme.objects.lock_all()
            return super().publish(revision, *args, **kwargs)

    def unpublish(self, *args: Any, **kwargs: Any) -> Any:
        """Put the version out of force; what was booked under it is taken back in the ledger."""
        with transaction.atomic():
            Scheme.objects.lock_all()
            return super().unpublish(*args, **kwargs)
