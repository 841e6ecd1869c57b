"""What a report says, handed from a form to an action; and what holds after several. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

NUMBERS = ("dead", "missing", "serious", "light", "trapped", "evacuated", "gathered", "loss")
TEXTS = (
    "facts",
    "source",
    "trend",
    "measures",
    "leaders",
    "requests",
    "commander",
    "commander_phone",
    "cause",
    "incomplete_because",
    "responsibility",
    "result",
    "lessons",
)
SENSITIVE = ("sensitive_time", "sensitive_place", "sensitive_people")


@dataclass(frozen=True)
class Content:
    """Everything that a report may say. Empty: nothing new; a number None: 不详."""

    facts: str = ""
    source: str = ""
    dead: int | None = None
    missing: int | None = None
    serious: int | None = None
    light: int | None = None
    trapped: int | None = None
    evacuated: int | None = None
    gathered: int | None = None
    loss: int | None = None
    trend: str = ""
    measures: str = ""
    leaders: str = ""
    requests: str = ""
    commander: str = ""
    commander_phone: str = ""
    cause: str = ""
    incomplete_because: str = ""
    responsibility: str = ""
    result: str = ""
    lessons: str = ""
    event_class: str = ""
    grade: str = ""
    sensitive_time: bool = False
    sensitive_place: bool = False
    sensitive_people: bool = False
    happened_at: datetime | None = None
    place: str = ""

    @classmethod
    def of(cls, data: dict[str, Any]) -> Content:
        """Return what a cleaned form says; blanks at the ends are no words."""
        names = {field.name for field in fields(cls)}
        given: dict[str, Any] = {
            name: value.strip() if isinstance(value, str) else value
            for name, value in data.items()
            if name in names and value is not None
        }
        return cls(**given)

    def values(self) -> dict[str, Any]:
        """Return it by the names of the report's columns."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def says_something(self) -> bool:
        """Whether a follow-up brings anything new."""
        return self != Content()


def latest(reports: Iterable[Any]) -> dict[str, Any]:
    """Return field → the last value that a report gave, oldest report first; what nobody said
    is left out."""
    found: dict[str, Any] = {}
    for report in reports:
        for name in (*TEXTS, *NUMBERS, "event_class", "grade", "happened_at", "place"):
            value = getattr(report, name)
            if value not in (None, ""):
                found[name] = value
        for name in SENSITIVE:
            found[name] = found.get(name, False) or getattr(report, name)
    return found
