"""Days as SQLite gives them: each text is read once. A table of facts has two days in a row, and
but some hundred different ones; reading them again took a tenth of importing and of rescoring."""

from __future__ import annotations

import sqlite3
from datetime import date
from functools import lru_cache

from django.utils.dateparse import parse_date

# Two hundred years.
KEPT = 73_000


@lru_cache(maxsize=KEPT)
def day_of(stored: bytes) -> date | None:
    """Return the day that SQLite stores as text, as Django's own converter does."""
    return parse_date(stored.decode())


def read_once() -> None:
    """Let every connection to SQLite read days by `day_of`, instead of Django's converter."""
    # Django registers its own when the backend is loaded; ours must come after it.
    import django.db.backends.sqlite3.base  # noqa: F401

    sqlite3.register_converter("date", day_of)
