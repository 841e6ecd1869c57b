"""How migrations change tables: triggers stand aside while a table is made anew, and come back."""

from __future__ import annotations

import re
from typing import Any

from django.db import models
from django.db.backends.sqlite3 import schema


class SchemaEditor(schema.DatabaseSchemaEditor):
    """Django's, but for triggers.

    SQLite changes a column by making the table anew and giving it the old name. Its own triggers
    go with the old table; and as long as a trigger of another table speaks of it, SQLite refuses
    the name (the tallies' triggers speak of facts, the gate's of clearances), which Django then
    reports as broken foreign keys.
    """

    def _remake_table(self, model: type[models.Model], *args: Any, **kwargs: Any) -> None:
        table = model._meta.db_table
        speaks = re.compile(rf"\b{re.escape(table)}\b", re.IGNORECASE)
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        found = [(name, sql) for name, own, sql in triggers if own == table or speaks.search(sql)]
        for name, _sql in found:
            self.execute(f"DROP TRIGGER {self.quote_name(name)}", None)
        super()._remake_table(model, *args, **kwargs)  # type: ignore[misc] # not in the stubs
        for _name, sql in found:
            self.execute(sql, None)
