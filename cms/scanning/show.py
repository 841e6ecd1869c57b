"""Findings shown in the text where they are. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from .rules import Finding


def marked(text: str, findings: Iterable[Finding], offset: int = 0) -> SafeString:
    """Return a piece of plain text as HTML with the findings in it marked.

    Args:
        text: the piece.
        findings: of the whole part; those elsewhere are left out, those that reach beyond
            the piece are cut.
        offset: where the piece begins in the part.
    """
    end = offset + len(text)
    pieces: list[str] = []
    done = 0
    for finding in sorted(findings, key=lambda found: (found.start, -found.end)):
        start, stop = max(finding.start, offset) - offset, min(finding.end, end) - offset
        start = max(start, done)
        if start >= stop:
            continue
        pieces.append(escape(text[done:start]))
        pieces.append(
            f'<mark class="find find-{escape(finding.kind)}" title="{escape(finding.hint)}">'
            f"{escape(text[start:stop])}</mark>"
        )
        done = stop
    pieces.append(escape(text[done:]))
    return mark_safe("".join(pieces))  # noqa: S308 - every piece was escaped above
