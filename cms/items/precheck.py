"""What an officer is told before an item leaves the desk: what is missing, found, alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cms.scanning import scanner
from cms.scanning.rules import Finding, Kind

from . import similar
from .actions import missing_parts
from .models import ItemPage

if TYPE_CHECKING:
    from infoflow.units.models import User

    from .similar import ForDesk


@dataclass(frozen=True)
class Precheck:
    """The result of looking an item over. `asks` tells whether the officer must look."""

    missing: list[str]
    findings: list[Finding]
    similar: ForDesk

    @property
    def asks(self) -> bool:
        return bool(self.findings or self.similar)

    @property
    def stops(self) -> list[Finding]:
        """Findings that a named reviewer must lift."""
        return [finding for finding in self.findings if finding.kind == Kind.STOP]

    @property
    def personal(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.kind == Kind.PERSONAL]


def findings_of(item: ItemPage) -> list[Finding]:
    """Return what the scanner finds in an item's parts, in their order."""
    return scanner.scan(item.text_parts())


def look_over(item: ItemPage, person: User) -> Precheck:
    """Look an item over as it is saved now."""
    return Precheck(
        missing=missing_parts(item),
        findings=findings_of(item),
        similar=similar.for_desk(item, person),
    )
