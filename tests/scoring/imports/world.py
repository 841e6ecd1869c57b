"""What the tests of importing start from, and what they look at afterwards."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command

from cms.bulletins.actions import create_bulletin
from cms.bulletins.models import Level
from scoring.adoptions.models import FactLine
from scoring.ledger.models import Entry
from scoring.schemes.actions import create_scheme, publish_scheme
from tests.builders import unit


def units(*names: str, group: str = "", year: int | None = None) -> None:
    for name in names:
        unit(name, group=group, year=year)


def bulletins(*names: str, level: int = Level.CITY) -> dict[str, int]:
    return {
        name: create_bulletin(name=name, level=level, order=n).pk for n, name in enumerate(names)
    }


def scheme(year: int, rows: dict[str, str]) -> None:
    """Points by target ("bulletin:3") or by kind ("submission")."""
    made = create_scheme(
        name=f"办法{year}",
        valid_from=date(year, 1, 1),
        valid_until=date(year, 12, 31),
        rows=[
            {
                "kind": "adoption" if target.startswith("bulletin") else target,
                "target": target if target.startswith("bulletin") else "all",
                "form": "",
                "points": points,
            }
            for target, points in rows.items()
        ],
    )
    publish_scheme(scheme_id=made.pk)


def counts(kind: str, bulletin: str = "") -> dict[str, int]:
    lines = FactLine.objects.filter(kind=kind)
    if bulletin:
        lines = lines.filter(bulletin__name=bulletin)
    return dict(Counter(lines.values_list("unit__name", flat=True)))


def points() -> dict[str, int]:
    found: Counter[str] = Counter()
    for name, hundredths in Entry.objects.values_list("unit__name", "hundredths"):
        found[name] += hundredths
    return {name: value // 100 for name, value in found.items() if value}


def command(path: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Run the command; return its exit code and its report."""
    out = StringIO()
    try:
        call_command("import_facts", str(path), *arguments, "--json", "-", stdout=out)
        code = 0
    except SystemExit as left:
        code = int(left.code or 0)
    return code, json.loads(out.getvalue())
