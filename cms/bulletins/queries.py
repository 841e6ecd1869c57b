"""Reads of bulletins: the pool, open issues, what a bulletin has carried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from wagtail.models import WorkflowState

from cms.items.models import ItemPage
from cms.review.queries import last_decisions, open_steps
from cms.review.rules import Verdict
from infoflow.units.models import Unit

from .models import EntrySource, IssueEntry, IssuePage

if TYPE_CHECKING:
    from infoflow.units.models import User


@dataclass(frozen=True)
class IssueLine:
    """One of our issues with its state."""

    issue: IssuePage
    state: str
    since: datetime | None
    editable: bool
    reason: str = ""
    titles: tuple[str, ...] = ()


def issue_lines(issues: Sequence[IssuePage]) -> list[IssueLine]:
    """Return issues with their states, in a constant number of queries."""
    ids = [issue.pk for issue in issues]
    waiting = open_steps(ids)
    last = last_decisions(ids)
    titles: dict[int, list[str]] = {}
    for pk, title in IssueEntry.objects.filter(page_id__in=ids).values_list("page_id", "title"):
        titles.setdefault(pk, []).append(title)
    lines = []
    for issue in issues:
        decision = last.get(issue.pk)
        reason = ""
        since: datetime | None = issue.latest_revision_created_at
        editable = False
        if issue.live:
            state, since = str(_("已签发")), issue.last_published_at
        elif issue.pk in waiting:
            step, since = waiting[issue.pk]
            state = str(_("待%(step)s") % {"step": step.label})
        elif decision is not None and decision.verdict == Verdict.REFUSE:
            state, since, reason = str(_("保密审查不通过")), decision.at, decision.reason
        elif decision is not None and decision.verdict == Verdict.RETURN:
            state, since, reason = str(_("已退改")), decision.at, decision.reason
            editable = True
        else:
            state, editable = str(_("拟编")), True
        shown = tuple(titles.get(issue.pk, ())[:3])
        lines.append(IssueLine(issue, state, since, editable, reason, shown))
    return lines


def is_adopted() -> Exists:
    """Return the condition "an issued number carries it" for an item queryset."""
    return Exists(EntrySource.objects.filter(item_id=OuterRef("pk"), entry__page__live=True))


def pool(user: User, *, used: bool = False, search: str = "") -> QuerySet[ItemPage]:
    """Return the items in the pool, newest first.

    Args:
        used: those that an issue (open or issued) already carries, instead of the others.
        search: part of the title or of the unit's name.
    """
    in_issue = (
        Q(pk__in=EntrySource.objects.values("item_id"))
        if used
        else ~Exists(EntrySource.objects.filter(item_id=OuterRef("pk")))
    )
    items: QuerySet[ItemPage] = (
        ItemPage.objects.visible_to(user)
        .in_pool()
        .filter(in_issue)
        # Not joined: SQLite would begin at the units and sort everything.
        .prefetch_related("unit", "owner")
        # By the page's own id: the index on pages cannot serve an order of the other table.
        .order_by("-last_published_at", "-id")
    )
    if search:
        units = Unit.objects.filter(name__icontains=search).values("pk")
        items = items.filter(Q(title__icontains=search) | Q(unit_id__in=units))
    return items


def open_issues(user: User) -> QuerySet[IssuePage]:
    """Return issues that still take entries: not issued and not under review."""
    under_review = WorkflowState.objects.filter(
        status=WorkflowState.STATUS_IN_PROGRESS, content_type__model="issuepage"
    ).values_list("object_id", flat=True)
    busy = [int(pk) for pk in under_review]
    issues: QuerySet[IssuePage] = (
        IssuePage.objects.editable_by(user)
        .exclude(pk__in=busy)
        .select_related("bulletin")
        .order_by("-latest_revision_created_at")
    )
    return issues
