"""The clause "below standard": a consequence that is no points, by the total of a time. Pure.

Given on the last day of the period (or year), once it is over, also to units without any points.
Source: domain rules §4.1, flags that are not points; §4.2 钟楼, below 6 is 不达标.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..engine import Clause, Context, EntryDraft, about_period, clause_type
from ..periods import PeriodKind
from ..rules import parse_signed, points_text
from ..which import Whose
from .several import Within


class When(models.TextChoices):
    """How a total is compared with the bar."""

    BELOW = "below", gettext_lazy("低于")
    NOT_OVER = "not_over", gettext_lazy("不高于")
    REACHES = "reaches", gettext_lazy("达到或高于")
    ABOVE = "above", gettext_lazy("高于")


@clause_type
@dataclass(frozen=True, slots=True)
class TotalFlag:
    """The clause itself; `bar` in hundredths."""

    block_type: ClassVar[str] = "total_flag"

    block_id: str
    when: When
    bar: int
    flag: str
    within: Within
    whose: Whose

    @classmethod
    def from_config(cls, block_id: str, config: Mapping[str, Any]) -> Clause:
        """Make the clause from plain data: when, bar, flag, within and whose.

        Raises:
            ValueError: the bar is no number, or no consequence is named.
        """
        flag = str(config.get("flag") or "").strip()
        if not flag:
            raise ValueError("a consequence must be named")
        return cls(
            block_id=block_id,
            when=When(config.get("when") or When.BELOW),
            bar=parse_signed(str(config["bar"])),
            flag=flag,
            within=Within(config.get("within") or Within.PERIOD),
            whose=Whose.from_config(config.get("whose")),
        )

    def apply(self, context: Context) -> Iterable[EntryDraft]:
        """Mark each unit whose total of a time that is over meets the condition."""
        kind = self.ends_with(context.period)
        spans = context.spans(kind)
        if not spans:
            return
        sums: defaultdict[Any, int] = defaultdict(int)
        for entry in context.earlier(self.whose):
            sums[entry.unit_id, context.span(entry.date, kind)] += entry.hundredths
        for span in spans:
            for unit in context.units_in(span):
                sum_ = sums[unit.id, span]
                if self._meets(sum_):
                    yield EntryDraft(
                        unit_id=unit.id,
                        about=about_period(span.end),
                        date=span.end,
                        hundredths=0,
                        block_id=self.block_id,
                        block_type=self.block_type,
                        sentence=_("%(span)s%(what)s%(sum)s分，%(when)s%(bar)s分：%(flag)s。")
                        % {
                            "span": span.text,
                            "what": self.whose.text,
                            "sum": points_text(sum_),
                            "when": self.when.label,
                            "bar": points_text(self.bar),
                            "flag": self.flag,
                        },
                        flag=self.flag,
                    )

    def _meets(self, sum_: int) -> bool:
        return {
            When.BELOW: sum_ < self.bar,
            When.NOT_OVER: sum_ <= self.bar,
            When.REACHES: sum_ >= self.bar,
            When.ABOVE: sum_ > self.bar,
        }[self.when]

    def ends_with(self, own: str) -> str:
        """Return the kind of period that must end while the scheme is in force."""
        return PeriodKind.YEAR if self.within == Within.YEAR else own

    def describe(self) -> list[str]:
        """Return the rule as a sentence."""
        return [
            _("%(within)s%(what)s%(when)s%(bar)s分的：%(flag)s。")
            % {
                "within": self.within.label,
                "what": self.whose.text,
                "when": self.when.label,
                "bar": points_text(self.bar),
                "flag": self.flag,
            }
        ]
