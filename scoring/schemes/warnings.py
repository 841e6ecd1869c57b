"""What a scorer should know about a scheme that is no fault: it can be published all the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.blocks.stream_block import StreamBlockValidationError

from infoflow.units.models import GroupMembership, UnitGroup

from .checks import begins_within
from .clauses.numbers import Numbers
from .engine import SchemeFault, SchemeSpec
from .periods import PeriodKind
from .specs import spec_of

if TYPE_CHECKING:
    from .models import Scheme

# Higher rooms add theirs: function(scheme, spec) -> list of sentences.
HOOK = "register_scheme_warnings"


def unfinished(scheme: Scheme) -> list[str]:
    """Return a sentence about each clause of a draft that publication would refuse as it is."""
    try:
        scheme.blocks.stream_block.clean(scheme.blocks)
    except StreamBlockValidationError as error:
        return [
            _("第%(number)s条（%(label)s）还没有填完整或有误，试算和发布前请补齐。")
            % {"number": place + 1, "label": scheme.blocks[place].block.label}
            for place in sorted(n for n in error.block_errors if isinstance(n, int))
        ]
    return []


def warnings_of(scheme: Scheme) -> list[str]:
    """Return sentences about what may surprise; higher rooms are asked too."""
    told_first = unfinished(scheme)
    try:
        spec = spec_of(scheme)
    except (ValueError, SchemeFault):
        return told_first  # the check before publication names what is left
    found = told_first
    if not scheme.live and not told_first:
        # Publication refuses these; a draft is told before somebody relies on it.
        found.extend(scheme.faults_of_clauses())
    kind = begins_within(spec, scheme.valid_from)
    if kind:
        found.append(
            _("施行日期不是一期（%(kind)s）的第一天：第一期只计算施行以后的事项。")
            % {"kind": PeriodKind(kind).label}
        )
    found.extend(_of_empty_groups(scheme, spec))
    for told in hooks.get_hooks(HOOK):
        found.extend(told(scheme, spec))
    return found


def _of_empty_groups(scheme: Scheme, spec: SchemeSpec) -> Iterator[str]:
    """Yield a sentence for each clause with a number for a group that has no unit.

    Only years whose grouping has been entered are looked at; two queries when a clause has such
    numbers, none otherwise.
    """
    named: defaultdict[int, list[int]] = defaultdict(list)
    for number, clause in enumerate(spec.blocks, start=1):
        numbers = getattr(clause, "numbers", None)
        for group, _amount in numbers.rows if isinstance(numbers, Numbers) else ():
            named[group].append(number)
    if not named:
        return
    last = scheme.valid_until or max(scheme.valid_from, timezone.localdate())
    members: defaultdict[int, set[int]] = defaultdict(set)
    rows = GroupMembership.objects.filter(year__range=(scheme.valid_from.year, last.year))
    for year, group in rows.order_by("year").values_list("year", "group_id").distinct():
        members[year].add(group)
    names = dict(UnitGroup.objects.filter(pk__in=named).values_list("pk", "name"))
    for year, filled in members.items():
        for group, clauses in named.items():
            if group in filled or group not in names:
                continue
            yield _(
                "第%(clauses)s条给分组“%(group)s”写了数，%(year)s年这个分组没有单位，这一行不起作用。"
                "请在“年度分组”中核对，或在新版本中删去这一行。"
            ) % {
                "clauses": "、".join(str(n) for n in clauses),
                "group": names[group],
                "year": year,
            }
