"""What the cells of a facts workbook say. Equal cells are worked out once. Pure.

A table has 800,000 cells, but few different ones besides its titles and notes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from scoring.adoptions.rules import AdoptionForm, FactKind

from .cells import count_of, day_of, points_of, text_of
from .columns import BY_FIELD, values_of
from .rules import Weight, key_text, plain_name

BETWEEN = re.compile(r"[、,，;；\n]+")


class Told(NamedTuple):
    """Something to say about a cell of a row."""

    field: str
    message: str
    weight: str = Weight.FAULT


class Worth(NamedTuple):
    """What a cell says; None when it says nothing, or nothing right."""

    value: Any
    told: tuple[Told, ...] = ()


class Described(NamedTuple):
    """What `DESCRIBING` columns of a row say, and how a fact's key writes it."""

    form: str
    issue_label: str
    genre: str
    mark: str
    leader: str
    level: int | None
    check: str
    key: str
    told: tuple[Told, ...]


class Valued(NamedTuple):
    """What `VALUING` columns of a row say, and how a fact's key writes it."""

    hundredths: int | None
    traits: tuple[str, ...]
    key: str
    told: tuple[Told, ...]


# In the order in which a fact's key names them.
DESCRIBING = ("form", "issue_label", "genre", "mark", "leader", "level", "check")
VALUING = ("hundredths", "traits")
_CHOSEN = ("kind", "form", "genre", "mark", "level")


class FactCells:
    """Understands the cells of one table.

    Args:
        year: of days that are written without one.
    """

    def __init__(self, year: int) -> None:
        self.year = year
        self.values = {field: values_of(BY_FIELD[field]) for field in _CHOSEN}
        self.traits = values_of(BY_FIELD["traits"])
        self._known: dict[Hashable, Any] = {}

    def kind(self, cell: Any) -> Worth:
        """Return the fact's kind; every row must have one."""
        # 1 and True are equal, but say different things.
        key = ("kind", cell.__class__, cell)
        found = self._known.get(key)
        if found is None:
            found = self._chosen("kind", cell)
            if found.value is None and not found.told:
                message = _("请填写%(label)s。") % {"label": BY_FIELD["kind"].label}
                found = Worth(None, (Told("kind", message),))
            self._known[key] = found
        return found

    def day(self, cell: Any) -> Worth:
        """Return the fact's day."""
        key = ("date", cell.__class__, cell)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._day(cell)
        return found

    def words(self, cell: Any) -> Worth:
        """Return how many characters the piece has."""
        key = ("words", cell.__class__, cell)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = _tried("words", cell, count_of)
        return found

    def described(self, kind: str | None, cells: tuple[Any, ...]) -> Described:
        """Return what the cells of `DESCRIBING` say of a fact of a kind."""
        key = (kind, cells, *map(type, cells))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._described(kind, *cells)
        return found

    def valued(self, cells: tuple[Any, ...]) -> Valued:
        """Return what the cells of `VALUING` say."""
        key = (cells, *map(type, cells))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._valued(*cells)
        return found

    def _described(
        self,
        kind: str | None,
        form_cell: Any,
        issue: Any,
        genre_cell: Any,
        mark_cell: Any,
        leader: Any,
        level_cell: Any,
        check: Any,
    ) -> Described:
        form = self._form(kind, form_cell)
        genre = self._chosen("genre", genre_cell)
        level = self._chosen("level", level_cell)
        mark = self._chosen("mark", mark_cell)
        values = (
            form.value,
            text_of(issue),
            genre.value or "",
            mark.value or "",
            text_of(leader),
            level.value,
            text_of(check),
        )
        told = (*form.told, *genre.told, *level.told, *mark.told)
        return Described(*values, key_text(values), told)

    def _valued(self, hundredths: Any, traits: Any) -> Valued:
        points = _tried("hundredths", hundredths, points_of)
        named = self._traits(text_of(traits))
        key = key_text([points.value, named.value])
        return Valued(points.value, named.value, key, (*points.told, *named.told))

    def _chosen(self, field: str, cell: Any) -> Worth:
        words = text_of(cell)
        if not words:
            return Worth(None)
        found = self.values[field].get(plain_name(words))
        if found is not None:
            return Worth(found)
        message = _("没有“%(value)s”这个%(label)s，请从这些中选：%(all)s。") % {
            "value": words[:20],
            "label": BY_FIELD[field].label,
            "all": "、".join(str(c.label) for c in BY_FIELD[field].choices or ()),
        }
        return Worth(None, (Told(field, message),))

    def _form(self, kind: str | None, cell: Any) -> Worth:
        found = self._chosen("form", cell)
        if found.value and kind not in (None, FactKind.ADOPTION):
            message = _("只有采用才分采用形式，其他事项请留空。")
            return Worth("", (Told("form", message),))
        form = found.value or (AdoptionForm.SINGLE if kind == FactKind.ADOPTION else "")
        return Worth(form, found.told)

    def _day(self, cell: Any) -> Worth:
        found = _tried("date", cell, lambda cell: day_of(cell, self.year))
        if found.value is None:
            return found
        day, guessed = found.value
        if day is None:
            return Worth(None, (Told("date", _("请填写日期。")),))
        if guessed:
            message = _("没有写年份，按%(year)d年登记。") % {"year": self.year}
            return Worth(day, (Told("date", message, Weight.HINT),))
        return Worth(day)

    def _traits(self, words: str) -> Worth:
        found: set[str] = set()
        told: list[Told] = []
        for word in filter(None, BETWEEN.split(words)):
            trait = self.traits.get(plain_name(word))
            if trait is None:
                told.append(Told("traits", _("没有“%(name)s”这个特征。") % {"name": word[:20]}))
            else:
                found.add(trait)
        return Worth(tuple(sorted(found)), tuple(told))


def _tried(field: str, cell: Any, work: Callable[[Any], Any]) -> Worth:
    """Return what a cell says, or what is wrong with it."""
    if field != "date" and cell == "":
        return Worth(None)
    try:
        return Worth(work(cell))
    except ValueError as wrong:
        return Worth(None, (Told(field, str(wrong)),))
