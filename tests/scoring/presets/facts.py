"""Facts for cases worked by hand: what happened in words, and the points of each unit.

A case says what happened without the database; the bulletins are looked up by name when the
preset has been imported. Units are numbers, each fact is about a piece of its own unless `piece`
says which.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from cms.bulletins.models import Bulletin
from scoring.adoptions.rules import FactKind
from scoring.schemes.actions_import import import_scheme
from scoring.schemes.engine import EntryDraft, FactView, UnitView, World, run
from scoring.schemes.presets import preset_data
from scoring.schemes.rules import Measure, points_text
from scoring.schemes.specs import spec_of

TARGETED = (FactKind.ADOPTION, FactKind.FORWARDING, FactKind.INSTRUCTION)


@dataclass(frozen=True)
class Happened:
    """One thing that happened `times` times: each time about another piece, or always about one."""

    kind: str
    day: str = "03-05"
    times: int = 1
    bulletin: str = ""
    level: int | None = None
    units: tuple[int, ...] = (1,)
    genre: str = ""
    mark: str = ""
    check: str = ""
    traits: tuple[str, ...] = ()
    piece: str = ""


def adopted(bulletin: str, times: int = 1, **more: Any) -> Happened:
    return Happened(FactKind.ADOPTION, times=times, bulletin=bulletin, **more)


def sent_up(bulletin: str, times: int = 1, **more: Any) -> Happened:
    return Happened(FactKind.FORWARDING, times=times, bulletin=bulletin, **more)


def submitted(times: int = 1, **more: Any) -> Happened:
    return Happened(FactKind.SUBMISSION, times=times, **more)


def instructed(level: int, times: int = 1, **more: Any) -> Happened:
    return Happened(FactKind.INSTRUCTION, times=times, level=level, **({"mark": "main"} | more))


def commission(mark: str, times: int = 1, **more: Any) -> Happened:
    return Happened(FactKind.COMMISSION, times=times, mark=mark, **more)


def urgent(mark: str, times: int = 1, **more: Any) -> Happened:
    return Happened(FactKind.URGENT, times=times, mark=mark, **more)


def quality(mark: str, times: int = 1, **more: Any) -> Happened:
    return Happened(FactKind.QUALITY, times=times, mark=mark, **more)


def ticked(check: str, times: int = 1, **more: Any) -> Happened:
    return Happened(FactKind.CHECK, times=times, check=check, **more)


@dataclass(frozen=True)
class Case:
    """What happened, the points of each unit, and how the clause's words make them."""

    arithmetic: str
    happened: tuple[Happened, ...]
    points: Mapping[int, str]
    targets: Mapping[int, int] | None = None


def case(
    arithmetic: str,
    *happened: Happened,
    points: str | Mapping[int, str],
    targets: Mapping[int, int] | None = None,
) -> Any:
    """A row of a table of cases; one number is that of unit 1."""
    whose = {1: points} if isinstance(points, str) else points
    return pytest.param(Case(arithmetic, happened, whose, targets), id=arithmetic)


def views(happened: Iterable[Happened], year: int) -> list[FactView]:
    """Return the facts as the engine sees them."""
    named = {b.name: b for b in Bulletin.objects.all()}
    found: list[FactView] = []
    for thing in happened:
        bulletin = named[thing.bulletin] if thing.bulletin else None
        level = thing.level if thing.level is not None else (bulletin.level if bulletin else None)
        for _n in range(thing.times):
            pk = len(found) + 1
            found.append(
                FactView(
                    id=pk,
                    kind=thing.kind,
                    date=date.fromisoformat(f"{year}-{thing.day}"),
                    bulletin_id=bulletin.pk if bulletin else None,
                    bulletin=thing.bulletin,
                    level=level if thing.kind in TARGETED else None,
                    form="single" if thing.kind == FactKind.ADOPTION else "",
                    title=f"信息{pk}",
                    units=thing.units,
                    genre=thing.genre,
                    mark=thing.mark,
                    check=thing.check,
                    subject=thing.piece or f"item:{pk}",
                    traits=frozenset(thing.traits),
                )
            )
    return found


def entries(
    code: str,
    happened: Iterable[Happened],
    *,
    units: Iterable[int] = (1,),
    targets: Mapping[int, int] | None = None,
    as_of: str = "12-31",
    until: str = "12-31",
    missing: Mapping[str, int] | None = None,
) -> tuple[EntryDraft, ...]:
    """Import a preset and return what it gives in its first year, seen from a day of that year.

    Args:
        until: last day of that year that is scored.
        targets: unit → items that it must submit in a quarter.
        missing: bulletins that the preset does not name (name → level).
    """
    scheme = import_scheme(data=preset_data(code), create_bulletins=True)
    for name, level in (missing or {}).items():
        Bulletin.objects.get_or_create(name=name, defaults={"level": level})
    year = scheme.valid_from.year
    world = World(
        start=scheme.valid_from,
        end=date.fromisoformat(f"{year}-{until}"),
        as_of=date.fromisoformat(f"{year}-{as_of}"),
        units={pk: UnitView(pk, f"单位{pk}") for pk in units},
        targets={
            (pk, Measure.SUBMITTED, "quarter", year): number * 100
            for pk, number in (targets or {}).items()
        },
    )
    return run(spec_of(scheme), views(happened, year), world)


def points_of(given: Iterable[EntryDraft], unit: int = 1) -> str:
    """Return a unit's points as a person writes them."""
    return points_text(sum(entry.hundredths for entry in given if entry.unit_id == unit))


def worked(code: str, told: Case, **more: Any) -> dict[int, str]:
    """Return the points of each of a case's units."""
    given = entries(code, told.happened, units=told.points, targets=told.targets, **more)
    return {unit: points_of(given, unit) for unit in told.points}
