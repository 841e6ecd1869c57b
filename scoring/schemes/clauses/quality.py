"""The clause "quality": what an untrue item, a serious error or a missed commission costs. Pure.

Four effects, in any combination: what the same piece has earned goes to zero; what its month or
period has earned goes to zero; a fixed deduction; a consequence that is no points. Only points
above zero are taken; other deductions stay. Works on what earlier clauses gave; facts of the
unit that are themselves such a fault are never taken for earnings.
Source: domain rules §4.1, untrue items and flags.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scoring.adoptions.rules import FactKind, Mark

from ..engine import Clause, Context, EntryDraft, FactView, about_period, clause_type
from ..periods import PeriodKind, Span
from ..rules import parse_points, points_text
from ..which import Which, Whose
from .common import by_unit_and_fact, fact_entry, piece_of
from .points_table import what_happened


class ZeroSpan(models.TextChoices):
    """Which time's points go to zero."""

    NONE = "", gettext_lazy("不归零")
    MONTH = "month", gettext_lazy("当月得分归零")
    PERIOD = "period", gettext_lazy("本计分周期得分归零")


# Kinds of facts that may be such a fault.
FAULTS = (FactKind.QUALITY, FactKind.URGENT, FactKind.COMMISSION)


@clause_type
@dataclass(frozen=True, slots=True)
class Quality:
    """The clause itself; `minus` in hundredths, not negative."""

    block_type: ClassVar[str] = "quality"

    block_id: str
    which: Which
    zero_item: bool
    zero_span: ZeroSpan
    minus: int
    flag: str
    whose: Whose

    @classmethod
    def from_config(cls, block_id: str, config: Mapping[str, Any]) -> Clause:
        """Make the clause from plain data: kind, marks, zero_item, zero_span, minus, flag and
        whose.

        Raises:
            ValueError: the deduction is no number.
        """
        kind = config.get("kind") or FactKind.QUALITY
        minus = str(config.get("minus") or "").strip()
        return cls(
            block_id=block_id,
            which=Which.from_config({"kinds": [kind], "marks": config.get("marks")}),
            zero_item=bool(config.get("zero_item")),
            zero_span=ZeroSpan(config.get("zero_span") or ""),
            minus=parse_points(minus) if minus else 0,
            flag=(config.get("flag") or "").strip(),
            whose=Whose.from_config(config.get("whose")),
        )

    def apply(self, context: Context) -> Iterable[EntryDraft]:
        """Take what is lost, tell each fault's consequences, and deduct."""
        faults = list(context.counting(self.which))
        if not faults:
            return
        taken = list(self._items(context, faults)) if self.zero_item else []
        yield from taken
        if self.zero_span:
            yield from self._spans(context, faults, taken)
        for fact in faults:
            sentence = f"{what_happened(fact)}：{self._effects()}。"
            for unit_id in fact.units:
                yield fact_entry(self, fact, unit_id, -self.minus, sentence, flag=self.flag)

    def _items(self, context: Context, faults: list[FactView]) -> Iterator[EntryDraft]:
        """Take what the same piece has earned; the first fault takes it all."""
        facts = context.by_id
        skipped = {fact.id for fact in faults}
        pieces: dict[tuple[int, str], list[tuple[FactView, int]]] = {}
        for (unit_id, fact_id), sum_ in by_unit_and_fact(context.earlier(self.whose)).items():
            if sum_ > 0 and fact_id not in skipped:
                key = (unit_id, piece_of(facts[fact_id]))
                pieces.setdefault(key, []).append((facts[fact_id], sum_))
        for fault in faults:
            for unit_id in fault.units:
                for fact, sum_ in pieces.pop((unit_id, piece_of(fault)), ()):
                    sentence = _("%(fault)s，该稿件已计的%(points)s分归零。") % {
                        "fault": what_happened(fault),
                        "points": points_text(sum_),
                    }
                    day = max(fact.date, fault.date)
                    yield fact_entry(self, fact, unit_id, -sum_, sentence, day=day)

    def _spans(
        self, context: Context, faults: list[FactView], taken: list[EntryDraft]
    ) -> Iterator[EntryDraft]:
        """Take what is left of the month or period, once for each unit."""
        kind = PeriodKind.MONTH if self.zero_span == ZeroSpan.MONTH else ""
        facts = context.by_id
        earned: dict[tuple[int, Span], int] = {}
        for entry in context.earlier(self.whose):
            key = (entry.unit_id, context.span(entry.date, kind))
            earned[key] = earned.get(key, 0) + entry.hundredths
        for entry in taken:
            # Belongs to the time in which the piece had earned it, not to the fault's.
            day = facts[entry.fact_id].date if entry.fact_id is not None else entry.date
            key = (entry.unit_id, context.span(day, kind))
            earned[key] = earned.get(key, 0) + entry.hundredths
        for fault in faults:
            for unit_id in fault.units:
                span = context.span(fault.date, kind)
                sum_ = earned.pop((unit_id, span), 0)
                if sum_ > 0:
                    yield EntryDraft(
                        unit_id=unit_id,
                        about=about_period(span.end),
                        date=fault.date,
                        hundredths=-sum_,
                        block_id=self.block_id,
                        block_type=self.block_type,
                        sentence=_("%(fault)s，%(span)s已计的%(points)s分归零。")
                        % {
                            "fault": what_happened(fault),
                            "span": span.text,
                            "points": points_text(sum_),
                        },
                    )

    def refers(self) -> tuple[Whose, ...]:
        """Return what earlier entries the clause cannot do without: those that it takes."""
        return (self.whose,) if self.zero_item or self.zero_span else ()

    def _effects(self) -> str:
        told = []
        if self.zero_item:
            told.append(_("该稿件得分归零"))
        if self.zero_span:
            told.append(str(self.zero_span.label))
        if self.minus:
            told.append(_("扣%(points)s分") % {"points": points_text(self.minus)})
        if self.flag:
            told.append(self.flag)
        return "，".join(told) or _("不扣分")

    def _kind_text(self) -> str:
        if FactKind.URGENT in self.which.kinds:
            return _("紧急信息")
        return _("约稿") if FactKind.COMMISSION in self.which.kinds else _("信息")

    def describe(self) -> list[str]:
        """Return the rule as sentences."""
        what = {
            "kind": self._kind_text(),
            "marks": "、".join(str(mark.label) for mark in Mark if mark.value in self.which.marks)
            or _("有质量问题"),
            "effects": self._effects(),
        }
        lines = [_("%(kind)s%(marks)s的：%(effects)s。") % what]
        if (self.zero_item or self.zero_span) and self.whose != Whose():
            lines.append(_("归零只针对：%(what)s。") % {"what": self.whose.text})
        return lines
