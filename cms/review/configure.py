"""Changes of how this office reviews."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from infoflow.units.permissions import has_role
from infoflow.units.roles import Role

from .locks import Refused
from .models import RecheckTask, ReviewSettings

if TYPE_CHECKING:
    from infoflow.units.models import User


FIELDS = ("screen_days", "clear_days", "recheck_days", "issue_days", "id_mask")


def _may_configure(person: User) -> None:
    if not has_role(person, Role.SYSTEM_ADMIN):
        raise Refused(_("只有系统管理员可以修改审核设置。"))


@transaction.atomic
def set_second_level(*, on: bool, person: User) -> bool:
    """Switch the second level of confidentiality (保密复审) on or off.

    What waits there when it is switched off stays there and is decided there: its first
    reviewer left the clearance to the second. What has not come that far follows the new rule.

    Returns:
        Whether anything changed.

    Raises:
        Refused: the person is no system administrator.
    """
    _may_configure(person)
    return bool(RecheckTask.objects.filter(active=not on).update(active=on))


@transaction.atomic
def save_settings(*, person: User, second_level: bool, **values: int | str) -> ReviewSettings:
    """Save working days and practices; they hold for what comes to a step from now on.

    Raises:
        Refused: the person is no system administrator.
        ValidationError: a number out of range.
    """
    _may_configure(person)
    row = ReviewSettings.objects.select_for_update().filter(pk=1).first() or ReviewSettings(pk=1)
    before = {name: getattr(row, name) for name in values}
    if before != values or row._state.adding:
        for name, value in values.items():
            setattr(row, name, value)
        row._history_user = person  # type: ignore[attr-defined]
        row.full_clean()
        row.save()
    set_second_level(on=second_level, person=person)
    return row
