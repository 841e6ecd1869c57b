"""What a composed text was made from, as plain text, for comparing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Original:
    """A unit's text that an entry was made from."""

    source: str
    title: str
    text: str


@dataclass(frozen=True)
class Pair:
    """One entry as it was edited, and what it was made from."""

    title: str
    text: str
    originals: tuple[Original, ...]

    @property
    def alone(self) -> bool:
        """Tell whether it was made from exactly one text, so that a difference says something."""
        return len(self.originals) == 1
