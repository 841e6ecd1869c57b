"""An issue's entries beside the units' originals, in a number of queries that does not grow."""

from __future__ import annotations

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
    ids = [source.item_id for entry in entries for source in entry.sources.all()]
    items = {item.pk: item for item in ItemPage.objects.filter(pk__in=ids).select_related("unit")}
    cleared = set(
        Clearance.objects.filter(page_id__in=ids).values_list("page_id", "revision_id", "digest")
    )
    return [
        Pair(
            title=entry.title,
            text=_joined(entry.title, entry.body),
            originals=tuple(
                _original(items[source.item_id], cleared)
                for source in entry.sources.all()
                if source.item_id in items
            ),
        )
        for entry in entries
    ]


def _latest(issue: IssuePage) -> IssuePage:
    """Return the issue as it was written last, which its row need not show yet."""
    revision = issue.latest_revision
    return issue if revision is None else IssuePage.of_revision(revision)


def _original(item: ItemPage, cleared: set[tuple[int, int, str]]) -> Original:
    """Return an item's text; nothing of one that differs from what was cleared."""
    readable = item.live and (item.pk, item.live_revision_id, item.digest()) in cleared
    shown = (
        _joined(item.title, item.body)
        if readable
        else _("原稿文本与保密审查通过的不一致，不予显示。")
    )
    return Original(source=item.unit.name, title=item.title, text=shown)


def _joined(title: str, body: str) -> str:
    return f"{title}\n{text.to_text(body)}"
