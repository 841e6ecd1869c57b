"""Keeping files and giving them out. Who may, and to which text, is said by the rooms above."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from cms.scanning import door, scanner
from cms.scanning.rules import Entrance
from infoflow.uploads import names
from infoflow.uploads.rules import Kept, inspect
from infoflow.uploads.text_of import text_of

from . import rules
from .models import Attachment

if TYPE_CHECKING:
    from infoflow.units.models import User


class Changed(Exception):
    """The stored bytes are not those that were kept, or they are gone."""


@dataclass(frozen=True)
class Looked:
    """A file that passed both doors: its kind is taken, and its words bear no mark."""

    kept: Kept
    has_text: bool
    stops: list[str]


def storage() -> Storage:
    """Return where attachments lie; no address leads there."""
    return storages["attachments"]


def look(*, name: str, data: bytes, person: User) -> Looked:
    """Look through an uploaded file before anything of it is stored.

    Not atomic: the record of a refusal must outlive the refused act.

    Raises:
        BadFile: its kind or its content is not taken.
        MarkedSecret: its name or its words bear a 密级标志.
    """
    door.check(parts={"file": name}, person=person, entrance=Entrance.FILE_NAME)
    kept = inspect(name=name, data=data)
    words = text_of(kept.kind, kept.data)
    door.check(parts={"attachment": words}, person=person, entrance=Entrance.ATTACHMENT)
    stops = rules.places(words, scanner.scan({"attachment": words}))
    return Looked(kept, has_text=bool(words.strip()), stops=stops)


def keep(*, page_id: int, looked: Looked, person: User, taken: Collection[str] = ()) -> Attachment:
    """Store a file that was looked through, under a name that differs from those taken.

    The caller holds the page's lock and has checked that the person may add to it. Bytes
    first: a row without its file would be worse than a file without its row.
    """
    kept = replace(looked.kept, name=names.unique_name(looked.kept.name, taken))
    made = Attachment(
        page_id=page_id,
        name=kept.name,
        kind=kept.kind.value,
        size=kept.size,
        sha256=kept.sha256,
        has_text=looked.has_text,
        stops=looked.stops,
        person=person,
    )
    storage().save(made.path, ContentFile(kept.data))
    made.save(force_insert=True)
    return made


def read(attachment: Attachment) -> bytes:
    """Return a kept file's bytes.

    Raises:
        Changed: they are not exactly what was kept, or gone.
    """
    try:
        with storage().open(attachment.path) as file:
            data: bytes = file.read()
    except OSError:
        raise Changed from None
    if hashlib.sha256(data).hexdigest() != attachment.sha256:
        raise Changed
    return data


def drop_file(attachment: Attachment) -> bool:
    """Remove a file that no text needs; its row stays. Tell whether there was one."""
    if not storage().exists(attachment.path):
        return False
    storage().delete(attachment.path)
    return True


def strays(before: datetime) -> Iterator[str]:
    """Yield paths of files without a row, left behind by acts that were broken off."""
    place = storage()
    for folder in place.listdir("")[0] if place.exists("") else ():
        for name in place.listdir(folder)[1]:
            path = f"{folder}/{name}"
            known = len(name) == 32 and Attachment.objects.filter(key=name).exists()
            if not known and place.get_modified_time(path) < before:
                yield path
