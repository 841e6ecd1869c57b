"""What a scorer should know about a scheme that is no fault: it can be published all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.blocks.stream_block import StreamBlockValidationError

from .checks import begins_within
from .engine import SchemeFault
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
    kind = begins_within(spec, scheme.valid_from)
    if kind:
        found.append(
            _("施行日期不是一期（%(kind)s）的第一天：第一期只计算施行以后的事项。")
            % {"kind": PeriodKind(kind).label}
        )
    for told in hooks.get_hooks(HOOK):
        found.extend(told(scheme, spec))
    return found
