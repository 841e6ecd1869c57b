"""The clause "no points": what earns nothing from here on, and why. Pure.

Everything selected gets an entry of 0 with the reason, so that the unit sees it. What earlier
clauses gave stays. What earns nothing already is told again only when it is no item either from
here on. Source: domain rules §4.1, exclusions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from ..engine import Clause, Context, EntryDraft, FactView, clause_type
from ..which import Which
from .common import fact_entry
from .points_table import what_happened


@clause_type
@dataclass(frozen=True, slots=True)
class Exclude:
    """The clause itself; `counts`: still an item for targets and rates."""

    block_type: ClassVar[str] = "exclude"

    block_id: str
    which: Which
    reason: str = ""
    counts: bool = True

    @classmethod
    def from_config(cls, block_id: str, config: Mapping[str, Any]) -> Clause:
        """Make the clause from plain data: which, reason and counts."""
        return cls(
            block_id=block_id,
            which=Which.from_config(config.get("which")),
            reason=(config.get("reason") or "").strip().rstrip("。"),
            counts=config.get("counts", True) is not False,
        )

    def excludes(self, context: Context) -> set[int]:
        """Return the facts that earn nothing from here on."""
        return {fact.id for fact in self._meant(context)}

    def drops(self, context: Context) -> set[int]:
        """Return the facts that are no items for targets either."""
        return set() if self.counts else self.excludes(context)

    def apply(self, context: Context) -> Iterable[EntryDraft]:
        """Tell each unit why a fact earns nothing."""
        for fact in self._meant(context):
            sentence = _("%(what)s，%(why)s。") % {
                "what": what_happened(fact),
                "why": self._why(),
            }
            for unit_id in fact.units:
                yield fact_entry(self, fact, unit_id, 0, sentence)

    def _meant(self, context: Context) -> list[FactView]:
        if self.counts:
            return list(context.counting(self.which))
        return [fact for fact in context.facts if self.which.covers(fact)]

    def _why(self) -> str:
        why = self.reason or _("%(what)s不计分") % {"what": self.which.text}
        counted = _("仍计入条数") if self.counts else _("也不计入条数")
        return f"{why}，{counted}"

    def describe(self) -> list[str]:
        """Return the rule as a sentence."""
        told = _("%(what)s不再计分") % {"what": self.which.text}
        counted = _("仍计入任务和采用率的条数") if self.counts else _("也不计入条数")
        why = _("理由：%(reason)s。") % {"reason": self.reason} if self.reason else ""
        return [f"{told}，{counted}。{why}"]
