"""Changes of bulletins and issues."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page

from cms.items.models import ItemPage
from cms.review import actions as review
from cms.review.actions import Refused
from cms.review.models import Decision
from cms.review.rules import other_part
from cms.scanning import door
from cms.scanning.rules import Entrance
from infoflow.units.permissions import has_role
from infoflow.units.roles import Role

from .models import (
    Bulletin,
    BulletinFolder,
    EntrySource,
    IssueEntry,
    IssueNumber,
    IssuePage,
    ShelfPage,
)

if TYPE_CHECKING:
    from infoflow.units.models import User


@door.guarded(Entrance.ISSUE)
@transaction.atomic
def create_bulletin(
    *,
    name: str,
    level: int,
    own: bool = False,
    kind: str = Bulletin.Kind.ORDINARY,
    order: int = 100,
    total_before: int = 0,
) -> Bulletin:
    """Create a series; one of our own gets its folder on the shelf.

    Raises:
        ValidationError: a field is wrong.
    """
    bulletin = Bulletin(
        name=name, level=level, own=own, kind=kind, order=order, total_before=total_before
    )
    bulletin.full_clean()
    bulletin.save()
    ensure_folder(bulletin)
    return bulletin


def ensure_folder(bulletin: Bulletin) -> BulletinFolder | None:
    """Return the folder of an own bulletin, making it when missing; None for a superior's."""
    if not bulletin.own:
        return None
    with transaction.atomic():
        Bulletin.objects.select_for_update(no_key=True).get(pk=bulletin.pk)
        folder = BulletinFolder.objects.filter(bulletin=bulletin).first()
        if folder is None:
            folder = BulletinFolder(title=bulletin.name, slug=f"b{bulletin.pk}", bulletin=bulletin)
            ShelfPage.objects.get().add_child(instance=folder)
    return folder


def _may_compose(person: User) -> None:
    if not has_role(person, Role.EDITOR):
        raise Refused(_("只有编辑可以编发期刊。"))


def _pool_items(item_ids: Sequence[int]) -> list[ItemPage]:
    """Return the items in the order asked for; each must be exactly what was cleared."""
    found = {item.pk: item for item in ItemPage.objects.in_pool().filter(pk__in=item_ids)}
    items = [found[pk] for pk in dict.fromkeys(item_ids) if pk in found]
    if len(items) != len(set(item_ids)) or not items:
        raise Refused(_("所选稿件有的不在备用稿库中，请返回稿库重新选择。"))
    for item in items:
        if not item.is_readable():
            raise Refused(
                _("《%(title)s》的文本与保密审查通过的不一致，不能编发。") % {"title": item.title}
            )
    return items


def _entry(items: Sequence[ItemPage], sort_order: int) -> IssueEntry:
    entry = IssueEntry(
        sort_order=sort_order,
        title=items[0].title,
        body="".join(item.body for item in items),
    )
    entry.sources = [EntrySource(item=item, sort_order=n) for n, item in enumerate(items)]
    return entry


@transaction.atomic
def compose(
    *,
    person: User,
    item_ids: Sequence[int],
    bulletin: Bulletin | None = None,
    issue_id: int | None = None,
    merged: bool = False,
) -> IssuePage:
    """Put pool items into a new issue of a bulletin, or into an open one.

    Args:
        merged: make one entry of them all (综合); otherwise one entry each (单篇).

    Raises:
        Refused: not an editor, one who played another part in an item or in the issue, an
            item not in the pool, or the issue no longer open.
    """
    _may_compose(person)
    items = _pool_items(item_ids)
    if issue_id is not None:
        Page.objects.select_for_update(of=("self",), no_key=True).filter(pk=issue_id).first()
        issue = IssuePage.objects.editable_by(person).filter(pk=issue_id).first()
        if issue is None or issue.workflow_in_progress:
            raise Refused(_("该期已送审或已签发，不能再加入稿件。"))
        issue = issue.get_latest_revision_as_object()
    else:
        if bulletin is None or not bulletin.own or not bulletin.active:
            raise Refused(_("请选择本级编发的刊物。"))
        issue = IssuePage(title=draft_title(bulletin), bulletin=bulletin, owner=person, live=False)
    used = {item.pk for entry in issue.entries.all() for item in entry.items()}
    doubled = [item for item in items if item.pk in used]
    if doubled:
        raise Refused(_("《%(title)s》已在本期中。") % {"title": doubled[0].title})
    start = len(issue.entries.all())
    groups = [items] if merged else [[item] for item in items]
    for n, group in enumerate(groups):
        issue.entries.add(_entry(group, start + n))
    if issue.pk:
        issue.save(clean=False)
    else:
        folder = ensure_folder(bulletin) if bulletin is not None else None
        if folder is None:
            raise Refused(_("请选择本级编发的刊物。"))
        folder.add_child(instance=issue)
    other = other_part(person.pk, issue.author_part, review.acts_on(issue))
    if other is not None:
        raise Refused(
            _("您已参与其中稿件的“%(part)s”，同一人不得再编发，请由其他编辑办理。")
            % {"part": other.label}
        )
    issue.save_revision(user=person, clean=False)
    return issue


def draft_title(bulletin: Bulletin) -> str:
    """Return the working title of an issue that has no number yet."""
    day = timezone.localdate()
    return f"{bulletin.name} {day.year}年{day.month}月{day.day}日拟编"


@transaction.atomic
def submit_issue(*, issue_id: int, person: User) -> Decision:
    """Send an issue to the confidentiality check and the signature.

    Raises:
        Refused: not an editor, nothing in it, already sent, or the person wrote one of its
            items.
    """
    _may_compose(person)
    issue: IssuePage = IssuePage.objects.get(pk=issue_id).get_latest_revision_as_object()
    entries = list(issue.entries.all())
    if not entries:
        raise Refused(_("本期还没有条目，请先从备用稿库选稿。"))
    item_ids = [item.pk for entry in entries for item in entry.items()]
    if item_ids:
        _pool_items(item_ids)
    return review.submit(page_id=issue_id, person=person)


def give_number(*, issue: IssuePage, signer: User, signed_at: datetime) -> IssueNumber:
    """Give a signed issue the next number of its series; a second call returns the first's.

    Must run inside the signing transaction: the row lock on the bulletin makes numbers
    follow one another without gap or double, and a rollback takes the number back.
    """
    given = IssueNumber.objects.filter(issue_id=issue.pk).first()
    if given is not None:
        number: IssueNumber = given
        return number
    bulletin = Bulletin.objects.select_for_update(no_key=True).get(pk=issue.bulletin.pk)
    signed_on = timezone.localdate(signed_at)
    series = IssueNumber.objects.filter(bulletin=bulletin, supplement=issue.supplement)
    in_year = series.filter(year=signed_on.year).aggregate(last=Max("number"))["last"] or 0
    before = 0 if issue.supplement else bulletin.total_before
    total = series.aggregate(last=Max("total"))["last"] or before
    created: IssueNumber = IssueNumber.objects.create(
        issue_id=issue.pk,
        bulletin=bulletin,
        supplement=issue.supplement,
        year=signed_on.year,
        number=in_year + 1,
        total=total + 1,
        signed_on=signed_on,
        signer=signer,
    )
    return created
