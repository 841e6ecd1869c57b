"""The door: a text that bears a 密级标志 comes in by no way, and nothing of it is kept.

Source: domain rules on confidentiality. The system runs on a network that must never hold a
state secret: the text is refused, the person is told to use 机要, and a record keeps who,
when, by which way, which rule and a keyed digest.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from django.conf import settings
from django.db import transaction

from . import marks
from .normalise import read

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from infoflow.units.models import User

    from .models import Refusal

P = ParamSpec("P")
R = TypeVar("R")
KEY_USE = b"infoflow.scanning.refusal"


class MarkedSecret(Exception):
    """A text was refused at the door. Carries names only, never a word of the text."""

    def __init__(self, *, part: str, rule: str, record: Refusal | None = None) -> None:
        super().__init__(f"{rule} in {part}")
        self.part = part
        self.rule = rule
        # Not yet written, when the caller's transaction would take it back.
        self.record = record

    @property
    def rule_label(self) -> str:
        """What the rule is called, for the person."""
        return marks.label_of(self.rule)


def marked_part(parts: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the first part that bears a mark and the rule's code, or None."""
    for name, text in parts.items():
        # Most fields of a form are numbers and codes.
        if text.isascii():
            continue
        for code, _start, _end in marks.marks_in(read(text)):
            return name, code
    return None


def digest_of(text: str) -> str:
    """Return a digest that tells whether two refused texts were the same.

    Keyed with the installation's own key: without it nobody can try out what the text was.
    """
    key = hashlib.sha256(KEY_USE + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def check(*, parts: Mapping[str, str], person: User | None, entrance: str) -> None:
    """Refuse a text that bears a 密级标志; call it before anything of the text is written.

    Args:
        parts: name of the part → its plain text, as `GatedPage.text_parts` names them.
        entrance: `rules.Entrance`, the way by which the text came.

    Raises:
        MarkedSecret: after the refusal was recorded. Called inside a transaction, which
            the exception rolls back, the record waits for the middleware instead.
    """
    found = marked_part(parts)
    if found is None:
        return
    part, rule = found
    raise refused(text=parts[part], part=part, rule=rule, person=person, entrance=entrance)


def refused(
    *,
    text: str,
    part: str,
    rule: str,
    person: User | AnonymousUser | None,
    entrance: str,
) -> MarkedSecret:
    """Record a refusal and return the exception that tells of it.

    Nobody's refusal (a form without login) is not recorded: strangers would fill the table.
    """
    from .models import Refusal

    if person is None or not person.is_authenticated:
        return MarkedSecret(part=part, rule=rule)
    record = Refusal.of(
        person=person, rule=rule, entrance=entrance, part=part, digest=digest_of(text)
    )
    try:
        with transaction.atomic(durable=True):
            record.save(force_insert=True)
    except RuntimeError:
        return MarkedSecret(part=part, rule=rule, record=record)
    return MarkedSecret(part=part, rule=rule)


def keep_record(error: MarkedSecret) -> None:
    """Write the record of a refusal whose transaction has been rolled back."""
    if error.record is not None:
        error.record.save(force_insert=True)
        error.record = None


def guarded(entrance: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make an action look at everything that it is given before anything is written.

    Stands above `transaction.atomic`, so that the record outlives the refusal. Every text
    among the arguments is looked at: strings, objects with `text_parts`, and what mappings,
    lists and dataclasses hold. Whose act it is stands in `person` (or `user`).
    """

    def around(action: Callable[P, R]) -> Callable[P, R]:
        @wraps(action)
        def act(*args: P.args, **kwargs: P.kwargs) -> R:
            person: Any = kwargs.get("person") or kwargs.get("user")
            for name, value in kwargs.items():
                for part, text in texts_in(name, value):
                    check(parts={part: text}, person=person, entrance=entrance)
            return action(*args, **kwargs)

        act.looks_at_texts = True  # type: ignore[attr-defined]
        return act

    return around


def texts_in(name: str, value: object) -> Iterator[tuple[str, str]]:
    """Yield every text that a value holds with the name of its part."""
    parts = getattr(value, "text_parts", None)
    if isinstance(value, str):
        yield name, value
    elif callable(parts):
        yield from parts().items()
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from texts_in(str(key), inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts_in(name, inner)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from texts_in(field.name, getattr(value, field.name))
