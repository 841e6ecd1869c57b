"""The clause "cap and floor": no more, or no less, than so many points. Pure.

Works on what earlier clauses gave, for each unit and each period (or year); what is over or
below is made up by one entry on the day of the last point, not on the last day of the period:
running totals (domain rules §4.1, needed by 23 schemes) never pass a limit in between, and a
deduction below 0 (扣完为止) is made good at once. A unit that has no point at all is lifted to
a floor above 0 when the period has ended, on its last day: until then nobody knows.
Source: domain rules §4.1, caps and floors (扣完为止).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from ..engine import Clause, Context, EntryDraft, about_period, clause_type
from ..periods import PeriodKind, Span
from ..rules import parse_signed, points_text
from ..which import Whose
from .common import Within


@clause_type
@dataclass(frozen=True, slots=True)
class Cap:
    """The clause itself; `most` and `least` in hundredths, None: no limit."""

    block_type: ClassVar[str] = "cap"

    block_id: str
    most: int | None
    least: int | None
    within: Within
    whose: Whose

    @classmethod
    def from_config(cls, block_id: str, config: Mapping[str, Any]) -> Clause:
        """Make the clause from plain data: most, least, within and whose.

        Raises:
            ValueError: a limit is no number.
        """

        def limit(name: str) -> int | None:
            text = str(config.get(name) if config.get(name) is not None else "").strip()
            return parse_signed(text) if text else None

        return cls(
            block_id=block_id,
            most=limit("most"),
            least=limit("least"),
            within=Within(config.get("within") or Within.PERIOD),
            whose=Whose.from_config(config.get("whose")),
        )

    def apply(self, context: Context) -> Iterable[EntryDraft]:
        """Take off what is over the cap and give back what is below the floor."""
        kind = PeriodKind.YEAR if self.within == Within.YEAR else context.period
        covered = context.by_unit_and_span(context.earlier(self.whose), kind)
        for (unit_id, span), entries in covered.items():
            sum_ = sum(entry.hundredths for entry in entries)
            limit, day = self._passed(sum_), max(entry.date for entry in entries)
            yield from self._made_up(unit_id, span, sum_, limit, day)
        if self._lifts_all:
            for span in context.spans(kind):
                for unit in context.units_in(span):
                    if (unit.id, span) not in covered:
                        yield from self._made_up(unit.id, span, 0, self.least, span.end)

    def _made_up(
        self, unit_id: int, span: Span, sum_: int, limit: int | None, day: date
    ) -> Iterable[EntryDraft]:
        if limit is not None:
            yield EntryDraft(
                unit_id=unit_id,
                about=about_period(span.end),
                date=day,
                hundredths=limit - sum_,
                block_id=self.block_id,
                block_type=self.block_type,
                sentence=self._sentence(span, sum_, limit),
            )

    @property
    def _lifts_all(self) -> bool:
        """Whether who has no point at all stands below the floor."""
        return self.least is not None and self.least > 0

    def _passed(self, sum_: int) -> int | None:
        if self.most is not None and sum_ > self.most:
            return self.most
        if self.least is not None and sum_ < self.least:
            return self.least
        return None

    def _sentence(self, span: Span, sum_: int, limit: int) -> str:
        told = (
            _("%(span)s%(what)s最多计%(limit)s分，已计%(sum)s分，扣回%(off)s分。")
            if sum_ > limit
            else _("%(span)s%(what)s最低计%(limit)s分，已计%(sum)s分，补回%(off)s分。")
        )
        return told % {
            "span": span.text,
            "what": self.whose.text,
            "limit": points_text(limit),
            "sum": points_text(sum_),
            "off": points_text(abs(sum_ - limit)),
        }

    def describe(self) -> list[str]:
        """Return the limits as sentences."""
        when = str(self.within.label)
        lines = []
        for limit, told in (
            (self.most, _("%(when)s%(what)s最多计%(limit)s分，超出部分不计。")),
            (self.least, _("%(when)s%(what)s最低计%(limit)s分，扣完为止。")),
        ):
            if limit is not None:
                lines.append(
                    told % {"when": when, "what": self.whose.text, "limit": points_text(limit)}
                )
        if self._lifts_all:
            lines.append(_("一笔得分也没有的单位，期满后也按此计。"))
        return lines
