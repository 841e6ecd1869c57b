"""Django's backend for SQLite with two differences: days are read once each, and triggers survive
when a migration makes a table anew. Settings name it as ENGINE; Django finds it by this name."""

from __future__ import annotations

import sqlite3
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3 import base
from django.utils.dateparse import parse_date

from .schema import SchemaEditor

# Two hundred years.
DAYS_KEPT = 73_000


@lru_cache(maxsize=DAYS_KEPT)
def day_of(stored: bytes) -> date | None:
    """Return the day that is stored as text, as Django's own converter does.

    A table of facts has two days in a row, and but some hundred different ones; reading them
    again took a tenth of importing and of rescoring.
    """
    return parse_date(stored.decode())


# After Django's own, which the import above has registered.
sqlite3.register_converter("date", day_of)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection; migrations work by `SchemaEditor`."""

    SchemaEditorClass: Any = SchemaEditor
