"""The clause "conversion": a year's totals as points of the annual assessment. Pure.

Gives no entries: what a unit gets may depend on the others of its group, so it is worked out by
the rankings from the group's totals. Source: domain rules §4.1, conversion into the year's
assessment, mean of months × weight.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..engine import Clause, Context, EntryDraft, clause_type
from ..rules import (
    Rounding,
    factor_text,
    parse_factor,
    parse_points,
    points_text,
    to_hundredths,
)
from .numbers import exact


class Way(models.TextChoices):
    """How totals become points of the assessment."""

    FACTOR = "factor", gettext_lazy("全年得分乘以系数")
    HIGHEST = "highest", gettext_lazy("与本组最高分相比（得分÷最高分×满分）")
    TARGET = "target", gettext_lazy("与得分任务相比（得分÷任务×满分，超过的按满分）")
    RANK = "rank", gettext_lazy("按本组名次")
    MONTHS = "months", gettext_lazy("各月得分的平均乘以系数")


@dataclass(frozen=True, slots=True)
class RankRow:
    """Ranks from first to last (both included) and their hundredths."""

    first: int
    last: int
    hundredths: int


@clause_type
@dataclass(frozen=True, slots=True)
class ConversionClause:
    """The clause itself; `full` and `most` in hundredths, `number` a target for all."""

    block_type: ClassVar[str] = "conversion"

    block_id: str
    way: Way
    factor: Fraction
    most: int | None
    full: int
    number: int | None
    rows: tuple[RankRow, ...]
    otherwise: int

    @classmethod
    def from_config(cls, block_id: str, config: Mapping[str, Any]) -> Clause:
        """Make the clause from plain data: way, factor, most, full, number, rows (first, last,
        points) and otherwise.

        Raises:
            ValueError: a number cannot be read.
        """

        def number(name: str) -> int | None:
            text = str(config.get(name) if config.get(name) is not None else "").strip()
            return parse_points(text) if text else None

        return cls(
            block_id=block_id,
            way=Way(config.get("way") or Way.FACTOR),
            factor=parse_factor(str(config.get("factor") or "1")),
            most=number("most"),
            full=number("full") or 0,
            number=number("number"),
            rows=tuple(
                RankRow(
                    int(row["first"]),
                    int(row.get("last") or row["first"]),
                    parse_points(str(row["points"])),
                )
                for row in config.get("rows") or ()
            ),
            otherwise=number("otherwise") or 0,
        )

    def apply(self, context: Context) -> Iterable[EntryDraft]:
        """Give nothing: a conversion is no entry of the ledger."""
        return ()

    def converted(
        self,
        totals: Mapping[int, int],
        months: Mapping[int, Sequence[int]],
        targets: Mapping[int, int],
        *,
        rounding: Rounding,
    ) -> dict[int, int]:
        """Return what each unit of one group gets in the assessment, in hundredths.

        Args:
            totals: unit → hundredths of the year, for every unit of the group.
            months: unit → hundredths of each month that counts; for MONTHS alone.
            targets: unit → hundredths to reach in the year; for TARGET without a number.

        A unit without a target has no part of 1 to be measured by: it is left out.
        """
        found = {}
        for unit, total in totals.items():
            points = self._points(unit, total, totals, months, targets)
            if points is not None:
                hundredths = to_hundredths(points, rounding)
                found[unit] = hundredths if self.most is None else min(hundredths, self.most)
        return found

    def _points(
        self,
        unit: int,
        total: int,
        totals: Mapping[int, int],
        months: Mapping[int, Sequence[int]],
        targets: Mapping[int, int],
    ) -> Fraction | None:
        if self.way == Way.FACTOR:
            return exact(total) * self.factor
        if self.way == Way.MONTHS:
            counted = months.get(unit, ())
            return exact(sum(counted)) / len(counted) * self.factor if counted else Fraction(0)
        if self.way == Way.RANK:
            return exact(self._by_rank(1 + sum(1 for other in totals.values() if other > total)))
        if self.way == Way.HIGHEST:
            whole = max(totals.values())
        else:
            whole = targets.get(unit, 0) if self.number is None else self.number
            if not whole:
                return None
        if whole <= 0:
            return Fraction(0)
        return min(Fraction(max(total, 0), whole), Fraction(1)) * exact(self.full)

    def _by_rank(self, rank: int) -> int:
        for row in self.rows:
            if row.first <= rank <= row.last:
                return row.hundredths
        return self.otherwise

    def describe(self) -> list[str]:
        """Return the rule as sentences."""
        full = {"full": points_text(self.full), "factor": factor_text(self.factor)}
        lines = {
            Way.FACTOR: [_("年度考核得分=全年得分×%(factor)s。") % full],
            Way.HIGHEST: [
                _("年度考核得分=全年得分÷本组最高分×%(full)s分，得分不足零的按零计。") % full
            ],
            Way.TARGET: [
                _("年度考核得分=全年得分÷得分任务×%(full)s分，最高%(full)s分，得分不足零的按零计。")
                % full
            ],
            Way.MONTHS: [_("年度考核得分=各月得分的平均×%(factor)s。") % full],
            Way.RANK: [*self._rank_lines()],
        }[self.way]
        if self.way == Way.TARGET:
            lines.append(
                _("得分任务按任务表中的全年数，没有任务的单位不折算。")
                if self.number is None
                else _("得分任务%(number)s分。") % {"number": points_text(self.number)}
            )
        if self.most is not None:
            lines.append(_("最多%(most)s分。") % {"most": points_text(self.most)})
        return lines

    def _rank_lines(self) -> Iterable[str]:
        for row in self.rows:
            shown = {"first": row.first, "last": row.last, "points": points_text(row.hundredths)}
            if row.first == row.last:
                yield _("本组第%(first)s名，年度考核得%(points)s分。") % shown
            else:
                yield _("本组第%(first)s至%(last)s名，年度考核得%(points)s分。") % shown
        yield _("其余名次得%(points)s分；并列的名次相同。") % {
            "points": points_text(self.otherwise)
        }


__all__ = ["ConversionClause", "RankRow", "Way"]
