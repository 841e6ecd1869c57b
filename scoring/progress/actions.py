"""Changes of progress: 零报告, warnings, settings."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.review.actions import Refused
from cms.scanning import door
from cms.scanning.rules import Entrance
from infoflow.notices.actions import announce
from infoflow.notices.people import officers_of, signatories_of
from infoflow.units.models import Unit
from infoflow.units.permissions import has_role, unit_ids_of
from infoflow.units.roles import Role
from scoring.adoptions.models import FactLine
from scoring.adoptions.rules import FactKind
from scoring.closings.queries import lock_units
from scoring.schemes.periods import Span, span_of

from .models import REASON_MAX, ProgressSettings, ZeroReport, ZeroWarning
from .queries import silent_units
from .rules import due_warning

if TYPE_CHECKING:
    from infoflow.units.models import User

# The kind of notice that a warning is.
WARNING_KIND = "zero-warning"


def current_span(today: date) -> Span:
    """Return the period that runs, of the kind that the settings name."""
    return span_of(ProgressSettings.current().period, today)


@door.guarded(Entrance.FACT)
@transaction.atomic
def report_zero(*, unit: Unit, reason: str, person: User, today: date | None = None) -> ZeroReport:
    """Say that a unit has nothing to report in the period that runs; once.

    Raises:
        Refused: not of this unit, no reason, already said, or something was submitted.
    """
    if unit.pk not in unit_ids_of(person):
        raise Refused(_("只能为自己的单位作零报告。"))
    reason = reason.strip()
    if not reason:
        raise Refused(_("请写明没有信息可报的原因，例如：本季度无新情况。"))
    if len(reason) > REASON_MAX:
        raise Refused(_("说明不能超过%(max)s字，请缩短。") % {"max": REASON_MAX})
    lock_units([unit.pk])
    span = current_span(today or timezone.localdate())
    lines = FactLine.objects.filter(unit=unit, kind=FactKind.SUBMISSION, date__range=span)
    if sum(lines.values_list("quantity", flat=True)) > 0:
        raise Refused(_("%(span)s本单位已有报送，不需要零报告。") % {"span": span.text})
    if ZeroReport.objects.filter(unit=unit, start=span.start, end=span.end).exists():
        raise Refused(_("%(span)s已经作过零报告，不用重复。") % {"span": span.text})
    report: ZeroReport = ZeroReport.objects.create(
        unit=unit, start=span.start, end=span.end, reason=reason, by=person
    )
    return report


def unwarned(today: date) -> tuple[Span, int, list[int]] | None:
    """Return the period, the days and the units whose warning is due and not recorded yet."""
    settings = ProgressSettings.current()
    span = span_of(settings.period, today)
    days = due_warning(span, today, settings.days)
    if days is None:
        return None
    warned = set(
        ZeroWarning.objects.filter(start=span.start, end=span.end, days=days).values_list(
            "unit_id", flat=True
        )
    )
    return span, days, [unit for unit, _name in silent_units(span) if unit not in warned]


def warn_silent(today: date) -> list[ZeroWarning]:
    """Record the warnings that are due and were not recorded; return the new ones.

    Run as often as one likes: a unit is warned once for each set day of a period.
    """
    found = unwarned(today)
    if found is None:
        return []
    span, days, units = found
    made = []
    for unit in units:
        try:
            with transaction.atomic():
                warning = ZeroWarning.objects.create(
                    unit_id=unit, start=span.start, end=span.end, days=days
                )
                _tell(warning, span, today)
        except IntegrityError:
            continue  # another run was quicker
        made.append(warning)
    return made


def _tell(warning: ZeroWarning, span: Span, today: date) -> None:
    """Tell the unit's people; inside the transaction of the warning."""
    left = (warning.end - today).days
    text = _("%(span)s还没有报送信息，%(left)s；没有信息可报的，请作零报告。") % {
        "span": span.text,
        "left": _("距期末还有%(n)d天") % {"n": left} if left else _("今天是期末"),
    }
    announce(
        key=f"{WARNING_KIND}:{warning.pk}",
        kind=WARNING_KIND,
        people=[*officers_of(warning.unit_id), *signatories_of(warning.unit_id)],
        number="",
        text=text,
        url=reverse("home"),
    )


@door.guarded(Entrance.SCHEME)
@transaction.atomic
def save_settings(
    *, period: str, warn_before: str, rush_days: int, silent_days: int, person: User
) -> ProgressSettings:
    """Save when units are warned; holds from now on.

    Raises:
        Refused: not a scorer.
        ValidationError: a field is wrong.
    """
    if not has_role(person, Role.SCORER):
        raise Refused(_("只有计分员可以修改进度与挂零设置。"))
    row = ProgressSettings.objects.select_for_update().filter(pk=1).first()
    row = row or ProgressSettings(pk=1)
    row.period, row.warn_before = period, warn_before
    row.rush_days, row.silent_days = rush_days, silent_days
    row.full_clean()
    row._history_user = person  # type: ignore[attr-defined]
    row.save()
    return row
