"""Kinds of deadlines. The room that owns one says here how its people are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .rules_dues import Stage

if TYPE_CHECKING:
    from .models_dues import Due, DueChange


@dataclass(frozen=True)
class Reminder:
    """One point of a deadline that has come; late says whether it comes late."""

    due: Due
    stage: Stage
    late: bool


Remind = Callable[[Sequence[Reminder], datetime], None]
Moved = Callable[["Due", "DueChange"], None]
Hold = Callable[[Sequence[str]], None]


@dataclass(frozen=True)
class DueKind:
    """How the people of one kind are told."""

    kind: str
    label: Any
    remind: Remind
    moved: Moved | None = None
    hold: Hold | None = None


_kinds: dict[str, DueKind] = {}


def register_due_kind(
    kind: str,
    *,
    label: Any,
    remind: Remind,
    moved: Moved | None = None,
    hold: Hold | None = None,
) -> None:
    """Register a kind; from the AppConfig.ready of the room that owns it.

    Args:
        remind: called with (reminders, now) in the sweep's transaction, which holds the rows of
            their deadlines, up to a hundred at once: read for all of them together, and call
            `notices.announce_all`, but lock no rows of your own: an action that holds them may
            wait for the deadline's. What it raises undoes all of them, and each is then told
            alone: what it raises once more is tried again later.
        moved: called with (due, change) when a change of the calendar moved the deadline, in the
            transaction that changed the calendar. Not called for `move_due`: whoever moves a
            deadline tells so.
        hold: called with keys of deadlines before their rows are held for `moved`: lock there
            what your actions lock before a deadline, in the same order.
    """
    _kinds[kind] = DueKind(kind, label, remind, moved, hold)


def due_kind(kind: str) -> DueKind | None:
    """Return a registered kind."""
    return _kinds.get(kind)
