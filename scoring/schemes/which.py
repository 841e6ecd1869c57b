"""Which facts and which entries a clause is about. Pure.

Every list left empty means "any". The same selection is a part of most blocks, so that a
scorer learns it once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cms.bulletins.models import Level
from cms.items.rules import ItemForm
from scoring.adoptions.rules import AdoptionForm, FactKind, Mark, Trait

from .facts import EntryDraft, FactView

ALL = "all"


def read_targets(targets: Iterable[str]) -> tuple[frozenset[int], frozenset[int]]:
    """Return the bulletins and the levels named by "bulletin:12", "level:3"; "all" names none.

    Raises:
        ValueError: a target that is neither.
    """
    bulletins: set[int] = set()
    levels: set[int] = set()
    for target in targets:
        where, _colon, number = str(target).partition(":")
        if where == "bulletin":
            bulletins.add(int(number))
        elif where == "level":
            levels.add(int(number))
        elif target != ALL:
            raise ValueError(f"unknown target: {target}")
    return frozenset(bulletins), frozenset(levels)


@dataclass(frozen=True, slots=True)
class Which:
    """A selection of facts; an empty part means any."""

    kinds: frozenset[str] = frozenset()
    bulletins: frozenset[int] = frozenset()
    levels: frozenset[int] = frozenset()
    forms: frozenset[str] = frozenset()
    genres: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()
    traits: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()

    @classmethod
    def from_config(cls, config: Mapping[str, Any] | None) -> Which:
        """Make a selection from plain data: lists kinds, targets, forms, genres, marks,
        traits and without; any may be missing.

        Raises:
            ValueError: a target that names neither a bulletin nor a level.
        """
        config = config or {}
        bulletins, levels = read_targets(config.get("targets") or ())
        return cls(
            kinds=frozenset(config.get("kinds") or ()),
            bulletins=bulletins,
            levels=levels,
            forms=frozenset(config.get("forms") or ()),
            genres=frozenset(config.get("genres") or ()),
            marks=frozenset(config.get("marks") or ()),
            traits=frozenset(config.get("traits") or ()),
            without=frozenset(config.get("without") or ()),
        )

    def covers(self, fact: FactView) -> bool:
        """Tell whether a fact is meant. A bulletin or one of the levels is enough."""
        return (
            (not self.kinds or fact.kind in self.kinds)
            and (
                not (self.bulletins or self.levels)
                or fact.bulletin_id in self.bulletins
                or fact.level in self.levels
            )
            and (not self.forms or fact.form in self.forms)
            and (not self.genres or fact.genre in self.genres)
            and (not self.marks or fact.mark in self.marks)
            and (not self.traits or not self.traits.isdisjoint(fact.traits))
            and (not self.without or self.without.isdisjoint(fact.traits))
        )

    @property
    def text(self) -> str:
        """The selection in a clerk's words, for sentences and for the page of the scheme."""
        parts = [
            _label(Level, self.levels),
            _label(ItemForm, self.genres),
            _label(AdoptionForm, self.forms),
            _label(Mark, self.marks),
            _label(Trait, self.traits),
            _label(FactKind, self.kinds),
        ]
        told = "".join(part for part in parts if part)
        if self.bulletins:
            told = _("%(what)s（指定刊物）") % {"what": told} if told else _("指定刊物")
        told = told or str(_("各类事项"))
        if self.without:
            told = _("%(what)s（%(traits)s除外）") % {
                "what": told,
                "traits": _label(Trait, self.without),
            }
        return told


def _label(choices: Any, values: Iterable[Any]) -> str:
    wanted = set(values)
    return "、".join(str(choice.label) for choice in choices if choice.value in wanted)


ANYTHING = Which()


@dataclass(frozen=True, slots=True)
class Whose:
    """A selection of earlier entries: by the short names of their clauses and by their facts.

    Without names all earlier clauses are meant; entries without a fact (base score, shortfall)
    are meant unless the facts are narrowed.
    """

    clauses: frozenset[str] = frozenset()
    facts: Which = Which()

    @classmethod
    def from_config(cls, config: Mapping[str, Any] | None) -> Whose:
        """Make a selection from plain data: clauses ("采用分、约稿分") and facts."""
        config = config or {}
        return cls(
            clauses=frozenset(split_names(config.get("clauses") or "")),
            facts=Which.from_config(config.get("facts")),
        )

    def among(
        self,
        entries: Iterable[EntryDraft],
        facts: Mapping[int, FactView],
        names: Mapping[str, str],
    ) -> Iterator[EntryDraft]:
        """Yield those entries that are meant, in order.

        `names` has the clauses' short names by block id.
        """
        clauses, which = self.clauses, self.facts
        anything = which == ANYTHING
        # Most selections ask for the kind and nothing else.
        kinds = which.kinds if which == Which(kinds=which.kinds) else frozenset[str]()
        for entry in entries:
            if clauses and names.get(entry.block_id) not in clauses:
                continue
            if anything:
                yield entry
            elif entry.fact_id is not None:
                fact = facts[entry.fact_id]
                if fact.kind in kinds if kinds else which.covers(fact):
                    yield entry

    @property
    def text(self) -> str:
        """The selection in a clerk's words."""
        named = "、".join(sorted(self.clauses))
        if self.facts == ANYTHING:
            return named or str(_("合计"))
        return (
            _("%(clauses)s（%(what)s）") % {"clauses": named, "what": self.facts.text}
            if named
            else self.facts.text
        )


def split_names(text: str) -> tuple[str, ...]:
    """Return the short names in a text that separates them by 、 or commas."""
    for sign in ",，;；":
        text = text.replace(sign, "、")
    return tuple(name.strip() for name in text.split("、") if name.strip())
