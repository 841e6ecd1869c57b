"""Measure `ranking()` against its two aggregates as raw SQL, on a million facts.

Run with `bin/bench ranking`. Builds its own SQLite file in a temporary folder.
"""

from __future__ import annotations

import os
import platform
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

UNITS, GROUPS, BULLETINS, FACTS = 3_000, 6, 10, 1_000_000
YEARS = range(2021, 2026)
ROUNDS = 5
GOAL = 1.2
BATCH = 50_000
PERIODS = {
    "quarter": (date(2025, 7, 1), date(2025, 9, 30)),
    "year": (date(2025, 1, 1), date(2025, 12, 31)),
}
RAW = (
    "SELECT unit_id, kind, bulletin_id, SUM(quantity) FROM adoptions_factline"
    " WHERE date BETWEEN %s AND %s GROUP BY unit_id, kind, bulletin_id",
    "SELECT unit_id, SUM(hundredths) FROM ledger_entry"
    " WHERE date BETWEEN %s AND %s GROUP BY unit_id",
)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def people_and_papers() -> tuple[list[int], list[int], int]:
    """Make units with their groups of every year, bulletins, a scheme; return their ids."""
    from cms.bulletins.models import Bulletin, Level
    from infoflow.units.models import GroupMembership, Unit, UnitGroup, UnitKind
    from scoring.schemes.models import Scheme

    groups = [UnitGroup.objects.create(name=f"第{n + 1}组", order=n) for n in range(GROUPS)]
    units = Unit.objects.bulk_create(
        Unit(code=f"B{n:05}", name=f"测试单位{n:05}", kind=UnitKind.TOWN, order=n)
        for n in range(UNITS)
    )
    GroupMembership.objects.bulk_create(
        GroupMembership(unit=unit, group=groups[n % GROUPS], year=year)
        for n, unit in enumerate(units)
        for year in YEARS
    )
    bulletins = [
        Bulletin.objects.create(name=f"刊物{n + 1}", level=list(Level)[n % 4], order=n)
        for n in range(BULLETINS)
    ]
    # Its clauses do not matter here: the entries are given.
    [scheme] = Scheme.objects.bulk_create(
        [Scheme(name="测试办法", valid_from=date(YEARS[0], 1, 1), live=True)]
    )
    return [unit.pk for unit in units], [bulletin.pk for bulletin in bulletins], scheme.pk


def rows(units: list[int], bulletins: list[int]) -> Iterator[tuple[Any, ...]]:
    """Yield (id, kind, day, bulletin, unit, hundredths): half of the facts are adoptions."""
    dice = random.Random(20261121)
    first = date(YEARS[0], 1, 1)
    days = (date(YEARS[-1], 12, 31) - first).days + 1
    texts = [(first + timedelta(days=n)).isoformat() for n in range(days)]
    for number in range(1, FACTS + 1):
        kind = dice.choices(("submission", "forwarding", "adoption"), (40, 10, 50))[0]
        bulletin = None if kind == "submission" else dice.choice(bulletins)
        earned = dice.choice((20, 50, 100, 250, 400, 1000)) if kind == "adoption" else 0
        yield number, kind, dice.choice(texts), bulletin, dice.choice(units), earned


INSERT_FACT = (
    "INSERT INTO adoptions_fact (id, kind, date, title, bulletin_id, form, issue_label, genre,"
    " leader, mark, check_item, traits, subject, source, key, note, recorded_at) VALUES"
    " (%s, %s, %s, %s, %s, '', '', '', '', '', '', '', '', 'table', %s, '', %s)"
)
INSERT_LINE = (
    "INSERT INTO adoptions_factline (fact_id, unit_id, position, kind, bulletin_id, date,"
    " happened, quantity, parties) VALUES (%s, %s, 1, %s, %s, %s, %s, 1, 1)"
)
INSERT_ENTRY = (
    "INSERT INTO ledger_entry (unit_id, date, earned, hundredths, fact_id, about, scheme_id,"
    " block_id, block_type, sentence, flag, key, at) VALUES"
    " (%s, %s, %s, %s, %s, %s, %s, 'b1', 'points_table', %s, '', %s, %s)"
)


def fill(units: list[int], bulletins: list[int], scheme: int) -> None:
    """Write the facts, their lines and entries in batches."""
    from django.db import connection, transaction

    made = "2025-12-31 00:00:00"
    source = rows(units, bulletins)
    while batch := [row for _n, row in zip(range(BATCH), source, strict=False)]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(
                INSERT_FACT,
                [
                    (pk, kind, day, f"稿件{pk}", b, f"bench:{pk}", made)
                    for pk, kind, day, b, *_ in batch
                ],
            )
            cursor.executemany(
                INSERT_LINE, [(pk, unit, kind, b, day, day) for pk, kind, day, b, unit, _e in batch]
            )
            cursor.executemany(
                INSERT_ENTRY,
                [
                    (unit, day, day, earned, pk, f"f{pk}", scheme, "采用 1 条", f"bench:{pk}", made)
                    for pk, _k, day, _b, unit, earned in batch
                    if earned
                ],
            )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def raw_aggregate(start: date, end: date) -> list[list[tuple[Any, ...]]]:
    """Run both aggregates through a plain cursor and fetch everything."""
    from django.db import connection

    found = []
    with connection.cursor() as cursor:
        for sql in RAW:
            cursor.execute(sql, [start, end])
            found.append(cursor.fetchall())
    return found


def measure(work: Callable[[], object]) -> tuple[float, float]:
    """Return milliseconds of the clock and of the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000


def medians(runs: list[tuple[float, float]]) -> tuple[float, float]:
    return statistics.median(wall for wall, _c in runs), statistics.median(cpu for _w, cpu in runs)


def compare(name: str, start: date, end: date) -> float:
    """Print one line for a period and return the ratio of processor times.

    SQLite works inside this process, so that is the whole cost; the clock also counts what
    other programs of the machine take.
    """
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from scoring.rankings.queries import ranking

    with CaptureQueriesContext(connection) as queries:
        found = ranking(start, end)
    cells, points = raw_aggregate(start, end)
    if (found.totals.hundredths, found.totals.submitted) != (
        sum(row[1] for row in points),
        sum(row[3] for row in cells if row[1] == "submission"),
    ):
        raise SystemExit("the ranking's totals differ from the raw aggregate's")
    ours, raw = [], []
    for _round in range(ROUNDS):
        ours.append(measure(lambda: ranking(start, end)))
        raw.append(measure(lambda: raw_aggregate(start, end)))
    (our_wall, our_cpu), (raw_wall, raw_cpu) = medians(ours), medians(raw)
    say(
        f"{name:8} queries {len(queries)}  raw 2  cells {len(cells)}"
        f"  ours {our_wall:.1f} ms  raw {raw_wall:.1f} ms  ratio {our_wall / raw_wall:.2f}"
        f"  processor {our_cpu:.1f} / {raw_cpu:.1f} ms, ratio {our_cpu / raw_cpu:.2f}"
        f"  (goal {GOAL})"
    )
    return our_cpu / raw_cpu


def main() -> int:
    """Build, measure, print. Exit code 1 when the goal is missed."""
    root = Path(__file__).resolve().parents[2]
    sys.path.insert(0, str(root))
    with tempfile.TemporaryDirectory(prefix="infoflow-bench-") as folder:
        os.environ["INFOFLOW_VAR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "infoflow.settings.test"
        # A million made-up facts must never reach a real database.
        os.environ.pop("DATABASE_URL", None)
        import django
        from django.core.management import call_command
        from django.db import connection

        django.setup()
        call_command("migrate", verbosity=0)
        started = time.perf_counter()
        fill(*people_and_papers())
        say(
            f"{UNITS} units, {GROUPS} groups, {BULLETINS} bulletins, {FACTS} facts, "
            f"{len(YEARS)} years; built in {time.perf_counter() - started:.0f} s; "
            f"{os.cpu_count()} cores, Python {platform.python_version()}, "
            f"SQLite {sqlite3.sqlite_version}; median of {ROUNDS} after warm-up"
        )
        ratios = [compare(name, *days) for name, days in PERIODS.items()]
        connection.close()
    return 0 if max(ratios) <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
