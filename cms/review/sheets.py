"""A 保密审查表 as it is printed: one text, its form, each step's person, opinion and time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from cms.scanning.rules import Kind, part_label

from .models import ClearanceSheet, Decision
from .rules import SHEET_STEPS, Step, Verdict

if TYPE_CHECKING:
    from .models import GatedPage

# Findings that a reviewer has to know of; slips of the pen are the editor's.
_COUNTED = (Kind.STOP, Kind.PERSONAL)


@dataclass(frozen=True)
class StepLine:
    """What one step said about this text."""

    step: str
    person: str
    opinion: str
    at: datetime
    # It decided on an earlier text than the one that this form is about.
    earlier_text: bool


@dataclass(frozen=True)
class LevelLine:
    """One level of confidentiality with its form."""

    step: str
    person: str
    at: datetime
    verdict: str
    sheet: ClearanceSheet
    found: str

    @property
    def lifted(self) -> list[tuple[str, str, str]]:
        """Stops that this person lifted: (part, words, reason)."""
        return [(part_label(row["part"]), row["words"], row["reason"]) for row in self.sheet.lifted]


@dataclass(frozen=True)
class Paper:
    """A printable 保密审查表."""

    number: str
    title: str
    unit: str
    digest: str
    at: datetime
    steps: list[StepLine]
    levels: list[LevelLine]
    # The text has changed since: the form says nothing about today's.
    void: bool

    @property
    def last(self) -> ClearanceSheet:
        """The form that counts: the last level's."""
        return self.levels[-1].sheet


def paper_of(page: GatedPage) -> Paper | None:
    """Return the newest form of a text for printing, None when nobody has filled one in."""
    road = list(
        Decision.objects.filter(page_id=page.pk)
        .select_related("person", "sheet", "revision")
        .defer("revision__content")
        .order_by("pk")
    )
    filled = [d for d in road if hasattr(d, "sheet")]
    if not filled:
        return None
    last = filled[-1]
    same = [d for d in filled if (d.revision_id, d.digest) == (last.revision_id, last.digest)]
    newest = {d.step: d for d in same}
    return Paper(
        number=f"{page.pk}-{last.pk}",
        title=last.revision.object_str,
        unit=page.origin(),
        digest=last.digest,
        at=last.at,
        steps=_step_lines(road, last),
        levels=[_level_line(newest[step]) for step in Step if step in newest],
        void=page.digest() != last.digest,
    )


def _step_lines(road: list[Decision], last: Decision) -> list[StepLine]:
    """Return the newest word of every step up to the form, and the signature after it."""
    newest: dict[str, Decision] = {}
    for decision in road:
        on_this_text = decision.digest == last.digest
        if decision.verdict in (Verdict.WITHDRAW, Verdict.REOPEN):
            continue
        if decision.pk <= last.pk or (decision.step == Step.ISSUE and on_this_text):
            newest[decision.step] = decision
    return [
        StepLine(
            step=newest[step].get_step_display(),
            person=str(newest[step].person),
            opinion="；".join(
                filter(None, [newest[step].get_verdict_display(), newest[step].told])
            ),
            at=newest[step].at,
            earlier_text=newest[step].digest != last.digest,
        )
        for step in Step
        if step in newest and step not in SHEET_STEPS
    ]


def _opinion(decision: Decision) -> str:
    return "；".join(part for part in (decision.get_verdict_display(), decision.told) if part)


def _level_line(decision: Decision) -> LevelLine:
    counts = Counter(finding["kind"] for finding in decision.findings)
    found = "、".join(
        _("%(kind)s%(n)d处") % {"kind": kind.label, "n": counts[kind]}
        for kind in _COUNTED
        if counts[kind]
    )
    return LevelLine(
        step=decision.get_step_display(),
        person=str(decision.person),
        at=decision.at,
        verdict=decision.get_verdict_display(),
        sheet=decision.sheet,
        found=found or _("未发现提示项"),
    )
