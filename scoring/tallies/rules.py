"""What is counted, as tokens that can be written one behind the other. Pure.

A token is a code, and behind a star how often when that is not once: "s a12 a12*-1 ". The
database only ever appends; whoever reads adds up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

SUBMITTED, FORWARDED = "s", "f"
# Followed by the bulletin's id: carried alone, or merged with others or as one sentence.
ALONE, MERGED = "a", "b"
# Followed by the leader's level, and by the mark.
INSTRUCTED, COMMISSIONED = "i", "c"


def count_tokens(text: str) -> Counter[str]:
    """Add up a text of tokens: code → number; what was taken back is zero."""
    found = Counter(text.split())
    if "*" in text:
        for token in [token for token in found if "*" in token]:
            code, _star, times = token.partition("*")
            found[code] += found.pop(token) * int(times)
    return found


@dataclass(slots=True)
class Counts:
    """What was counted, by what it is. Mappings hold only what is not zero."""

    submitted: int = 0
    forwarded: int = 0
    adopted: dict[int, int] = field(default_factory=dict)  # bulletin → items
    merged: dict[int, int] = field(default_factory=dict)  # bulletin → those of them merged
    instructions: dict[int, int] = field(default_factory=dict)  # level → number
    commissions: dict[str, int] = field(default_factory=dict)  # mark → number


def counts_of(codes: Mapping[str, int]) -> Counts:
    """Sort codes into what they count."""
    found = Counts()
    adopted = found.adopted
    for code, number in codes.items():
        if not number:
            continue
        kind = code[0]
        if kind == ALONE:
            bulletin = int(code[1:])
            adopted[bulletin] = adopted.get(bulletin, 0) + number
        elif kind == SUBMITTED:
            found.submitted = number
        elif kind == FORWARDED:
            found.forwarded = number
        elif kind == MERGED:
            bulletin = int(code[1:])
            found.merged[bulletin] = number
            adopted[bulletin] = adopted.get(bulletin, 0) + number
        elif kind == INSTRUCTED:
            found.instructions[int(code[1:])] = number
        elif kind == COMMISSIONED:
            found.commissions[code[1:]] = number
    if found.merged:
        found.adopted = {bulletin: n for bulletin, n in adopted.items() if n}
    return found


def read_flags(lines: str, first: str, last: str) -> tuple[str, ...]:
    """Return the consequences that stand in a time, each once, in the order of their words.

    Args:
        first, last: days as ISO text, both included.
    """
    standing: Counter[str] = Counter()
    for line in lines.split("\n")[:-1]:
        if first <= line[:10] <= last:
            standing[line[11:]] += 1 if line[10] == "+" else -1
    return tuple(sorted(flag for flag, number in standing.items() if number > 0))


def normal(tokens: str) -> tuple[tuple[str, int], ...]:
    """Return a text of tokens in one form, for comparing."""
    return tuple(sorted((code, n) for code, n in count_tokens(tokens).items() if n))


def normal_flags(lines: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Return lines of flags in one form, for comparing."""
    standing: Counter[str] = Counter()
    for line in lines:
        standing[line[:10] + line[11:]] += 1 if line[10] == "+" else -1
    return tuple(sorted((flag, n) for flag, n in standing.items() if n))


# First and last day, both included.
Days = tuple[date, date]


def _month_end(day: date) -> date:
    following = day.replace(day=28) + timedelta(days=4)
    return following - timedelta(days=following.day)


def split(start: date, end: date) -> tuple[dict[int, list[int]], list[Days]]:
    """Cut a time into its whole months by year, and the days at both ends that make none."""
    months: dict[int, list[int]] = {}
    rest: list[Days] = []
    day = start
    while day <= end:
        last = _month_end(day)
        if day.day == 1 and last <= end:
            months.setdefault(day.year, []).append(day.month)
        else:
            rest.append((day, min(last, end)))
        day = last + timedelta(days=1)
    return months, rest
