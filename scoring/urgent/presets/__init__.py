"""Rule tables and grade thresholds as they were published somewhere, ready to load: JSON files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any

from infoflow.worktime.terms import Kind, Term

from ..rules_clock_types import Channel, RuleRow, Start
from ..rules_grades import Grade, Measure, Threshold

FOLDER = Path(__file__).parent
# A preset without a year holds from the day that the office enters.
UNDATED = date(2000, 1, 1)


@dataclass(frozen=True)
class Preset:
    """One published table: its code, what it is, and its rows."""

    code: str
    name: str
    jurisdiction: str
    document: str
    note: str
    valid_from: date | None
    rules: tuple[RuleRow, ...]
    thresholds: tuple[Threshold, ...]

    @property
    def count(self) -> int:
        """How many rows it has."""
        return len(self.rules) + len(self.thresholds)

    def rules_for(self, *, jurisdiction: str, document: str, since: date) -> list[RuleRow]:
        """Return its rules as they would be loaded for a jurisdiction."""
        return [
            replace(row, jurisdiction=jurisdiction, document=document, valid_from=since)
            for row in self.rules
        ]

    def thresholds_for(self, *, document: str, since: date) -> list[Threshold]:
        """Return its thresholds as they would be loaded."""
        return [replace(row, document=document, valid_from=since) for row in self.thresholds]


def _term(limit: Sequence[Any] | None) -> Term | None:
    return Term(Kind(limit[1]), limit[0]) if limit else None


def _rules(data: dict[str, Any], since: date) -> list[RuleRow]:
    """Return the rows of a file; a row with several grades is a rule for each."""
    made: list[RuleRow] = []
    for line in data.get("rules", ()):
        for grade in line.get("grades") or [None]:
            made.append(
                RuleRow(
                    id=len(made) + 1,
                    jurisdiction=data["jurisdiction"],
                    document=data["document"],
                    valid_from=since,
                    step=line["step"],
                    channel=Channel(line["channel"]),
                    limit=_term(line.get("limit")),
                    start=Start(line.get("start", Start.LEARNED)),
                    cls=line.get("cls", ""),
                    grade=Grade(grade) if grade else None,
                    sensitive=line.get("sensitive"),
                    slots=tuple(time.fromisoformat(slot) for slot in line.get("slots", ())),
                    incomplete_ok=line.get("incomplete_ok", False),
                    after_step=line.get("after_step", ""),
                )
            )
    return made


def _thresholds(data: dict[str, Any], since: date) -> list[Threshold]:
    return [
        Threshold(
            id=number,
            cls=line["cls"],
            measure=Measure(line["measure"]),
            grade=Grade(line["grade"]),
            at_least=line["at_least"],
            valid_from=since,
            document=data["document"],
        )
        for number, line in enumerate(data.get("thresholds", ()), start=1)
    ]


@cache
def presets() -> dict[str, Preset]:
    """Return all presets by code: tables of limits first, then of grades."""
    found: dict[str, Preset] = {}
    for path in sorted(FOLDER.glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        since = date.fromisoformat(data["valid_from"]) if data.get("valid_from") else None
        found[path.stem] = Preset(
            code=path.stem,
            name=data["name"],
            jurisdiction=data["jurisdiction"],
            document=data["document"],
            note=data["note"],
            valid_from=since,
            rules=tuple(_rules(data, since or UNDATED)),
            thresholds=tuple(_thresholds(data, since or UNDATED)),
        )
    return dict(sorted(found.items(), key=lambda item: (not item[1].rules, item[0])))
