"""What a rebuild changes, told so that a person can say yes to exactly this."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import NamedTuple

from scoring.schemes.facts import EntryDraft

from .rules import Place, Plan, Standing

# So many reasons of a unit's difference are told; the rest is counted.
REASONS_SHOWN = 20
_MODULUS = 1 << 256


class Reason(NamedTuple):
    """One entry of a difference: the day earned, the change in hundredths, the sentence."""

    day: date
    hundredths: int
    sentence: str


@dataclass
class Difference:
    """What a rebuild wrote, or would write: entries, hundredths per unit, and why."""

    added: int = 0
    taken_back: int = 0
    # unit id → (before, after); only units with changed entries
    by_unit: dict[int, tuple[int, int]] = field(default_factory=dict)
    # unit id → the first reasons
    reasons: dict[int, list[Reason]] = field(default_factory=dict)
    # unit id → how many entries change
    changes: Counter[int] = field(default_factory=Counter)
    _deltas: Counter[int] = field(default_factory=Counter)
    # unit id → hundredths that stood for the whole time
    _held: Counter[int] = field(default_factory=Counter)
    # The sum of the digests of all units' changes: the same whatever order they came in.
    _sum: int = 0

    @property
    def empty(self) -> bool:
        """Tell whether desired and standing entries are the same."""
        return not self.added and not self.taken_back

    @property
    def digest(self) -> str:
        """The name of exactly these changes: which entries, whose, what for, how much, when."""
        return f"{self._sum:064x}"

    def untold(self, unit: int) -> int:
        """Return how many changes of a unit are not among its reasons."""
        return self.changes[unit] - len(self.reasons.get(unit, ()))

    def note(self, what: Plan, standing: Iterable[Standing]) -> None:
        """Add what a plan changes, and what stood before it.

        All that a unit's year has to change stands in one plan.
        """
        for entry in standing:
            self._held[entry.place[3]] += entry.hundredths
        back: defaultdict[int, list[tuple[Standing, str]]] = defaultdict(list)
        new: defaultdict[int, list[tuple[Place, EntryDraft]]] = defaultdict(list)
        for gone in what.back:
            back[gone[0].place[3]].append(gone)
        for wanted in what.new:
            new[wanted[0][3]].append(wanted)
        for unit in sorted(back.keys() | new.keys()):
            self._note_unit(unit, back.get(unit, []), new.get(unit, []))
        self._sum %= _MODULUS
        self.added += len(what.new)
        self.taken_back += len(what.back)

    def _note_unit(
        self,
        unit: int,
        back: Sequence[tuple[Standing, str]],
        new: Sequence[tuple[Place, EntryDraft]],
    ) -> None:
        self.changes[unit] += len(back) + len(new)
        self._deltas[unit] += sum([draft.hundredths for _place, draft in new])
        self._deltas[unit] -= sum([entry.hundredths for entry, _sentence in back])
        names = [f"back\x1f{entry.id}" for entry, _sentence in back]
        names += [
            f"new\x1f{scheme}\x1f{block}\x1f{about}\x1f{unit}"
            f"\x1f{draft.date.toordinal()}\x1f{draft.hundredths}\x1f{draft.flag}"
            for (scheme, block, about, _unit), draft in new
        ]
        named = "\x1e".join(sorted(names)).encode()
        self._sum += int.from_bytes(hashlib.sha256(named).digest())
        told = self.reasons.setdefault(unit, [])
        if len(told) < REASONS_SHOWN:
            told += islice(_reasons(back, new), REASONS_SHOWN - len(told))

    def settle(self) -> None:
        """Say what the units with changes had before and have after."""
        for unit in sorted(self.changes):
            held = self._held[unit]
            self.by_unit[unit] = (held, held + self._deltas[unit])


def _reasons(
    back: Iterable[tuple[Standing, str]], new: Iterable[tuple[Place, EntryDraft]]
) -> Iterator[Reason]:
    for entry, sentence in sorted(back, key=lambda pair: (pair[0].earned, pair[0].id)):
        yield Reason(entry.earned, -entry.hundredths, sentence)
    for _place, draft in sorted(new, key=lambda pair: (pair[1].date, pair[1].about)):
        yield Reason(draft.date, draft.hundredths, draft.sentence)
