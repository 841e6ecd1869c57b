"""Which unit, bulletin or item a name in a table means: the same, learned, or only suggested. Pure.

Nothing that is only alike is ever taken by itself: it is suggested, and somebody chooses.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from numpy import float64
from rapidfuzz import fuzz, process

from .rules import NameChoice, Suggestion, plain_name

SUGGESTIONS = 5
LEAST_SCORE = 45
# Titles below this are other pieces; measured on titles shortened or extended by an editor.
TITLE_SCORE = 82

# What a person may choose instead of a unit: the row is not imported.
SKIP = -1


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """What matching needs of a unit."""

    id: int
    name: str
    code: str
    active_from: date | None = None
    active_until: date | None = None

    def active_on(self, day: date) -> bool:
        """Tell whether the unit exists on a day (both ends included)."""
        return (self.active_from is None or self.active_from <= day) and (
            self.active_until is None or day <= self.active_until
        )


@dataclass
class Names:
    """The names that are known, and what was chosen for those that are not."""

    units: Sequence[KnownUnit]
    aliases: Mapping[str, int] = field(default_factory=dict)
    # Names that a unit had before it was renamed.
    former: Mapping[str, int] = field(default_factory=dict)
    bulletins: Mapping[int, str] = field(default_factory=dict)
    # choice_key → id chosen by a person; SKIP leaves the rows out.
    choices: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_id = {unit.id: unit for unit in self.units}
        self.same: dict[str, list[KnownUnit]] = {}
        for unit in self.units:
            self.same.setdefault(plain_name(unit.name), []).append(unit)
        self.codes = {unit.code.casefold(): unit.id for unit in self.units}
        self.same_bulletin = {plain_name(name): pk for pk, name in self.bulletins.items()}

    def unit(self, written: str, row: int) -> NameChoice:
        """Return the choice for a unit's name as the table writes it."""
        made = NameChoice(written, row)
        plain = plain_name(written)
        if self._picked(made.key, self.by_id):
            made.chosen, made.how = self.choices[made.key], "chosen"
            made.suggestions = self._alike_units(written)
        elif len(self.same.get(plain, ())) == 1:
            made.chosen, made.how = self.same[plain][0].id, "same"
        elif written.casefold() in self.codes:
            made.chosen, made.how = self.codes[written.casefold()], "code"
        elif plain in self.aliases and self.aliases[plain] in self.by_id:
            made.chosen, made.how = self.aliases[plain], "alias"
            made.suggestions = self._alike_units(written)
        elif plain in self.former and not self.same.get(plain):
            made.chosen, made.how = self.former[plain], "former"
            made.suggestions = self._alike_units(written)
        else:
            made.suggestions = self._alike_units(written)
        return made

    def _picked(self, key: str, known: Container[int]) -> bool:
        """Tell whether somebody chose one of ours, or to leave the rows out."""
        chosen = self.choices.get(key)
        return chosen is not None and (chosen == SKIP or chosen in known)

    def _alike_units(self, written: str) -> tuple[Suggestion, ...]:
        return alike(written, {unit.id: unit.name for unit in self.units})

    def bulletin(self, written: str, row: int) -> NameChoice:
        """Return the choice for a bulletin's name as the table writes it."""
        made = NameChoice(written, row)
        plain = plain_name(written)
        if self._picked(made.key, self.bulletins):
            made.chosen, made.how = self.choices[made.key], "chosen"
        elif plain in self.same_bulletin:
            made.chosen, made.how = self.same_bulletin[plain], "same"
        made.suggestions = () if made.how == "same" else alike(written, self.bulletins)
        return made


def alike(written: str, known: Mapping[int, str]) -> tuple[Suggestion, ...]:
    """Return what a name may mean, the likeliest first; none that is hardly alike."""
    found = process.extract(
        plain_name(written),
        known,
        scorer=fuzz.WRatio,
        processor=plain_name,
        score_cutoff=LEAST_SCORE,
        limit=SUGGESTIONS,
    )
    return tuple(Suggestion(pk, name, round(score)) for name, score, pk in found)


@dataclass(frozen=True)
class KnownItem:
    """What matching needs of an item of ours."""

    id: int
    title: str
    units: tuple[int, ...]


# So many pairs of titles are compared in one call: 16 MB of scores.
PAIRS_AT_A_TIME = 2_000_000


class Titles:
    """Items by unit, to find the ones that titles in a table may be."""

    def __init__(self, items: Iterable[KnownItem]) -> None:
        self.items = {item.id: item for item in items}
        self.of_unit: dict[int, dict[int, str]] = {}
        for item in self.items.values():
            for unit in item.units:
                self.of_unit.setdefault(unit, {})[item.id] = plain_name(item.title)

    def alike(self, wanted: Sequence[tuple[str, tuple[int, ...]]]) -> dict[int, Suggestion]:
        """Return the items whose titles are most alike, where any is alike enough.

        Args:
            wanted: titles, each with its units; only these units' items are looked at.

        Returns:
            Place in `wanted` → item. Of equal ones that of the first unit, the newest first.
        """
        places: defaultdict[int, list[int]] = defaultdict(list)
        for place, (_title, units) in enumerate(wanted):
            for unit in units:
                if unit in self.of_unit:
                    places[unit].append(place)
        plain = {place: plain_name(wanted[place][0]) for some in places.values() for place in some}
        best: dict[tuple[int, int], tuple[float, int]] = {}
        for unit, some in places.items():
            found = _most_alike([plain[place] for place in some], self.of_unit[unit])
            best.update(((some[n], unit), alike) for n, alike in found.items())
        return {
            place: Suggestion(pk, self.items[pk].title, round(score))
            for place in sorted({place for place, _unit in best})
            for score, pk in [_first_best(best, place, wanted[place][1])]
        }


def _first_best(
    best: Mapping[tuple[int, int], tuple[float, int]], place: int, units: Iterable[int]
) -> tuple[float, int]:
    found = [best[place, unit] for unit in units if (place, unit) in best]
    return max(found, key=lambda alike: alike[0])


def _most_alike(titles: Sequence[str], known: Mapping[int, str]) -> dict[int, tuple[float, int]]:
    """Return place → (score, id) of the known title most alike; nothing where none is."""
    ids, choices = list(known), list(known.values())
    step = max(1, PAIRS_AT_A_TIME // len(choices))
    found: dict[int, tuple[float, int]] = {}
    for start in range(0, len(titles), step):
        scores = process.cdist(
            titles[start : start + step],
            choices,
            scorer=fuzz.ratio,
            score_cutoff=TITLE_SCORE,
            dtype=float64,
        )
        likest = scores.argmax(axis=1).tolist()
        for n, score in enumerate(scores.max(axis=1).tolist()):
            if score:
                found[start + n] = (score, ids[likest[n]])
    return found
