"""The duty screen's read-only parts, and the number by which a browser knows that they stand."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from infoflow.units.permissions import person_of

from . import queries
from .hooks import panels_for
from .models import LogEntry
from .permissions import keeps_roster, writes_log
from .subjects import links_to, open_subjects

if TYPE_CHECKING:
    from datetime import datetime

    from infoflow.units.models import User

# How often a browser asks whether something has changed.
REFRESH_SECONDS = 10
# A form's token and the server's time are written differently every time and say nothing.
_PASSING = re.compile(r'((?:name="csrfmiddlewaretoken" value|data-now)=")[^"]*')


class Row:
    """An entry as lists show it: its link to what it is about, and whether it is new."""

    def __init__(self, entry: LogEntry, url: str, *, fresh: bool) -> None:
        self.entry = entry
        self.about_url = url
        self.is_fresh = fresh


def rows_of(entries: list[LogEntry], user: User, *, seen: int | None = None) -> list[Row]:
    """Return entries with their links; with `seen`, later ones of other people are new."""
    links = links_to(((e.about_kind, e.about_key) for e in entries if e.about_kind), user)
    return [
        Row(
            entry,
            links.get((entry.about_kind, entry.about_key), ""),
            fresh=seen is not None and entry.pk > seen and entry.by_id != user.pk,
        )
        for entry in entries
    ]


def _now(user: User, now: datetime) -> dict[str, object]:
    return {
        "shift": queries.shift_at(now),
        "next": queries.next_shift(now),
        "unmanned": queries.unmanned(now),
        "keeps": keeps_roster(user),
    }


def _notes(user: User) -> dict[str, object]:
    return {
        "notes": queries.waiting_notes(user),
        "matters": list(queries.open_matters(user)),
        "writes": writes_log(user),
        "me": user.pk,
    }


def _entries(user: User) -> dict[str, object]:
    found = queries.entries_for(user).filter(corrected_by=None).order_by("-pk")
    rows = rows_of(list(found[: queries.LAST_ENTRIES]), user, seen=queries.seen_up_to(user))
    return {
        "rows": rows,
        "fresh": sum(row.is_fresh for row in rows),
        "newest": rows[0].entry.pk if rows else 0,
    }


def regions(request: HttpRequest) -> dict[str, str]:
    """Return the read-only parts of the screen: name → HTML."""
    user = person_of(request)
    now = timezone.now()
    panels = [render_to_string(p.template, p.context, request) for p in panels_for(request)]
    parts: dict[str, dict[str, object]] = {
        "now": _now(user, now),
        "panels": {"panels": panels},
        "notes": _notes(user),
        "entries": _entries(user),
        "subjects": {"subjects": open_subjects(user)},
    }
    return {
        name: render_to_string(f"duty/_{name}.html", context, request)
        for name, context in parts.items()
    }


def version_of(parts: dict[str, str]) -> str:
    """Return a number that changes when anything on the screen does."""
    told = "\n".join(_PASSING.sub(r"\1", parts[name]) for name in sorted(parts))
    return hashlib.sha256(told.encode()).hexdigest()[:32]
