"""The word lists in force, ready to be looked for; read again when they change."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail import hooks

from . import internal, marks
from .masking import BIRTH, MIDDLE
from .normalise import read
from .rules import Grade, Kind

# Seconds for which a process trusts that nothing has changed.
TRUST = 1.0


@dataclass(frozen=True)
class Entry:
    """One word as the scanner needs it."""

    pk: int
    kind: str
    words: str
    right: str = ""
    grade: int = 1
    source: str = ""
    unless: tuple[str, ...] = ()

    @cached_property
    def rule(self) -> str:
        """Code of the rule that this word is."""
        return f"word.{self.pk}"

    @cached_property
    def hint(self) -> str:
        """What a clerk is told where the word is found."""
        if self.kind == Kind.TYPO:
            return _("疑为错别字，应为“%(right)s”") % {"right": self.right}
        return _("%(list)s（%(grade)s）：须由保密审查员写明理由后放行，或删去") % {
            "list": self.source,
            "grade": Grade(self.grade).label,
        }


# What the automaton looks for besides words, because it passes by anyway: places at which
# slower rules must look. Plain numbers: members of an enum cost more than the look itself.
SECRET, BESIDE, ROUND, INTERNAL, HOUSE = 1, 2, 3, 4, 5

_YEAR_BRACKETS = "〔[(【"
_SIGNS: dict[str, int] = {
    # 密 where its neighbours allow a sign; 保密宣传 costs nothing.
    **{f"{before}密": SECRET for before in marks.BEFORE},
    **{f"密{after}": BESIDE for after in marks.AFTER},
    **{f"密{after}": INTERNAL for after in internal.AFTER - marks.AFTER},
    "秘": ROUND,  # ㊙ is read as 秘
    "内部": INTERNAL,
    "秘密等级": INTERNAL,
    "公开属性": INTERNAL,
    "公开方式": INTERNAL,
    **{f"内{a}{b}": INTERNAL for a in ("", *"发函电传办字参报部") for b in _YEAR_BRACKETS},
    **{f"{a}{b}": HOUSE for a in "0123456789一二三四五六七八九十百" for b in "号弄栋幢单室组"},
}


class Hit(NamedTuple):
    """A word found: offsets in the text as read."""

    entry: Entry
    start: int
    end: int


Meaning = Entry | int | None


@dataclass
class Seen:
    """What one pass of the automaton saw: words, and places in the text as read."""

    hits: list[Hit] = field(default_factory=list)
    secret: list[int] = field(default_factory=list)
    inner: list[int] = field(default_factory=list)
    houses: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Lexicon:
    """All words in force in one automaton."""

    automaton: Any
    # For each pattern what it means; None for a phrase in which a word does not count.
    meanings: Sequence[tuple[Meaning, ...]]

    def look(self, words: str) -> Seen:
        """Return the words in a text as read, the longest where several overlap, and the
        places of signs in order."""
        seen = Seen()
        shields: list[tuple[int, int]] = []
        for number, start, end in self.automaton.find_matches_as_indexes(words, overlapping=True):
            for meaning in self.meanings[number]:
                if type(meaning) is Entry:
                    seen.hits.append(Hit(meaning, start, end))
                elif meaning is None:
                    shields.append((start, end))
                elif meaning == HOUSE:
                    seen.houses.append(start)
                elif meaning == INTERNAL:
                    seen.inner.append(start)
                elif meaning == BESIDE:
                    seen.secret.append(start)
                    seen.inner.append(start)
                else:
                    seen.secret.append(end - 1)
        if seen.hits:
            seen.hits = _chosen(seen.hits, shields)
        return seen


def _chosen(hits: list[Hit], shields: list[tuple[int, int]]) -> list[Hit]:
    """Return the longest word of each kind at each place, outside the exceptions."""
    hits.sort(key=lambda hit: (hit.start, -hit.end, -hit.entry.grade))
    chosen: list[Hit] = []
    reach: dict[str, int] = {}
    for hit in hits:
        if hit.end > reach.get(hit.entry.kind, 0) and not _inside(hit.start, hit.end, shields):
            chosen.append(hit)
            reach[hit.entry.kind] = hit.end
    return chosen


def _inside(start: int, end: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(begin <= start and end <= stop for begin, stop in spans)


def lexicon_of(entries: Iterable[Entry]) -> Lexicon:
    """Build the automaton of some words."""
    meanings: dict[str, list[Meaning]] = {said: [sign] for said, sign in _SIGNS.items()}
    for entry in entries:
        said = read(entry.words).words
        if said:
            meanings.setdefault(said, []).append(entry)
        for phrase in entry.unless:
            shield = read(phrase).words
            if shield and None not in meanings.setdefault(shield, []):
                meanings[shield].append(None)
    automaton = AhoCorasick(list(meanings), matchkind=MatchKind.Standard)
    return Lexicon(automaton, [tuple(found) for found in meanings.values()])


@dataclass(frozen=True)
class InForce:
    """What the scanner works with today."""

    version: str
    day: date
    lexicon: Lexicon
    practice: str


class _Keeper:
    """Keeps what is in force for this process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.kept: InForce | None = None
        self.looked = 0.0

    def current(self) -> InForce:
        """Return what is in force, at most a second old."""
        kept = self.kept
        now = time.monotonic()
        if kept is not None and now - self.looked < getattr(settings, "SCAN_TRUST", TRUST):
            return kept
        with self.lock:
            return self._look(now)

    def _look(self, now: float) -> InForce:
        from .models import ScanState

        version, day, practice = ScanState.now(), timezone.localdate(), practice_in_force()
        kept = self.kept
        if kept is None or (kept.version, kept.day) != (version, day):
            kept = InForce(version, day, lexicon_of(entries_on(day)), practice)
        elif kept.practice != practice:
            kept = InForce(version, day, kept.lexicon, practice)
        self.kept = kept
        self.looked = now
        return kept

    def forget(self) -> None:
        """Look again at the next scan."""
        self.looked = 0.0


_keeper = _Keeper()
current = _keeper.current
forget = _keeper.forget


def practice_in_force() -> str:
    """Return how a resident ID is covered, as the room of review has it configured."""
    for tell in hooks.get_hooks("id_mask_practice"):
        practice = tell()
        if practice in (BIRTH, MIDDLE):
            return str(practice)
    return BIRTH


def entries_on(day: date) -> list[Entry]:
    """Return the words in force on a day."""
    from .models import Word

    rows = Word.objects.in_force_on(day).values_list(
        "pk", "word_list__kind", "words", "right", "grade", "word_list__name", "unless"
    )
    return [
        Entry(
            pk=pk,
            kind=Kind(kind),
            words=words,
            right=right,
            grade=grade,
            source=source,
            unless=tuple(part.strip() for part in unless.split("、") if part.strip()),
        )
        for pk, kind, words, right, grade, source, unless in rows
    ]
