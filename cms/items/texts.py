"""The texts of items as other rooms keep them: for comparing and for searching."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wagtail.models import Revision

from cms.review.models import Decision
from cms.review.rules import Step, Verdict
from cms.search import actions as search
from cms.search import queries as search_queries
from cms.search.batches import Source
from cms.similar import actions as similar
from cms.similar import queries as similar_queries

from . import text
from .models import ItemPage

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True)
class Written:
    """One text of an item: its unit's present one (`own`), the one signed last (`sent`)."""

    page_id: int
    unit_id: int
    title: str
    body: str  # plain text
    keywords: str
    own: bool
    sent: bool

    @property
    def whole(self) -> str:
        """What is compared with other items: title and body."""
        return f"{self.title}\n{self.body}"

    @property
    def searched(self) -> str:
        """What is searched beside the title."""
        return f"{self.body}\n{self.keywords}".strip()


def written(content: Mapping[str, Any], *, page_id: int, sent: bool) -> Written:
    """Return the text that a revision's stored content, or a page's row, holds."""
    return Written(
        page_id=page_id,
        unit_id=content["unit"],
        title=content["title"],
        body=text.to_text(content["body"]),
        # Revisions from before the field have none.
        keywords=content.get("keywords", ""),
        own=not sent,
        sent=sent,
    )


def keep(revision: Revision, *, sent: bool = False) -> None:
    """Keep the text of a revision as its item's present text, or as the one that it sent."""
    one = written(revision.content, page_id=int(revision.object_id), sent=sent)
    similar.keep(page_id=one.page_id, unit_id=one.unit_id, text=one.whole, sent=sent)
    search.keep(page_id=one.page_id, title=one.title, body=one.searched, sent=sent)


def of_items(ids: Sequence[int]) -> list[Written]:
    """Return the texts of items as they stand now, in a constant number of queries."""
    decisions = Decision.objects.filter(
        page_id__in=ids, step=Step.SIGN, verdict=Verdict.PASS
    ).order_by("pk")
    signed = dict(decisions.values_list("page_id", "revision_id"))
    items = ItemPage.objects.filter(pk__in=ids).values(
        "pk", "title", "body", "keywords", "unit", "latest_revision_id"
    )
    own = {row["pk"]: row for row in items}
    older = {
        pk: revision
        for pk, revision in signed.items()
        if pk in own and own[pk]["latest_revision_id"] != revision
    }
    contents = dict(Revision.objects.filter(pk__in=older.values()).values_list("pk", "content"))
    found: list[Written] = []
    for pk, row in own.items():
        found.append(written(row, page_id=pk, sent=False))
        if pk in signed:
            left = contents[older[pk]] if pk in older else row
            found.append(written(left, page_id=pk, sent=True))
    return found


def _pages() -> QuerySet[ItemPage]:
    return ItemPage.objects.all()


def _mend_similar(ids: Sequence[int], mend: bool) -> list[int]:
    texts = [
        similar.Text(one.page_id, one.unit_id, one.whole, one.own, one.sent)
        for one in of_items(ids)
    ]
    wrong = similar_queries.stale(texts)
    if mend and wrong:
        similar.keep_many(one for one in texts if one.page_id in wrong)
    return sorted(wrong)


def _mend_search(ids: Sequence[int], mend: bool) -> list[int]:
    texts = [
        search.Text(one.page_id, one.title, one.searched, one.own, one.sent)
        for one in of_items(ids)
    ]
    wrong = search_queries.stale(texts)
    if mend and wrong:
        search.keep_many(one for one in texts if one.page_id in wrong)
    return sorted(wrong)


def similar_source() -> Source:
    """Return how the signatures of all items are rebuilt."""
    return Source("稿件", _pages, _mend_similar)


def search_source() -> Source:
    """Return how the search texts of all items are rebuilt."""
    return Source("稿件", _pages, _mend_search)
