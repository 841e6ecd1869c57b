"""Changes of targets: a whole table at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from cms.review.actions import Refused
from cms.scanning import door
from cms.scanning.rules import Entrance
from infoflow.units.models import Unit
from infoflow.units.permissions import has_role
from infoflow.units.roles import Role
from scoring.schemes.periods import PeriodKind
from scoring.schemes.rules import Measure

from .models import Target
from .rules import Number

if TYPE_CHECKING:
    from infoflow.units.models import User


@door.guarded(Entrance.SCHEME)
@transaction.atomic
def set_targets(
    *, year: int, measure: Measure, per: PeriodKind, numbers: Mapping[int, Number], person: User
) -> int:
    """Set the targets of units for a year; None takes a unit's target away. Each change is kept
    in the history. Points already booked follow with the next rescoring.

    Returns:
        How many targets changed.

    Raises:
        Refused: not a scorer, or a unit that does not exist.
        ValidationError: a number out of range.
    """
    if not has_role(person, Role.SCORER):
        raise Refused(_("只有计分员可以修改任务。"))
    known = set(Unit.objects.filter(pk__in=numbers).values_list("pk", flat=True))
    if known != set(numbers):
        raise Refused(_("有的单位已不存在，请刷新页面后再填。"))
    stored = {
        target.unit_id: target
        for target in Target.objects.select_for_update().filter(
            unit_id__in=numbers, year=year, measure=measure, per=per
        )
    }
    changed = 0
    for unit, number in sorted(numbers.items()):
        target = stored.get(unit)
        if number == (target.hundredths if target else None):
            continue
        changed += 1
        if number is None and target is not None:
            target._history_user = person  # type: ignore[attr-defined]
            target.delete()
        elif number is not None:
            target = target or Target(unit_id=unit, year=year, measure=measure, per=per)
            target.hundredths = number
            target._history_user = person  # type: ignore[attr-defined]
            try:
                target.full_clean(validate_unique=False, validate_constraints=False)
            except ValidationError as error:
                raise ValidationError("；".join(error.messages)) from error
            target.save()
    return changed
