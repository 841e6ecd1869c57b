"""What an asked unit does: sign for it, name who does it, write, link, ask, say it cannot."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.items import actions as items
from cms.items.models import ItemPage, JointUnit
from cms.items.queries import last_written
from cms.items.rules import TITLE_MAX
from cms.review.actions import Refused
from cms.scanning import door
from cms.scanning.rules import Entrance
from infoflow.units.handover import people_of
from infoflow.units.models import User
from infoflow.units.permissions import has_role, unit_ids_of
from infoflow.units.roles import Role
from infoflow.worktime.queries import calendar

from . import outside
from .booking import book
from .models import Answer, AskedUnit, Extension, Unable
from .rules import Happening, doubts_of, fault_of, moment_words, still_owes
from .shared import NeedsConfirmation, locked_asked, not_dropped, note, signed_for, the_unit, told
from .standing import standing


@transaction.atomic
def sign_for(*, asked_id: int, person: User) -> AskedUnit:
    """Sign for a commission; the first signature stays, a second changes nothing.

    Raises:
        Refused: no post in the unit, or taken back.
    """
    asked = locked_asked(asked_id)
    the_unit(asked, person)
    not_dropped(asked)
    if asked.signed_at is not None:
        return asked
    asked.signed_at, asked.signed_by = timezone.now(), person
    asked.save(update_fields=["signed_at", "signed_by"])
    note(Happening.SIGNED, commission=asked.commission, asked=asked, by=person, at=asked.signed_at)
    return asked


@transaction.atomic
def name_person(*, asked_id: int, chosen: int, person: User) -> AskedUnit:
    """Name who does it, among the unit's own people; the same again changes nothing.

    Raises:
        Refused: no post in the unit, not signed for, or somebody from elsewhere.
    """
    asked = locked_asked(asked_id)
    the_unit(asked, person)
    signed_for(asked)
    if asked.person_id == chosen:
        return asked
    named = people_of(asked.unit).filter(pk=chosen).first()
    if named is None:
        raise Refused(_("承办人应是本单位在任的信息员或审签人，请重新选择。"))
    asked.person = named
    asked.save(update_fields=["person"])
    made = note(
        Happening.NAMED, commission=asked.commission, asked=asked, by=person, words=str(named)
    )
    if named.pk != person.pk:
        outside.tell_person(
            asked,
            named,
            key=f"named:{made.pk}",
            text=_("您是%(number)s的承办人，%(sentence)s。")
            % {"number": asked.commission.number_text, "sentence": asked.due_sentence},
        )
    return asked


@transaction.atomic
def start_piece(*, asked_id: int, person: User, form_key: uuid.UUID) -> ItemPage:
    """Make a draft that answers the commission; the same form again returns that draft.

    Raises:
        Refused: no officer of the unit, not signed for, or taken back.
    """
    asked = locked_asked(asked_id)
    the_unit(asked, person, Role.OFFICER)
    signed_for(asked)
    made = ItemPage.objects.filter(form_key=form_key, owner=person, unit=asked.unit).first()
    if made is not None:
        return made
    last = last_written(person)
    signatory = last.signatory if last is not None and last.unit_id == asked.unit_id else None
    item = items.create_item(
        unit=asked.unit,
        person=person,
        draft=items.Draft(
            title=asked.commission.title[:TITLE_MAX],
            form="news",
            body="",
            contact=last.contact if last is not None else "",
            signatory=signatory,
            commission=asked.commission.number_text,
        ),
        form_key=form_key,
    )
    Answer.objects.create(asked=asked, item=item, linked_by=person)
    if asked.person_id is None:
        asked.person = person
        asked.save(update_fields=["person"])
    note(Happening.STARTED, commission=asked.commission, asked=asked, by=person)
    return item


def _linkable(asked: AskedUnit, item_id: int, person: User) -> ItemPage:
    """Return an item that may answer for a unit: its own, or one that it signs jointly.

    Raises:
        Refused: everything else; whether it exists is not said.
    """
    item: ItemPage | None = ItemPage.objects.visible_to(person).filter(pk=item_id).first()
    if item is not None and item.unit_id != asked.unit_id:
        joint = JointUnit.objects.standing().filter(item_id=item.pk, unit_id=asked.unit_id)
        item = item if joint.exists() else None
    if item is None:
        raise Refused(_("没有找到这篇稿件；只能关联%(unit)s的稿件。") % {"unit": asked.unit.name})
    return item


def _unit_or_office(asked: AskedUnit, person: User) -> bool:
    """Return whether the office acts; refuse whoever is neither office nor unit."""
    if has_role(person, Role.EDITOR) and asked.unit_id not in unit_ids_of(person):
        return True
    the_unit(asked, person)
    return False


@transaction.atomic
def link_item(*, asked_id: int, item_id: int, person: User) -> Answer:
    """Say that an item answers the commission; an item that is linked stays linked once.

    One piece may answer several commissions, and one commission may take several pieces. The
    moment at which it counts as submitted is that of its unit's signature.

    Raises:
        Refused: neither the unit nor the office, not signed for, or not the unit's item.
    """
    asked = locked_asked(asked_id)
    office = _unit_or_office(asked, person)
    if office:
        not_dropped(asked)
    else:
        signed_for(asked)
    item = _linkable(asked, item_id, person)
    answer = Answer.objects.filter(asked=asked, item=item, unlinked_at__isnull=True).first()
    if answer is not None:
        return answer
    answer = Answer.objects.create(asked=asked, item=item, linked_by=person)
    now = standing(asked)
    left = now.pieces[answer.pk].left
    words = _("第%(pk)s号稿件") % {"pk": item.pk}
    if left is not None:
        words += _("，%(at)s报出") % {"at": moment_words(left)}
    made = note(Happening.LINKED, commission=asked.commission, asked=asked, by=person, words=words)
    outside.sync_due(asked)
    if left is not None and not office:
        outside.tell_submitted(asked, left, key=f"linked:{made.pk}")
    return answer


@door.guarded(Entrance.COMMISSION)
@transaction.atomic
def unlink_item(*, answer_id: int, reason: str, person: User) -> Answer:
    """Say that an item does not answer the commission after all; points follow.

    Raises:
        Refused: neither the unit nor the office, no reason, undone before, or accepted by the
            office and the unit wants to undo it.
    """
    asked_id = Answer.objects.filter(pk=answer_id).values_list("asked_id", flat=True).first()
    if asked_id is None:
        raise Refused(_("没有找到这条关联，请返回刷新。"))
    asked = locked_asked(asked_id)
    office = _unit_or_office(asked, person)
    answer = Answer.objects.select_related("item").get(pk=answer_id)
    if answer.unlinked_at is not None:
        raise Refused(_("这篇稿件已经解除关联。"))
    reason = told(reason, _("请写明为什么解除关联。"))
    piece = standing(asked).pieces[answer.pk]
    if not office and (piece.accepted or piece.adopted):
        raise Refused(_("信息科已经收用这篇稿件，需要解除关联的请联系信息科。"))
    answer.unlinked_at, answer.unlinked_by = timezone.now(), person
    answer.unlink_reason = reason
    answer.save(update_fields=["unlinked_at", "unlinked_by", "unlink_reason"])
    words = _("第%(pk)s号稿件：%(why)s") % {"pk": answer.item_id, "why": reason}
    made = note(
        Happening.UNLINKED, commission=asked.commission, asked=asked, by=person, words=words
    )
    book(asked=asked, now=standing(asked), person=person, why=reason)
    outside.sync_due(asked)
    if office:
        outside.tell_unit(
            asked,
            key=f"unlinked:{made.pk}",
            text=_("信息科解除了%(number)s与第%(pk)s号稿件的关联：%(why)s")
            % {"number": asked.commission.number_text, "pk": answer.item_id, "why": reason},
        )
    return answer


@door.guarded(Entrance.COMMISSION)
@transaction.atomic
def ask_extension(
    *, asked_id: int, until: datetime, reason: str, person: User, confirmed: bool = False
) -> Extension:
    """Ask the office for more time; one request at a time.

    Raises:
        NeedsConfirmation: the moment lies on a day off or at night.
        Refused: no post in the unit, not signed for, nothing owed, asked before, no reason, or
            a moment that is over or not later than the present deadline.
    """
    asked = locked_asked(asked_id)
    the_unit(asked, person)
    signed_for(asked)
    if not still_owes(standing(asked).facts):
        raise Refused(_("稿件已经报送或已记为未报，不用再申请延期。"))
    if Extension.objects.filter(asked=asked, replied_at__isnull=True).exists():
        raise Refused(_("已经申请过延期，请等信息科答复。"))
    reason = told(reason, _("请写明延期的理由，信息科据此决定。"))
    now = timezone.now()
    fault = fault_of(until, now)
    if fault:
        raise Refused(fault)
    if until <= asked.due:
        raise Refused(
            _("申请延到的时间应晚于现在的截止时间%(at)s。") % {"at": moment_words(asked.due)}
        )
    doubts = list(doubts_of(until, calendar(), asked.commission.superior_due_at))
    if doubts and not confirmed:
        raise NeedsConfirmation(doubts)
    made = Extension.objects.create(
        asked=asked, by=person, at=now, reason=reason, until=until, old_due_at=asked.due
    )
    words = _("申请延到%(at)s：%(why)s") % {"at": moment_words(until), "why": reason}
    note(Happening.ASKED_MORE, commission=asked.commission, asked=asked, by=person, words=words)
    outside.tell_office(
        asked, key=f"extension:{made.pk}", text=f"{asked.unit.name}{words}（{asked.commission}）"
    )
    return made


@door.guarded(Entrance.COMMISSION)
@transaction.atomic
def say_unable(*, asked_id: int, reason: str, person: User) -> Unable:
    """Say that the unit cannot do it; the deadline goes on until the office agrees.

    Raises:
        Refused: no post in the unit, not signed for, nothing owed, said before, or no reason.
    """
    asked = locked_asked(asked_id)
    the_unit(asked, person)
    signed_for(asked)
    if not still_owes(standing(asked).facts):
        raise Refused(_("稿件已经报送或已记为未报，不用再提出。"))
    if Unable.objects.filter(asked=asked, replied_at__isnull=True).exists():
        raise Refused(_("已经提出过，请等信息科答复。"))
    reason = told(reason, _("请写明为什么无法完成，信息科据此决定。"))
    made = Unable.objects.create(asked=asked, by=person, reason=reason)
    note(Happening.UNABLE, commission=asked.commission, asked=asked, by=person, words=reason)
    outside.tell_office(
        asked,
        key=f"unable:{made.pk}",
        text=_("%(unit)s提出无法完成%(number)s：%(why)s")
        % {"unit": asked.unit.name, "number": asked.commission.number_text, "why": reason},
    )
    return made
