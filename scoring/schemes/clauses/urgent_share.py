"""The clause "a percentage of that item": late, omitted, false, concealed urgent reports. Pure.

Takes a percentage of what the same piece has earned by earlier clauses, for each fault the
same, and never more than the piece has earned. Source: domain rules §4.1, urgent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from scoring.adoptions.rules import FactKind, Mark

from ..engine import Clause, Context, EntryDraft, clause_type
from ..rules import HUNDRED, parse_percent, points_text, to_hundredths
from ..which import Which, Whose
from .common import by_unit_and_fact, fact_entry, piece_of
from .numbers import percent_text
from .points_table import what_happened

FAULTS = (Mark.LATE, Mark.OMITTED, Mark.WRONG, Mark.FALSE, Mark.CONCEALED)


@clause_type
@dataclass(frozen=True, slots=True)
class UrgentShare:
    """The clause itself; `share` of the piece's points, 1/5 for 20%."""

    block_type: ClassVar[str] = "urgent_share"

    block_id: str
    which: Which
    share: Fraction
    whose: Whose

    @classmethod
    def from_config(cls, block_id: str, config: Mapping[str, Any]) -> Clause:
        """Make the clause from plain data: marks, percent ("20") and whose.

        Raises:
            ValueError: the percentage is no number.
        """
        marks = config.get("marks") or [str(mark) for mark in FAULTS]
        return cls(
            block_id=block_id,
            which=Which.from_config({"kinds": [FactKind.URGENT], "marks": marks}),
            share=parse_percent(str(config["percent"])),
            whose=Whose.from_config(config.get("whose")),
        )

    def apply(self, context: Context) -> Iterable[EntryDraft]:
        """Deduct for each fault; a piece without points loses none and is told so."""
        faults = list(context.counting(self.which))
        skipped = {fact.id for fact in faults}
        facts = context.by_id
        earned: defaultdict[tuple[int, str], int] = defaultdict(int)
        if faults:
            for (unit_id, fact_id), sum_ in by_unit_and_fact(context.earlier(self.whose)).items():
                if fact_id not in skipped:
                    earned[unit_id, piece_of(facts[fact_id])] += sum_
        left = dict(earned)
        for fact in faults:
            for unit_id in fact.units:
                piece = (unit_id, piece_of(fact))
                base = max(earned.get(piece, 0), 0)
                off = to_hundredths(Fraction(base, HUNDRED) * self.share, context.rounding)
                off = min(off, max(left.get(piece, 0), 0))
                left[piece] = left.get(piece, 0) - off
                sentence = _("%(what)s，该条信息已计%(base)s分，按%(share)s扣，扣%(off)s分。") % {
                    "what": what_happened(fact),
                    "base": points_text(base),
                    "share": percent_text(self.share),
                    "off": points_text(off),
                }
                yield fact_entry(self, fact, unit_id, -off, sentence)

    def describe(self) -> list[str]:
        """Return the rule as a sentence."""
        return [
            _("%(what)s：每次扣该条信息已计得分（%(whose)s）的%(share)s，扣完该条得分为止。")
            % {"what": self.which.text, "whose": self.whose.text, "share": percent_text(self.share)}
        ]
