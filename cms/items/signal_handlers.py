"""Every new unit gets its folder in the library; every text is kept for comparing."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models.signals import post_save
from django.dispatch import receiver
from wagtail.models import GroupPagePermission, Revision

from cms.review.models import Decision
from cms.review.rules import Step, Verdict
from cms.review.signals import decided
from infoflow.units.models import Unit
from infoflow.units.signals import units_created

from . import similar
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
    """Every text that is written gets its signature, whichever way it was written."""
    if instance.content_type_id == ContentType.objects.get_for_model(ItemPage).pk:
        similar.keep_revision(instance)


@receiver(decided, sender=ItemPage)
def keep_sent(decision: Decision, **kwargs: Any) -> None:
    """What the unit's signatory has signed is the text that others may know."""
    if decision.step == Step.SIGN and decision.verdict == Verdict.PASS:
        similar.keep_revision(decision.revision, sent=True)
