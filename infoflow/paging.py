"""Lists that nobody reads to the end: counting them exactly would cost more than showing them."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.utils.functional import cached_property


class CappedPaginator(Paginator[Any]):
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
