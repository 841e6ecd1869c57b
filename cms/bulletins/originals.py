"""An issue's entries beside the units' originals, in a number of queries that does not grow."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from cms.items import text
from cms.items.models import ItemPage
from cms.review.models import Clearance
from cms.review.originals import Original, Pair

from .models import IssueEntry, IssuePage


def pairs_of(issue: IssuePage) -> list[Pair]:
    """Return each entry as edited last, with the items that it was made from."""
    shown = issue if issue.live else _latest(issue)
    entries: list[IssueEntry] = list(shown.entries.all())
    found = items_of(entries)
    return [
        Pair(
            title=entry.title,
            text=_joined(entry.title, entry.body),
            originals=tuple(
                _original(*found[source.item_id])
                for source in entry.sources.all()
                if source.item_id in found
            ),
        )
        for entry in entries
    ]


def items_of(entries: Iterable[IssueEntry]) -> dict[int, tuple[ItemPage, bool]]:
    """Return the items that entries were made from, by id, each with whether it is readable.

    Readable means that its live text is exactly one that was cleared; three queries for all.
    """
    ids = [source.item_id for entry in entries for source in entry.sources.all()]
    items = ItemPage.objects.filter(pk__in=ids).select_related("unit")
    cleared = set(
        Clearance.objects.filter(page_id__in=ids).values_list("page_id", "revision_id", "digest")
    )
    return {
        item.pk: (item, item.live and (item.pk, item.live_revision_id, item.digest()) in cleared)
        for item in items
    }


def _latest(issue: IssuePage) -> IssuePage:
    """Return the issue as it was written last, which its row need not show yet."""
    revision = issue.latest_revision
    return issue if revision is None else IssuePage.of_revision(revision)


def _original(item: ItemPage, readable: bool) -> Original:
    """Return an item's text; nothing of one that differs from what was cleared."""
    shown = (
        _joined(item.title, item.body)
        if readable
        else _("原稿文本与保密审查通过的不一致，不予显示。")
    )
    return Original(source=item.unit.name, title=item.title, text=shown)


def _joined(title: str, body: str) -> str:
    return f"{title}\n{text.to_text(body)}"
