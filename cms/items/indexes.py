"""An index of Wagtail's own table of pages that no migration of ours may declare.

Put back after every migrate: SQLite drops it when a later migration rebuilds the table.
"""

from __future__ import annotations

from django.db import connections

# The pool and the reading lists show what was published last; without it 200,000 are sorted.
STATEMENT = (
    "CREATE INDEX IF NOT EXISTS page_last_published"
    " ON wagtailcore_page (last_published_at DESC, id DESC)"
)


def install(using: str) -> None:
    """Create the index where it is missing."""
    connection = connections[using]
    if "wagtailcore_page" in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(STATEMENT)
