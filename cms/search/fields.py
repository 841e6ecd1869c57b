"""A text in grams, stored in the form that each database searches best."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Lookup

from . import rules

if TYPE_CHECKING:
    GramsBase = models.TextField[str, str]
    LookupBase = Lookup[rules.Word]
else:
    GramsBase = models.TextField
    LookupBase = Lookup


def vector(grams: Sequence[str]) -> str:
    """Return grams as PostgreSQL's tsvector literal, each with its place.

    Written out here and not left to PostgreSQL's parser, which drops Chinese characters
    where the database's locale is C.
    """
    return " ".join(f"'{gram}':{place}" for place, gram in enumerate(grams, 1))


class GramsField(GramsBase):
    """Grams of a text: text on SQLite (indexed by FTS5), a tsvector on PostgreSQL.

    Written from a plain text; never read.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return "tsvector" if connection.vendor == "postgresql" else super().db_type(connection)

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        if value is None:
            return None
        grams = rules.grams(value)
        return vector(grams) if connection.vendor == "postgresql" else " ".join(grams)

    def get_placeholder(self, value: Any, compiler: Any, connection: BaseDatabaseWrapper) -> str:
        return "%s::tsvector" if connection.vendor == "postgresql" else "%s"


@GramsField.register_lookup
class Holds(LookupBase):
    """`grams__holds=word`: the text holds the word. PostgreSQL only; SQLite asks FTS5."""

    lookup_name = "holds"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, tuple[str, ...]]:
        grams = [f"'{gram}'" for gram in value.grams]
        if value.begun:
            grams[-1] += ":*"
        return "%s::tsquery", (" <-> ".join(grams),)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        lhs, lhs_params = self.process_lhs(compiler, connection)
        rhs, rhs_params = self.get_db_prep_lookup(self.rhs, connection)
        return f"{lhs} @@ {rhs}", (*lhs_params, *rhs_params)
