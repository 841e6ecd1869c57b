"""Indexes of Wagtail's own table of pages that no migration of ours may declare.

Put back after every migrate: SQLite drops them when a later migration rebuilds the table.
"""

from __future__ import annotations

from django.db import connections

STATEMENTS = (
    # The pool and the reading lists show what was published last; without it 200,000 are sorted.
    "CREATE INDEX IF NOT EXISTS page_last_published"
    " ON wagtailcore_page (last_published_at DESC, id DESC)",
    # Of years of work few texts are not in the pool; without it all are asked for their state.
    "CREATE INDEX IF NOT EXISTS page_not_live ON wagtailcore_page (id) WHERE NOT live",
)


def install(using: str) -> None:
    """Create the indexes where they are missing."""
    connection = connections[using]
    if "wagtailcore_page" in connection.introspection.table_names():
        with connection.cursor() as cursor:
            for statement in STATEMENTS:
                cursor.execute(statement)
