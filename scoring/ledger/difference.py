"""What a rebuild changes, told so that a person can say yes to exactly this."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from .rules import Plan

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

    def note(self, what: Plan) -> None:
        """Add what a plan changes. All that a unit's year has to change stands in one plan."""
        names: defaultdict[int, list[str]] = defaultdict(list)
        for entry, sentence in sorted(what.back, key=lambda pair: (pair[0].earned, pair[0].id)):
            unit = entry.place[3]
            self._tell(unit, entry.earned, -entry.hundredths, sentence)
            names[unit].append(f"back\x1f{entry.id}")
        for place, draft in sorted(what.new, key=lambda pair: (pair[1].date, pair[1].about)):
            unit, day, points = draft.unit_id, draft.date, draft.hundredths
            self._tell(unit, day, points, draft.sentence)
            scheme, block, about, _unit = place
            name = f"{scheme}\x1f{block}\x1f{about}\x1f{unit}\x1f{day.toordinal()}\x1f{points}"
            names[unit].append(f"new\x1f{name}\x1f{draft.flag}")
        for some in names.values():
            named = "\x1e".join(sorted(some)).encode()
            self._sum += int.from_bytes(hashlib.sha256(named).digest())
        self._sum %= _MODULUS
        self.added += len(what.new)
        self.taken_back += len(what.back)

    def settle(self, sums: Mapping[int, int], *, written: bool) -> None:
        """Add what the units had before and have after.

        Args:
            sums: unit id → hundredths that the ledger has for the whole time.
            written: the changes are in these sums already.
        """
        for unit in sorted(self.changes):
            delta, held = self._deltas[unit], sums.get(unit, 0)
            self.by_unit[unit] = (held - delta, held) if written else (held, held + delta)

    def _tell(self, unit: int, day: date, hundredths: int, sentence: str) -> None:
        self._deltas[unit] += hundredths
        self.changes[unit] += 1
        told = self.reasons.get(unit)
        if told is None:
            told = self.reasons[unit] = []
        if len(told) < REASONS_SHOWN:
            told.append(Reason(day, hundredths, sentence))
