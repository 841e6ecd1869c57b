"""From a Word file to a draft with everything filled in that is known."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from cms.attachments import actions as files
from infoflow.units.models import Signatory, Unit
from infoflow.uploads.rules import BadFile, Kind

from . import actions, text
from .models import ItemPage
from .rules import TITLE_MAX, ItemForm
from .word import WordText, read_docx

if TYPE_CHECKING:
    from infoflow.units.models import User


@dataclass(frozen=True)
class Imported:
    """The draft, and what the person must know; no notes when this form had made it before."""

    item: ItemPage
    notes: list[str] | None


def import_word(
    *, unit: Unit, person: User, name: str, data: bytes, form_key: uuid.UUID | None
) -> Imported:
    """Make a draft of a Word file; the same form sent again returns the draft that it made.

    Raises:
        BadFile: it is no Word file, it must not be taken, or it is too long for an item.
        MarkedSecret: its name or its words bear a 密级标志; nothing was stored.
        Refused: the person is no officer of the unit.
    """
    if form_key is not None:
        made = ItemPage.objects.filter(form_key=form_key, owner=person, unit=unit).first()
        if made is not None:
            return Imported(made, None)
    looked = files.look(name=name, data=data, person=person)
    if looked.kept.kind != Kind.DOCX:
        raise BadFile(_("这里只收 Word 文件（.docx）。其他文件请先写稿，再作为附件上传。"))
    found = read_docx(looked.kept.data)
    notes = list(found.notes)
    if text.length(found.body_html) > text.BODY_MAX:
        raise BadFile(_("正文超过5万字，不能导入。请分成几篇报送。"))
    if not found.body_html:
        notes.append(_("没有读到正文，请核对文件。"))
    item = actions.create_item(
        unit=unit,
        person=person,
        draft=_draft(found, looked.kept.name, unit, person, notes),
        form_key=form_key,
    )
    return Imported(item, notes)


def _draft(found: WordText, name: str, unit: Unit, person: User, notes: list[str]) -> actions.Draft:
    """Return the draft: the file's text, the people and the form that this person last used."""
    title = found.title
    if not title:
        title = text.one_line(name.rpartition(".")[0])[:TITLE_MAX]
        notes.append(_("没有认出标题，暂用文件名，请修改。"))
    last = (
        ItemPage.objects.filter(owner=person, unit=unit)
        .order_by("-pk")
        .values("form", "contact", "signatory_id")
        .first()
    ) or {"form": ItemForm.NEWS.value, "contact": "", "signatory_id": None}
    return actions.Draft(
        title=title,
        form=last["form"],
        body=found.body_html,
        contact=(found.contact or last["contact"])[:60],
        signatory=_signatory(unit, last["signatory_id"]),
    )


def _signatory(unit: Unit, last_id: int | None) -> User | None:
    """Return the signatory of the last item if still in office, or the unit's only one."""
    posts = Signatory.objects.in_force_on(timezone.localdate()).filter(unit=unit)
    people = {post.user_id: post.user for post in posts.select_related("user")}
    if last_id in people:
        return people[last_id]
    return next(iter(people.values())) if len(people) == 1 else None
