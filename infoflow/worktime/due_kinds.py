"""Kinds of deadlines. The room that owns one says here how its people are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .rules_dues import Stage

if TYPE_CHECKING:
    from .models_dues import Due, DueChange

Remind = Callable[["Due", Stage, datetime, bool], None]
Moved = Callable[["Due", "DueChange"], None]


@dataclass(frozen=True)
class DueKind:
    """How the people of one kind are told."""

    kind: str
    label: Any
    remind: Remind
    moved: Moved | None = None


_kinds: dict[str, DueKind] = {}


def register_due_kind(kind: str, *, label: Any, remind: Remind, moved: Moved | None = None) -> None:
    """Register a kind; from the AppConfig.ready of the room that owns it.

    Args:
        remind: called with (due, stage, now, late) in the sweep's transaction, which holds the
            row of the deadline: read, and call `notices.announce`, but lock no rows of your own:
            an action that holds them may wait for the deadline's. What it raises undoes this one
            reminder, and it is tried again later.
        moved: called with (due, change) when a change of the calendar moved the deadline, in the
            transaction that changed the calendar. Not called for `move_due`: whoever moves a
            deadline tells so.
    """
    _kinds[kind] = DueKind(kind, label, remind, moved)


def due_kind(kind: str) -> DueKind | None:
    """Return a registered kind."""
    return _kinds.get(kind)
