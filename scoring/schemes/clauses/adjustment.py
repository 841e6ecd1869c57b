"""The clause "adjustments": points given or taken by hand, with the reason. Pure.

Without this clause a recorded adjustment changes nothing. Source: domain rules §4.1, manual
adjustment with reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from scoring.adoptions.rules import FactKind

from ..engine import Clause, Context, EntryDraft, FactView, clause_type
from ..rules import parse_points, points_text
from ..which import Which
from .common import fact_entry

ADJUSTMENTS = Which(kinds=frozenset({FactKind.ADJUSTMENT}))


@clause_type
@dataclass(frozen=True, slots=True)
class Adjustment:
    """The clause itself; limits in hundredths for each adjustment, None: no limit."""

    block_type: ClassVar[str] = "adjustment"

    block_id: str
    plus_most: int | None = None
    minus_most: int | None = None

    @classmethod
    def from_config(cls, block_id: str, config: Mapping[str, Any]) -> Clause:
        """Make the clause from plain data: plus_most and minus_most, both not negative.

        Raises:
            ValueError: a limit is no number.
        """

        def limit(name: str) -> int | None:
            text = str(config.get(name) if config.get(name) is not None else "").strip()
            return parse_points(text) if text else None

        return cls(block_id, limit("plus_most"), limit("minus_most"))

    def apply(self, context: Context) -> Iterable[EntryDraft]:
        """Book each adjustment, at most up to the limit."""
        for fact in context.counting(ADJUSTMENTS):
            wanted = fact.hundredths or 0
            booked = self._limited(wanted)
            sentence = self._sentence(fact, wanted, booked)
            for unit_id in fact.units:
                yield fact_entry(self, fact, unit_id, booked, sentence)

    def _limited(self, wanted: int) -> int:
        if self.plus_most is not None:
            wanted = min(wanted, self.plus_most)
        if self.minus_most is not None:
            wanted = max(wanted, -self.minus_most)
        return wanted

    def _sentence(self, fact: FactView, wanted: int, booked: int) -> str:
        told = _("加%(points)s分") if wanted >= 0 else _("减%(points)s分")
        told %= {"points": points_text(abs(booked))}
        if booked != wanted:
            told += _("（登记%(wanted)s分，每次最多%(booked)s分）") % {
                "wanted": points_text(abs(wanted)),
                "booked": points_text(abs(booked)),
            }
        return _("%(told)s，理由：%(reason)s。") % {
            "told": told,
            "reason": (fact.note or fact.title).strip().rstrip("。"),
        }

    def describe(self) -> list[str]:
        """Return the rule as sentences."""
        lines = [_("登记的加减分按登记的分值计，理由显示在得分明细中。")]
        if self.plus_most is not None:
            lines.append(_("每次最多加%(points)s分。") % {"points": points_text(self.plus_most)})
        if self.minus_most is not None:
            lines.append(_("每次最多减%(points)s分。") % {"points": points_text(self.minus_most)})
        return lines
