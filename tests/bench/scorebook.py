"""Five years of a city's count: units, bulletins, a scheme in force, a million facts, their
points and one closed quarter. Built once for each database and kept in INFOFLOW_VAR.

Facts and lines are written in bulk; points come from the engine (`ledger.actions.rebuild`),
some withdrawals and the closing through their actions.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from . import servers

UNITS, GROUPS, BULLETINS, FACTS = 3_000, 6, 10, 1_000_000
YEARS = range(2021, 2026)
QUARTER = (date(2025, 7, 1), date(2025, 9, 30))
CLOSED = (date(2025, 4, 1), date(2025, 6, 30))
BATCH = 50_000
WITHDRAWN = 200
# The last facts are written once with and once without the triggers, to tell their price.
COMPARED = 50_000
KINDS = ("submission", "forwarding", "adoption", "instruction", "commission", "quality")
SHARES = (40, 10, 43, 4, 2, 1)
MARKS = {
    "instruction": ("main", "other"),
    "commission": ("done", "done", "late", "missed"),
    "quality": ("untrue", "error", "serious"),
}


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def clauses(bulletins: list[int]) -> list[dict[str, Any]]:
    """Return a scheme as counties have it: a table, deductions, a consequence, a cap."""
    rows: list[dict[str, Any]] = [{"kind": "forwarding", "target": "all", "points": "0.5"}]
    rows += [
        {"kind": "adoption", "target": f"bulletin:{pk}", "form": form, "points": f"{n + 2}.5"}
        for n, pk in enumerate(bulletins)
        for form in ("single", "merged", "headline", "digest")
    ]
    rows += [
        {"kind": "instruction", "target": f"level:{level}", "mark": mark, "points": f"{level * 3}"}
        for level in (1, 2, 3, 4)
        for mark in MARKS["instruction"]
    ]
    rows += [{"kind": "commission", "target": "all", "mark": "done", "points": "2"}]
    faults = {"name": "质量", "kind": "quality", "marks": ["untrue", "serious"], "minus": "2"}
    missed = {"name": "约稿未报", "kind": "commission", "marks": ["missed"], "minus": "1"}
    whose = {"facts": {"kinds": ["forwarding"]}}
    cap = {"name": "封顶", "most": "6", "within": "year", "whose": whose}
    return [
        {
            "type": "points_table",
            "id": "table",
            "value": {"name": "计分表", "rows": rows, "joint": "equal"},
        },
        {"type": "quality", "id": "faults", "value": {**faults, "flag": "取消评先"}},
        {"type": "quality", "id": "missed", "value": missed},
        {"type": "cap", "id": "cap", "value": cap},
    ]


def people_and_papers() -> tuple[list[int], list[int]]:
    """Make units with their groups of every year, bulletins and the scheme; return ids of units
    and bulletins. A fiftieth of the units changes its group every year."""
    from cms.bulletins.models import Bulletin, Level
    from infoflow.units.models import GroupMembership, Unit, UnitGroup, UnitKind
    from scoring.schemes.models import Scheme

    groups = [UnitGroup.objects.create(name=f"第{n + 1}组", order=n) for n in range(GROUPS)]
    units = Unit.objects.bulk_create(
        Unit(code=f"B{n:05}", name=f"测试单位{n:05}", kind=UnitKind.TOWN, order=n)
        for n in range(UNITS)
    )
    GroupMembership.objects.bulk_create(
        GroupMembership(
            unit=unit, group=groups[(n + (year if n % 50 == 0 else 0)) % GROUPS], year=year
        )
        for n, unit in enumerate(units)
        for year in YEARS
    )
    bulletins = [
        Bulletin.objects.create(name=f"刊物{n + 1}", level=list(Level)[n % 4], order=n).pk
        for n in range(BULLETINS)
    ]
    scheme = Scheme(name="测试办法", valid_from=date(YEARS[0], 1, 1), blocks=clauses(bulletins))
    scheme.save()
    Scheme.objects.filter(pk=scheme.pk).update(live=True)
    return [unit.pk for unit in units], bulletins


@dataclass(slots=True)
class Made:
    """A fact as it is written."""

    pk: int
    kind: str
    day: str
    bulletin: int | None
    form: str
    genre: str
    level: int | None
    mark: str
    subject: str
    units: tuple[int, ...]


def facts(units: list[int], bulletins: list[int]) -> Iterator[Made]:
    """Yield the facts: one in twenty belongs to two units, one in seven is merged."""
    dice = random.Random(20261126)
    first = date(YEARS[0], 1, 1)
    days = (date(YEARS[-1], 12, 31) - first).days + 1
    texts = [(first + timedelta(days=n)).isoformat() for n in range(days)]
    forms = ("single",) * 11 + ("merged",) * 2 + ("headline", "digest")
    genres = ("news",) * 19 + ("line",)
    kinds = dice.choices(KINDS, SHARES, k=FACTS)
    for pk, kind in enumerate(kinds, start=1):
        named = tuple(dice.sample(units, 2 if dice.random() < 0.05 else 1))
        marks = MARKS.get(kind, ())
        yield Made(
            pk,
            kind,
            dice.choice(texts),
            dice.choice(bulletins) if kind in ("forwarding", "adoption") else None,
            dice.choice(forms) if kind == "adoption" else "",
            dice.choice(genres),
            dice.choice((1, 2, 3, 4)) if kind == "instruction" else None,
            dice.choice(marks) if marks else "",
            f"t{pk if kind != 'quality' else dice.randrange(1, FACTS)}",
            named,
        )


FACT_COLUMNS = (
    *("id", "kind", "date", "title", "bulletin_id", "form", "genre", "level", "mark", "subject"),
    *("key", "recorded_at", "issue_label", "leader", "check_item", "traits", "source", "note"),
)
LINE_COLUMNS = (
    *("fact_id", "unit_id", "position", "kind", "bulletin_id", "date", "happened"),
    *("parties", "quantity"),
)
MADE = "2025-12-31 00:00:00+00:00"
EMPTY = ("", "", "", "", "table", "")


def write(batch: list[Made]) -> float:
    """Write facts and their lines in one transaction; return the seconds of the lines."""
    from django.db import connection, transaction

    from infoflow import bulk

    made = [
        (
            *(f.pk, f.kind, f.day, f"关于某项工作进展的信息{f.pk}", f.bulletin, f.form, f.genre),
            *(f.level, f.mark, f.subject, f"bench:{f.pk}", MADE, *EMPTY),
        )
        for f in batch
    ]
    lines = [
        (f.pk, unit, place, f.kind, f.bulletin, f.day, f.day, len(f.units), 1)
        for f in batch
        for place, unit in enumerate(f.units, start=1)
    ]
    with transaction.atomic():
        bulk.write(connection, "adoptions_fact", FACT_COLUMNS, made)
        start = time.perf_counter()
        bulk.write(connection, "adoptions_factline", LINE_COLUMNS, lines)
        return time.perf_counter() - start


def drop_triggers() -> None:
    """Take the triggers of the tallies away; `keeping.install` puts them back and counts."""
    from django.db import connection

    from scoring.tallies import keeping

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for name, table in keeping.TRIGGERS.items():
                cursor.execute(f"DROP TRIGGER {name} ON {table}")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                if name.startswith(tuple(keeping.TRIGGERS)):
                    cursor.execute(f"DROP TRIGGER {name}")


def fill(units: list[int], bulletins: list[int]) -> None:
    """Write facts and lines, and tell what the triggers add to a load in bulk."""
    from scoring.tallies import keeping

    drop_triggers()
    source = facts(units, bulletins)
    left = FACTS - 2 * COMPARED
    while left:
        write([next(source) for _n in range(min(BATCH, left))])
        left -= min(BATCH, left)
    without = write([next(source) for _n in range(COMPARED)])
    keeping.install()
    having = write([next(source) for _n in range(COMPARED)])
    say(
        f"{COMPARED} facts loaded in bulk, their lines: {without:.1f} s without the triggers of"
        f" the tallies, {having:.1f} s with them"
    )


def settle() -> None:
    """Let the database know what it holds, as its own housekeeping does in time."""
    from django.core.management.color import no_style
    from django.db import connection

    from scoring.adoptions.models import Fact

    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Fact]):
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def build() -> None:
    """Build everything; some minutes."""
    from django.core.management import call_command

    from infoflow.units.roles import Role
    from scoring.adoptions.actions import withdraw_fact
    from scoring.adoptions.models import Fact
    from scoring.ledger.actions import rebuild
    from scoring.settling.actions import close_period
    from tests.builders import person

    started = time.perf_counter()
    call_command("migrate", verbosity=0)
    fill(*people_and_papers())
    settle()
    written = time.perf_counter()
    found = rebuild(date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31))
    booked = time.perf_counter()
    scorer = person(Role.SCORER)
    dice = random.Random(7)
    for pk in dice.sample(range(1, FACTS + 1), WITHDRAWN):
        withdraw_fact(fact_id=pk, person=scorer, reason="重复登记")
    for pk in Fact.objects.filter(kind="quality", date__range=QUARTER).values_list("pk")[:20]:
        fact = Fact.objects.get(pk=pk[0])
        if not hasattr(fact, "reversed_by") and fact.reverses_id is None:
            withdraw_fact(fact_id=fact.pk, person=scorer, reason="查无此事")
    close_period(start=CLOSED[0], end=CLOSED[1], person=scorer)
    settle()
    ended = time.perf_counter()
    say(
        f"built: facts {written - started:.0f} s, {found.added} entries"
        f" {booked - written:.0f} s, withdrawals and closing {ended - booked:.0f} s"
    )


@contextmanager
def library(kind: str) -> Iterator[None]:
    """Set Django up on the library of a database, building it when it is not there."""
    servers.end_in_order()
    root = Path(os.environ["INFOFLOW_VAR"]).resolve() / "scorebook"
    folder = root / kind
    built = folder / "built"
    if not built.exists():
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    # The cluster may run as another user, who has to pass through.
    for place in (root.parent, root, folder):
        place.chmod(0o711)
    with servers.database(kind, folder) as address:
        os.environ["INFOFLOW_VAR"] = str(folder)
        os.environ["DATABASE_URL"] = address
        os.environ["DJANGO_SETTINGS_MODULE"] = "infoflow.settings.test"
        import django
        from django.db import connections

        django.setup()
        try:
            if not built.exists():
                build()
                built.touch()
            yield
        finally:
            connections.close_all()
