"""Keeping the search texts current. Called under the page's lock by who writes texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db import connection, transaction

from . import rules
from .models import SearchText

BATCH = 500


def _pieces(body: str) -> list[str]:
    """Return a text as it is kept: whole on SQLite, whose index counts places without end."""
    return rules.pieces(body) if connection.vendor == "postgresql" else [body]


@dataclass(frozen=True)
class Text:
    """One text of a page."""

    page_id: int
    title: str
    body: str
    own: bool = True
    sent: bool = False

    @property
    def digest(self) -> str:
        return rules.digest(self.title, self.body)

    def rows(self) -> list[SearchText]:
        """Return the rows that hold it: one, or one for each piece of a long text."""
        digest = self.digest
        return [
            SearchText(
                page_id=self.page_id,
                part=part,
                own=self.own,
                sent=self.sent,
                digest=digest,
                title="" if part else self.title,
                body=piece,
                title_grams="" if part else self.title,
                body_grams=piece,
            )
            for part, piece in enumerate(_pieces(self.body))
        ]


def merged(texts: Iterable[Text]) -> list[Text]:
    """Return texts of which a page's two that are the same are one."""
    found: dict[tuple[int, str], Text] = {}
    for text in texts:
        key = (text.page_id, text.digest)
        same = found.get(key, text)
        found[key] = replace(text, own=text.own or same.own, sent=text.sent or same.sent)
    return list(found.values())


@transaction.atomic(savepoint=False)
def keep(*, page_id: int, title: str, body: str, sent: bool = False) -> None:
    """Keep a text of a page; the same text again changes nothing.

    Args:
        body: plain text.
        sent: it is the text that others may read, not the writers' present one.
    """
    flag, other = ("sent", "own") if sent else ("own", "sent")
    digest = rules.digest(title, body)
    rows = SearchText.objects.filter(page_id=page_id)
    kept = {
        (row["own"], row["sent"]): row["digest"]
        for row in rows.filter(part=0).values("own", "sent", "digest")
    }
    both = kept.get((True, True))
    if digest in (both, kept.get((not sent, sent))):
        return
    if both is not None:
        rows.update(**{flag: False})
    elif (not sent, sent) in kept:
        rows.filter(**{flag: True}).delete()
    if kept.get((sent, not sent)) == digest:
        rows.filter(**{other: True}).update(**{flag: True})
        return
    text = Text(page_id, title, body, own=not sent, sent=sent)
    SearchText.objects.bulk_create(text.rows())


@transaction.atomic
def keep_many(texts: Iterable[Text]) -> None:
    """Replace all search texts of the pages of some texts by these."""
    given = merged(texts)
    SearchText.objects.filter(page_id__in={text.page_id for text in given}).delete()
    SearchText.objects.bulk_create([row for text in given for row in text.rows()], batch_size=BATCH)


def drop(page_id: int) -> None:
    """Forget a page's texts."""
    SearchText.objects.filter(page_id=page_id).delete()
