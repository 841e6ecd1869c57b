"""The clause "several adoptions of one item": add, highest, best k, one per level. Pure.

Works on what earlier clauses gave for facts about the same piece, for each unit by itself and
within the scheme's period or the year. What is not counted is taken off again by an entry of
its own, so that the reader sees both. Unless the selection names kinds of facts, adoptions are
meant: points for the submission or for an instruction on the piece stay.
Source: domain rules §4.1, several adoptions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scoring.adoptions.rules import FactKind

from ..engine import Clause, Context, EntryDraft, FactView, about_fact, clause_type
from ..periods import PeriodKind, Span
from ..rules import points_text
from ..which import Whose
from .common import Within, piece_of

ADOPTIONS: frozenset[str] = frozenset({FactKind.ADOPTION})


class Several(models.TextChoices):
    """What counts when one piece has earned points more than once."""

    ADD = "add", gettext_lazy("全部累加")
    BEST = "best", gettext_lazy("只计最高的几次")
    PER_LEVEL = "per_level", gettext_lazy("每一级别只计最高的一次")


@clause_type
@dataclass(frozen=True, slots=True)
class SeveralAdoptions:
    """The clause itself; `best` counts for BEST and, when given, limits PER_LEVEL too."""

    block_type: ClassVar[str] = "several"

    block_id: str
    way: Several
    best: int | None
    within: Within
    whose: Whose

    @classmethod
    def from_config(cls, block_id: str, config: Mapping[str, Any]) -> Clause:
        """Make the clause from plain data: way, best, within and whose."""
        way = Several(config.get("way") or Several.ADD)
        best = config.get("best") or (1 if way == Several.BEST else None)
        within = Within(config.get("within") or Within.YEAR)
        whose = Whose.from_config(config.get("whose"))
        if not whose.facts.kinds:
            whose = replace(whose, facts=replace(whose.facts, kinds=ADOPTIONS))
        return cls(block_id, way, best, within, whose)

    def apply(self, context: Context) -> Iterable[EntryDraft]:
        """Take off what is not counted, one entry for a fact and unit."""
        if self.way == Several.ADD:
            return
        facts = context.by_id
        earned: defaultdict[tuple[int, int], int] = defaultdict(int)  # unit, fact → hundredths
        for entry in context.earlier(self.whose):
            if entry.fact_id is not None:
                earned[entry.unit_id, entry.fact_id] += entry.hundredths
        pieces: defaultdict[tuple[int, str], list[FactView]] = defaultdict(list)
        for unit_id, fact_id in earned:
            fact = facts[fact_id]
            pieces[unit_id, piece_of(fact)].append(fact)
        kind = PeriodKind.YEAR if self.within == Within.YEAR else context.period
        # Most pieces count once.
        often: defaultdict[tuple[int, str, Span], list[FactView]] = defaultdict(list)
        for (unit_id, piece), several in pieces.items():
            for fact in several if len(several) > 1 else ():
                often[unit_id, piece, context.span(fact.date, kind)].append(fact)
        sentence = lru_cache(self._sentence)
        for key in sorted(often):
            yield from self._taken_off(key[0], often[key], earned, sentence)

    def _taken_off(
        self,
        unit_id: int,
        facts: list[FactView],
        earned: Mapping[tuple[int, int], int],
        sentence: Callable[[int], str],
    ) -> Iterable[EntryDraft]:
        # The highest first; of equal ones the earlier.
        facts = sorted(facts, key=lambda f: (-earned[unit_id, f.id], f.date, f.id))
        seen: set[int | None] = set()
        kept = 0
        for fact in facts:
            counts = self.best is None or kept < self.best
            if self.way == Several.PER_LEVEL:
                counts = counts and fact.level not in seen
            seen.add(fact.level)
            hundredths = earned[unit_id, fact.id]
            if counts:
                kept += 1
            elif hundredths > 0:
                yield EntryDraft(
                    unit_id=unit_id,
                    about=about_fact(fact.id),
                    fact_id=fact.id,
                    date=fact.date,
                    hundredths=-hundredths,
                    block_id=self.block_id,
                    block_type=self.block_type,
                    sentence=sentence(hundredths),
                )

    def _sentence(self, hundredths: int) -> str:
        return _("同一稿件%(rule)s，本次已计的%(points)s分不再计。") % {
            "rule": self._rule(),
            "points": points_text(hundredths),
        }

    def _rule(self) -> str:
        when = str(self.within.label)
        if self.way == Several.PER_LEVEL:
            told = _("%(when)s每一级别只计最高的一次") % {"when": when}
            if self.best:
                told += _("，最多计%(n)s次") % {"n": self.best}
            return told
        return _("%(when)s只计最高的%(n)s次") % {"when": when, "n": self.best}

    def describe(self) -> list[str]:
        """Return the rule as a sentence."""
        if self.way == Several.ADD:
            return [_("同一稿件多次采用的，全部累加计分。")]
        return [_("%(what)s：同一稿件%(rule)s。") % {"what": self.whose.text, "rule": self._rule()}]
