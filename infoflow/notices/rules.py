"""Rules of notices: what goes outside, when it is quiet, when a try is repeated. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

TEXT_MAX = 300
NUMBER_MAX = 60
KEY_MAX = 200
URL_MAX = 200


@dataclass(frozen=True, slots=True)
class ChainStep:
    """One step of an escalation: who is told if nobody has acknowledged by then."""

    after: int  # minutes after the notice
    people: tuple[int, ...]

    def __post_init__(self) -> None:
        if self.after < 0:
            raise ValueError("a step of a chain comes after its notice")


def ordered(chain: Iterable[ChainStep]) -> list[ChainStep]:
    """Return the steps in the order of their minutes."""
    return sorted(chain, key=lambda step: step.after)


def is_local(url: str) -> bool:
    """Tell whether an address is a path of this system, so that nothing leads outside."""
    return url.startswith("/") and not url.startswith(("//", "/\\")) and url.isprintable()
