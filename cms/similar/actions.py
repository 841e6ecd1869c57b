"""Keeping the signatures of texts current. Called under the page's lock by who writes texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models.signals import pre_delete
from django.dispatch import receiver

from . import rules
from .models import Band, Signature

BATCH = 2_000


@dataclass(frozen=True)
class Text:
    """One text of an item, for a bulk keep."""

    page_id: int
    unit_id: int
    text: str
    own: bool = True
    sent: bool = False


def merged(texts: Iterable[Text]) -> list[tuple[Text, str]]:
    """Return texts with their digests; a page's two texts that are the same are one."""
    found: dict[tuple[int, str], Text] = {}
    for text in texts:
        key = (text.page_id, rules.digest(text.text))
        same = found.get(key, text)
        found[key] = replace(text, own=text.own or same.own, sent=text.sent or same.sent)
    return [(text, digest) for (_page_id, digest), text in found.items()]


@transaction.atomic(savepoint=False)
def keep(*, page_id: int, unit_id: int, text: str, sent: bool = False) -> None:
    """Keep the signature of an item's text; the same text again changes nothing.

    Args:
        sent: it is the text that has left the unit, not the unit's present one.
    """
    flag = "sent" if sent else "own"
    digest = rules.digest(text)
    kept = list(Signature.objects.filter(page_id=page_id).defer("signature"))
    same = next((row for row in kept if row.digest == digest), None)
    if same is not None and getattr(same, flag):
        return
    for row in kept:
        if getattr(row, flag):
            setattr(row, flag, False)
            if row.own or row.sent:
                row.save(update_fields=[flag])
            else:
                row.delete()
    if same is not None:
        setattr(same, flag, True)
        same.save(update_fields=[flag])
        return
    row = Signature(
        page_id=page_id, unit_id=unit_id, digest=digest, signature=rules.signature(text)
    )
    setattr(row, flag, True)
    row.save(force_insert=True)
    _add_bands([row])


@transaction.atomic
def keep_many(texts: Iterable[Text]) -> None:
    """Replace all signatures of the pages of some texts by those of the texts."""
    given = merged(texts)
    _drop_pages({text.page_id for text, _digest in given})
    rows = [
        Signature(
            page_id=text.page_id,
            unit_id=text.unit_id,
            digest=digest,
            signature=rules.signature(text.text),
            own=text.own,
            sent=text.sent,
        )
        for text, digest in given
    ]
    Signature.objects.bulk_create(rows, batch_size=BATCH)
    _add_bands(rows)


@transaction.atomic
def drop(page_id: int) -> None:
    """Forget an item's texts."""
    _drop_pages({page_id})


def _add_bands(rows: Sequence[Signature]) -> None:
    Band.objects.bulk_create(
        [Band(h=h, text_id=row.pk) for row in rows for h in rules.bands(bytes(row.signature))],
        batch_size=BATCH,
    )


def _drop_pages(page_ids: set[int]) -> None:
    for row in Signature.objects.filter(page_id__in=page_ids):
        row.delete()


@receiver(pre_delete, sender=Signature)
def drop_bands(instance: Signature, **kwargs: object) -> None:
    """Take the bands away with their signature, by the key: the table has no other index."""
    Band.objects.filter(h__in=rules.bands(bytes(instance.signature)), text_id=instance.pk).delete()
