"""The databases' own indexes over the search texts: FTS5 on SQLite, GIN on PostgreSQL.

Django knows neither. They are created after every migrate: a migration that rebuilds a table
on SQLite drops its triggers silently.
"""

from __future__ import annotations

from django.db import connections

from .models import SearchText

TABLE = SearchText._meta.db_table
INDEX = "search_fts"
COLUMNS = ("title_grams", "body_grams")


def _sqlite_triggers() -> dict[str, str]:
    """Return trigger → body. The index holds no text of its own, so it is told the old one."""
    columns = ", ".join(COLUMNS)
    old = ", ".join(f"old.{column}" for column in COLUMNS)
    new = ", ".join(f"new.{column}" for column in COLUMNS)
    add = f"INSERT INTO {INDEX} (rowid, {columns}) VALUES (new.id, {new});"  # noqa: S608
    take = (
        f"INSERT INTO {INDEX} ({INDEX}, rowid, {columns})"  # noqa: S608
        f" VALUES ('delete', old.id, {old});"
    )
    return {
        f"{INDEX}_insert": f"AFTER INSERT ON {TABLE} BEGIN {add} END",
        f"{INDEX}_delete": f"AFTER DELETE ON {TABLE} BEGIN {take} END",
        f"{INDEX}_update": f"AFTER UPDATE OF {columns} ON {TABLE} BEGIN {take} {add} END",
    }


def _gin(column: str) -> str:
    return f"search_{column}"


def install(using: str = "default") -> bool:
    """Create what is missing; safe to repeat.

    Returns:
        False when the table does not exist yet (in the middle of a first migrate).
    """
    connection = connections[using]
    if TABLE not in connection.introspection.table_names():
        return False
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Asked first: PostgreSQL makes no index, not even one that stands, in the middle
            # of a transaction that has written.
            lacking = missing(using)
            for column in COLUMNS:
                if _gin(column) in lacking:
                    cursor.execute(f"CREATE INDEX {_gin(column)} ON {TABLE} USING gin ({column})")
            return True
        cursor.execute("SELECT 1 FROM sqlite_master WHERE name = %s", [INDEX])
        new = cursor.fetchone() is None
        if new:
            cursor.execute(
                f"CREATE VIRTUAL TABLE {INDEX} USING fts5({', '.join(COLUMNS)},"
                f" content='{TABLE}', content_rowid='id', tokenize='ascii')"
            )
        for name, body in _sqlite_triggers().items():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            cursor.execute(f"CREATE TRIGGER {name} {body}")
        if new:
            cursor.execute(f"INSERT INTO {INDEX} ({INDEX}) VALUES ('rebuild')")  # noqa: S608
    return True


def remove(using: str = "default") -> None:
    """Drop what `install` made (reverse migration)."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for column in COLUMNS:
                cursor.execute(f"DROP INDEX IF EXISTS {_gin(column)}")
            return
        for name in _sqlite_triggers():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        cursor.execute(f"DROP TABLE IF EXISTS {INDEX}")


def missing(using: str = "default") -> list[str]:
    """Return the names of what should stand and does not; empty before migrate."""
    connection = connections[using]
    if TABLE not in connection.introspection.table_names():
        return []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            wanted = [_gin(column) for column in COLUMNS]
            cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = %s", [TABLE])
        else:
            wanted = [INDEX, *_sqlite_triggers()]
            cursor.execute("SELECT name FROM sqlite_master")
        present = {row[0] for row in cursor.fetchall()}
    return [name for name in wanted if name not in present]
