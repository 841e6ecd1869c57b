"""The automatic scan of a text: every place that somebody must look at."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping

from django.utils.translation import gettext as _

from . import internal, lists, marks, masking, normalise, personal
from .rules import Finding, Kind

# Start, end, kind, rule, hint, suggestion.
Found = tuple[int, int, str, str, str, str]
# Parts in which a telephone number is what they are for.
CONTACT_PARTS = frozenset({"contact"})


def scan(parts: Mapping[str, str]) -> list[Finding]:
    """Return what is found in the parts of a text, in the order of the parts and places.

    Args:
        parts: name of the part → its plain text; offsets of the findings refer to it.
    """
    return scan_with(parts, lists.current())


def scan_with(parts: Mapping[str, str], force: lists.InForce) -> list[Finding]:
    """Scan with word lists at hand. All parts are read at once: reading has a fixed price."""
    whole = normalise.BARRIER.join(parts.values())
    found = _found(normalise.read(whole), force)
    if not found:
        return []
    found.sort(key=lambda row: row[:2])
    names: list[str] = []
    starts: list[int] = []
    place = 0
    for name, text in parts.items():
        names.append(name)
        starts.append(place)
        place += len(text) + len(normalise.BARRIER)
    findings: list[Finding] = []
    for start, end, kind, rule, hint, suggestion in found:
        number = bisect_right(starts, start) - 1
        name, begin = names[number], starts[number]
        if rule in personal.PHONES and name in CONTACT_PARTS:
            continue
        end = min(end, begin + len(parts[name]))
        words = "" if kind == Kind.MARK else whole[start:end]
        if kind == Kind.PERSONAL:
            suggestion = masking.masked_words(rule, words, force.practice)
        made = Finding(kind, rule, name, start - begin, end - begin, words, hint, suggestion)
        findings.append(made)
    return findings


def _found(reading: normalise.Reading, force: lists.InForce) -> list[Found]:
    """Return what is found in the joined text."""
    seen = force.lexicon.look(reading.words)
    found: list[Found] = []
    for hit in seen.hits:
        start, end = reading.span(hit.start, hit.end)
        entry = hit.entry
        found.append((start, end, entry.kind, entry.rule, entry.hint, entry.right))
    if seen.secret:
        for rule, start, end in marks.marks_in(reading, seen.secret):
            found.append((start, end, Kind.MARK, rule, _mark_hint(rule), ""))
    if seen.inner:
        for rule, start, end in internal.found_in(reading, dict.fromkeys(seen.inner)):
            found.append((start, end, Kind.STOP, rule, internal.hint_of(rule), ""))
    for rule, start, end in personal.numbers_of(reading):
        found.append((start, end, Kind.PERSONAL, rule, personal.hint_of(rule), ""))
    if seen.houses:
        places = [int(reading.places[place]) for place in seen.houses]
        for rule, start, end in personal.addresses_of(reading, places):
            found.append((start, end, Kind.PERSONAL, rule, personal.hint_of(rule), ""))
    return found


def _mark_hint(code: str) -> str:
    return _("密级标志（%(rule)s），不得在本系统处理，请通过机要渠道报送") % {
        "rule": marks.label_of(code)
    }
