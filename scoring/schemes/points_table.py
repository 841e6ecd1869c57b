"""The clause "points table": kind × bulletin (or level) × form → points. Pure.

Which row counts: the most specific one. A row that names the bulletin goes before a row for
a whole level, which goes before a row for all bulletins; between two of the same reach, the
one that names the form goes first. So, from first to last:
bulletin+form, bulletin, level+form, level, all+form, all. Two rows of the same reach are
refused when the scheme is written; if they stand there all the same, the upper one counts.
A fact without a row earns nothing and gets no entry; a row with 0 points gives an entry of 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.bulletins.models import Level
from scoring.adoptions.rules import AdoptionForm, FactKind

from .engine import Clause, Context, EntryDraft, FactView, clause_type
from .rules import HUNDRED, parse_points, points_text, to_hundredths

ALL = "all"


class Joint(models.TextChoices):
    """What each unit of a joint item gets. Most schemes say nothing: the default shows."""

    FULL = "full", gettext_lazy("每个署名单位各计满分")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table; None or "" means any."""

    kind: str
    bulletin_id: int | None
    level: int | None
    form: str
    hundredths: int

    @property
    def reach(self) -> tuple[str, int | None, int | None, str]:
        """What the row is for; no two rows of a table have the same."""
        return (self.kind, self.bulletin_id, self.level, self.form)

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Row:
        """Make a row from plain data: kind, target ("all", "level:3", "bulletin:12"), form, points.

        Raises:
            ValueError: the points are no number that a scheme may have.
        """
        where, _colon, number = str(config.get("target") or ALL).partition(":")
        return cls(
            kind=config["kind"],
            bulletin_id=int(number) if where == "bulletin" else None,
            level=int(number) if where == "level" else None,
            form=config.get("form") or "",
            hundredths=parse_points(str(config["points"])),
        )


def _reaches(fact: FactView) -> Iterator[tuple[str, int | None, int | None, str]]:
    """Yield the reaches that cover a fact, the most specific first."""
    if fact.bulletin_id is not None:
        yield (fact.kind, fact.bulletin_id, None, fact.form)
        yield (fact.kind, fact.bulletin_id, None, "")
    if fact.level is not None:
        yield (fact.kind, None, fact.level, fact.form)
        yield (fact.kind, None, fact.level, "")
    yield (fact.kind, None, None, fact.form)
    yield (fact.kind, None, None, "")


@clause_type
@dataclass(frozen=True, slots=True)
class PointsTable:
    """The clause itself; rows as written."""

    block_type: ClassVar[str] = "points_table"

    block_id: str
    rows: tuple[Row, ...]
    joint: Joint = Joint.FULL

    @classmethod
    def from_config(cls, block_id: str, config: Mapping[str, Any]) -> Clause:
        """Make the clause from plain data: rows and joint."""
        return cls(
            block_id=block_id,
            rows=tuple(Row.from_config(row) for row in config["rows"]),
            joint=Joint(config.get("joint") or Joint.FULL),
        )

    def apply(self, context: Context) -> Iterable[EntryDraft]:
        """Give each unit of each covered fact the row's points."""
        table: dict[tuple[str, int | None, int | None, str], Row] = {}
        for row in self.rows:
            table.setdefault(row.reach, row)
        for fact in context.facts:
            row_found = next((table[r] for r in _reaches(fact) if r in table), None)
            if row_found is None:
                continue
            points = Fraction(row_found.hundredths, HUNDRED)
            hundredths = to_hundredths(points, context.rounding)
            sentence = sentence_for(fact, row_found, hundredths)
            for unit_id in fact.units:
                yield EntryDraft(
                    unit_id=unit_id,
                    fact_id=fact.id,
                    date=fact.date,
                    hundredths=hundredths,
                    block_id=self.block_id,
                    block_type=self.block_type,
                    sentence=sentence,
                )


def sentence_for(fact: FactView, row: Row, hundredths: int) -> str:
    """Return the reason for an entry in a clerk's words."""
    where = f"《{fact.bulletin}》" if fact.bulletin else ""
    if row.level is not None:
        where += f"（{Level(row.level).label}）"
    form = str(AdoptionForm(row.form).label) if row.form else ""
    what = {
        FactKind.SUBMISSION: _("报送1条"),
        FactKind.FORWARDING: _("上报%(where)s1条"),
        FactKind.ADOPTION: _("%(where)s%(form)s采用1条"),
    }[FactKind(fact.kind)] % {"where": where, "form": form}
    sentence = _("%(what)s，每条%(each)s分，计%(sum)s分") % {
        "what": what,
        "each": points_text(row.hundredths),
        "sum": points_text(hundredths),
    }
    if len(fact.units) > 1:
        sentence += _("（%(n)s个单位联合署名，各计满分）") % {"n": len(fact.units)}
    return f"{sentence}。"
