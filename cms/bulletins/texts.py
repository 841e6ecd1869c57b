"""The texts of issues as the search keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db.models.signals import post_save
from django.dispatch import receiver
from wagtail.models import Revision

from cms.items import text
from cms.review.models import Decision
from cms.review.rules import Step, Verdict
from cms.review.signals import decided
from cms.search import actions, queries
from cms.search.batches import Source

from .models import IssuePage

if TYPE_CHECKING:
    from django.db.models import QuerySet


def of_content(content: Mapping[str, Any], *, page_id: int, sent: bool) -> actions.Text:
    """Return what a revision of an issue is found by: entries' titles, texts, its own title."""
    entries = IssuePage.stored_gate_content(dict(content))["entries"]
    return actions.Text(
        page_id=page_id,
        title="；".join(entry["title"] for entry in entries),
        body="\n".join([*(text.to_text(entry["body"]) for entry in entries), content["title"]]),
        own=not sent,
        sent=sent,
    )


def of_issues(ids: Sequence[int]) -> list[actions.Text]:
    """Return the texts of issues as they stand now: what is being edited, what was signed."""
    rows = IssuePage.objects.filter(pk__in=ids).values_list(
        "pk", "latest_revision_id", "live", "live_revision_id"
    )
    issues = [row for row in rows if row[1] is not None]
    wanted = {row[1] for row in issues} | {row[3] for row in issues if row[2]}
    contents = dict(Revision.objects.filter(pk__in=wanted).values_list("pk", "content"))
    found: list[actions.Text] = []
    for pk, latest, live, live_revision in issues:
        found.append(of_content(contents[latest], page_id=pk, sent=False))
        if live:
            found.append(of_content(contents[live_revision], page_id=pk, sent=True))
    return found


def _pages() -> QuerySet[IssuePage]:
    pages: QuerySet[IssuePage] = IssuePage.objects.all()
    return pages


def _mend(ids: Sequence[int], mend: bool) -> list[int]:
    texts = of_issues(ids)
    wrong = queries.stale(texts)
    if mend and wrong:
        actions.keep_many(one for one in texts if one.page_id in wrong)
    return sorted(wrong)


def source() -> Source:
    """Return how the search texts of all issues are rebuilt."""
    return Source("期刊", _pages, _mend)


def _keep(revision: Revision, *, sent: bool) -> None:
    one = of_content(revision.content, page_id=int(revision.object_id), sent=sent)
    actions.keep(page_id=one.page_id, title=one.title, body=one.body, sent=sent)


@receiver(post_save, sender=Revision)
def keep_written(instance: Revision, **kwargs: Any) -> None:
    """Every text of an issue that is written can be found by the office."""
    if instance.content_type_id == ContentType.objects.get_for_model(IssuePage).pk:
        _keep(instance, sent=False)


@receiver(decided, sender=IssuePage)
def keep_issued(decision: Decision, **kwargs: Any) -> None:
    """What the issuer has signed can be found by the readers."""
    if decision.step == Step.ISSUE and decision.verdict == Verdict.PASS:
        _keep(decision.revision, sent=True)
