"""The clause "strike": from the nth time on within a period or year, a consequence. Pure.

Dated on the day of the nth fact. Points that are brought to zero are those that earlier clauses
gave in the same period or year, also after that day. Source: domain rules §4.1, strike rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..engine import Clause, Context, EntryDraft, about_period, clause_type
from ..periods import PeriodKind, Span
from ..rules import parse_points, points_text
from ..which import Which, Whose
from .several import Within


class Strike(models.TextChoices):
    """What the nth time brings."""

    ZERO = "zero", gettext_lazy("该期（年）得分归零")
    DEDUCT = "deduct", gettext_lazy("扣若干分")
    FLAG = "flag", gettext_lazy("不扣分，只记结果")


@clause_type
@dataclass(frozen=True, slots=True)
class StrikeClause:
    """The clause itself; `points` in hundredths, `whose` are the points that become zero."""

    block_type: ClassVar[str] = "strike"

    block_id: str
    which: Which
    times: int
    within: Within
    way: Strike
    points: int
    flag: str
    whose: Whose

    @classmethod
    def from_config(cls, block_id: str, config: Mapping[str, Any]) -> Clause:
        """Make the clause from plain data: which, times, within, way, points, flag and whose.

        Raises:
            ValueError: points are no number, or less than once.
        """
        times = int(config.get("times") or 1)
        if times < 1:
            raise ValueError("times must be at least 1")
        return cls(
            block_id=block_id,
            which=Which.from_config(config.get("which")),
            times=times,
            within=Within(config.get("within") or Within.YEAR),
            way=Strike(config.get("way") or Strike.ZERO),
            points=parse_points(str(config.get("points") or "0")),
            flag=str(config.get("flag") or "").strip(),
            whose=Whose.from_config(config.get("whose")),
        )

    def apply(self, context: Context) -> Iterable[EntryDraft]:
        """Give the consequence to each unit for which it happened often enough."""
        kind = PeriodKind.YEAR if self.within == Within.YEAR else context.period
        days: defaultdict[tuple[int, Span], list[date]] = defaultdict(list)
        for fact in context.facts:
            if self.which.covers(fact):
                for unit_id in fact.units:
                    days[unit_id, context.span(fact.date, kind)].append(fact.date)
        sums: defaultdict[tuple[int, Span], int] = defaultdict(int)
        if self.way == Strike.ZERO:
            for entry in context.earlier(self.whose):
                sums[entry.unit_id, context.span(entry.date, kind)] += entry.hundredths
        for (unit_id, span), when in sorted(days.items()):
            if len(when) < self.times:
                continue
            hundredths, told = self._consequence(sums[unit_id, span])
            yield EntryDraft(
                unit_id=unit_id,
                about=about_period(span.end),
                date=sorted(when)[self.times - 1],
                hundredths=hundredths,
                block_id=self.block_id,
                block_type=self.block_type,
                sentence=_("%(span)s%(what)s达到%(times)s次（共%(all)s次），%(told)s。")
                % {
                    "span": span.text,
                    "what": self.which.text,
                    "times": self.times,
                    "all": len(when),
                    "told": told,
                },
                flag=self.flag,
            )

    def _consequence(self, sum_: int) -> tuple[int, str]:
        """Return hundredths and words, given what the unit has earned so far."""
        if self.way == Strike.ZERO:
            if sum_ > 0:
                told = _("%(what)s%(sum)s分归零")
                hundredths = -sum_
            else:
                told = _("%(what)s%(sum)s分，已不高于零，不再扣")
                hundredths = 0
            told %= {"what": self.whose.text, "sum": points_text(sum_)}
        elif self.way == Strike.DEDUCT:
            told = _("扣%(points)s分") % {"points": points_text(self.points)}
            hundredths = -self.points
        else:
            return 0, self.flag
        return hundredths, f"{told}，{self.flag}" if self.flag else told

    def refers(self) -> Iterable[Whose]:
        """Yield the selections of earlier entries that the clause cannot do without."""
        if self.way == Strike.ZERO:
            yield self.whose

    def describe(self) -> list[str]:
        """Return the rule as a sentence."""
        told = {
            Strike.ZERO: _("%(what)s归零") % {"what": self.whose.text},
            Strike.DEDUCT: _("扣%(points)s分") % {"points": points_text(self.points)},
            Strike.FLAG: "",
        }[self.way]
        return [
            _("%(within)s%(what)s达到%(times)s次的，%(told)s。")
            % {
                "within": self.within.label,
                "what": self.which.text,
                "times": self.times,
                "told": "，".join(part for part in (told, self.flag) if part),
            }
        ]
