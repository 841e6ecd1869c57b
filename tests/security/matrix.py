"""The table of who may ask what: `matrix.csv`, one row for each address and object.

Cells of GET and POST name who is let in: roles, `匿名`, `超级管理员`, or a group of them.
Let in means a page, a form with its messages or a redirect on; everybody else must be sent to
the login, away with "no permission", or told that nothing is there.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from infoflow.units.roles import ADMIN_ROLES, OFFICE_ROLES, READING_ROLES

from .world import ANONYMOUS, SUPERUSER, VISITORS

TABLE = Path(__file__).with_name("matrix.csv")
METHODS = ("GET", "POST")

# Longest first: a cell is written with the first group that fits.
GROUPS: dict[str, frozenset[str]] = {
    "公开": frozenset(VISITORS),
    "人人": frozenset(VISITORS) - {ANONYMOUS},
    "后台": frozenset(map(str, ADMIN_ROLES)) | {SUPERUSER},
    "阅刊": frozenset(map(str, READING_ROLES)) | {SUPERUSER},
    "办稿": frozenset(map(str, OFFICE_ROLES)) | {SUPERUSER},
    "无": frozenset(),
}


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    pattern: str
    object: str
    allowed: dict[str, frozenset[str]]
    note: str = ""


def read_cell(cell: str) -> frozenset[str]:
    """Return who a cell lets in.

    Raises:
        ValueError: a word that is neither a group nor a visitor.
    """
    found: set[str] = set()
    for word in cell.split():
        if word in GROUPS:
            found |= GROUPS[word]
        elif word in VISITORS:
            found.add(word)
        else:
            raise ValueError(f"matrix.csv: 不认识“{word}”")
    return frozenset(found)


def write_cell(visitors: Iterable[str]) -> str:
    """Return the cell that lets these in."""
    wanted = frozenset(visitors)
    words: list[str] = []
    for name, members in GROUPS.items():
        if members and members <= wanted and members - read_cell(" ".join(words)):
            words.append(name)
    covered = read_cell(" ".join(words))
    words += [name for name in VISITORS if name in wanted - covered]
    return " ".join(words) or "无"


def write_row(row: Row) -> str:
    """Return the line of the table."""
    cells = (row.pattern, row.object, *(write_cell(row.allowed[m]) for m in METHODS), row.note)
    return ",".join(cells)


def read_table() -> dict[tuple[str, str], Row]:
    """Return the rows by pattern and object.

    Raises:
        ValueError: a row stands twice or a cell cannot be read.
    """
    rows: dict[tuple[str, str], Row] = {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            key = (line["route"], line["object"])
            if key in rows:
                raise ValueError(f"matrix.csv: {key} 重复")
            allowed = {method: read_cell(line[method]) for method in METHODS}
            rows[key] = Row(*key, allowed, line["note"])
    return rows
