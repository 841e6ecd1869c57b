"""A number for each unit and period, and how many items a unit has in one. Pure.

Shared by the clauses of base points, targets, the adoption rate and the mean.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scoring.adoptions.rules import FactKind

from ..engine import Context, UnitView
from ..periods import PeriodKind, Span
from ..rules import HUNDRED, Measure
from ..which import Which
from .common import piece_of


class Basis(models.TextChoices):
    """Where a unit's number comes from."""

    ONE = "one", gettext_lazy("各单位相同")
    GROUPS = "groups", gettext_lazy("按考核分组")
    TABLE = "table", gettext_lazy("按任务表（在“任务”中逐个单位填写）")


class Newcomer(models.TextChoices):
    """What holds for a unit that did not exist on every day of a period."""

    FULL = "full", gettext_lazy("与其他单位相同")
    NONE = "none", gettext_lazy("当期不计")


@dataclass(frozen=True, slots=True)
class Numbers:
    """One number for all, or by group; `number` is for groups without a row (None: none)."""

    basis: Basis
    number: int | None
    rows: tuple[tuple[int, int], ...] = ()
    newcomer: Newcomer = Newcomer.FULL

    @classmethod
    def from_config(
        cls, config: Mapping[str, Any], name: str, read: Callable[[str], int]
    ) -> Numbers:
        """Make it from plain data: basis, the number under `name`, rows with group and the
        number under the same name, and newcomer.

        Raises:
            ValueError: a number cannot be read.
        """
        text = str(config.get(name) if config.get(name) is not None else "").strip()
        return cls(
            basis=Basis(config.get("basis") or Basis.ONE),
            number=read(text) if text else None,
            rows=tuple(
                (int(row["group"]), read(str(row[name]))) for row in config.get("rows") or ()
            ),
            newcomer=Newcomer(config.get("newcomer") or Newcomer.FULL),
        )

    def of(self, unit: UnitView, span: Span, in_table: int | None = None) -> int | None:
        """Return a unit's number in a period; None: it has none.

        Args:
            in_table: what the table of targets has for it.
        """
        if self.newcomer == Newcomer.NONE and not there_throughout(unit, span):
            return None
        if self.basis == Basis.TABLE:
            return in_table
        if self.basis == Basis.GROUPS:
            group = unit.groups.get(span.end.year)
            for row_group, number in self.rows:
                if row_group == group:
                    return number
        return self.number


def there_throughout(unit: UnitView, span: Span) -> bool:
    """Tell whether a unit existed on every day of a period."""
    return (unit.active_from is None or unit.active_from <= span.start) and (
        unit.active_until is None or unit.active_until >= span.end
    )


# What an item is for each measure, unless a clause names other kinds of facts.
KIND_OF: dict[str, str] = {
    Measure.SUBMITTED: FactKind.SUBMISSION,
    Measure.ADOPTED: FactKind.ADOPTION,
}
UNIT_OF: dict[str, Any] = {
    Measure.SUBMITTED: gettext_lazy("条"),
    Measure.ADOPTED: gettext_lazy("条"),
    Measure.POINTS: gettext_lazy("分"),
}


def count_items(
    context: Context, which: Which, kind: str, per: str, *, once: bool = False
) -> Mapping[tuple[int, Span], int]:
    """Return how many items each unit has in each period.

    Facts that an earlier clause keeps from earning points count too; a joint item counts for
    each of its units.

    Args:
        kind: of the facts, when the selection names none.
        per: kind of period.
        once: several facts about one piece are one item.
    """
    pieces: defaultdict[tuple[int, Span], set[Any]] = defaultdict(set)
    for fact in context.facts:
        if not which.covers(fact) or (not which.kinds and fact.kind != kind):
            continue
        thing = piece_of(fact) if once else fact.id
        span = context.span(fact.date, per)
        for unit_id in fact.units:
            pieces[unit_id, span].add(thing)
    return {key: len(found) for key, found in pieces.items()}


def per_text(per: str) -> str:
    """Return "每季度" and the like; "每期" for the scheme's own period."""
    return str(
        {
            PeriodKind.MONTH: _("每月"),
            PeriodKind.MONTH_MERGED: _("每月（1—2月合并）"),
            PeriodKind.QUARTER: _("每季度"),
            PeriodKind.HALF: _("每半年"),
            PeriodKind.YEAR: _("每年"),
        }.get(per, _("每期"))  # type: ignore[call-overload]
    )


def exact(hundredths: int) -> Fraction:
    """Return hundredths as an exact number."""
    return Fraction(hundredths, HUNDRED)


def percent_text(rate: Fraction) -> str:
    """Return a rate as a percentage with up to two decimals, halves up: 1/3 → "33.33%"."""
    tens = rate * 10_000 + Fraction(1, 2)
    whole, part = divmod(tens.numerator // tens.denominator, 100)
    return f"{whole}.{part:02}".rstrip("0").rstrip(".") + "%"
