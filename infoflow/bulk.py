"""Writing many rows at once: several times faster than `bulk_create`, for rows whose ids nobody
needs at once. No signals, no defaults of the database, no parents."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from django.db import connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper

# Values of these fields go into the database as they are.
_PLAIN = (
    models.CharField,
    models.TextField,
    models.IntegerField,
    models.ForeignKey,
)
BATCH = 5_000


def insert(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Write new rows of one model; their `pk` stays empty.

    Raises:
        IntegrityError: one of them may not be stored; the caller's transaction is broken.
    """
    connection = connections[router.db_for_write(model)]
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    get = attrgetter(*(field.attname for field in fields))
    prepared = [
        (place, field)
        for place, field in enumerate(fields)
        if not isinstance(field, _PLAIN) or isinstance(field, models.JSONField)
    ]
    columns = [str(field.column) for field in fields]
    for start in range(0, len(rows), BATCH):
        batch = []
        for row in rows[start : start + BATCH]:
            values: list[Any] = list(get(row))
            for place, field in prepared:
                values[place] = field.get_db_prep_save(values[place], connection)
            batch.append(values)
        write(connection, model._meta.db_table, columns, batch)


def write(
    connection: BaseDatabaseWrapper,
    table: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
) -> None:
    """Write rows of prepared values in the way that is fastest on a database.

    On PostgreSQL that is COPY, a thirtieth of the time of one statement for each row; triggers
    for each statement run once.
    """
    quote = connection.ops.quote_name
    into = f"{quote(table)} ({', '.join(map(quote, columns))})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with (
                connection.wrap_database_errors,
                cursor.copy(f"COPY {into} FROM STDIN") as copy,
            ):
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(columns))
        sql = f"INSERT INTO {into} VALUES ({marks})"  # noqa: S608 - names of our own
        cursor.executemany(sql, rows)
