"""`manage.py check --database default` and `migrate` tell which year the calendar lacks.

Tagged as a check of the database, so that a plain `manage.py check`, which builds run with
"warnings are failures", never turns red because a day has come. People see the same sentence
in the office (wagtail_hooks).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, register
from django.core.checks import Warning as CheckWarning
from django.db import DatabaseError
from django.utils import timezone


@register(Tags.database)
def calendar_is_filled(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Warn of a missing year; from November on of the next one as well."""
    if not databases:
        return []
    from .queries import warning

    try:
        told = warning(timezone.localdate())
    except DatabaseError:  # not migrated yet
        return []
    return [CheckWarning(told, id="worktime.W001")] if told else []
