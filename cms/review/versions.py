"""The texts that a page was sent in or decided with, for comparing one with another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _
from wagtail.models import Revision

from cms.scanning.rules import part_label

from . import diff, queries
from .models import Decision, GatedPage
from .rules import Step, Verdict


def office_road(page: GatedPage, road: Sequence[Decision]) -> list[Decision]:
    """Return those of the decisions that the office may know of, oldest first.

    What a unit's people did among themselves before the first signature stays the unit's.
    """
    if page.signing_unit() is None:
        return list(road)
    signed = [d.pk for d in road if d.step == Step.SIGN and d.verdict == Verdict.PASS]
    return [d for d in road if signed and d.pk >= signed[0]]


@dataclass
class Version:
    """One exact text with what was decided on it."""

    revision_id: int
    number: int
    digest: str
    at: datetime
    decisions: list[Decision] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What a clerk calls it: the first one is what the unit sent."""
        if self.number == 1:
            return _("第1稿（原稿）")
        return _("第%(n)d稿") % {"n": self.number}

    @property
    def short_digest(self) -> str:
        """Enough of the digest to tell two texts apart by eye."""
        return self.digest[:12]


def versions_of(page: GatedPage) -> list[Version]:
    """Return the texts of a page that the office may see, oldest first; one query.

    Two revisions with the same digest are one text: what was only saved again is no version.
    """
    found: list[Version] = []
    for decision in office_road(page, list(queries.road_of(page))):
        if found and found[-1].digest == decision.digest:
            found[-1].decisions.append(decision)
            continue
        version = Version(
            decision.revision_id, len(found) + 1, decision.digest, decision.at, [decision]
        )
        found.append(version)
    return found


@dataclass(frozen=True)
class PartDifference:
    """One part of the text in both versions, line by line."""

    label: str
    rows: list[diff.Row]

    @property
    def differs(self) -> bool:
        return diff.differs(self.rows)


def pick(versions: Sequence[Version], asked: str, otherwise: Version) -> Version:
    """Return the version whose revision was asked for, else the given one."""
    return next((v for v in versions if str(v.revision_id) == asked), otherwise)


def differences(page: GatedPage, old: Version, new: Version) -> tuple[str, list[PartDifference]]:
    """Return the newer text's title and every part of both beside one another; one query."""
    stored = Revision.objects.in_bulk([old.revision_id, new.revision_id])
    before, after = (
        type(page).stored_text_parts(stored[v.revision_id].content) for v in (old, new)
    )
    names = list(dict.fromkeys([*before, *after]))
    parts = [
        PartDifference(str(part_label(name)), diff.rows(before.get(name, ""), after.get(name, "")))
        for name in names
    ]
    title: str = stored[new.revision_id].object_str
    return title, [part for part in parts if part.rows]
