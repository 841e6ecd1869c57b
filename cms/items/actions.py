"""Changes of items at the desk. Review's steps live in cms.review.actions."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page

from cms.review import actions as review
from cms.review.actions import Refused
from cms.review.models import Decision
from cms.scanning import door
from cms.scanning.rules import Entrance
from infoflow.units.models import Unit
from infoflow.units.permissions import unit_ids_of
from infoflow.units.roles import Role

from . import actions_autosave as autosave
from . import actions_joint, text
from .models import ItemPage, UnitFolder, YearFolder

if TYPE_CHECKING:
    from infoflow.units.models import User


class Stale(Refused):
    """The item was saved elsewhere while this person was writing."""

    def __init__(self, who: User | None, person: User) -> None:
        name = _("您在另一个窗口") if who == person else (who or _("同事"))
        super().__init__(
            _("您打开这个页面之后，%(name)s已经改过这篇稿件，您这次的内容还没有保存。")
            % {"name": name}
        )


class SavedBefore(Refused):
    """The form that made an item came again with another text."""

    def __init__(self, item: ItemPage) -> None:
        super().__init__(_("这个页面已经保存过一次，您这次的内容与保存的不同，还没有保存。"))
        self.item = item


@dataclass(frozen=True)
class Draft:
    """What an officer fills in. `body` is clean HTML (text.to_html)."""

    title: str
    form: str
    body: str
    contact: str = ""
    signatory: User | None = None
    keywords: str = ""
    note: str = ""
    commission: str = ""
    # Ids of the units that report it together with the item's own.
    joint: tuple[int, ...] = ()

    @classmethod
    def of(cls, item: ItemPage) -> Draft:
        """Return what an item holds now."""
        values = {name: getattr(item, name) for name in cls.fields()}
        return cls(**{**values, "joint": tuple(values["joint"])})

    def write_to(self, item: ItemPage) -> bool:
        """Copy the fields to an item; tell whether anything changed."""
        before = [getattr(item, name) for name in self.fields()]
        for name in self.fields():
            setattr(item, name, getattr(self, name))
        item.joint = list(self.joint)
        item.draft_title = self.title
        return before != [getattr(item, name) for name in self.fields()]

    def text_parts(self) -> dict[str, str]:
        """Return what was typed as plain text by part, for the door."""
        return {
            "title": self.title,
            "body": text.to_text(self.body),
            "contact": self.contact,
            "keywords": self.keywords,
            "note": self.note,
            "commission": self.commission,
        }

    @staticmethod
    def fields() -> tuple[str, ...]:
        return (
            "title",
            "form",
            "body",
            "contact",
            "signatory",
            "keywords",
            "note",
            "commission",
            "joint",
        )


def _year_folder(unit: Unit, year: int) -> YearFolder:
    """Return the unit's folder of a year, making it under the unit folder's lock."""
    folder = YearFolder.objects.filter(unit=unit, year=year).first()
    if folder is None:
        parent_id = UnitFolder.objects.values_list("pk", flat=True).get(unit=unit)
        Page.objects.select_for_update(of=("self",), no_key=True).get(pk=parent_id)
        folder = YearFolder.objects.filter(unit=unit, year=year).first()
    if folder is None:
        folder = YearFolder(title=f"{year}年", slug=str(year), unit=unit, year=year)
        UnitFolder.objects.get(pk=parent_id).add_child(instance=folder)
    return folder


@contextmanager
def _still_there() -> Iterator[None]:
    """Refuse what concerns a draft that its writer has deleted meanwhile."""
    try:
        yield
    except ObjectDoesNotExist:  # an item's own is no kind of a page's: its base is abstract
        raise Refused(_("这篇草稿已经删除。")) from None


def _may_write(person: User, unit_id: int) -> None:
    if unit_id not in unit_ids_of(person, Role.OFFICER):
        raise Refused(_("只有本单位的信息员可以撰写和提交稿件。"))


@door.guarded(Entrance.ITEM)
@transaction.atomic
def create_item(
    *,
    unit: Unit,
    person: User,
    draft: Draft,
    form_key: uuid.UUID | None = None,
    submit: bool = False,
) -> ItemPage:
    """Save a new draft, and send it at once if asked: both or neither.

    The same form sent again returns the item that it made.

    Raises:
        MarkedSecret: the text bears a 密级标志.
        SavedBefore: the same form made an item that says something else.
        Refused: the person is no officer of the unit, or the draft cannot be sent.
    """
    item = _create_item(unit, person, draft, form_key)
    if submit:
        submit_item(item_id=item.pk, person=person)
    return item


def _create_item(unit: Unit, person: User, draft: Draft, form_key: uuid.UUID | None) -> ItemPage:
    _may_write(person, unit.pk)
    folder = _year_folder(unit, timezone.localdate().year)
    Page.objects.select_for_update(of=("self",), no_key=True).get(pk=folder.pk)
    if form_key is not None:
        made = ItemPage.objects.filter(form_key=form_key).first()
        if made is not None:
            if made.unit_id != unit.pk or made.owner_id != person.pk:
                raise Refused(_("页面已过期，请重新打开“写稿”页面再提交。"))
            if Draft.of(made) != draft:
                raise SavedBefore(made)
            return made
    item = ItemPage(
        slug=f"i{uuid.uuid4().hex[:16]}",
        unit=unit,
        owner=person,
        live=False,
        has_unpublished_changes=True,
        form_key=form_key,
    )
    draft.write_to(item)
    folder.add_child(instance=item)
    item.save_revision(user=person, clean=False)
    autosave.drop(person=person, form_key=form_key)
    return item


@door.guarded(Entrance.ITEM)
@transaction.atomic
def save_item(
    *,
    item_id: int,
    person: User,
    draft: Draft,
    seen_revision: int | None = None,
    form_key: uuid.UUID | None = None,
    submit: bool = False,
) -> ItemPage:
    """Save a new revision of a draft, and send it at once if asked: both or neither.

    Nothing is written when nothing changed.

    Args:
        seen_revision: id of the revision that the person began to change, when known.
        form_key: key of the form; what was kept of it between two saves is dropped.

    Raises:
        MarkedSecret: the text bears a 密级标志.
        Stale: the item was saved elsewhere since then.
        Refused: not an officer of the unit, the item may no longer be changed, or it cannot
            be sent.
    """
    item = _save_item(item_id, person, draft, seen_revision)
    autosave.drop(person=person, form_key=form_key)
    if submit:
        submit_item(item_id=item_id, person=person)
    return item


def _save_item(item_id: int, person: User, draft: Draft, seen_revision: int | None) -> ItemPage:
    with _still_there():
        Page.objects.select_for_update(of=("self",), no_key=True).get(pk=item_id)
    item: ItemPage = ItemPage.objects.get(pk=item_id)
    _may_write(person, item.unit_id)
    if not ItemPage.objects.editable_by(person).filter(pk=item_id).exists():
        raise Refused(_("稿件已提交或已办结，不能修改；需要修改请先撤回。"))
    refusal = review.why_not_write(item, person)
    if refusal is not None:
        raise Refused(refusal)
    newest = item.latest_revision
    if not draft.write_to(item):
        return item
    if seen_revision is not None and newest is not None and newest.pk != seen_revision:
        raise Stale(newest.user, person)
    item.save(clean=False)
    item.save_revision(user=person, clean=False)
    return item


@transaction.atomic
def submit_item(*, item_id: int, person: User) -> Decision:
    """Send an item to the unit's signatory.

    Raises:
        Refused: incomplete, already sent, or not this person's to send.
    """
    with _still_there():
        item: ItemPage = ItemPage.objects.get(pk=item_id)
        _may_write(person, item.unit_id)
        missing = missing_parts(item)
        if missing:
            raise Refused(_("提交前请补充：%(parts)s。") % {"parts": "、".join(missing)})
        decision = review.submit(page_id=item_id, person=person)
    actions_joint.ask(text=ItemPage.of_revision(decision.revision), person=person)
    return decision


def missing_parts(item: ItemPage) -> list[str]:
    """Return the names of what an item lacks for submission."""
    parts: list[tuple[Any, str]] = [
        (item.title.strip(), _("标题")),
        (item.body, _("正文")),
        (item.signatory_id, _("审签人")),
    ]
    return [name for value, name in parts if not value]


@door.guarded(Entrance.ITEM)
@transaction.atomic
def withdraw_item(*, item_id: int, person: User, reason: str = "") -> Decision:
    """Take an item back before its unit has signed it, with a reason if there is one.

    Raises:
        Refused: not an officer of the unit, or already signed.
    """
    item: ItemPage = ItemPage.objects.get(pk=item_id)
    _may_write(person, item.unit_id)
    return review.withdraw(page_id=item_id, person=person, reason=reason)


@transaction.atomic
def let_go(*, item_id: int, unit_id: int, person: User) -> Decision:
    """Take one joint unit off a submitted item and send it again; the others' word stands.

    Raises:
        Refused: not the lead unit's officer, not asked, or signed already.
    """
    with _still_there():
        Page.objects.select_for_update(of=("self",), no_key=True).get(pk=item_id)
    item: ItemPage = ItemPage.objects.get(pk=item_id)
    _may_write(person, item.unit_id)
    if unit_id not in item.joint:
        raise Refused(_("这个单位不在联合报送单位里，请查看下面的最新情况。"))
    name = Unit.objects.values_list("name", flat=True).get(pk=unit_id)
    said = _("取消联合报送单位：%(name)s") % {"name": name}
    review.withdraw(page_id=item_id, person=person, reason=said)
    kept = tuple(pk for pk in item.joint if pk != unit_id)
    _save_item(item_id, person, replace(Draft.of(item), joint=kept), None)
    return submit_item(item_id=item_id, person=person)


def copy_item(*, source: ItemPage, person: User, form_key: uuid.UUID) -> ItemPage:
    """Make a new draft with an item's text; attachments and joint units stay behind.

    Args:
        source: the item with the text that the person may read.
        form_key: the same key again returns the copy that it made.

    Raises:
        Refused: not an officer of the item's unit.
    """
    made = ItemPage.objects.filter(form_key=form_key, owner=person).first()
    if made is not None:
        return made
    draft = replace(Draft.of(source), joint=(), note="")
    return create_item(unit=source.unit, person=person, draft=draft, form_key=form_key)


def may_delete(item: ItemPage, person: User) -> bool:
    """Tell whether a person may delete an item: an officer the own draft, never sent."""
    return (
        item.owner_id == person.pk
        and item.unit_id in unit_ids_of(person, Role.OFFICER)
        and not item.live
        and not Decision.objects.filter(page_id=item.pk).exists()
    )


@transaction.atomic
def delete_draft(*, item_id: int, person: User) -> None:
    """Delete a draft that was never sent; what was sent once stays for ever.

    Raises:
        Refused: sent before, somebody else's, or deleted already.
    """
    Page.objects.select_for_update(of=("self",), no_key=True).filter(pk=item_id).first()
    item = ItemPage.objects.filter(pk=item_id).first()
    if item is None or not may_delete(item, person):
        raise Refused(_("只能删除自己起草、从未提交过的草稿。"))
    item.delete(user=person)
