"""The clause "instructions": the leader's level × 主要/其他 × the bulletin → points. Pure.

Which row counts: one that names the bulletin before one for any, then one that names the level,
then one that names who the leader is. Of several instructions on one piece a scheme may count one a
level, and the first in full and the others less; both look at each unit's own instructions
only, in the order of their days. Source: domain rules §4.1, instructions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.bulletins.models import Level
from scoring.adoptions.rules import FactKind, Mark

from ..engine import Clause, Context, EntryDraft, FactView, clause_type
from ..joint import FULL, JointRule
from ..periods import PeriodKind
from ..rules import (
    HUNDRED,
    Rounding,
    factor_text,
    parse_factor,
    parse_points,
    points_text,
    to_hundredths,
)
from ..which import ALL, Which, read_targets
from .common import Within, fact_entry, piece_of


class Repeat(models.TextChoices):
    """What several instructions of one level on the same piece count."""

    EVERY = "every", gettext_lazy("每次都计")
    BEST = "best", gettext_lazy("同一级别只计最高的一次")
    FIRST = "first", gettext_lazy("同一级别只计最早的一次")


@dataclass(frozen=True, slots=True)
class Further:
    """What each instruction after the first counts: fixed hundredths, or a share of its own."""

    hundredths: int | None = None
    share: Fraction | None = None

    @classmethod
    def parse(cls, text: str) -> Further:
        """Read points ("2") or a percentage ("50%"); nothing means: in full.

        Raises:
            ValueError: neither.
        """
        clean = text.strip()
        if not clean:
            return cls()
        if clean.endswith(("%", "％")):
            return cls(share=parse_factor(clean))
        return cls(hundredths=parse_points(clean))

    def earned(self, full: int, rounding: Rounding) -> int:
        """Return what an instruction counts that would count so much as the first."""
        if self.share is not None:
            return to_hundredths(Fraction(full, HUNDRED) * self.share, rounding)
        return full if self.hundredths is None else self.hundredths

    @property
    def written(self) -> str:
        """The rule as a scorer writes it: "2", "50%", or nothing."""
        if self.share is not None:
            return f"{factor_text(self.share * 100)}%"
        return "" if self.hundredths is None else points_text(self.hundredths)

    @property
    def text(self) -> str:
        """The rule in a clerk's words; empty when all count in full."""
        if self.share is not None:
            return _("第一次计满分，以后每次按%(share)s计") % {"share": self.written}
        if self.hundredths is not None:
            return _("第一次计满分，以后每次计%(points)s分") % {"points": self.written}
        return ""


@dataclass(frozen=True, slots=True)
class InstructionRow:
    """One row of the table; None or "" means any."""

    level: int | None
    mark: str
    bulletin_id: int | None
    hundredths: int

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> InstructionRow:
        """Make a row from plain data: level, mark, target ("all", "bulletin:12"), points.

        Raises:
            ValueError: the points are no number that a scheme may have.
        """
        bulletins, _levels = read_targets([config.get("target") or ALL])
        level = config.get("level")
        return cls(
            level=int(level) if level not in (None, "") else None,
            mark=config.get("mark") or "",
            bulletin_id=next(iter(bulletins), None),
            hundredths=parse_points(str(config["points"])),
        )

    @property
    def narrowness(self) -> tuple[bool, ...]:
        """How specific the row is; the greatest goes first."""
        return (self.bulletin_id is not None, self.level is not None, bool(self.mark))

    def covers(self, fact: FactView) -> bool:
        """Tell whether the row is for an instruction."""
        return (
            self.bulletin_id in (None, fact.bulletin_id)
            and self.level in (None, fact.level)
            and self.mark in ("", fact.mark)
        )


INSTRUCTIONS = Which(kinds=frozenset({FactKind.INSTRUCTION}))

# An instruction with the hundredths that it would count as the only one.
_Rated = tuple[FactView, int]


@clause_type
@dataclass(frozen=True, slots=True)
class Instructions:
    """The clause itself; rows as written."""

    block_type: ClassVar[str] = "instructions"

    block_id: str
    rows: tuple[InstructionRow, ...]
    repeat: Repeat = Repeat.EVERY
    further: Further = Further()
    within: Within = Within.YEAR
    which: Which = INSTRUCTIONS
    joint: JointRule = FULL

    @classmethod
    def from_config(cls, block_id: str, config: Mapping[str, Any]) -> Clause:
        """Make the clause from plain data: rows, repeat, further, within, traits, without and
        what joint items get.

        Raises:
            ValueError: points, percentage or ratio cannot be read.
        """
        return cls(
            block_id=block_id,
            rows=tuple(InstructionRow.from_config(row) for row in config["rows"]),
            repeat=Repeat(config.get("repeat") or Repeat.EVERY),
            further=Further.parse(str(config.get("further") or "")),
            within=Within(config.get("within") or Within.YEAR),
            which=Which.from_config(
                {
                    "kinds": [FactKind.INSTRUCTION],
                    "traits": config.get("traits"),
                    "without": config.get("without"),
                }
            ),
            joint=JointRule.from_config(config),
        )

    def apply(self, context: Context) -> Iterable[EntryDraft]:
        """Give each unit the points for its instructions, piece by piece."""
        rows = sorted(self.rows, key=lambda row: row.narrowness, reverse=True)
        kind = PeriodKind.YEAR if self.within == Within.YEAR else context.period
        pieces: defaultdict[tuple[Any, ...], list[_Rated]] = defaultdict(list)
        for fact in context.counting(self.which):
            row = next((row for row in rows if row.covers(fact)), None)
            if row is not None:
                for unit_id in fact.units:
                    key = (unit_id, piece_of(fact), context.span(fact.date, kind))
                    pieces[key].append((fact, row.hundredths))
        for (unit_id, _piece, _span), rated in sorted(pieces.items()):
            yield from self._for_piece(unit_id, rated, context.rounding)

    def _for_piece(
        self, unit_id: int, rated: list[_Rated], rounding: Rounding
    ) -> Iterator[EntryDraft]:
        counted = self._counted(rated)
        number = 0
        for fact, full in rated:
            what = what_was_written(fact)
            if fact.id not in counted:
                sentence = _("%(what)s，同一稿件%(rule)s，本次不计分。") % {
                    "what": what,
                    "rule": self._repeat_text(),
                }
                yield fact_entry(self, fact, unit_id, 0, sentence)
                continue
            number += 1
            earned = full if number == 1 else self.further.earned(full, rounding)
            for unit, share, why in self.joint.given(fact, earned):
                if unit == unit_id:
                    sentence = self._sentence(what, number, full, earned) + f"{why}。"
                    yield fact_entry(self, fact, unit_id, share, sentence, sender=False)

    def _counted(self, rated: list[_Rated]) -> set[int]:
        """Return the ids of those that count; of equally high ones the earliest."""
        if self.repeat == Repeat.EVERY:
            return {fact.id for fact, _full in rated}
        kept: dict[int | None, _Rated] = {}
        for fact, full in rated:
            best = kept.get(fact.level)
            if best is None or (self.repeat == Repeat.BEST and full > best[1]):
                kept[fact.level] = (fact, full)
        return {fact.id for fact, _full in kept.values()}

    def _sentence(self, what: str, number: int, full: int, earned: int) -> str:
        if number == 1 or self.further == Further():
            return _("%(what)s，每次%(each)s分，计%(sum)s分") % {
                "what": what,
                "each": points_text(full),
                "sum": points_text(earned),
            }
        return _("%(what)s，是同一稿件的第%(n)s次批示，%(rule)s，计%(sum)s分") % {
            "what": what,
            "n": number,
            "rule": self.further.text,
            "sum": points_text(earned),
        }

    def _repeat_text(self) -> str:
        return f"{self.within.label}{self.repeat.label}"

    def describe(self) -> list[str]:
        """Return the rules for several instructions on one piece, and what joint items get."""
        lines = []
        if self.which.traits or self.which.without:
            lines.append(_("只计%(what)s。") % {"what": self.which.text})
        if self.repeat != Repeat.EVERY:
            lines.append(_("同一稿件%(rule)s。") % {"rule": self._repeat_text()})
        if self.further.text:
            lines.append(
                _("同一稿件%(within)s获多次批示的，%(rule)s。")
                % {"within": self.within.label, "rule": self.further.text}
            )
        if not lines:
            lines.append(_("同一稿件获多次批示的，每次都计。"))
        return [*lines, self.joint.text]


def what_was_written(fact: FactView) -> str:
    """Return an instruction in a clerk's words."""
    return _("%(where)s获%(level)s%(mark)s批示1次") % {
        "where": f"《{fact.bulletin}》" if fact.bulletin else "",
        "level": Level(fact.level).label if fact.level is not None else "",
        "mark": Mark(fact.mark).label if fact.mark else "",
    }
