"""The clause "points table": kind × bulletin (or level) × details → points. Pure.

Which row counts: the most specific one. A row for pieces with a trait (约稿, 头版头条) goes
first, wherever they were adopted. Then a row that names the bulletin goes before a row for
a whole level, which goes before a row for all bulletins. Between two of the same reach the one
that names the mark goes first, then the genre, then the form, then a number of words. Two rows
of the same reach are refused when the scheme is written; if they stand there all the same, or
a fact has the traits of both, the upper one counts. A fact without a row earns nothing and gets
no entry; a row with 0 points gives an entry of 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter
from typing import Any, ClassVar, NamedTuple

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from cms.bulletins.models import Level
from cms.items.rules import ItemForm
from scoring.adoptions.rules import AdoptionForm, FactKind, Mark, Trait

from ..engine import Clause, Context, EntryDraft, FactView, about_fact, clause_type
from ..joint import FULL, Joint, JointRule
from ..rules import parse_points, parse_signed, points_text
from ..which import ALL, read_targets

WORDS = {
    FactKind.SUBMISSION: gettext_lazy("报送%(genre)s1条"),
    FactKind.FORWARDING: gettext_lazy("上报%(where)s%(genre)s1条"),
    FactKind.ADOPTION: gettext_lazy("%(where)s%(genre)s%(form)s采用1条"),
    FactKind.INSTRUCTION: gettext_lazy("获%(level)s%(mark)s批示1条"),
    FactKind.COMMISSION: gettext_lazy("约稿%(mark)s1次"),
    FactKind.URGENT: gettext_lazy("紧急信息%(mark)s1次"),
    FactKind.QUALITY: gettext_lazy("信息%(mark)s1次"),
    FactKind.CHECK: gettext_lazy("考核项目“%(check)s”"),
    FactKind.ADJUSTMENT: gettext_lazy("加减分"),
}
# Kinds of facts whose points may be negative: what was late or wrong.
SIGNED = (FactKind.COMMISSION, FactKind.URGENT, FactKind.QUALITY, FactKind.CHECK)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table; None or "" means any. `most` makes it a range to choose in."""

    kind: str
    bulletin_id: int | None
    level: int | None
    form: str
    hundredths: int
    genre: str = ""
    mark: str = ""
    words_min: int | None = None
    words_max: int | None = None
    most: int | None = None
    trait: str = ""

    @property
    def reach(self) -> tuple[Any, ...]:
        """What the row is for; no two rows of a table have the same."""
        where = (self.bulletin_id, self.level)
        details = (self.form, self.genre, self.mark, self.trait, self.words_min, self.words_max)
        return (self.kind, *where, *details)

    @property
    def narrowness(self) -> tuple[bool, ...]:
        """How specific the row is; the greatest goes first."""
        return (
            bool(self.trait),
            self.bulletin_id is not None,
            self.level is not None,
            bool(self.mark),
            bool(self.genre),
            bool(self.form),
            self.counts_words,
        )

    @property
    def counts_words(self) -> bool:
        """Whether the row is for pieces of some length only."""
        return self.words_min is not None or self.words_max is not None

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Row:
        """Make a row from plain data: kind, target ("all", "level:3", "bulletin:12"), form,
        genre, mark, trait, words_min, words_max, points and most.

        Raises:
            ValueError: the points are no number that a scheme may have.
        """
        bulletins, levels = read_targets([config.get("target") or ALL])
        kind = config["kind"]
        most = str(config.get("most") or "").strip()
        return cls(
            kind=kind,
            bulletin_id=next(iter(bulletins), None),
            level=next(iter(levels), None),
            form=config.get("form") or "",
            genre=config.get("genre") or "",
            mark=config.get("mark") or "",
            trait=config.get("trait") or "",
            words_min=config.get("words_min") or None,
            words_max=config.get("words_max") or None,
            hundredths=(parse_signed if kind in SIGNED else parse_points)(str(config["points"])),
            most=parse_signed(most) if most else None,
        )

    def covers(self, fact: FactView) -> bool:
        """Tell whether the row is for a fact; a number of words that is unknown fits no limit."""
        return (
            self.kind == fact.kind
            and self.bulletin_id in (None, fact.bulletin_id)
            and self.level in (None, fact.level)
            and self.form in ("", fact.form)
            and self.genre in ("", fact.genre)
            and self.mark in ("", fact.mark)
            and (not self.trait or self.trait in fact.traits)
            and (self.words_min is None or (fact.words or 0) >= self.words_min)
            and (
                self.words_max is None or (fact.words is not None and fact.words <= self.words_max)
            )
        )

    def earned(self, fact: FactView) -> int:
        """Return the hundredths for a fact: the row's, or those chosen within its range."""
        if self.most is None or fact.hundredths is None:
            return self.hundredths
        return min(max(fact.hundredths, self.hundredths), self.most)


# So many kinds of facts are remembered.
KEPT_MAX = 4_096
# Facts that have these in common earn the same for the same reason, but for their words.
_ALIKE = (
    "kind", "bulletin_id", "bulletin", "level", "form", "genre", "mark", "traits", "check",
)  # fmt: skip


@clause_type
@dataclass(frozen=True, slots=True)
class PointsTable:
    """The clause itself; rows as written."""

    block_type: ClassVar[str] = "points_table"

    block_id: str
    rows: tuple[Row, ...]
    joint: JointRule = FULL
    # What was said of a fact, in each language: it holds for all that are like it and have as
    # many parties.
    _known: dict[str, dict[tuple[Any, ...], tuple[Row | None, list[tuple[int, str]]]]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    @classmethod
    def from_config(cls, block_id: str, config: Mapping[str, Any]) -> Clause:
        """Make the clause from plain data: rows and what joint items get."""
        return cls(
            block_id=block_id,
            rows=tuple(Row.from_config(row) for row in config["rows"]),
            joint=JointRule.from_config(config),
        )

    def apply(self, context: Context) -> Iterable[EntryDraft]:
        """Give the units of each covered fact the row's points."""
        words = ("words",) if any(row.counts_words for row in self.rows) else ()
        alike = attrgetter(*_ALIKE, *words)
        known = self._known.setdefault(get_language() or "", {})
        if len(known) > KEPT_MAX:
            known.clear()
        block_id, block_type = self.block_id, self.block_type
        for fact in context.counting():
            like = (len(fact.units), alike(fact))
            found = known.get(like)
            if found is None:
                row = self._row(fact)
                found = known[like] = (row, self._shares(fact, row))
            row, shares = found
            if row is None:
                continue
            given: Iterable[tuple[int, tuple[int, str]]] = zip(fact.units, shares, strict=False)
            if fact.via or row.most is not None:
                given = self._own_shares(fact, row)
            about = about_fact(fact.id)
            for unit_id, (points, why) in given:
                # By place: names cost a tenth of the table.
                yield EntryDraft(
                    unit_id, about, fact.date, points, block_id, block_type, why, fact.id
                )

    def _row(self, fact: FactView) -> Row | None:
        """Return the most specific row for a fact; of equal ones the upper one."""
        covering = (row for row in self.rows if row.covers(fact))
        return max(covering, key=lambda row: row.narrowness, default=None)

    def _shares(self, fact: FactView, row: Row | None) -> list[tuple[int, str]]:
        """Return what each party of a fact gets by a row without a range, and why."""
        if row is None or row.most is not None:
            return []
        what = _told(get_language() or "", row, row.hundredths, Told.of(fact, row))
        return [
            (share, f"{what}{why}。")
            for _unit, share, why in self.joint.shares(fact.units, row.hundredths)
        ]

    def _own_shares(self, fact: FactView, row: Row) -> Iterator[tuple[int, tuple[int, str]]]:
        """Yield what the units of this very fact get: it has chosen points or counts above."""
        earned = row.earned(fact)
        what = _told(get_language() or "", row, earned, Told.of(fact, row))
        for unit_id, share, why in self.joint.given(fact, earned):
            yield unit_id, (share, f"{what}{why}。")

    def describe(self) -> list[str]:
        """Return what joint items get; the rows are shown as a table."""
        return [self.joint.text]


class Told(NamedTuple):
    """All that a sentence tells of a fact. Other facts have the same: see `_told`."""

    kind: str
    bulletin: str
    level: int | None
    mark: str
    form: str
    genre: str
    check: str
    words: int | None
    hundredths: int | None
    note: str

    @classmethod
    def of(cls, fact: FactView, row: Row) -> Told:
        """Return what the sentence of a row tells of a fact."""
        chosen = row.most is not None
        return cls(
            fact.kind,
            fact.bulletin,
            fact.level,
            fact.mark,
            fact.form,
            fact.genre,
            fact.check,
            fact.words if row.counts_words else None,
            fact.hundredths if chosen else None,
            fact.note if chosen else "",
        )


def what_happened(fact: FactView | Told, row: Row | None = None) -> str:
    """Return a fact in a clerk's words, as far as a row of the table names it."""
    where = f"《{fact.bulletin}》" if fact.bulletin else ""
    level = str(Level(fact.level).label) if fact.level is not None else ""
    mark = str(Mark(fact.mark).label) if fact.mark else ""
    if row is not None and row.level is not None and where:
        where += f"（{level}）"
    form = str(AdoptionForm(fact.form).label) if fact.form and (row and row.form) else ""
    genre = str(ItemForm(fact.genre).label) if fact.genre and (row and row.genre) else ""
    return str(WORDS[FactKind(fact.kind)]) % {
        "where": where,
        "genre": genre,
        "form": form,
        "level": level,
        "mark": mark,
        "check": fact.check,
    }


# Kinds that are counted in items; the others happen so many times.
_ITEMS = (FactKind.SUBMISSION, FactKind.FORWARDING, FactKind.ADOPTION)


def _each(row: Row) -> str:
    """Return what one fact counts by a row, in a clerk's words."""
    each = {"each": points_text(abs(row.hundredths))}
    if row.kind in _ITEMS:
        return _("每条%(each)s分") % each
    return (_("每次扣%(each)s分") if row.hundredths < 0 else _("每次%(each)s分")) % each


def sentence_for(fact: FactView | Told, row: Row, hundredths: int) -> str:
    """Return the reason for an entry in a clerk's words, without the full stop."""
    what = what_happened(fact, row)
    if row.trait:
        what += _("（%(trait)s）") % {"trait": Trait(row.trait).label}
    if row.counts_words:
        what += _("（%(words)s字）") % {"words": fact.words}
    if row.most is not None:
        value = _("%(least)s—%(most)s分之间选定") % {
            "least": points_text(row.hundredths),
            "most": points_text(row.most),
        }
        if fact.hundredths is None:
            value = _("%(value)s，未选定，暂按最低分") % {"value": value}
        elif fact.note:
            value = _("%(value)s，理由：%(note)s") % {"value": value, "note": fact.note[:80]}
    else:
        value = _each(row)
    return _("%(what)s，%(value)s，计%(sum)s分") % {
        "what": what,
        "value": value,
        "sum": points_text(hundredths),
    }


# Looking words up in the catalogue costs ten times the points themselves, and most sentences
# have been said before.
@lru_cache(maxsize=4_096)
def _told(language: str, row: Row, hundredths: int, told: Told) -> str:
    """Return `sentence_for` in the language of the moment, which is `language`."""
    return sentence_for(told, row, hundredths)


__all__ = ["ALL", "Joint", "PointsTable", "Row", "sentence_for", "what_happened"]
