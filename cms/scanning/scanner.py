"""The automatic scan of a text: every place that somebody must look at."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from . import marks
from .normalise import read
from .rules import Finding, Kind


def scan(parts: Mapping[str, str]) -> list[Finding]:
    """Return what is found in the parts of a text, in the order of the parts and places.

    Args:
        parts: name of the part → its plain text; offsets of the findings refer to it.
    """
    findings: list[Finding] = []
    for name, text in parts.items():
        for code, start, end in marks.marks_in(read(text)):
            findings.append(
                Finding(
                    kind=Kind.MARK,
                    rule=code,
                    part=name,
                    start=start,
                    end=end,
                    words="",
                    hint=_("密级标志（%(rule)s），不得在本系统处理，请通过机要渠道报送")
                    % {"rule": marks.label_of(code)},
                )
            )
    return findings
