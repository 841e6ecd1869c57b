"""What the scan finds in a stored text, and the form in which it is kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from cms.scanning import scanner
from cms.scanning.rules import Finding, Kind

if TYPE_CHECKING:
    from wagtail.models import Revision

    from .models import GatedPage


def findings_in(page: GatedPage, revision: Revision) -> list[Finding]:
    """Return what the scan finds in exactly the text of a revision, with today's lists."""
    return scanner.scan(page.stored_text_parts(revision.content))


def kept(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Return findings to keep with a decision.

    The words of personal data stay out: a record that is never deleted must not hold a
    second copy of somebody's number. Offsets say where it stood.
    """
    return [
        {**finding.as_dict(), **({"words": ""} if finding.kind == Kind.PERSONAL else {})}
        for finding in findings
    ]


def kinds_in(findings: Iterable[dict[str, Any]]) -> str:
    """Return the kinds among kept findings, for a queue: "stop,personal"."""
    found = {finding["kind"] for finding in findings}
    return ",".join(kind for kind in Kind.values if kind in found)
