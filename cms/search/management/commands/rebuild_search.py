"""Bring the search index up to date after a bulk load, or check that nothing is missing."""

from __future__ import annotations

from typing import Any

from wagtail import hooks

from cms.search import fts
from cms.search.batches import BatchCommand, Source


class Command(BatchCommand):
    help = "重建检索索引：补上缺少的，改正不符的；可随时中断，再次运行即接着做"

    def sources(self) -> list[Source]:
        return [hook() for hook in hooks.get_hooks("register_search_source")]

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            fts.install()
        super().handle(*args, **options)
