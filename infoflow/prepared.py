"""Reads that are asked again and again: the ORM writes their SQL once, not at every question.

For small reads in a hot place, where writing the statement takes longer than its answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from django.db import connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper

# So many statements of one read are kept: one for each number of values.
KEPT = 32
FETCHED = 1_000


class PreparedRead:
    """A `values_list` whose filters take their values in the order in which they are given.

    Rows come as the database's driver gives them: texts, numbers, dates and moments only.
    """

    def __init__(self, make: Callable[..., models.QuerySet[Any, Any]]) -> None:
        self._make = make
        self._statements: dict[tuple[Any, ...], str] = {}

    def rows(self, model: type[models.Model], *given: Any) -> Iterator[Sequence[Any]]:
        """Yield the rows for some values; a list of them is what an `__in` takes.

        Raises:
            ValueError: the filters take the values in another order.
        """
        if any(isinstance(value, list) and not value for value in given):
            return
        # As `__in` does: each value once.
        given = tuple(list(dict.fromkeys(v)) if isinstance(v, list) else v for v in given)
        connection = connections[router.db_for_read(model)]
        flat = list(_flat(connection, given))
        shape = tuple(len(value) if isinstance(value, list) else -1 for value in given)
        key = (connection.alias, *shape)
        sql = self._statements.get(key)
        if sql is None:
            sql, params = self._make(*given).using(connection.alias).query.sql_with_params()
            if list(params) != flat:
                raise ValueError("a prepared read takes its values in the order of its filters")
            if len(self._statements) >= KEPT:
                self._statements.clear()
            self._statements[key] = sql
        with connection.cursor() as cursor:
            cursor.execute(sql, flat)
            while found := cursor.fetchmany(FETCHED):
                yield from found


def _flat(connection: BaseDatabaseWrapper, given: Sequence[Any]) -> Iterator[Any]:
    for value in given:
        for one in value if isinstance(value, list) else (value,):
            yield connection.ops.adapt_datefield_value(one) if isinstance(one, date) else one
