"""The clause "checklist": named items that earn or cost points when they are ticked. Pure.

Booked from facts of the kind 考核项目 whose name is the row's. A row may also stand by itself:
every unit has its points from the period's first day and loses them by the first tick. A
period that the scheme does not cover to its end has no standing points.
Source: domain rules §4.1, checklist items.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scoring.adoptions.rules import FactKind

from ..engine import Clause, Context, EntryDraft, FactView, about_period, clause_type
from ..periods import Span
from ..rules import parse_signed, points_text
from ..which import Which
from .common import fact_entry

CHECKS = Which(kinds=frozenset({FactKind.CHECK}))


class Tick(models.TextChoices):
    """When a row counts."""

    EACH = "each", gettext_lazy("每登记一次计一次")
    ONCE = "once", gettext_lazy("每期最多计一次")
    STANDING = "standing", gettext_lazy("默认得分，登记后扣除")


def plain_name(text: str) -> str:
    """Return a name without blanks and width, so that it is found as people write it."""
    return "".join(unicodedata.normalize("NFKC", text).split())


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One row: a name, its hundredths, when it counts, and a consequence that is no points."""

    name: str
    hundredths: int
    tick: Tick = Tick.EACH
    flag: str = ""

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> CheckRow:
        """Make a row from plain data: check, points, tick and flag.

        Raises:
            ValueError: the points are no number that a scheme may have.
        """
        return cls(
            name=str(config["check"]).strip(),
            hundredths=parse_signed(str(config["points"])),
            tick=Tick(config.get("tick") or Tick.EACH),
            flag=str(config.get("flag") or "").strip(),
        )

    @property
    def text(self) -> str:
        """The row in a clerk's words."""
        told = _("%(name)s：%(points)s分，%(tick)s") % {
            "name": self.name,
            "points": points_text(self.hundredths),
            "tick": self.tick.label,
        }
        return f"{told}，{self.flag}" if self.flag else told


@clause_type
@dataclass(frozen=True, slots=True)
class Checklist:
    """The clause itself; rows as written."""

    block_type: ClassVar[str] = "checklist"

    block_id: str
    rows: tuple[CheckRow, ...]

    @classmethod
    def from_config(cls, block_id: str, config: Mapping[str, Any]) -> Clause:
        """Make the clause from plain data: rows.

        Raises:
            ValueError: points are no number.
        """
        return cls(block_id, tuple(CheckRow.from_config(row) for row in config["rows"]))

    def apply(self, context: Context) -> Iterable[EntryDraft]:
        """Give the standing points, then count the ticks."""
        standing = list(self._standing(context))
        yield from standing
        given = {(entry.unit_id, entry.about) for entry in standing}
        rows = {plain_name(row.name): (n, row) for n, row in enumerate(self.rows)}
        ticked: set[tuple[int, int, Span]] = set()
        for fact in context.counting(CHECKS):
            n, row = rows.get(plain_name(fact.check), (-1, None))
            if row is None:
                continue
            span = context.span(fact.date)
            for unit_id in fact.units:
                first = (n, unit_id, span) not in ticked
                ticked.add((n, unit_id, span))
                yield self._tick(
                    fact, unit_id, row, span, first, (unit_id, _about(span, n)) in given
                )

    def _standing(self, context: Context) -> Iterator[EntryDraft]:
        for n, row in enumerate(self.rows):
            if row.tick != Tick.STANDING:
                continue
            for span in context.spans(begun=True):
                for unit in context.units_in(span):
                    day = max(span.start, context.world.start, unit.active_from or span.start)
                    if day > context.world.as_of:
                        continue
                    yield EntryDraft(
                        unit_id=unit.id,
                        about=_about(span, n),
                        date=day,
                        hundredths=row.hundredths,
                        block_id=self.block_id,
                        block_type=self.block_type,
                        sentence=_("%(span)s考核项目“%(name)s”默认得%(points)s分。")
                        % {
                            "span": span.text,
                            "name": row.name,
                            "points": points_text(row.hundredths),
                        },
                    )

    def _tick(
        self, fact: FactView, unit_id: int, row: CheckRow, span: Span, first: bool, given: bool
    ) -> EntryDraft:
        words = {"name": row.name, "span": span.text, "points": points_text(abs(row.hundredths))}
        if row.tick == Tick.STANDING:
            hundredths = -row.hundredths if first and given else 0
            if first and given:
                told = _("考核项目“%(name)s”未做到，扣回%(span)s默认的%(points)s分")
            elif first:
                told = _("考核项目“%(name)s”未做到，%(span)s没有默认得分，不扣")
            else:
                told = _("考核项目“%(name)s”%(span)s已扣过，不再扣")
        elif row.tick == Tick.ONCE and not first:
            hundredths = 0
            told = _("考核项目“%(name)s”%(span)s已计过，每期最多计一次，本次不计分")
        else:
            hundredths = row.hundredths
            told = (
                _("考核项目“%(name)s”，计%(points)s分")
                if hundredths >= 0
                else _("考核项目“%(name)s”，扣%(points)s分")
            )
        parts = [told % words, row.flag, fact.note.strip().rstrip("。")]
        sentence = "，".join(part for part in parts if part) + "。"
        return fact_entry(self, fact, unit_id, hundredths, sentence, flag=row.flag)

    def ends_with(self, own: str) -> str:
        """Return the kind of period that must end for standing points; "" without such a row."""
        return own if any(row.tick == Tick.STANDING for row in self.rows) else ""

    def describe(self) -> list[str]:
        """Return the rows as sentences."""
        return [f"{row.text}。" for row in self.rows]


def _about(span: Span, n: int) -> str:
    return f"{about_period(span.end)}:{n}"
