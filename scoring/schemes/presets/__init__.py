"""Schemes that were published somewhere, ready to load: files in the documented JSON form."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Preset:
    """One published scheme: its short code and what its file says."""

    code: str
    name: str
    document: str
    note: str
    valid_from: date
    valid_until: date | None
    clauses: int


def preset_data(code: str) -> dict[str, Any]:
    """Return the plain data of a preset's file.

    Raises:
        KeyError: no preset has this code.
    """
    if code not in {path.stem for path in FOLDER.glob("*.json")}:
        raise KeyError(code)
    data: dict[str, Any] = json.loads((FOLDER / f"{code}.json").read_text(encoding="utf-8"))
    return data


@cache
def presets() -> tuple[Preset, ...]:
    """Return all presets by name."""
    found = []
    for path in FOLDER.glob("*.json"):
        data = preset_data(path.stem)
        until = data.get("valid_until")
        found.append(
            Preset(
                code=path.stem,
                name=data["name"],
                document=data["document"],
                note=data.get("note", ""),
                valid_from=date.fromisoformat(data["valid_from"]),
                valid_until=date.fromisoformat(until) if until else None,
                clauses=len(data["clauses"]),
            )
        )
    return tuple(sorted(found, key=lambda preset: preset.code))
