"""What an entry of the log may be about. Rooms above say which things they have, by number.

`register_subject_kind` is called in `AppConfig.ready` of the room that owns the things.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infoflow.units.models import User


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing: its kind, its key among its kind, and the number that people say."""

    kind: str
    key: str
    label: str


@dataclass(frozen=True, slots=True)
class SubjectKind:
    """One kind of things.

    Attributes:
        open: what is going on now, for the list of proposals.
        find: the thing that somebody named, or None; never one that the person may not see.
        links: addresses by key, of those that the person may see.
    """

    kind: str
    open: Callable[[User], Sequence[Subject]]
    find: Callable[[str, User], Subject | None]
    links: Callable[[Iterable[str], User], Mapping[str, str]]


_kinds: dict[str, SubjectKind] = {}


def register_subject_kind(kind: SubjectKind) -> None:
    """Let entries of the log be about things of a kind."""
    _kinds[kind.kind] = kind


def open_subjects(user: User) -> list[Subject]:
    """Return what is going on in every room."""
    return [subject for kind in _kinds.values() for subject in kind.open(user)]


def find_subject(text: str, user: User) -> Subject | None:
    """Return the thing that somebody named by its number, or None."""
    found = (kind.find(text, user) for kind in _kinds.values())
    return next((subject for subject in found if subject is not None), None)


def links_to(pairs: Iterable[tuple[str, str]], user: User) -> dict[tuple[str, str], str]:
    """Return (kind, key) → address, of those that a person may see."""
    by_kind: dict[str, set[str]] = {}
    for kind, key in pairs:
        if kind in _kinds:
            by_kind.setdefault(kind, set()).add(key)
    return {
        (kind, key): url
        for kind, keys in by_kind.items()
        for key, url in _kinds[kind].links(sorted(keys), user).items()
    }
