"""Finding among the few texts of a test: a query, never a chain of common words."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from cms.search import queries
from infoflow.paging import Chain


def found(pages: QuerySet[Any], words: str, *, own: bool = False) -> QuerySet[Any]:
    """Return what `queries.found` does, which is a query here."""
    result = queries.found(pages, words, own=own)
    assert not isinstance(result, Chain)
    return result
