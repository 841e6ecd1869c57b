"""The clause "multiplier": front page ×2, repost ×½, passed up and adopted ×4. Pure.

Takes all that the selected earlier clauses gave a unit for one thing, multiplies it exactly,
rounds the result as the scheme says, and gives the difference as an entry of its own. A later
multiplier works on the result of an earlier one when its selection covers that, which one
without short names does. Source: domain rules §4.1, multipliers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from ..engine import Clause, Context, EntryDraft, clause_type
from ..rules import HUNDRED, factor_text, parse_factor, points_text, to_hundredths
from ..which import Whose


@clause_type
@dataclass(frozen=True, slots=True)
class Multiplier:
    """The clause itself."""

    block_type: ClassVar[str] = "multiplier"

    block_id: str
    factor: Fraction
    whose: Whose

    @classmethod
    def from_config(cls, block_id: str, config: Mapping[str, Any]) -> Clause:
        """Make the clause from plain data: factor and whose.

        Raises:
            ValueError: the factor is no number.
        """
        return cls(
            block_id=block_id,
            factor=parse_factor(str(config["factor"])),
            whose=Whose.from_config(config.get("whose")),
        )

    def apply(self, context: Context) -> Iterable[EntryDraft]:
        """Give the difference between the multiplied points and those given so far."""
        things: defaultdict[tuple[int, str], list[EntryDraft]] = defaultdict(list)
        for entry in context.earlier(self.whose):
            things[entry.unit_id, entry.about].append(entry)
        for (unit_id, about), entries in things.items():
            sum_ = sum(entry.hundredths for entry in entries)
            result = to_hundredths(Fraction(sum_, HUNDRED) * self.factor, context.rounding)
            if result == sum_:
                continue
            yield EntryDraft(
                unit_id=unit_id,
                about=about,
                fact_id=entries[0].fact_id,
                date=max(entry.date for entry in entries),
                hundredths=result - sum_,
                block_id=self.block_id,
                block_type=self.block_type,
                sentence=self._sentence(sum_, result),
            )

    def _sentence(self, sum_: int, result: int) -> str:
        told = (
            _("%(what)s按%(factor)s倍计，已计%(sum)s分，应计%(result)s分，加%(off)s分。")
            if result > sum_
            else _("%(what)s按%(factor)s倍计，已计%(sum)s分，应计%(result)s分，减%(off)s分。")
        )
        return told % {
            "what": self.whose.text,
            "factor": factor_text(self.factor),
            "sum": points_text(sum_),
            "result": points_text(result),
            "off": points_text(abs(result - sum_)),
        }

    def describe(self) -> list[str]:
        """Return the rule as a sentence."""
        return [
            _("%(what)s：每项得分按%(factor)s倍计。")
            % {"what": self.whose.text, "factor": factor_text(self.factor)}
        ]
