"""Files of an item: they are part of its text, so adding one makes a new revision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision

from cms.attachments import actions as files
from cms.attachments import rules
from cms.attachments.models import Attachment
from cms.review.actions import Refused, why_not_write
from cms.review.models import Decision
from cms.review.rules import Step, Verdict
from infoflow.units.permissions import unit_ids_of, works_in_office
from infoflow.units.roles import Role
from infoflow.uploads.names import last_part
from infoflow.uploads.rules import BadFile

from . import queries
from .models import ItemPage

if TYPE_CHECKING:
    from infoflow.units.models import User


def _locked_draft(item_id: int, person: User) -> ItemPage:
    """Lock an item and return it, if this person may change it now.

    Raises:
        Refused: not an officer of the unit, or the item may no longer be changed.
    """
    Page.objects.select_for_update(of=("self",), no_key=True).get(pk=item_id)
    item: ItemPage = ItemPage.objects.get(pk=item_id)
    if item.unit_id not in unit_ids_of(person, Role.OFFICER):
        raise Refused(_("只有本单位的信息员可以增删附件。"))
    if not ItemPage.objects.editable_by(person).filter(pk=item_id).exists():
        raise Refused(_("稿件已提交或已办结，不能增删附件；需要修改请先撤回。"))
    refusal = why_not_write(item, person)
    if refusal is not None:
        raise Refused(refusal)
    return item


def _save(item: ItemPage, entries: list[rules.Entry], person: User) -> None:
    item.attachments = entries
    item.save(clean=False)
    item.save_revision(user=person, clean=False)


def add(*, item_id: int, person: User, uploads: Sequence[tuple[str, bytes]]) -> list[str]:
    """Add files to a draft, all or none; return the names of those that are new.

    A file whose bytes the draft already has is left out: the same form sent twice adds it
    once.

    Args:
        uploads: (name as sent, bytes) in order.

    Raises:
        BadFile: a file is not taken. Nothing is kept then.
        MarkedSecret: a name or text bears a 密级标志.
        Refused: not this person's, no longer editable, too many or too large.
    """
    if not ItemPage.objects.editable_by(person).filter(pk=item_id).exists():
        raise Refused(_("稿件已提交或已办结，不能增删附件；需要修改请先撤回。"))
    looked = [_look(name, data, person, several=len(uploads) > 1) for name, data in uploads]
    return _add(item_id=item_id, person=person, looked=looked)


def _look(name: str, data: bytes, person: User, *, several: bool) -> files.Looked:
    """Look through one of the files; of several, a refusal names the one that it is about."""
    try:
        return files.look(name=name, data=data, person=person)
    except BadFile as bad:
        if not several:
            raise
        raise BadFile(
            _("“%(name)s”：%(why)s（其他文件也没有添加）")
            % {"name": last_part(name), "why": bad.message}
        ) from None


@transaction.atomic
def _add(*, item_id: int, person: User, looked: Sequence[files.Looked]) -> list[str]:
    item = _locked_draft(item_id, person)
    entries = list(item.attachments)
    added: list[str] = []
    for one in looked:
        if rules.with_same_content(entries, one.kept.sha256) is not None:
            continue
        refusal = rules.why_not_another(
            entries,
            size=one.kept.size,
            count_max=settings.INFOFLOW_ATTACHMENTS_MAX,
            total_max=settings.INFOFLOW_ATTACHMENTS_TOTAL,
        )
        if refusal is not None:
            raise Refused(refusal)
        made = files.keep(
            page_id=item_id,
            looked=one,
            person=person,
            taken=[entry["name"] for entry in entries],
        )
        entries.append(made.entry())
        added.append(made.name)
    if added:
        _save(item, entries, person)
    return added


@transaction.atomic
def remove(*, item_id: int, person: User, attachment_id: int) -> str:
    """Take a file off a draft; return its name, or nothing when it was not there.

    Earlier revisions still name it, so the file itself stays until nobody needs it.

    Raises:
        Refused: not this person's, or no longer editable.
    """
    item = _locked_draft(item_id, person)
    gone = [entry for entry in item.attachments if entry["id"] == attachment_id]
    if not gone:
        return ""
    _save(item, [entry for entry in item.attachments if entry["id"] != attachment_id], person)
    return str(gone[0]["name"])


def attachment_for(item: ItemPage, attachment_id: int, user: User) -> Attachment | None:
    """Return a file of an item that a person may have, or None.

    The unit's people: every file of the item. Everybody else: those of the text that they may
    read, and the office also those of the texts that the unit has signed before; nobody else
    one of a later draft.
    """
    found = Attachment.objects.filter(pk=attachment_id, page_id=item.pk).first()
    if found is None or item.unit_id in unit_ids_of(user):
        return found
    try:
        entries = list(queries.text_for(item, user).attachments)
    except ItemPage.DoesNotExist:
        return None
    if works_in_office(user):
        signed = Decision.objects.filter(
            page_id=item.pk, step=Step.SIGN, verdict=Verdict.PASS
        ).select_related("revision")
        for decision in signed:
            entries += decision.revision.content.get("attachments") or []
    return found if any(entry["id"] == attachment_id for entry in entries) else None


def clean(*, before: datetime) -> tuple[int, int]:
    """Remove files that no text needs; return how many, and how many had no row at all.

    Needed is what the item holds now, and what any revision held that was submitted: those
    were signed, cleared or refused, and must stay readable. Rows stay.
    """
    removed = 0
    for attachment in Attachment.objects.filter(at__lt=before).iterator():
        # Exists is cheaper than the look at revisions, and most old ones are gone already.
        if files.storage().exists(attachment.path) and not _needed(attachment):
            removed += files.drop_file(attachment)
    strays = list(files.strays(before))
    for path in strays:
        files.storage().delete(path)
    return removed, len(strays)


def _needed(attachment: Attachment) -> bool:
    item = ItemPage.objects.filter(pk=attachment.page_id).first()
    named = [list(item.attachments)] if item else []
    submitted = Decision.objects.filter(page_id=attachment.page_id).values("revision_id")
    for revision in Revision.objects.filter(pk__in=submitted):
        named.append(revision.content.get("attachments") or [])
    return any(entry["id"] == attachment.pk for entries in named for entry in entries)
