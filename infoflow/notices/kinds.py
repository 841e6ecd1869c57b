"""Kinds of notices. Every room registers its own when its app is ready."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

CODE_MAX = 40
# Told to system administrators when a message could not be brought outside.
CHANNEL_DOWN = "channel-down"
# What a person sends to their own addresses to see whether they work.
CHANNEL_TEST = "channel-test"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of notice: its label may leave the system, so it names no content."""

    code: str
    label: str
    urgent: bool = False


_kinds: dict[str, Kind] = {}


def register_kind(code: str, label: str, urgent: bool = False) -> Kind:
    """Make a kind known; the same again changes nothing.

    Args:
        urgent: never held back by quiet hours, and never switched off by a person.

    Raises:
        ValueError: the code is taken by another kind, or too long.
    """
    kind = Kind(code, label, urgent)
    if not code or len(code) > CODE_MAX:
        raise ValueError(f"code of a kind: 1 to {CODE_MAX} characters")
    if _kinds.setdefault(code, kind) != kind:
        raise ValueError(f"the kind {code} is registered with another label")
    return kind


def kind_of(code: str) -> Kind:
    """Return a registered kind.

    Raises:
        LookupError: nobody has registered it.
    """
    if code not in _kinds:
        raise LookupError(f"the kind {code} is not registered: see notices.kinds.register_kind")
    return _kinds[code]


def label_of(code: str) -> str:
    """Return a kind's label; of a kind that exists no more, its code."""
    return _kinds[code].label if code in _kinds else code


def choosable() -> list[Kind]:
    """Return the kinds that people choose among; what is about the channels is not theirs."""
    return [kind for kind in _kinds.values() if kind.code not in (CHANNEL_DOWN, CHANNEL_TEST)]


def all_kinds() -> Mapping[str, Kind]:
    """Return the registered kinds by code, in the order of their registration."""
    return MappingProxyType(_kinds)
