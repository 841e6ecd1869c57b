"""Finding alike texts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import connection

from . import rules
from .actions import Text, merged
from .models import Band, Signature

# Texts that share the most telling bands are compared exactly; no more than this.
CANDIDATES = 200
# A band that very many texts share (a stock sentence) says little; its newest texts suffice.
OF_ONE_BAND = 400


@dataclass(frozen=True)
class Match:
    """An item whose text is alike. `score` is the share of common character runs, 0 to 1."""

    page_id: int
    unit_id: int
    score: float


def like(
    *,
    text: str,
    exclude: Collection[int] = (),
    limit: int = 10,
    drafts_of: Collection[int] = (),
) -> list[Match]:
    """Return the items with a text like this one, most alike first.

    Only texts that have left their unit count, and the present texts of some units.

    Args:
        exclude: ids of pages that do not count, as a rule the text's own.
        drafts_of: ids of the units whose present texts count as well.
    """
    signature = rules.signature(text)
    if not signature:
        return []
    rows = [
        row
        for row in Signature.objects.filter(pk__in=_sharing(signature)).values_list(
            "page_id", "unit_id", "signature", "own", "sent"
        )
        if row[0] not in exclude and (row[4] or (row[3] and row[1] in drafts_of))
    ]
    scores = rules.similarities(signature, [bytes(row[2]) for row in rows])
    best: dict[int, Match] = {}
    for row, score in zip(rows, scores, strict=True):
        known = best.get(row[0])
        if score >= rules.THRESHOLD and (known is None or known.score < score):
            best[row[0]] = Match(page_id=row[0], unit_id=row[1], score=score)
    return sorted(best.values(), key=lambda match: (-match.score, -match.page_id))[:limit]


def _sharing(signature: bytes) -> list[int]:
    """Return the ids of the texts that share the most telling bands with a signature.

    A band counts the more, the fewer texts have it: among 500,000 texts thousands share one
    or two bands of stock sentences, and would push out the text that was half rewritten.
    """
    table = connection.ops.quote_name(Band._meta.db_table)
    numbers = rules.bands(signature)
    one = (
        "SELECT text_id, 1.0 / COUNT(*) OVER () AS weight FROM"  # noqa: S608
        f" (SELECT text_id FROM {table} WHERE h = %s"
        f" ORDER BY text_id DESC LIMIT {OF_ONE_BAND}) AS one"
    )
    sql = (
        f"SELECT text_id FROM ({' UNION ALL '.join([one] * len(numbers))}) AS shared"  # noqa: S608
        f" GROUP BY text_id ORDER BY SUM(weight) DESC, text_id DESC LIMIT {CANDIDATES}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, numbers)
        return [row[0] for row in cursor.fetchall()]


def stale(texts: Iterable[Text]) -> set[int]:
    """Return the ids of pages whose kept signatures are not those of these texts."""
    wanted: dict[int, set[tuple[str, bool, bool]]] = {}
    for text, digest in merged(texts):
        wanted.setdefault(text.page_id, set()).add((digest, text.own, text.sent))
    kept: dict[int, set[tuple[str, bool, bool]]] = {pk: set() for pk in wanted}
    rows = Signature.objects.filter(page_id__in=wanted)
    for page_id, digest, own, sent in rows.values_list("page_id", "digest", "own", "sent"):
        kept[page_id].add((digest, own, sent))
    return {pk for pk in wanted if wanted[pk] != kept[pk]}
