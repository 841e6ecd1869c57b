"""What a scorer should know about a scheme that is no fault: it can be published all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from wagtail import hooks

from .checks import begins_within
from .engine import SchemeFault
from .periods import PeriodKind
from .specs import spec_of

if TYPE_CHECKING:
    from .models import Scheme

# Higher rooms add theirs: function(scheme, spec) -> list of sentences.
HOOK = "register_scheme_warnings"


def warnings_of(scheme: Scheme) -> list[str]:
    """Return sentences about what may surprise; higher rooms are asked too."""
    try:
        spec = spec_of(scheme)
    except (ValueError, SchemeFault):
        return []  # the check before publication names it
    found = []
    kind = begins_within(spec, scheme.valid_from)
    if kind:
        found.append(
            _("施行日期不是一期（%(kind)s）的第一天：第一期只计算施行以后的事项。")
            % {"kind": PeriodKind(kind).label}
        )
    for told in hooks.get_hooks(HOOK):
        found.extend(told(scheme, spec))
    return found
