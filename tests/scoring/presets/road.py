"""A preset from file to ranking through the commands and actions that people use."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Iterable, Mapping
from datetime import date

from django.core.management import call_command

from cms.bulletins.actions import create_bulletin
from cms.bulletins.models import Bulletin
from infoflow.units.models import Unit
from scoring.adoptions.actions import record_facts
from scoring.adoptions.rules import FactRow, Source
from scoring.schemes.actions import publish_scheme
from scoring.schemes.models import Scheme
from tests.builders import unit

from .facts import Happened

_keys = itertools.count(1)


def in_force(code: str) -> Scheme:
    """Import a preset by the command and publish it."""
    call_command("scheme_import", "--preset", code, "--create-bulletins", stdout=io.StringIO())
    return publish_scheme(scheme_id=Scheme.objects.get().pk)


def bulletins(levels: Mapping[str, int]) -> None:
    """Add superiors' bulletins (name → level) that a preset does not name."""
    for name, level in levels.items():
        create_bulletin(name=name, level=level)


def members(scheme: Scheme, *names: str) -> dict[int, Unit]:
    """Make units 1, 2 … of one group in the scheme's first year."""
    year = scheme.valid_from.year
    return {n: unit(name, group="一组", year=year) for n, name in enumerate(names, start=1)}


def recorded(scheme: Scheme, units: Mapping[int, Unit], happened: Iterable[Happened]) -> None:
    """Record what happened in the scheme's first year; the ledger books it at once."""
    year = scheme.valid_from.year
    named = dict(Bulletin.objects.values_list("name", "pk"))
    rows = []
    for thing in happened:
        for _n in range(thing.times):
            key = next(_keys)
            rows.append(
                FactRow(
                    kind=thing.kind,
                    date=date.fromisoformat(f"{year}-{thing.day}"),
                    title=thing.piece or f"信息{key}",
                    units=tuple(units[n].pk for n in thing.units),
                    key=f"preset:{key}",
                    source=Source.TABLE,
                    bulletin=named[thing.bulletin] if thing.bulletin else None,
                    genre=thing.genre,
                    level=thing.level,
                    mark=thing.mark,
                    check=thing.check,
                    traits=thing.traits,
                )
            )
    record_facts(rows)


def ranked(start: str, end: str) -> dict[str, tuple[int, str]]:
    """Return unit → rank and points as the ranking command tells them."""
    out = io.StringIO()
    call_command("ranking", "--from", start, "--to", end, "--json", "-", stdout=out)
    (group,) = json.loads(out.getvalue())["groups"]
    return {row["unit"]: (row["rank"], row["points"]) for row in group["rows"]}
