"""Measure `ranking()` against the same figures as raw SQL with window functions, on a million
facts, on SQLite and PostgreSQL; and a closed period.

Run with `bin/bench ranking [--on sqlite|postgresql]`; BENCH_VAR=FOLDER keeps what was built.
Exit code 1 when a goal is missed, or when the two do not say the same numbers.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from . import scorebook, servers
from .scorebook import say

ROUNDS = 15
# Of the raw SQL's time for the quarter; a month and a year are told and not judged.
GOAL = 0.6
CLOSED_MS = 10.0
PERIODS = {
    "quarter": scorebook.QUARTER,
    "month": (date(2025, 8, 1), date(2025, 8, 31)),
    "year": (date(2025, 1, 1), date(2025, 12, 31)),
    "9 Jul to 20 Sep": (date(2025, 7, 9), date(2025, 9, 20)),
}
# The figures of the page. One pass over the fact lines, one over the ledger, both by covering
# indexes as far as there are any; what needs the fact itself (form, level, mark) joins it for
# those lines alone. Of five spellings this was the fastest on both databases.
RAW = """
WITH lines AS (
 SELECT unit_id, {adopted}
  SUM(quantity) FILTER (WHERE kind = 'submission') AS submitted,
  SUM(quantity) FILTER (WHERE kind = 'forwarding') AS forwarded
 FROM adoptions_factline WHERE date BETWEEN %(start)s AND %(end)s GROUP BY unit_id),
details AS (
 SELECT n.unit_id, {merged} {levels} {marks} COUNT(*) AS seen
 FROM adoptions_factline n JOIN adoptions_fact f ON f.id = n.fact_id
 WHERE n.date BETWEEN %(start)s AND %(end)s
  AND n.kind IN ('adoption', 'instruction', 'commission') GROUP BY n.unit_id),
taken AS (
 SELECT unit_id, SUM(hundredths) AS deducted FROM ledger_entry
 WHERE date BETWEEN %(start)s AND %(end)s AND (hundredths < 0 AND reverses_id IS NULL
  OR hundredths > 0 AND reverses_id IS NOT NULL) GROUP BY unit_id),
now AS (SELECT unit_id, SUM(hundredths) AS h FROM ledger_entry
 WHERE date BETWEEN %(start)s AND %(end)s GROUP BY unit_id),
sofar AS (SELECT unit_id, SUM(hundredths) AS h FROM ledger_entry
 WHERE date BETWEEN %(first)s AND %(end)s GROUP BY unit_id),
earlier AS (SELECT unit_id, SUM(hundredths) AS h FROM ledger_entry
 WHERE date BETWEEN %(before)s AND %(until)s GROUP BY unit_id),
past AS (SELECT unit_id, SUM(hundredths) AS h FROM ledger_entry
 WHERE date BETWEEN %(past)s AND %(past_end)s GROUP BY unit_id),
then_before AS (
 SELECT m.unit_id, m.group_id,
  RANK() OVER (PARTITION BY m.group_id ORDER BY COALESCE(e.h, 0) DESC) AS place
 FROM units_groupmembership m LEFT JOIN earlier e ON e.unit_id = m.unit_id
 WHERE m.year = %(before_year)s),
then_past AS (
 SELECT m.unit_id, m.group_id,
  RANK() OVER (PARTITION BY m.group_id ORDER BY COALESCE(e.h, 0) DESC) AS place
 FROM units_groupmembership m LEFT JOIN past e ON e.unit_id = m.unit_id
 WHERE m.year = %(past_year)s)
SELECT g.name AS group_name, u.id AS unit_id, u.name AS unit,
 RANK() OVER (PARTITION BY m.group_id ORDER BY COALESCE(p.h, 0) DESC) AS rank,
 l.*, d.*, COALESCE(p.h, 0) AS points, COALESCE(t.deducted, 0) AS deducted,
 COALESCE(s.h, 0) AS total, b.place AS before, y.place AS last_year
FROM units_groupmembership m
 JOIN units_unit u ON u.id = m.unit_id JOIN units_unitgroup g ON g.id = m.group_id
 LEFT JOIN lines l ON l.unit_id = u.id LEFT JOIN details d ON d.unit_id = u.id
 LEFT JOIN now p ON p.unit_id = u.id LEFT JOIN taken t ON t.unit_id = u.id
 LEFT JOIN sofar s ON s.unit_id = u.id
 LEFT JOIN then_before b ON b.unit_id = u.id AND b.group_id = m.group_id
 LEFT JOIN then_past y ON y.unit_id = u.id AND y.group_id = m.group_id
WHERE m.year = %(year)s ORDER BY g."order", rank, u."order", u.code
"""
_CARRIED = "(f.form = 'merged' OR f.genre = 'line')"
LEVELS, MARKS = (1, 2, 3, 4), ("done", "late", "missed")


def _sums(conditions: dict[str, str]) -> str:
    return "".join(
        f"SUM(quantity) FILTER (WHERE {condition}) AS {name}, "
        for name, condition in conditions.items()
    )


def raw_sql(bulletins: list[int]) -> str:
    """Return the query for these bulletins."""
    adopted = {f"a{pk}": f"kind = 'adoption' AND bulletin_id = {pk}" for pk in bulletins}
    merged = {
        f"m{pk}": f"n.kind = 'adoption' AND n.bulletin_id = {pk} AND {_CARRIED}" for pk in bulletins
    }
    levels = {f"i{n}": f"n.kind = 'instruction' AND f.level = {n}" for n in LEVELS}
    marks = {f"c_{mark}": f"n.kind = 'commission' AND f.mark = '{mark}'" for mark in MARKS}
    return RAW.format(
        adopted=_sums(adopted), merged=_sums(merged), levels=_sums(levels), marks=_sums(marks)
    )


def raw_ranking(sql: str, start: date, end: date) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Run the raw SQL through a plain cursor; return the columns' names and all rows."""
    from django.db import connection

    from scoring.rankings.rules import Period, period_before, period_last_year

    period = Period(start, end)
    before, past = period_before(period), period_last_year(period)
    days = {"start": start, "end": end, "first": date(end.year, 1, 1)}
    days |= {"before": before.start, "until": before.end}
    days |= {"past": past.start, "past_end": past.end}
    years = {"year": end.year, "before_year": before.end.year, "past_year": past.end.year}
    with connection.cursor() as cursor:
        cursor.execute(sql, {**{n: day.isoformat() for n, day in days.items()}, **years})
        return [column[0] for column in cursor.description], cursor.fetchall()


def _positive(mapping: dict[Any, int]) -> dict[Any, int]:
    return {key: int(n) for key, n in mapping.items() if n}


def check(sql: str, bulletins: list[int], start: date, end: date) -> int:
    """Make sure that both say the same numbers; return how many units were compared.

    Raises:
        SystemExit: they differ; names the first unit.
    """
    from scoring.rankings.queries import ranking

    ours = [
        (
            (table.name, row.unit_id, row.unit, row.rank),
            (row.figures.submitted, row.figures.forwarded, dict(row.figures.adopted)),
            (dict(row.figures.merged), dict(row.figures.instructions)),
            (dict(row.figures.commissions), row.figures.hundredths, row.figures.deducted),
            (row.total, row.before, row.last_year),
        )
        for table in ranking(start, end).groups
        for row in table.rows
    ]
    names, rows = raw_ranking(sql, start, end)
    raw = []
    for values in rows:
        # Columns of the same name come again behind the joins; the first is the unit's.
        row = dict(zip(reversed(names), reversed(values), strict=True))
        raw.append(
            (
                (row["group_name"], row["unit_id"], row["unit"], row["rank"]),
                (
                    int(row["submitted"] or 0),
                    int(row["forwarded"] or 0),
                    _positive({pk: row[f"a{pk}"] for pk in bulletins}),
                ),
                (
                    _positive({pk: row[f"m{pk}"] for pk in bulletins}),
                    _positive({n: row[f"i{n}"] for n in LEVELS}),
                ),
                (
                    _positive({mark: row[f"c_{mark}"] for mark in MARKS}),
                    int(row["points"]),
                    int(row["deducted"]),
                ),
                (int(row["total"]), row["before"], row["last_year"]),
            )
        )
    for one, other in zip(ours, raw, strict=True):
        if one != other:
            raise SystemExit(f"the ranking differs from the raw SQL's:\n{one}\n{other}")
    return len(ours)


def milliseconds(work: Callable[[], object]) -> float:
    """Return the clock's time: PostgreSQL works in another process."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def compare(name: str, sql: str, bulletins: list[int], start: date, end: date) -> float:
    """Print one line for a period and return the ratio of the medians; they take turns."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from scoring.rankings.queries import ranking

    same = check(sql, bulletins, start, end)
    with CaptureQueriesContext(connection) as queries:
        ranking(start, end)
    ours, raw = [], []
    for _round in range(ROUNDS):
        ours.append(milliseconds(lambda: ranking(start, end)))
        raw.append(milliseconds(lambda: raw_ranking(sql, start, end)))
    half, half_raw = statistics.median(ours), statistics.median(raw)
    say(
        f"{name:16} {same} units the same; {len(queries)} queries; median {half:.1f} against"
        f" {half_raw:.1f} ms, ratio {half / half_raw:.2f}; best {min(ours):.1f} against"
        f" {min(raw):.1f} ms, ratio {min(ours) / min(raw):.2f}"
    )
    return half / half_raw


def first_page() -> None:
    """Read the closed ranking as far as the page of all groups does, which shows the first."""
    from scoring.rankings.queries import ranking
    from scoring.rankings.shown import compared, fields_of

    found = ranking(*scorebook.CLOSED)
    fields_of(found)
    compared(found.before, found, "before")
    compared(found.last_year, found, "last_year")
    if not found.has_figures or sum(len(table.rows) for table in found.groups) < scorebook.UNITS:
        raise SystemExit("the closed ranking has not all units")
    tuple(found.groups[0].rows)


def whole_table() -> None:
    """Read the closed ranking with every row of every group."""
    from scoring.rankings.queries import ranking

    for table in ranking(*scorebook.CLOSED).groups:
        tuple(table.rows)


def closed() -> tuple[float, float]:
    """Print what a closed period takes; return the milliseconds of the first read of this
    closing by a page, and of a later read of everything."""
    from scoring.rankings import snapshots
    from scoring.rankings.queries import counted_ranking, ranking

    first = milliseconds(first_page)
    page, whole, later = [], [], []
    for _round in range(ROUNDS):
        snapshots._kept.clear()
        page.append(milliseconds(first_page))
        snapshots._kept.clear()
        whole.append(milliseconds(whole_table))
        later.append(milliseconds(whole_table))
    if ranking(*scorebook.CLOSED) != counted_ranking(*scorebook.CLOSED, afresh=True):
        raise SystemExit("the closed ranking is not what its rows say")
    found = statistics.median(page), statistics.median(later)
    say(
        f"closed quarter   the very first read of the process {first:.1f} ms, of this closing"
        f" (median) for the page {found[0]:.1f} ms and every row {statistics.median(whole):.1f}"
        f" ms, every later one {found[1]:.2f} ms"
    )
    return found


def measure(kind: str) -> int:
    """Measure on one database. Exit code 1 when a goal is missed."""
    with scorebook.library(kind):
        from django.db import connection

        from cms.bulletins.models import Bulletin

        version = ".".join(map(str, connection.get_database_version()))
        say(
            f"{connection.vendor} {version}: {scorebook.UNITS} units, {scorebook.BULLETINS}"
            f" bulletins, {scorebook.FACTS} facts, {len(scorebook.YEARS)} years; {os.cpu_count()}"
            f" cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f};"
            f" {ROUNDS} rounds"
        )
        first, later = closed()
        bulletins = sorted(Bulletin.objects.values_list("pk", flat=True))
        sql = raw_sql(bulletins)
        ratios = {name: compare(name, sql, bulletins, *days) for name, days in PERIODS.items()}
    missed = [
        f"{name} {found:.2f}, goal {goal}"
        for name, found, goal in (
            ("quarter", ratios["quarter"], GOAL),
            ("closed quarter, first read for the page", first, CLOSED_MS),
            ("closed quarter, later", later, CLOSED_MS),
        )
        if found > goal
    ]
    say(f"{kind}: {'MISSED: ' + '; '.join(missed) if missed else 'goals kept'}")
    return int(bool(missed))


def main() -> int:
    """Measure on every database, each in a process of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--on", choices=servers.KINDS)
    kind = parser.parse_args().on
    return measure(kind) if kind else servers.on_each("tests.bench.ranking", [])


if __name__ == "__main__":
    sys.exit(main())
