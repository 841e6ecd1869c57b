"""Finding pages by the words in them. Who may see a page is decided before: `visible_to`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import (
    Case,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import RawSQL
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from infoflow.paging import Chain

from . import rules
from .actions import Text, merged
from .fts import COLUMNS, INDEX
from .models import SearchText


@dataclass(frozen=True)
class Snippet:
    """What a result shows: its title and a part of its text, hits marked."""

    title: SafeString
    text: SafeString


# Where more texts hold the words, pages are asked one after another, in the order of the list,
# until there are enough: joining and sorting all hits takes seconds where twenty are shown.
COMMON = 2_000


def found(pages: QuerySet[Any], words: str, *, own: bool = False) -> QuerySet[Any] | Chain:
    """Narrow pages to those that hold all the words, title hits first.

    Args:
        pages: what the person may see (`visible_to`), in its order, not yet cut.
        words: as typed; several words must all be there. Blank narrows nothing.
        own: look into the writers' present texts. Only for the people of the unit (of the
            office, for issues): the others' texts are those that were signed or issued.

    Returns:
        A query; of common words a chain of two, title hits and all hits.
    """
    if not words.strip():
        return pages
    wanted = rules.words_of(words)
    if not wanted:
        return pages.none()
    rows = _rows(own)
    if _is_common(_match(wanted)):
        return _chain(pages, rows, wanted)
    for holding in _holding(rows, wanted):
        pages = pages.filter(pk__in=holding.values("page_id"))
    in_title = When(pk__in=_titled(rows, wanted).values("page_id"), then=Value(1))
    order = pages.query.order_by or ("-pk",)
    return pages.annotate(
        in_title=Case(in_title, default=Value(0), output_field=IntegerField())
    ).order_by("-in_title", *order)


def _chain(pages: QuerySet[Any], rows: QuerySet[SearchText], words: Sequence[rules.Word]) -> Chain:
    """Return title hits, then all hits, each in the order of the pages."""
    ordered = pages if pages.query.order_by else pages.order_by("-pk")
    in_title = _match(words, title=True)
    # A phrase that no title holds is the dearest; as a rule its last pair tells at once.
    longest = max(words, key=lambda word: len(word.grams))
    end = _match([replace(longest, grams=longest.grams[-1:])], title=True)
    named = _first_matching(in_title, COMMON + 1) if _first_matching(end, 1) else []
    whole = ordered.filter(_asked(rows, _match(words)))
    if len(named) > COMMON:
        return Chain((ordered.filter(_asked(rows, in_title)), whole))
    if named:
        titled = rows.filter(pk__in=named)
        return Chain((ordered.filter(pk__in=titled.values("page_id")), whole))
    return Chain((whole,))


def _is_common(match: str) -> bool:
    """Tell whether very many texts match. PostgreSQL weighs by itself where to begin."""
    return connection.vendor != "postgresql" and len(_first_matching(match, COMMON + 1)) > COMMON


def _first_matching(match: str, limit: int) -> list[int]:
    """Return the keys of some rows that match, all when they are fewer than `limit`."""
    sql = f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH %s LIMIT %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [match, limit])
        return [row[0] for row in cursor.fetchall()]


def _asked(rows: QuerySet[SearchText], match: str) -> Exists:
    """Return the condition "one of its rows matches", asked of each page.

    The list of matching rows is made once. The sum is in no index: otherwise SQLite would go
    through the list anew for each page.
    """
    own = rows.filter(page_id=OuterRef("pk")).alias(key=F("pk") + 0)
    return Exists(own.filter(key__in=_matching(match)))


def sent_title() -> Subquery:
    """Return the title under which others may know a page; none where nothing was sent."""
    rows = _rows(own=False).filter(page_id=OuterRef("pk"), part=0)
    return Subquery(rows.values("title")[:1])


def snippets(page_ids: Collection[int], words: str, *, own: bool = False) -> dict[int, Snippet]:
    """Return what each found page shows, in one query. `own` as in `found`."""
    wanted = rules.words_of(words)
    texts: dict[int, list[tuple[str, str]]] = {}
    rows = _rows(own).filter(page_id__in=page_ids).order_by("page_id", "part")
    for page_id, title, body in rows.values_list("page_id", "title", "body"):
        texts.setdefault(page_id, []).append((title, body))
    return {page_id: _snippet(parts, wanted) for page_id, parts in texts.items()}


def _snippet(parts: Sequence[tuple[str, str]], words: Sequence[rules.Word]) -> Snippet:
    body = next((body for _title, body in parts if rules.hits(body, words)), parts[0][1])
    return Snippet(
        title=_html(rules.marked(parts[0][0], words)), text=_html(rules.cut(body, words))
    )


def _html(parts: Sequence[tuple[str, bool]]) -> SafeString:
    wrapped = [("<mark>", text, "</mark>") if hit else ("", text, "") for text, hit in parts]
    return format_html_join(
        "", "{}{}{}", ((SafeString(begin), text, SafeString(end)) for begin, text, end in wrapped)
    )


def _rows(own: bool) -> QuerySet[SearchText]:
    return SearchText.objects.filter(own=True) if own else SearchText.objects.filter(sent=True)


def _holding(rows: QuerySet[SearchText], words: Sequence[rules.Word]) -> list[QuerySet[SearchText]]:
    """Return rows such that a page with one in each holds all the words.

    SQLite keeps a text in one row and looks for all words at once, beginning with the rarest;
    PostgreSQL may find them in different pieces of a long text.
    """
    if connection.vendor == "postgresql":
        return [
            rows.filter(title_grams__holds=word)
            if word.titles_only
            else rows.filter(Q(title_grams__holds=word) | Q(body_grams__holds=word))
            for word in words
        ]
    return [rows.filter(pk__in=_matching(_match(words)))]


def _titled(rows: QuerySet[SearchText], words: Sequence[rules.Word]) -> QuerySet[SearchText]:
    """Keep the rows whose title holds all the words."""
    if connection.vendor == "postgresql":
        for word in words:
            rows = rows.filter(title_grams__holds=word)
        return rows
    return rows.filter(pk__in=_matching(_match(words, title=True)))


def _match(words: Sequence[rules.Word], *, title: bool = False) -> str:
    """Return words as FTS5 asks for them. Grams hold letters and digits only, no quotes."""
    return " AND ".join(_phrase(word, title=title or word.titles_only) for word in words)


def _phrase(word: rules.Word, *, title: bool) -> str:
    phrase = f'"{" ".join(word.grams)}"{" *" if word.begun else ""}'
    return f"{COLUMNS[0]} : {phrase}" if title else phrase


def _matching(match: str) -> RawSQL:
    sql = f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH %s"  # noqa: S608
    return RawSQL(sql, [match])  # noqa: S611 - bound, never spelled in


def stale(texts: Iterable[Text]) -> set[int]:
    """Return the ids of pages whose kept search texts are not these."""
    wanted: dict[int, set[tuple[str, bool, bool]]] = {}
    for text in merged(texts):
        wanted.setdefault(text.page_id, set()).add((text.digest, text.own, text.sent))
    kept: dict[int, set[tuple[str, bool, bool]]] = {pk: set() for pk in wanted}
    rows = SearchText.objects.filter(page_id__in=wanted, part=0)
    for page_id, digest, own, sent in rows.values_list("page_id", "digest", "own", "sent"):
        kept[page_id].add((digest, own, sent))
    return {pk for pk in wanted if wanted[pk] != kept[pk]}
