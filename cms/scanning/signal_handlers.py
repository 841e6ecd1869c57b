"""A changed word is looked for at once, in every process."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from . import lists
from .models import ScanState, Word, WordList


@receiver([post_save, post_delete], sender=Word)
@receiver([post_save, post_delete], sender=WordList)
def renew_lists(**kwargs: Any) -> None:
    """Mark the lists as changed; this process looks again as soon as it is committed."""
    if kwargs.get("raw"):
        return
    ScanState.renew()
    transaction.on_commit(lists.forget)
