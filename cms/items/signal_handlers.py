"""Every new unit gets its folder in the library."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models.signals import post_save
from django.dispatch import receiver
from wagtail.models import GroupPagePermission

from infoflow.units.models import Unit
from infoflow.units.signals import units_created

from .models import LibraryPage, UnitFolder


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
