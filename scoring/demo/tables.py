"""Published tables as facts: what a demonstration set says, and how it is loaded.

The sources published only counts. Every fact says so in its title; dates are spread evenly
over the period, so that the same table always gives the same facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction

from cms.bulletins.actions import create_bulletin
from cms.bulletins.models import Bulletin
from infoflow.units.actions import create_units, set_group
from infoflow.units.models import Unit, UnitGroup
from scoring.adoptions.actions import record_facts
from scoring.adoptions.rules import AdoptionForm, FactKind, FactRow, Source
from scoring.schemes.actions import create_scheme, publish_scheme
from scoring.schemes.models import Scheme

# Codes of demonstration units; no real code begins so.
CODE_PREFIX = "DEMO"


@dataclass(frozen=True)
class DemoUnit:
    """A unit of a table, in the table's order."""

    name: str
    kind: str
    group: str


@dataclass(frozen=True)
class DemoBulletin:
    """A bulletin of a table, in the table's order."""

    name: str
    level: int
    own: bool = False
    kind: str = Bulletin.Kind.ORDINARY


@dataclass(frozen=True)
class Count:
    """So many facts of one kind for one unit; what a cell of the table says."""

    unit: str
    kind: str
    number: int
    bulletin: str = ""
    note: str = ""


@dataclass(frozen=True)
class PublishedTable:
    """A table as it was published, with the scheme that it states or implies."""

    code: str
    period: tuple[date, date]
    units: Sequence[DemoUnit]
    bulletins: Sequence[DemoBulletin]
    scheme: str
    document: str
    points: Mapping[str, str]  # bulletin → points per item, decimal text
    counts: Sequence[Count]
    groups: Sequence[str] = field(default_factory=tuple)

    @property
    def year(self) -> int:
        """The year whose grouping and scheme the table uses."""
        return self.period[0].year


def spread(period: tuple[date, date], number: int) -> Iterator[date]:
    """Yield so many dates, evenly over a period (both ends included), in order."""
    days = (period[1] - period[0]).days + 1
    for n in range(number):
        yield period[0] + timedelta(days=(2 * n + 1) * days // (2 * number))


def _ensure_units(table: PublishedTable) -> dict[str, Unit]:
    codes = {
        f"{CODE_PREFIX}-{table.code}-{n:02}": unit for n, unit in enumerate(table.units, start=1)
    }
    known = set(Unit.objects.filter(code__in=codes).values_list("code", flat=True))
    create_units(
        [
            # In force for that year only: they do not stand among this year's units.
            Unit(
                code=code,
                name=unit.name,
                kind=unit.kind,
                order=10 * n,
                active_from=date(table.year, 1, 1),
                active_until=date(table.year, 12, 31),
            )
            for n, (code, unit) in enumerate(codes.items(), start=1)
            if code not in known
        ]
    )
    stored = {unit.code: unit for unit in Unit.objects.filter(code__in=codes)}
    groups = {
        name: UnitGroup.objects.get_or_create(name=name, defaults={"order": 10 * n})[0]
        for n, name in enumerate(table.groups, start=1)
    }
    for code, unit in codes.items():
        set_group(unit=stored[code], group=groups[unit.group], year=table.year)
    return {unit.name: stored[code] for code, unit in codes.items()}


def _ensure_bulletins(table: PublishedTable) -> dict[str, Bulletin]:
    known = Bulletin.objects.in_bulk([b.name for b in table.bulletins], field_name="name")
    for n, bulletin in enumerate(table.bulletins, start=1):
        if bulletin.name not in known:
            known[bulletin.name] = create_bulletin(
                name=bulletin.name,
                level=bulletin.level,
                own=bulletin.own,
                kind=bulletin.kind,
                order=10 * n,
            )
    return known


def _ensure_scheme(table: PublishedTable, bulletins: Mapping[str, Bulletin]) -> None:
    if Scheme.objects.filter(name=table.scheme).exists():
        return
    scheme = create_scheme(
        name=table.scheme,
        document=table.document,
        valid_from=date(table.year, 1, 1),
        valid_until=date(table.year, 12, 31),
        rows=[
            {
                "kind": FactKind.ADOPTION,
                "target": f"bulletin:{bulletins[name].pk}",
                "form": "",
                "points": points,
            }
            for name, points in table.points.items()
        ],
    )
    publish_scheme(scheme_id=scheme.pk)


_VERBS = {
    FactKind.SUBMISSION: "报送",
    FactKind.FORWARDING: "上报",
    FactKind.ADOPTION: "被《{}》采用",
}


def rows_of(
    table: PublishedTable, units: Mapping[str, Unit], bulletins: Mapping[str, Bulletin]
) -> Iterator[FactRow]:
    """Yield one row for every fact that the table counts."""
    for count in table.counts:
        unit = units[count.unit]
        bulletin = bulletins[count.bulletin] if count.bulletin else None
        verb = _VERBS[FactKind(count.kind)].format(count.bulletin)
        cause = f"demo:{unit.code}:{count.kind}:{bulletin.pk if bulletin else 0}"
        for n, day in enumerate(spread(table.period, count.number), start=1):
            yield FactRow(
                kind=count.kind,
                date=day,
                title=f"{count.unit}{verb}第{n}条（仅有条数）",
                units=(unit.pk,),
                key=f"{cause}:{n}",
                source=Source.TABLE,
                bulletin=bulletin.pk if bulletin else None,
                form=AdoptionForm.SINGLE if count.kind == FactKind.ADOPTION else "",
                note=count.note,
            )


@transaction.atomic
def load(table: PublishedTable) -> int:
    """Load a table through the real actions; return the number of new facts.

    Twice changes nothing.
    """
    units = _ensure_units(table)
    bulletins = _ensure_bulletins(table)
    _ensure_scheme(table, bulletins)
    return len(record_facts(rows_of(table, units, bulletins)))
