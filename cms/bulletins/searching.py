"""Searching items and issues, for the office and for readers. `visible_to` comes first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from cms.items import queries as item_queries
from cms.items.models import ItemPage, has_left_unit
from cms.items.rules import Standing
from cms.review.models import Decision
from cms.review.rules import Step, Verdict
from cms.search import queries as search
from cms.search.queries import Snippet
from infoflow.paging import Chain
from infoflow.units.models import GroupMembership

from .models import IssuePage

if TYPE_CHECKING:
    from infoflow.units.models import User

    from .forms_search import Wanted


@dataclass(frozen=True)
class ItemHit:
    """One found item with what the office may know of it: the text that its unit sent."""

    item: ItemPage
    where: Standing
    found: Snippet | None


@dataclass(frozen=True)
class IssueHit:
    """One found issue."""

    issue: IssuePage
    found: Snippet | None


def items(user: User, wanted: Wanted) -> QuerySet[ItemPage] | Chain:
    """Return the items that have left their unit and fit, title hits first, then the newest."""
    found: QuerySet[ItemPage] = (
        ItemPage.objects.visible_to(user)
        .select_related("unit", "owner", "signatory")
        .defer("body")
        .order_by("-pk")
    )
    if not wanted.words.strip():
        # Where words are looked for, the texts that units have sent are all that is looked at.
        found = found.filter(has_left_unit())
    if wanted.unit:
        found = found.filter(unit=wanted.unit)
    if wanted.group:
        year = wanted.year or timezone.localdate().year
        members = GroupMembership.objects.filter(group=wanted.group, year=year)
        found = found.filter(unit_id__in=members.values("unit_id"))
    if wanted.form:
        found = found.filter(form=wanted.form)
    if wanted.year:
        signed = Decision.objects.filter(
            page_id=OuterRef("pk"), step=Step.SIGN, verdict=Verdict.PASS, at__year=wanted.year
        )
        found = found.filter(Exists(signed))
    if wanted.state:
        found = item_queries.in_state(found, wanted.state)
    return search.found(found, wanted.words)


def item_hits(rows: Sequence[ItemPage], words: str) -> list[ItemHit]:
    """Return found items as they are shown, in a constant number of queries."""
    where = item_queries.standings(rows)
    found = search.snippets([item.pk for item in rows], words) if rows else {}
    return [ItemHit(item, where[item.pk], found.get(item.pk)) for item in rows]


def issues(user: User, wanted: Wanted, *, issued: bool) -> QuerySet[IssuePage] | Chain:
    """Return the issues that fit, title hits first, then the newest.

    Args:
        issued: only issued ones, by the text that was issued; otherwise also those that are
            being composed, by the text that they have now.
    """
    found: QuerySet[IssuePage] = IssuePage.objects.visible_to(user).select_related(
        "bulletin", "number", "owner"
    )
    if issued:
        # With its number, which every issued one has: the few numbers lead to the pages then.
        found = found.filter(live=True, number__isnull=False)
        found = found.order_by("-number__signed_on", "-number__pk")
    else:
        found = found.order_by("-pk")
    if wanted.bulletin:
        found = found.filter(bulletin=wanted.bulletin)
    if wanted.year:
        begun = Q(number=None, latest_revision_created_at__year=wanted.year)
        found = found.filter(Q(number__year=wanted.year) | begun)
    return search.found(found, wanted.words, own=not issued)


def issue_hits(rows: Sequence[IssuePage], words: str, *, issued: bool) -> list[IssueHit]:
    """Return found issues as they are shown; `issued` as in `issues`."""
    found = search.snippets([issue.pk for issue in rows], words, own=not issued) if rows else {}
    return [IssueHit(issue, found.get(issue.pk)) for issue in rows]
