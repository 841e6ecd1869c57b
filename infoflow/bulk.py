"""Writing many rows at once: several times faster than `bulk_create`, for rows whose ids nobody
needs at once. No signals, no defaults of the database, no parents."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from django.db import connections, models, router

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
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    table = quote(model._meta.db_table)
    sql = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 - names of our own
    with connection.cursor() as cursor:
        for start in range(0, len(rows), BATCH):
            batch = []
            for row in rows[start : start + BATCH]:
                values: list[Any] = list(get(row))
                for place, field in prepared:
                    values[place] = field.get_db_prep_save(values[place], connection)
                batch.append(values)
            cursor.executemany(sql, batch)
