"""Bring the signatures of alike items up to date, or check that none is missing."""

from __future__ import annotations

from cms.items import texts
from cms.search.batches import BatchCommand, Source


class Command(BatchCommand):
    help = "重建相似稿件的特征：补上缺少的，改正不符的；可随时中断，再次运行即接着做"

    def sources(self) -> list[Source]:
        return [texts.similar_source()]
