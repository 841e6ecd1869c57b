"""Folders of new units; texts kept for comparing; no signature before joint units agree."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils.translation import gettext as _
from wagtail.models import GroupPagePermission, Revision

from cms.review.actions import Refused
from cms.review.models import Decision
from cms.review.rules import Step, Verdict
from cms.review.signals import decided
from infoflow.units.handover import Holding
from infoflow.units.models import HandOver, Unit, User
from infoflow.units.roles import Role
from infoflow.units.signals import (
    handed_over,
    holdings_asked,
    holdings_named,
    units_created,
)

from . import handover, joint, texts
from .models import ItemPage, LibraryPage, UnitFolder


@receiver(post_save, sender=Unit)
def rename_folder(instance: Unit, created: bool, **kwargs: Any) -> None:
    """Keep the folder's title the unit's name."""
    if not created:
        folders = UnitFolder.objects.filter(unit=instance).exclude(title=instance.name)
        folders.update(title=instance.name, draft_title=instance.name)


@receiver(units_created)
def add_folders(units: list[Unit], **kwargs: Any) -> None:
    """Create the page folder of each new unit and let the unit's group add pages there."""
    library = LibraryPage.objects.get()
    add_page = Permission.objects.get(content_type__app_label="wagtailcore", codename="add_page")
    for unit in units:
        folder = UnitFolder(title=unit.name, slug=f"u{unit.pk}", unit=unit)
        library.add_child(instance=folder)
        GroupPagePermission.objects.create(group=unit.group, page=folder, permission=add_page)


@receiver(post_save, sender=Revision)
def keep_written(instance: Revision, **kwargs: Any) -> None:
    """Every text that is written can be compared and found, whichever way it was written."""
    if instance.content_type_id == ContentType.objects.get_for_model(ItemPage).pk:
        texts.keep(instance)


@receiver(decided, sender=ItemPage)
def keep_sent(decision: Decision, **kwargs: Any) -> None:
    """What the unit's signatory has signed is the text that others may know."""
    if decision.step == Step.SIGN and decision.verdict == Verdict.PASS:
        texts.keep(decision.revision, sent=True)


@receiver(decided, sender=ItemPage)
def wait_for_joint_units(page: ItemPage, decision: Decision, **kwargs: Any) -> None:
    """Refuse a signature while a joint unit has not agreed to exactly this text.

    Inside the deciding transaction: the refusal takes the decision back.
    """
    if decision.step != Step.SIGN or decision.verdict != Verdict.PASS:
        return
    missing = joint.not_agreed(ItemPage.of_revision(decision.revision))
    if missing:
        raise Refused(
            _(
                "联合报送单位%(units)s还没有同意这一稿，暂不能审签通过。请等待答复；"
                "或退回撰稿人，由其取消联合单位后重新提交。"
            )
            % {"units": "、".join(missing)}
        )


@receiver(holdings_asked)
def items_of_a_post(unit: Unit, person: User, role: Role, **kwargs: Any) -> list[Holding]:
    """Tell what a hand-over would move."""
    return handover.held(unit=unit, person=person, role=role)


@receiver(handed_over)
def move_items(hand_over: HandOver, **kwargs: Any) -> list[Holding]:
    """Give the leaver's unfinished texts to the successor."""
    return handover.move(hand_over)


@receiver(holdings_named)
def name_items(
    kind: str, ids: list[int], viewer: User, **kwargs: Any
) -> dict[int, tuple[str, str]]:
    """Name texts to those who may see them."""
    return handover.named(kind=kind, ids=ids, viewer=viewer)
