"""`manage.py check` is red while demonstration accounts stand in a real installation."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.db import DatabaseError


@register()
def no_demo_accounts(**kwargs: Any) -> list[CheckMessage]:
    """Report demonstration accounts where settings do not allow them.

    A database that cannot be reached, or that was not migrated yet, holds none that anybody
    could use; that it cannot be reached is reported by the check of the gate.
    """
    from .demo import forbidden_accounts, refusal

    try:
        count = forbidden_accounts()
    except DatabaseError:
        return []
    return [Error(refusal(count), id="units.E001")] if count else []
