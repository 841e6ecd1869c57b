"""What the schemes above let a form offer: names on the checklist, ranges to choose a value in.

The hook `register_fact_guide`: a `Guide`. Rooms above register one; without any nothing is
offered and nothing is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from wagtail import hooks

from .rules import FactRow


class Guide(Protocol):
    """What a room above knows of the schemes."""

    def checks(self, day: date) -> Sequence[str]:
        """Return the names on the checklist of the scheme in force on a day."""

    def governed(self, day: date) -> bool:
        """Tell whether a scheme is in force on a day."""

    def value_range(self, row: FactRow) -> tuple[int, int] | None:
        """Return the least and the most hundredths that may be chosen for a fact."""


def _guides() -> list[Guide]:
    return list(hooks.get_hooks("register_fact_guide"))


def checks_on(day: date) -> list[str]:
    """Return the names on the checklist in force on a day, without repeats."""
    return list(dict.fromkeys(name for guide in _guides() for name in guide.checks(day)))


def is_governed(day: date) -> bool:
    """Tell whether a scheme is in force on a day; True when no room knows of schemes."""
    guides = _guides()
    return not guides or any(guide.governed(day) for guide in guides)


def value_range(row: FactRow) -> tuple[int, int] | None:
    """Return the range that the scheme in force gives a fact to choose a value in."""
    for guide in _guides():
        found = guide.value_range(row)
        if found is not None:
            return found
    return None
