"""The clause "mean": a unit gets the mean over its counted items, not their sum. Pure.

Works on what earlier clauses gave for facts, for each unit and period (or year); the difference
between mean and sum is one entry on the day of the last point, rounded as the scheme states.
Source: domain rules §4.1, mean over the counted items.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from ..engine import Clause, Context, EntryDraft, about_period, clause_type
from ..periods import PeriodKind
from ..rules import HUNDRED, points_text, to_hundredths
from ..which import Whose
from .common import piece_of
from .several import Within


@clause_type
@dataclass(frozen=True, slots=True)
class Mean:
    """The clause itself; `zeros`: items that earned nothing are counted too."""

    block_type: ClassVar[str] = "mean"

    block_id: str
    within: Within
    once: bool
    zeros: bool
    whose: Whose

    @classmethod
    def from_config(cls, block_id: str, config: Mapping[str, Any]) -> Clause:
        """Make the clause from plain data: within, once, zeros and whose."""
        return cls(
            block_id=block_id,
            within=Within(config.get("within") or Within.PERIOD),
            once=bool(config.get("once")),
            zeros=bool(config.get("zeros")),
            whose=Whose.from_config(config.get("whose")),
        )

    def apply(self, context: Context) -> Iterable[EntryDraft]:
        """Take each sum back to the mean over its items."""
        kind = PeriodKind.YEAR if self.within == Within.YEAR else context.period
        about_items = [e for e in context.earlier(self.whose) if e.fact_id is not None]
        for (unit_id, span), entries in context.by_unit_and_span(about_items, kind).items():
            counted = self._counted(context, entries)
            sum_ = sum(entry.hundredths for entry in entries)
            if counted < 2:
                continue
            mean = to_hundredths(Fraction(sum_, counted * HUNDRED), context.rounding)
            if mean == sum_:
                continue
            yield EntryDraft(
                unit_id=unit_id,
                about=about_period(span.end),
                date=max(entry.date for entry in entries),
                hundredths=mean - sum_,
                block_id=self.block_id,
                block_type=self.block_type,
                sentence=_(
                    "%(span)s%(what)s共%(sum)s分，计%(n)s条，按平均%(sum)s÷%(n)s=%(mean)s分计，"
                    "调整%(change)s分。"
                )
                % {
                    "span": span.text,
                    "what": self.whose.text,
                    "sum": points_text(sum_),
                    "n": counted,
                    "mean": points_text(mean),
                    "change": points_text(mean - sum_),
                },
            )

    def _counted(self, context: Context, entries: Sequence[EntryDraft]) -> int:
        facts = context.by_id
        earned: defaultdict[Any, int] = defaultdict(int)
        for entry in entries:
            if entry.fact_id is not None:
                thing = piece_of(facts[entry.fact_id]) if self.once else entry.fact_id
                earned[thing] += entry.hundredths
        return sum(1 for hundredths in earned.values() if hundredths or self.zeros)

    def describe(self) -> list[str]:
        """Return the rule as sentences."""
        lines = [
            _("%(within)s%(what)s不累加，按条数平均计分。")
            % {"within": self.within.label, "what": self.whose.text}
        ]
        if self.once:
            lines.append(_("同一稿件只算1条。"))
        lines.append(_("得0分的也算条数。") if self.zeros else _("得0分的不算条数。"))
        return lines
