"""The clause "target": what happens when a unit has reached less or more than it must. Pure.

Booked on the last day of a period, once the period is over. A target of 0 is none. Items that
an earlier clause keeps from earning points count all the same.
Source: domain rules §4.1, targets, the six forms of shortfall, over-target.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..engine import Clause, Context, EntryDraft, UnitView, about_period, clause_type
from ..periods import Span
from ..rules import (
    HUNDRED,
    Measure,
    factor_text,
    parse_factor,
    parse_points,
    points_text,
    to_hundredths,
)
from ..which import Whose, split_names
from .numbers import (
    KIND_OF,
    UNIT_OF,
    Basis,
    Newcomer,
    Numbers,
    count_items,
    exact,
    per_text,
)


class Shortfall(models.TextChoices):
    """What a unit loses, or does not get, when it has not reached its target."""

    NOTHING = "nothing", gettext_lazy("不影响得分")
    EACH = "each", gettext_lazy("每欠1条（1分）扣若干分")
    FIXED = "fixed", gettext_lazy("未完成的一次性扣若干分")
    WHOLE = "whole", gettext_lazy("完成的得若干分，未完成的得0分")
    SHARE = "share", gettext_lazy("按完成比例得分，完成的得满分")
    SHARE_OFF = "share_off", gettext_lazy("按未完成比例扣分，全部未完成的扣满")
    TIMES = "times", gettext_lazy("按所欠数的若干倍扣分")
    BASE = "base", gettext_lazy("未完成的扣回当期基础分")


# Those that need points, and those that give points for reaching the target.
WITH_POINTS = (
    Shortfall.EACH,
    Shortfall.FIXED,
    Shortfall.WHOLE,
    Shortfall.SHARE,
    Shortfall.SHARE_OFF,
)
GIVING = (Shortfall.WHOLE, Shortfall.SHARE)


@dataclass(frozen=True, slots=True)
class Reached:
    """A unit's target in a period and what it has reached, both in hundredths."""

    target: int
    actual: int
    base: int = 0

    @property
    def missing(self) -> int:
        """What is missing; 0 when the target is reached."""
        return max(self.target - self.actual, 0)

    @property
    def over(self) -> int:
        """What is over the target."""
        return max(self.actual - self.target, 0)

    @property
    def share(self) -> Fraction:
        """The part of the target that is reached, from 0 to 1."""
        return min(Fraction(max(self.actual, 0), self.target), Fraction(1))


@clause_type
@dataclass(frozen=True, slots=True)
class TargetClause:
    """The clause itself; `points`, `over` and `over_most` in hundredths."""

    block_type: ClassVar[str] = "target"

    block_id: str
    measure: str
    per: str
    numbers: Numbers
    whose: Whose
    once: bool
    shortfall: Shortfall
    points: int = 0
    factor: Fraction = Fraction(1)
    base: frozenset[str] = frozenset()
    flag: str = ""
    over: int = 0
    over_most: int | None = None

    @classmethod
    def from_config(cls, block_id: str, config: Mapping[str, Any]) -> Clause:
        """Make the clause from plain data: measure, per, basis, number, rows (group, number),
        newcomer, whose, once, shortfall, points, factor, base, flag, over and over_most.

        Raises:
            ValueError: a number cannot be read.
        """

        def number(name: str) -> int | None:
            text = str(config.get(name) if config.get(name) is not None else "").strip()
            return parse_points(text) if text else None

        return cls(
            block_id=block_id,
            measure=Measure(config.get("measure") or Measure.SUBMITTED),
            per=config.get("per") or "",
            numbers=Numbers.from_config(config, "number", parse_points),
            whose=Whose.from_config(config.get("whose")),
            once=bool(config.get("once")),
            shortfall=Shortfall(config.get("shortfall") or Shortfall.NOTHING),
            points=number("points") or 0,
            factor=parse_factor(str(config.get("factor") or "1")),
            base=frozenset(split_names(config.get("base") or "")),
            flag=str(config.get("flag") or "").strip(),
            over=number("over") or 0,
            over_most=number("over_most"),
        )

    def apply(self, context: Context) -> Iterable[EntryDraft]:
        """Compare each unit with its target for every period that is over."""
        spans = context.spans(self.per)
        if not spans:
            return
        actual = self._actual(context)
        base = self._sums(context, Whose(clauses=self.base)) if self.base else {}
        for span in spans:
            for unit in context.units_in(span):
                target = self._target(context, unit, span)
                if not target:
                    continue
                key = (unit.id, span)
                reached = Reached(target, actual.get(key, 0), base.get(key, 0))
                yield from self._entry(context, unit, span, reached)

    def _target(self, context: Context, unit: UnitView, span: Span) -> int | None:
        kind = self.per or context.period
        known = context.world.targets.get((unit.id, self.measure, kind, span.end.year))
        return self.numbers.of(unit, span, known)

    def _actual(self, context: Context) -> Mapping[tuple[int, Span], int]:
        if self.measure == Measure.POINTS:
            return self._sums(context, self.whose)
        counted = count_items(
            context,
            self.whose.facts,
            KIND_OF[self.measure],
            self.per or context.period,
            once=self.once,
        )
        return {key: number * HUNDRED for key, number in counted.items()}

    def _sums(self, context: Context, whose: Whose) -> Mapping[tuple[int, Span], int]:
        sums: defaultdict[tuple[int, Span], int] = defaultdict(int)
        for entry in context.earlier(whose):
            sums[entry.unit_id, context.span(entry.date, self.per)] += entry.hundredths
        return sums

    def _entry(
        self, context: Context, unit: UnitView, span: Span, reached: Reached
    ) -> Iterable[EntryDraft]:
        short = reached.missing > 0
        points, told = self._outcome(reached)
        hundredths = to_hundredths(points, context.rounding)
        if self.over and reached.over:
            extra, why = self._extra(context, reached)
            hundredths += extra
            told.append(why)
        if not (hundredths or (short and self.flag) or self.shortfall in GIVING):
            return
        flag = self.flag if short else ""
        told.append(_("计%(points)s分") % {"points": points_text(hundredths)})
        if flag:
            told.append(flag)
        yield EntryDraft(
            unit_id=unit.id,
            about=about_period(span.end),
            date=span.end,
            hundredths=hundredths,
            block_id=self.block_id,
            block_type=self.block_type,
            sentence=f"{span.text}{self._counted(reached)}，{'，'.join(told)}。",
            flag=flag,
        )

    def _outcome(self, reached: Reached) -> tuple[Fraction, list[str]]:
        """Return the exact points for what is short, or for reaching the target, and why."""
        full = exact(self.points)
        short = reached.missing > 0
        shown = {
            "points": points_text(self.points),
            "unit": UNIT_OF[self.measure],
            "missing": points_text(reached.missing),
            "factor": factor_text(self.factor),
            "actual": points_text(max(reached.actual, 0)),
            "target": points_text(reached.target),
            "base": points_text(reached.base),
        }
        if self.shortfall == Shortfall.WHOLE:
            if short:
                return Fraction(0), [_("未完成，不得分")]
            return full, [_("完成得%(points)s分") % shown]
        if self.shortfall == Shortfall.SHARE:
            if short:
                told = _("按完成比例得%(points)s×%(actual)s÷%(target)s分") % shown
                return full * reached.share, [told]
            return full, [_("完成得%(points)s分") % shown]
        if not short or self.shortfall == Shortfall.NOTHING:
            return Fraction(0), []
        if self.shortfall == Shortfall.EACH:
            told = _("每欠1%(unit)s扣%(points)s分") % shown
            return -full * exact(reached.missing), [told]
        if self.shortfall == Shortfall.FIXED:
            return -full, [_("未完成扣%(points)s分") % shown]
        if self.shortfall == Shortfall.SHARE_OFF:
            told = _("按未完成比例扣%(points)s×%(missing)s÷%(target)s分") % shown
            return full * (reached.share - 1), [told]
        if self.shortfall == Shortfall.TIMES:
            told = _("按所欠数的%(factor)s倍扣分，%(missing)s×%(factor)s") % shown
            return -self.factor * exact(reached.missing), [told]
        told = _("未完成扣回当期基础分%(base)s分") % shown
        return exact(-max(reached.base, 0)), [told]

    def _extra(self, context: Context, reached: Reached) -> tuple[int, str]:
        """Return the hundredths for what is over the target, and why."""
        extra = to_hundredths(exact(self.over) * exact(reached.over), context.rounding)
        told = _("每超1%(unit)s加%(points)s分") % {
            "unit": UNIT_OF[self.measure],
            "points": points_text(self.over),
        }
        if self.over_most is not None and extra > self.over_most:
            extra = self.over_most
            told += _("，最多加%(most)s分") % {"most": points_text(extra)}
        return extra, told

    def _counted(self, reached: Reached) -> str:
        told = _("%(measure)s任务%(target)s%(unit)s，完成%(actual)s%(unit)s")
        if reached.missing:
            told += _("，欠%(missing)s%(unit)s")
        elif reached.over:
            told += _("，超%(over)s%(unit)s")
        return told % {
            "measure": Measure(self.measure).label,
            "target": points_text(reached.target),
            "actual": points_text(reached.actual),
            "missing": points_text(reached.missing),
            "over": points_text(reached.over),
            "unit": UNIT_OF[self.measure],
        }

    def refers(self) -> Iterable[Whose]:
        """Yield the selections of earlier entries that the clause cannot do without."""
        if self.measure == Measure.POINTS:
            yield self.whose
        if self.shortfall == Shortfall.BASE:
            yield Whose(clauses=self.base)

    def ends_with(self, own: str) -> str:
        """Return the kind of period that must end while the scheme is in force."""
        return self.per or own

    def from_table(self, own: str) -> tuple[str, str] | None:
        """Return measure and kind of period of the targets that it looks up, if any."""
        if self.numbers.basis != Basis.TABLE:
            return None
        return self.measure, self.per or own

    def describe(self) -> list[str]:
        """Return the rule as sentences; the number of each group is shown as a table."""
        lines = [self._number_line()]
        what = self.whose.facts.text
        if self.measure == Measure.POINTS:
            lines.append(_("计入任务的得分：%(what)s。") % {"what": self.whose.text})
        elif self.whose.facts != Whose().facts:
            lines.append(_("计入任务的事项：%(what)s。") % {"what": what})
        if self.once and self.measure != Measure.POINTS:
            lines.append(_("同一稿件只算1条。"))
        lines.append(self._shortfall_line())
        if self.flag:
            lines.append(_("未完成的：%(flag)s。") % {"flag": self.flag})
        if self.over:
            told = _("每超1%(unit)s加%(points)s分") % {
                "unit": UNIT_OF[self.measure],
                "points": points_text(self.over),
            }
            if self.over_most is not None:
                told += _("，最多加%(most)s分") % {"most": points_text(self.over_most)}
            lines.append(f"{told}。")
        if self.numbers.newcomer == Newcomer.NONE:
            lines.append(_("期内新设或撤销的单位当期不考核任务。"))
        return lines

    def _number_line(self) -> str:
        shown = {
            "per": per_text(self.per),
            "measure": Measure(self.measure).label,
            "number": points_text(self.numbers.number or 0),
            "unit": UNIT_OF[self.measure],
        }
        if self.numbers.basis == Basis.TABLE:
            return _("%(per)s%(measure)s任务按任务表。") % shown
        if self.numbers.basis == Basis.ONE:
            return _("%(per)s%(measure)s任务%(number)s%(unit)s。") % shown
        if self.numbers.number is None:
            return _("%(per)s%(measure)s任务按考核分组确定，未列出的分组没有任务。") % shown
        return _("%(per)s%(measure)s任务按考核分组确定，未列出的分组%(number)s%(unit)s。") % shown

    def _shortfall_line(self) -> str:
        unit = UNIT_OF[self.measure]
        points = points_text(self.points)
        return {
            Shortfall.NOTHING: _("未完成的不影响得分。"),
            Shortfall.EACH: _("每欠1%(unit)s扣%(points)s分。") % {"unit": unit, "points": points},
            Shortfall.FIXED: _("未完成的扣%(points)s分。") % {"points": points},
            Shortfall.WHOLE: _("完成的得%(points)s分，未完成的得0分。") % {"points": points},
            Shortfall.SHARE: _("完成的得%(points)s分，未完成的按完成比例得分。")
            % {"points": points},
            Shortfall.SHARE_OFF: _("未完成的按未完成比例扣分，全部未完成的扣%(points)s分。")
            % {"points": points},
            Shortfall.TIMES: _("未完成的按所欠数的%(factor)s倍扣分。")
            % {"factor": factor_text(self.factor)},
            Shortfall.BASE: _("未完成的扣回当期%(base)s。")
            % {"base": "、".join(sorted(self.base))},
        }[self.shortfall]
