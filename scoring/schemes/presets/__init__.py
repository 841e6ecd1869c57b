"""Schemes that were published somewhere, ready to load: files in the documented JSON form."""

from __future__ import annotations

import json
from dataclasses import dataclass
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
        found.append(Preset(path.stem, data["name"], data["document"], len(data["clauses"])))
    return tuple(sorted(found, key=lambda preset: preset.code))
