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

    Personal data is kept as it would be covered: a record that is never deleted must not hold
    a second copy of somebody's number.
    """
    rows = []
    for finding in findings:
        row = finding.as_dict()
        if finding.kind == Kind.PERSONAL:
            row["words"] = finding.suggestion
        rows.append(row)
    return rows


def kinds_in(findings: Iterable[dict[str, Any]]) -> str:
    """Return the kinds among kept findings, for a queue: "stop,personal"."""
    found = {finding["kind"] for finding in findings}
    return ",".join(kind for kind in Kind.values if kind in found)
