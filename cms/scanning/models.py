"""What was refused at the door; word lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from infoflow.units.models import Unit
from infoflow.units.permissions import has_role, unit_ids_of
from infoflow.units.roles import Role

from . import marks
from .rules import Entrance, Grade, part_label
from .word_models import ListKind, ScanState, Word, WordList

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from infoflow.units.models import User


__all__ = ["Grade", "ListKind", "Refusal", "ScanState", "Word", "WordList"]


class RefusalQuerySet(models.QuerySet["Refusal"]):
    """Rows that only ever grow."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """All for those who answer for confidentiality, none for others."""
        return self if has_role(user, Role.REVIEWER, Role.SECURITY_ADMIN) else self.none()

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("refusals only grow")

    update = bulk_update = delete = update_or_create = _refuse


class Refusal(models.Model):
    """密级拒收记录: who tried to bring in a marked text, when and where. Nothing of the text."""

    # The database's triggers refuse to change or delete its rows (cms.review.gate).
    only_grows: ClassVar[bool] = True

    at = models.DateTimeField(_("时间"), default=timezone.now, db_index=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("人员"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    unit = models.ForeignKey(
        Unit,
        verbose_name=_("单位"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    entrance = models.CharField(_("入口"), max_length=60)
    rule = models.CharField(_("规则"), max_length=30)
    part = models.CharField(_("所在部分"), max_length=60)
    digest = models.CharField(
        _("文本摘要"), max_length=64, help_text=_("用于辨认是否同一文本，不能还原出文字")
    )

    objects = RefusalQuerySet.as_manager()

    class Meta:
        verbose_name = _("密级拒收记录")
        verbose_name_plural = _("密级拒收记录")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.rule_label}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("refusals only grow")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("refusals only grow")

    @classmethod
    def of(cls, *, person: User, rule: str, entrance: str, part: str, digest: str) -> Self:
        """Return an unsaved record; the unit is the person's own when there is exactly one."""
        units = unit_ids_of(person)
        return cls(
            person_id=person.pk,
            unit_id=next(iter(units)) if len(units) == 1 else None,
            entrance=entrance[:60],
            rule=rule[:30],
            part=part[:60],
            digest=digest,
        )

    @property
    def rule_label(self) -> str:
        return marks.label_of(self.rule)

    @property
    def entrance_label(self) -> str:
        known = self.entrance in Entrance
        return str((Entrance(self.entrance) if known else Entrance.PAGE).label)

    @property
    def part_label(self) -> str:
        return part_label(self.part)
