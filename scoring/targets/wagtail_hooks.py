"""What the office's pages of schemes are told about targets."""

from __future__ import annotations

from django.utils.translation import gettext as _
from wagtail import hooks

from scoring.schemes.checks import tables_used
from scoring.schemes.engine import SchemeSpec
from scoring.schemes.models import Scheme
from scoring.schemes.periods import PeriodKind
from scoring.schemes.rules import Measure
from scoring.schemes.warnings import HOOK

from .models import Target


@hooks.register(HOOK)
def missing_targets(scheme: Scheme, spec: SchemeSpec) -> list[str]:
    """Tell which clauses look up targets that nobody has entered."""
    found = []
    for number, (measure, per) in tables_used(spec).items():
        known = Target.objects.filter(measure=measure, per=per, year__gte=scheme.valid_from.year)
        if scheme.valid_until:
            known = known.filter(year__lte=scheme.valid_until.year)
        if not known.exists():
            found.append(
                _(
                    "第%(n)s条按任务表计算，但还没有录入任务（%(measure)s，%(per)s），录入前不起作用。"
                )
                % {
                    "n": number,
                    "measure": Measure(measure).label,
                    "per": PeriodKind(per).label,
                }
            )
    return found
