"""Urgent events as things that entries of the duty log may be about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from django.urls import reverse

from scoring.duty.subjects import Subject, SubjectKind

from .models import UrgentEvent

if TYPE_CHECKING:
    from infoflow.units.models import User

KIND = "urgent"
_OPEN_MAX = 30
_NUMBER = re.compile(r"紧急\s*[〔\[（(]\s*(\d{4})\s*[〕\]）)]\s*(\d{1,9})\s*号?")


def _subject(event: UrgentEvent) -> Subject:
    return Subject(KIND, str(event.pk), event.number_label)


def _open(user: User) -> Sequence[Subject]:
    return [_subject(event) for event in UrgentEvent.objects.visible_to(user).open()[:_OPEN_MAX]]


def _find(text: str, user: User) -> Subject | None:
    named = _NUMBER.search(text)
    if named is None:
        return None
    seen = UrgentEvent.objects.visible_to(user)
    event = seen.filter(year=int(named[1]), number=int(named[2])).first()
    return _subject(event) if event is not None else None


def _links(keys: Iterable[str], user: User) -> Mapping[str, str]:
    ids = [int(key) for key in keys if key.isdecimal()]
    seen = UrgentEvent.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True)
    return {str(pk): reverse("urgent_event", args=[pk]) for pk in seen}


SUBJECTS = SubjectKind(KIND, _open, _find, _links)
