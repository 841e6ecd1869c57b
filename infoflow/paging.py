"""Lists that nobody reads to the end: counting them exactly would cost more than showing them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

if TYPE_CHECKING:
    PaginatorOfAny = Paginator[Any]
else:
    PaginatorOfAny = Paginator


class CappedPaginator(PaginatorOfAny):
    """Pages of the first rows of a list; `more` tells that there are further ones.

    Differs from Django's: it counts no further than `cap`, so that the cost does not grow with
    what lies behind.
    """

    cap = 1000

    @cached_property
    def _found(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: self.cap + 1].count())

    @cached_property
    def count(self) -> int:
        return min(self._found, self.cap)

    @property
    def more(self) -> bool:
        """Tell whether the list goes on behind the last page."""
        return self._found > self.cap


@dataclass(frozen=True)
class Chain:
    """Rows of several queries of one model, one after the other, each row once."""

    parts: tuple[QuerySet[Any], ...]

    def keys(self, limit: int) -> list[int]:
        """Return the keys of the first rows."""
        found: dict[int, None] = {}
        for part in self.parts:
            if len(found) < limit:
                found |= dict.fromkeys(part.values_list("pk", flat=True)[:limit])
        return list(found)[:limit]


class FoundPaginator(CappedPaginator):
    """Pages of a search. Differs in that finding costs more than showing: it is done once, for
    the keys, which are the count as well."""

    cap = 500

    def __init__(self, found: QuerySet[Any] | Chain, per_page: int) -> None:
        self.chain = found if isinstance(found, Chain) else Chain((found,))
        super().__init__(self.chain.parts[0], per_page)

    @cached_property
    def _keys(self) -> list[int]:
        return self.chain.keys(self.cap + 1)

    @cached_property
    def _found(self) -> int:
        return len(self._keys)

    def page(self, number: int | str) -> Page[Any]:
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        keys = self._keys[start : min(start + self.per_page, self.count)]
        # What is joined and deferred stays as it was asked for.
        shape = self.chain.parts[0].query
        model: Any = shape.model
        rows = model._default_manager.all()
        rows.query.select_related = shape.select_related
        rows.query.deferred_loading = shape.deferred_loading
        named = rows.in_bulk(keys)
        return Page([named[key] for key in keys if key in named], number, self)


def paginator_of(rows: QuerySet[Any] | Chain, size: int, *, words: str = "") -> PaginatorOfAny:
    """Return the pages of a list that may have been searched for some words."""
    if isinstance(rows, Chain) or words.strip():
        return FoundPaginator(rows, size)
    return Paginator(rows, size)
