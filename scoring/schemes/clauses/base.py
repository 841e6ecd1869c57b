"""The clause "base points": what a unit has before anything happened. Pure.

Booked on the first day of a period, as soon as that day has come, for every unit that exists
in the period. Source: domain rules §4.1, base score to start from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from ..engine import Clause, Context, EntryDraft, about_period, clause_type
from ..rules import parse_points, points_text
from .numbers import Basis, Newcomer, Numbers, per_text


@clause_type
@dataclass(frozen=True, slots=True)
class Base:
    """The clause itself; `per` is a kind of period, "" the scheme's own."""

    block_type: ClassVar[str] = "base"

    block_id: str
    per: str
    numbers: Numbers

    @classmethod
    def from_config(cls, block_id: str, config: Mapping[str, Any]) -> Clause:
        """Make the clause from plain data: per, basis, points, rows (group, points), newcomer.

        Raises:
            ValueError: points are no number.
        """
        return cls(
            block_id=block_id,
            per=config.get("per") or "",
            numbers=Numbers.from_config(config, "points", parse_points),
        )

    def apply(self, context: Context) -> Iterable[EntryDraft]:
        """Give each unit its base points for every period that has begun."""
        for span in context.spans(self.per, begun=True):
            # A scheme that comes into force within a period gives it on its own first day.
            day = max(span.start, context.world.start)
            if day > context.world.as_of:
                continue
            for unit in context.units_in(span):
                hundredths = self.numbers.of(unit, span)
                if hundredths is None:
                    continue
                yield EntryDraft(
                    unit_id=unit.id,
                    about=about_period(span.end),
                    date=day,
                    hundredths=hundredths,
                    block_id=self.block_id,
                    block_type=self.block_type,
                    sentence=_("%(span)s基础分%(points)s分。")
                    % {"span": span.text, "points": points_text(hundredths)},
                )

    def ends_with(self, own: str) -> str:
        """Return the kind of period that must end while the scheme is in force."""
        return self.per or own

    def describe(self) -> list[str]:
        """Return the rule as sentences; what each group gets is shown as a table."""
        per = per_text(self.per)
        number = self.numbers.number
        if self.numbers.basis == Basis.GROUPS:
            lines = [_("%(per)s按考核分组计基础分。") % {"per": per}]
            if number is not None:
                lines.append(
                    _("未列出的分组%(per)s计%(points)s分。")
                    % {"per": per, "points": points_text(number)}
                )
        else:
            lines = [
                _("%(per)s各单位计基础分%(points)s分。")
                % {"per": per, "points": points_text(number or 0)}
            ]
        if self.numbers.newcomer == Newcomer.NONE:
            lines.append(_("期内新设或撤销的单位当期不计基础分。"))
        return lines
