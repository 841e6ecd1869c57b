"""Measure `ranking()` against the same ranking as raw SQL with window functions, on a million
facts, on SQLite and PostgreSQL; and a closed period.

Run with `bin/bench ranking`. Builds its own databases in a temporary folder.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.bench import servers

UNITS, GROUPS, BULLETINS, FACTS = 3_000, 6, 10, 1_000_000
YEARS = range(2021, 2026)
ROUNDS = 7
# Of the raw SQL's time for the quarter; a year is told and not judged.
GOAL = 0.6
BATCH = 50_000
PERIODS = {
    "quarter": (date(2025, 7, 1), date(2025, 9, 30)),
    "year": (date(2025, 1, 1), date(2025, 12, 31)),
}
# Counts by bulletin, points, the rank in the group, the rank in the period before and the
# change. `ranking()` gives besides: instructions, commissions, deductions, flags, the running
# total and the rank of a year ago.
RAW = """
WITH days AS (SELECT unit_id, bulletin_id, kind, SUM(quantity) AS n FROM adoptions_factline
  WHERE date BETWEEN %(start)s AND %(end)s GROUP BY unit_id, bulletin_id, kind),
counts AS (SELECT unit_id, {columns}
  SUM(CASE WHEN kind = 'submission' THEN n ELSE 0 END) AS submitted,
  SUM(CASE WHEN kind = 'forwarding' THEN n ELSE 0 END) AS forwarded FROM days GROUP BY unit_id),
points AS (SELECT unit_id, SUM(hundredths) AS h FROM ledger_entry
  WHERE date BETWEEN %(start)s AND %(end)s GROUP BY unit_id),
earlier AS (SELECT unit_id, SUM(hundredths) AS h FROM ledger_entry
  WHERE date BETWEEN %(before)s AND %(until)s GROUP BY unit_id),
ranked AS (SELECT u.id, u.name, m.group_id, c.*, COALESCE(p.h, 0) AS points,
  RANK() OVER (PARTITION BY m.group_id ORDER BY COALESCE(p.h, 0) DESC) AS place,
  RANK() OVER (PARTITION BY m.group_id ORDER BY COALESCE(e.h, 0) DESC) AS place_before
  FROM units_unit u JOIN units_groupmembership m ON m.unit_id = u.id AND m.year = %(year)s
  LEFT JOIN counts c ON c.unit_id = u.id LEFT JOIN points p ON p.unit_id = u.id
  LEFT JOIN earlier e ON e.unit_id = u.id)
SELECT r.*, r.place_before - r.place FROM ranked r ORDER BY group_id, place, id
"""


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

    made = "2025-12-31 00:00:00+00:00"
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


def raw_ranking(start: date, end: date, bulletins: list[int]) -> list[tuple[Any, ...]]:
    """Run the raw SQL through a plain cursor and fetch everything."""
    from django.db import connection

    from scoring.rankings.rules import Period, period_before

    before = period_before(Period(start, end))
    columns = "".join(
        f"SUM(CASE WHEN kind = 'adoption' AND bulletin_id = {pk} THEN n ELSE 0 END) AS b{pk}, "
        for pk in bulletins
    )
    named = {"start": start, "end": end, "before": before.start, "until": before.end}
    with connection.cursor() as cursor:
        cursor.execute(RAW.format(columns=columns), {**named, "year": end.year})
        return cursor.fetchall()


def measure(work: Callable[[], object]) -> tuple[float, float]:
    """Return milliseconds of the clock and of the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000


def medians(runs: list[tuple[float, float]]) -> tuple[float, float]:
    return statistics.median(wall for wall, _c in runs), statistics.median(cpu for _w, cpu in runs)


def check(start: date, end: date, bulletins: list[int]) -> None:
    """Make sure that both say the same."""
    from scoring.rankings.queries import ranking

    found = ranking(start, end)
    ours = sorted(
        (
            row.unit_id,
            row.rank,
            row.figures.hundredths,
            row.figures.submitted,
            row.figures.forwarded,
            *(row.figures.adopted.get(pk, 0) for pk in bulletins),
            row.risen,
        )
        for table in found.groups
        for row in table.rows
    )
    raw = []
    for unit, _name, _group, _unit, *counts in raw_ranking(start, end, bulletins):
        *adopted, submitted, forwarded, points, place, _before, change = (n or 0 for n in counts)
        raw.append((unit, place, points, submitted, forwarded, *adopted, change))
    if ours != sorted(raw):
        raise SystemExit("the ranking differs from the raw SQL's")


def compare(name: str, start: date, end: date, bulletins: list[int]) -> float:
    """Print one line for a period and return the ratio of the clock.

    PostgreSQL works in another process, so the clock is the measure; ours and raw take turns,
    and the best of each is compared, because others use the machine too.
    """
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from scoring.rankings.queries import ranking

    check(start, end, bulletins)
    with CaptureQueriesContext(connection) as queries:
        ranking(start, end)
    ours, raw = [], []
    for _round in range(ROUNDS):
        ours.append(measure(lambda: ranking(start, end)))
        raw.append(measure(lambda: raw_ranking(start, end, bulletins)))
    (our_wall, our_cpu), (raw_wall, raw_cpu) = medians(ours), medians(raw)
    best = min(wall for wall, _c in ours), min(wall for wall, _c in raw)
    say(
        f"{name:8} queries {len(queries)}  median: ours {our_wall:.1f} ms, raw {raw_wall:.1f} ms,"
        f" ratio {our_wall / raw_wall:.2f}  best: {best[0]:.1f} / {best[1]:.1f} ms,"
        f" ratio {best[0] / best[1]:.2f}  our process {our_cpu:.1f} / {raw_cpu:.1f} ms"
    )
    return best[0] / best[1]


def measure_here(kind: str) -> int:
    """Build, measure, print on one database. Exit code 1 when a goal is missed."""
    folder = tempfile.mkdtemp(prefix="infoflow-bench-")
    with servers.database(kind, folder) as address:
        os.environ["INFOFLOW_VAR"] = folder
        os.environ["DATABASE_URL"] = address
        os.environ["DJANGO_SETTINGS_MODULE"] = "infoflow.settings.test"
        import django
        from django.core.management import call_command
        from django.db import connection

        django.setup()
        call_command("migrate", verbosity=0)
        started = time.perf_counter()
        units, bulletins, scheme = people_and_papers()
        fill(units, bulletins, scheme)
        say(
            f"{connection.vendor} {'.'.join(map(str, connection.get_database_version()))}:"
            f" {UNITS} units, {GROUPS} groups, {BULLETINS} bulletins, {FACTS} facts,"
            f" {len(YEARS)} years; built in {time.perf_counter() - started:.0f} s;"
            f" {os.cpu_count()} cores, Python {platform.python_version()}; {ROUNDS} rounds"
        )
        ratios = {name: compare(name, *days, bulletins) for name, days in PERIODS.items()}
        connection.close()
    shutil.rmtree(folder, ignore_errors=True)
    missed = ratios["quarter"] > GOAL
    say(f"quarter {ratios['quarter']:.2f}, goal {GOAL}: {'MISSED' if missed else 'kept'}")
    return int(missed)


def main() -> int:
    """Measure on every database, each in a process of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--on", choices=["sqlite", "postgresql"])
    kind = parser.parse_args().on
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    return measure_here(kind) if kind else servers.on_each("tests.bench.ranking", [])


if __name__ == "__main__":
    sys.exit(main())
