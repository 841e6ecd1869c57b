"""What a person types is kept for them between two saves, and for nobody else."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.review.actions import Refused
from cms.scanning import door
from cms.scanning.rules import Entrance
from infoflow.units.permissions import unit_ids_of
from infoflow.units.roles import Role

from . import text
from .markup import TooMuch
from .models import ItemPage
from .models_desk import AutoSave

if TYPE_CHECKING:
    from infoflow.units.models import User

KEPT_FOR = timedelta(days=30)
FIELDS = (
    "unit",
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
# Longest field kept; what is longer could not be saved either.
FIELD_MAX = 4 * text.BODY_MAX


@door.guarded(Entrance.AUTOSAVE)
def keep(
    *,
    person: User,
    form_key: uuid.UUID,
    data: Mapping[str, str],
    item_id: int | None = None,
    base_revision: int | None = None,
) -> AutoSave | None:
    """Keep what stands in an open form; the same form again replaces it.

    Returns:
        The row; None when the form has been saved meanwhile and nothing needs to be kept.

    Raises:
        MarkedSecret: a part bears a 密级标志; nothing is stored.
        Refused: no officer, not an item that may be changed now, or too long.
    """
    fields = {name: text.without_unfit(str(data.get(name, ""))) for name in FIELDS}
    if max(len(value) for value in fields.values()) > FIELD_MAX:
        raise Refused(_("内容太长，没有自动保存，请删减后点“保存草稿”。"))
    try:
        body = text.to_text(text.to_html(fields["body"]))
    except TooMuch as error:
        raise Refused(error.messages[0]) from None
    door.check(parts={"body": body}, person=person, entrance=Entrance.AUTOSAVE)
    return _keep(person, form_key, fields, item_id, base_revision)


@transaction.atomic
def _keep(
    person: User,
    form_key: uuid.UUID,
    fields: dict[str, str],
    item_id: int | None,
    base_revision: int | None,
) -> AutoSave | None:
    if item_id is None:
        if not unit_ids_of(person, Role.OFFICER):
            raise Refused(_("只有本单位的信息员可以撰写和提交稿件。"))
        if ItemPage.objects.filter(form_key=form_key).exists():
            return None
    elif not ItemPage.objects.editable_by(person).filter(pk=item_id).exists():
        raise Refused(_("稿件已提交或已办结，不能修改，没有自动保存。"))
    AutoSave.objects.filter(at__lt=timezone.now() - KEPT_FOR).delete()
    row, _made = AutoSave.objects.update_or_create(
        person=person,
        form_key=form_key,
        defaults={
            "item_id": item_id,
            "data": fields,
            "base_revision": base_revision,
            "at": timezone.now(),
        },
    )
    return row


def drop(*, person: User, form_key: uuid.UUID | None) -> None:
    """Forget what was kept of a form: it has been saved, or its writer gives it up."""
    if form_key is not None:
        AutoSave.objects.visible_to(person).filter(form_key=form_key).delete()


def kept_for(person: User, item: ItemPage | None) -> QuerySet[AutoSave]:
    """Return what a person has not saved of an item (or of new ones), newest first."""
    rows = AutoSave.objects.visible_to(person).filter(item=item, at__gte=timezone.now() - KEPT_FOR)
    return rows.order_by("-at", "-pk")


def of_form(person: User, form_key: uuid.UUID) -> AutoSave | None:
    """Return what was kept of one form of this person."""
    return AutoSave.objects.visible_to(person).filter(form_key=form_key).first()
