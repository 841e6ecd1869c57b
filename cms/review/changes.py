"""What changed in a text since a confidentiality reviewer last looked at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cms.scanning.rules import part_label

from . import diff
from .models import Decision
from .rules import SHEET_STEPS, Verdict

if TYPE_CHECKING:
    from .models import GatedPage


@dataclass(frozen=True)
class ChangedPart:
    """The lines of one part that differ."""

    label: str
    rows: list[diff.Row]


@dataclass(frozen=True)
class Changed:
    """An earlier confidentiality decision, and what is different now."""

    decision: Decision
    parts: list[ChangedPart]

    @property
    def was_cleared(self) -> bool:
        return self.decision.verdict == Verdict.PASS


def since_last_look(page: GatedPage) -> Changed | None:
    """Return the difference to the text that confidentiality last decided on, if it differs.

    Args:
        page: the text that is to be decided on now, with its values as sent in.
    """
    digest = page.digest()
    last = (
        Decision.objects.filter(page_id=page.pk, step__in=SHEET_STEPS)
        .exclude(verdict=Verdict.REOPEN)
        .exclude(digest=digest)
        .select_related("person", "revision")
        .order_by("-pk")
        .first()
    )
    if last is None:
        return None
    before, after = type(page).stored_text_parts(last.revision.content), page.text_parts()
    parts = []
    for name in dict.fromkeys([*before, *after]):
        rows = diff.rows(before.get(name, ""), after.get(name, ""))
        changed = [row for row in rows if row.change != diff.Change.SAME]
        if changed:
            parts.append(ChangedPart(part_label(name), changed))
    return Changed(last, parts)
