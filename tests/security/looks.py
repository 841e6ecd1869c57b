"""What a view looks at in the query of its request: the rest of it can change nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import QueryDict
from django.utils.functional import cached_property

from cms.scanning import middleware
from cms.scanning.middleware import brought


class Looks:
    """The names that were asked for, whether they stood there or not; or all of them."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.everything = False

    def tell_apart(self, one: str, other: str) -> bool:
        """Tell whether two queries differ in what was looked at."""
        first, second = QueryDict(one), QueryDict(other)
        if self.everything:
            return first != second
        return any(first.getlist(name) != second.getlist(name) for name in self.names)


class WatchedQuery(QueryDict):
    """Notes what is read. Every other way to read goes through one of these."""

    looks: Looks | None = None

    def _name(self, name: Any) -> None:
        if self.looks is not None:
            self.looks.names.add(name)

    def _whole(self) -> None:
        if self.looks is not None:
            self.looks.everything = True

    def __getitem__(self, key: str) -> Any:
        self._name(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._name(key)
        return super().__contains__(key)

    def getlist(self, key: str, default: Any = None) -> Any:
        """Note one name."""
        self._name(key)
        return super().getlist(key, default)

    def __bool__(self) -> bool:
        # Whether there is any tells an empty one from all others, and those not from each other.
        if not super().__len__():
            self._whole()
        return super().__len__() > 0

    def __len__(self) -> int:
        self._whole()
        return super().__len__()

    def __iter__(self) -> Iterator[str]:
        self._whole()
        return super().__iter__()

    def __eq__(self, other: object) -> bool:
        self._whole()
        return super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]

    def keys(self) -> Any:
        """Note all."""
        self._whole()
        return super().keys()

    def lists(self) -> Iterable[Any]:
        """Note all."""
        self._whole()
        return super().lists()


@contextmanager
def looked_at() -> Iterator[Looks]:
    """Collect what views look at in the queries of the requests inside."""
    looks = Looks()

    def get(request: WSGIRequest) -> Any:
        query: Any = WatchedQuery(request.environ.get("QUERY_STRING", ""))
        query.looks = looks
        return query

    watched = cached_property(get)
    watched.__set_name__(WSGIRequest, "GET")

    def unseen(request: WSGIRequest) -> Iterator[tuple[str, str]]:
        query: Any = request.GET
        query.looks = None
        try:
            yield from brought(request)
        finally:
            query.looks = looks

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WSGIRequest, "GET", watched)
        # The door reads every query, and lets these pass at one address as at another.
        patch.setattr(middleware, "brought", unseen)
        yield looks
