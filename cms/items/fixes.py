"""One-click corrections of what the scanner found; each is a saved revision, undone by one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from cms.review.actions import Refused
from cms.scanning.rules import Finding, Kind

from . import actions, precheck, text
from .actions import Draft
from .models import ItemPage

if TYPE_CHECKING:
    from infoflow.units.models import User

ALL_PERSONAL = "personal"


def key_of(finding: Finding) -> str:
    """Return the name of a finding within one saved text."""
    return f"{finding.part}:{finding.start}:{finding.end}:{finding.rule}"


def replacement(finding: Finding) -> str:
    """Return what one click writes instead; empty when only a person can decide."""
    # What stands in a file is mended in the file.
    if finding.part == "attachments":
        return ""
    return finding.suggestion if finding.kind in (Kind.PERSONAL, Kind.TYPO) else ""


def corrected(part: str, findings: Iterable[Finding]) -> str:
    """Return a part's text with the places replaced; of two that overlap the first counts."""
    done: list[str] = []
    at = 0
    for finding in sorted(findings, key=lambda f: (f.start, -f.end)):
        if finding.start < at:
            continue
        done += [part[at : finding.start], replacement(finding)]
        at = finding.end
    return "".join([*done, part[at:]])


def apply(*, item_id: int, person: User, seen_revision: int, keys: Collection[str]) -> ItemPage:
    """Write the replacements of some findings, or of all personal data, as a new revision.

    Args:
        keys: names of findings (`key_of`), or `ALL_PERSONAL`.

    Raises:
        Stale: the item was saved elsewhere since the page was made.
        Refused: nothing to replace, or not this person's to change.
    """
    item: ItemPage = ItemPage.objects.get(pk=item_id)
    draft = Draft.of(item)
    wanted = [
        finding
        for finding in precheck.findings_of(item)
        if replacement(finding)
        and (key_of(finding) in keys or (ALL_PERSONAL in keys and finding.kind == Kind.PERSONAL))
    ]
    if not wanted:
        raise Refused(_("这一处已经改过或不存在了，请看下面最新的检查结果。"))
    changes: dict[str, Any] = {}
    for name, part in draft.text_parts().items():
        found = [finding for finding in wanted if finding.part == name]
        if found:
            new = corrected(part, found)
            changes[name] = text.to_html(new) if name == "body" else new
    return actions.save_item(
        item_id=item_id,
        person=person,
        draft=replace(draft, **changes),
        seen_revision=seen_revision,
    )


def undo(*, item_id: int, person: User, revision_id: int) -> ItemPage:
    """Take back the last saved change by writing the text before it as a new revision.

    Raises:
        Refused: it is not the newest change, not this person's, or nothing stands before it.
    """
    item: ItemPage = ItemPage.objects.get(pk=item_id)
    newest = item.latest_revision
    if newest is None or newest.pk != revision_id or newest.user_id != person.pk:
        raise Refused(_("这次修改之后又有改动，不能直接撤销，请到修改页面改回。"))
    before = item.revisions.filter(pk__lt=revision_id).order_by("-pk").first()
    if before is None:
        raise Refused(_("没有更早的版本，不能撤销。"))
    return actions.save_item(
        item_id=item_id,
        person=person,
        draft=Draft.of(ItemPage.of_revision(before)),
        seen_revision=revision_id,
    )
