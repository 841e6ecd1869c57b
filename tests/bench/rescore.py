"""Measure rebuilding the ledger against loading the facts and writing the entries alone.

Run with `bin/bench rescore [SHARE]`; SHARE (1 by default) makes it smaller. Builds its own
SQLite file in a temporary folder. Each step runs in a process of its own, so that the peak
memory is the step's own. Times are processor time: SQLite works inside the process.
"""

from __future__ import annotations

import json
import os
import platform
import random
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from .scorebook import say

UNITS, BULLETINS, FACTS = 3_000, 10, 1_000_000
YEARS = range(2021, 2026)
GOALS = {"ratio": 1.5, "memory": 300, "one": 5.0}
BATCH = 20_000
ROUNDS = 3
ONE_ROUNDS = 60
KINDS = ("submission", "forwarding", "adoption", "instruction")
SHARES = (40, 10, 45, 5)
FORMS = ("single", "merged", "headline", "digest")


# --- the data -----------------------------------------------------------------------------


def clauses(bulletins: list[int]) -> list[dict[str, Any]]:
    """Return a scheme as counties have it: 35 rows, best of several, joint equal, a cap."""
    rows: list[dict[str, Any]] = [
        {"kind": "submission", "target": "all", "points": "0.5"},
        {"kind": "forwarding", "target": "all", "points": "1"},
    ]
    for n, pk in enumerate(bulletins[:6]):
        rows += [
            {"kind": "adoption", "target": f"bulletin:{pk}", "form": form, "points": f"{n + 2}.5"}
            for form in FORMS
        ]
    rows += [{"kind": "adoption", "target": f"level:{n}", "points": f"{n * 2}"} for n in (1, 2, 3)]
    for level in (1, 2, 3):
        rows += [
            {"kind": "instruction", "target": f"level:{level}", "mark": mark, "points": points}
            for mark, points in (("main", f"{level * 5}"), ("other", f"{level * 3}"))
        ]
    table = {"name": "计分表", "rows": rows, "joint": "equal"}
    adopted = {"facts": {"kinds": ["adoption"]}}
    several = {"name": "多次采用", "way": "best", "best": 1, "within": "year", "whose": adopted}
    cap = {
        "name": "封顶",
        "most": "60",
        "within": "year",
        "whose": {"facts": {"kinds": ["submission"]}},
    }
    return [
        {"type": "points_table", "id": "table", "value": table},
        {"type": "several", "id": "several", "value": several},
        {"type": "cap", "id": "cap", "value": cap},
    ]


def people_and_papers(share: float) -> tuple[list[int], list[int]]:
    """Make units, bulletins and a scheme in force; return the ids of units and bulletins."""
    from cms.bulletins.models import Bulletin, Level
    from infoflow.units.models import Unit, UnitKind
    from scoring.schemes.models import Scheme

    units = Unit.objects.bulk_create(
        Unit(code=f"B{n:05}", name=f"测试单位{n:05}", kind=UnitKind.TOWN, order=n)
        for n in range(max(int(UNITS * share), 20))
    )
    bulletins = [
        Bulletin.objects.create(name=f"刊物{n + 1}", level=list(Level)[n % 4], order=n).pk
        for n in range(BULLETINS)
    ]
    scheme = Scheme(name="测试办法", valid_from=date(YEARS[0], 1, 1), blocks=clauses(bulletins))
    scheme.save()
    Scheme.objects.filter(pk=scheme.pk).update(live=True)
    return [unit.pk for unit in units], bulletins


def rows(units: list[int], bulletins: list[int], number: int) -> Iterator[dict[str, Any]]:
    """Yield facts: a twentieth of two units, a fifth of the adoptions of an earlier piece."""
    dice = random.Random(20261126)
    first = date(YEARS[0], 1, 1)
    days = (date(YEARS[-1], 12, 31) - first).days + 1
    texts = [(first + timedelta(days=n)).isoformat() for n in range(days)]
    for pk in range(1, number + 1):
        kind = dice.choices(KINDS, SHARES)[0]
        unit = dice.choice(units)
        named = [unit]
        if dice.random() < 0.05:
            named += [dice.choice([u for u in units[:9] if u != unit])]
        again = kind == "adoption" and dice.random() < 0.2
        yield {
            "id": pk,
            "kind": kind,
            "day": dice.choice(texts),
            "bulletin": dice.choice(bulletins) if kind in ("forwarding", "adoption") else None,
            "form": dice.choice(FORMS) if kind == "adoption" else "",
            "level": dice.choice((1, 2, 3)) if kind == "instruction" else None,
            "mark": dice.choice(("main", "other")) if kind == "instruction" else "",
            "subject": f"s{unit}:{dice.randrange(12)}" if again else f"t{pk}",
            "units": named,
        }


INSERT_FACT = (
    "INSERT INTO adoptions_fact (id, kind, date, title, bulletin_id, form, issue_label, genre,"
    " level, leader, mark, check_item, traits, subject, source, key, note, recorded_at) VALUES"
    " (%s, %s, %s, %s, %s, %s, '', 'news', %s, '', %s, '', '', %s, 'table', %s, '', %s)"
)
INSERT_LINE = (
    "INSERT INTO adoptions_factline (fact_id, unit_id, position, kind, bulletin_id, date,"
    " happened, quantity, parties) VALUES (%s, %s, %s, %s, %s, %s, %s, 1, %s)"
)


def fill(share: float) -> None:
    """Write units, a scheme and the facts; no entry."""
    from django.db import connection, transaction

    units, bulletins = people_and_papers(share)
    source = rows(units, bulletins, int(FACTS * share))
    made = "2025-12-31 00:00:00"
    while batch := [row for _n, row in zip(range(BATCH), source, strict=False)]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(
                INSERT_FACT,
                [
                    (r["id"], r["kind"], r["day"], f"关于某项工作进展的信息{r['id']}",
                     r["bulletin"], r["form"], r["level"], r["mark"],
                     r["subject"], f"bench:{r['id']}", made)
                    for r in batch
                ],
            )  # fmt: skip
            cursor.executemany(
                INSERT_LINE,
                [
                    (r["id"], unit, place, r["kind"], r["bulletin"], r["day"], r["day"],
                     len(r["units"]))
                    for r in batch
                    for place, unit in enumerate(r["units"], start=1)
                ],
            )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


# --- the steps ----------------------------------------------------------------------------


def peak() -> float:
    """Return the most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def whole() -> tuple[date, date]:
    return date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31)


def ours() -> dict[str, float]:
    """Rebuild from an empty ledger, then again with nothing to change."""
    from scoring.ledger.actions import rebuild

    start = time.process_time()
    found = rebuild(*whole())
    seconds = time.process_time() - start
    memory = peak()
    start = time.process_time()
    again = rebuild(*whole())
    idle = time.process_time() - start
    if not again.empty or found.taken_back or not found.added:
        raise SystemExit("the second rebuild must find nothing to change")
    return {"seconds": seconds, "idle": idle, "entries": found.added, "memory": memory}


def floor(reference: str) -> dict[str, float]:
    """Load the same facts by the same queries, and write the entries of the other database.

    The parties of joint facts, a collector at rest and the commit belong to it, as to a rebuild.
    """
    from django.db import transaction

    from infoflow import bulk
    from infoflow.collector import resting
    from infoflow.units.models import Unit
    from scoring.adoptions.models import FactLine
    from scoring.ledger import actions, queries
    from scoring.ledger.models import Entry
    from scoring.targets.queries import targets_of

    other = sqlite3.connect(reference)
    names = [f.attname for f in Entry._meta.concrete_fields if f.attname not in ("id", "at")]
    days = ("date", "earned")
    wanted = (
        f"SELECT {', '.join(names)} FROM ledger_entry"
        " WHERE unit_id BETWEEN ? AND ? AND earned BETWEEN ? AND ?"
    )
    as_date = date.fromisoformat
    seconds, written, loaded = 0.0, 0, 0
    units = sorted(Unit.objects.values_list("pk", flat=True))
    with resting(), transaction.atomic():
        for year in YEARS:
            first, last = date(year, 1, 1), date(year, 12, 31)
            for some in actions._slices(units):
                given = other.execute(wanted, (some[0], some[-1], str(first), str(last)))
                values = [
                    tuple(as_date(v) if n in days else v for n, v in zip(names, row, strict=True))
                    for row in given
                ]
                start = time.process_time()
                lines = queries.fact_rows(some, first, last)
                joint = [row[0] for row in lines if (loaded := loaded + 1) and row[3] > 1]
                for _party in queries._PARTIES.rows(FactLine, joint):
                    pass
                queries.units_of(some, [year])
                targets_of(some, [year])
                queries.booked(some, first, last)
                bulk.insert(Entry, names, values)
                seconds += time.process_time() - start
                written += len(values)
        start = time.process_time()
    seconds += time.process_time() - start
    return {"seconds": seconds, "entries": written, "loaded": loaded, "memory": peak()}


def one() -> dict[str, float]:
    """Record single facts for a unit with a full year; its points follow each time.

    `ms` is the rescoring alone: from the moment the fact is stored until the points are.
    `whole` is recording and rescoring, `sql` what the database needs for the statements of
    the rescoring when nothing but these is done: they are sent to it again, bare.
    """
    from infoflow.units.models import Unit
    from scoring.adoptions.actions import record_facts
    from scoring.adoptions.rules import FactRow
    from scoring.ledger import actions
    from scoring.ledger.models import Entry

    booking: list[float] = []
    book = actions.book

    def timed(*arguments: Any, **more: Any) -> None:
        start = time.process_time()
        book(*arguments, **more)
        booking.append((time.process_time() - start) * 1000)

    vars(actions)["book"] = timed  # the signal handler asks the module for it

    units = list(Unit.objects.order_by("pk").values_list("pk", flat=True)[9 : 9 + ONE_ROUNDS])
    taken = []
    for n, unit in enumerate(units):
        row = FactRow(
            kind="submission",
            date=date(2025, 11, 3),
            title=f"新来的信息{n}",
            units=(unit,),
            key=f"one:{n}",
            source="table",
            genre="news",
        )
        before = Entry.objects.count()
        start = time.process_time()
        record_facts([row])
        taken.append((time.process_time() - start) * 1000)
        if Entry.objects.count() <= before:
            raise SystemExit("a recorded fact must be booked")
    # The first finds nothing prepared.
    return {
        "ms": statistics.median(booking[1:]),
        "worst": max(booking[1:]),
        "whole": statistics.median(taken[1:]),
        **bare_statements(units[-1]),
    }


def bare_statements(unit: int) -> dict[str, float]:
    """Return how many statements one rescoring sends, and the ms that SQLite needs for them."""
    from django.db import connection, transaction

    from scoring.adoptions.models import Fact
    from scoring.ledger import actions

    fact = Fact.objects.filter(lines__unit=unit).latest("pk")
    sent: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append((sql, params))
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(note):
        actions.book({fact.date.year: {unit}}, [])
    taken = []
    with connection.cursor() as cursor:
        for _round in range(20):
            start = time.process_time()
            for sql, params in sent:
                cursor.execute(sql, params)
                cursor.fetchall()
            taken.append((time.process_time() - start) * 1000)
    return {"statements": len(sent), "sql": statistics.median(taken)}


def step(name: str, *arguments: str, folder: Path) -> dict[str, float]:
    """Run one step in a process of its own and return what it measured."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.rescore", f"--{name}", *arguments],
        env={**os.environ, "INFOFLOW_VAR": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def inside(name: str, arguments: list[str]) -> int:
    """Do one step in this process and print what it measured as JSON."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "infoflow.settings.test"
    # Made-up facts must never reach a real database.
    os.environ.pop("DATABASE_URL", None)
    import django
    from django.core.management import call_command

    django.setup()
    if name == "fill":
        call_command("migrate", verbosity=0)
        fill(float(arguments[0]))
        found: dict[str, float] = {}
    else:
        found = {"ours": ours, "one": one, "floor": floor}[name](*arguments)  # type: ignore[operator]
    say(json.dumps(found))
    return 0


def rounds(filled: Path, database: str) -> list[tuple[dict[str, float], dict[str, float]]]:
    """Rebuild and write the floor by turns, each on a fresh copy; leave the last rebuilt one.

    The machine is quicker in one minute than in the next: both in turn, and medians.
    """
    found = []
    ours, theirs = filled.with_name("ours"), filled.with_name("floor")
    for _round in range(ROUNDS):
        for folder in (ours, theirs):
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(filled, folder)
        mine = step("ours", folder=ours)
        base = step("floor", str(ours / database), folder=theirs)
        if base["entries"] != mine["entries"]:
            raise SystemExit("the floor wrote other entries")
        found.append((mine, base))
    return found


def main(share: float) -> int:
    """Build, measure, print. Exit code 1 when a goal is missed."""
    from django.conf import settings

    with tempfile.TemporaryDirectory(prefix="infoflow-bench-") as name:
        filled = Path(name, "filled")
        filled.mkdir()
        started = time.perf_counter()
        step("fill", str(share), folder=filled)
        say(
            f"{int(UNITS * share)} units, {int(FACTS * share)} facts, {len(YEARS)} years; built in"
            f" {time.perf_counter() - started:.0f} s; {os.cpu_count()} cores,"
            f" Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
        )
        measured = rounds(filled, Path(settings.DATABASES["default"]["NAME"]).name)
        single = step("one", folder=filled.with_name("ours"))
    for mine, base in measured:
        say(
            f"rebuild  {mine['entries']:.0f} entries in {mine['seconds']:.1f} s, floor"
            f" {base['seconds']:.1f} s ({base['loaded']:.0f} lines), ratio"
            f" {mine['seconds'] / base['seconds']:.2f}; peak {mine['memory']:.0f} MB (floor"
            f" {base['memory']:.0f}); nothing to change {mine['idle']:.1f} s"
        )
    ratio = statistics.median(mine["seconds"] / base["seconds"] for mine, base in measured)
    memory = max(mine["memory"] for mine, _base in measured)
    say(
        f"median ratio {ratio:.2f} (goal {GOALS['ratio']}); peak {memory:.0f} MB (goal"
        f" {GOALS['memory']})"
    )
    say(
        f"one fact: its rescoring median {single['ms']:.1f} ms, worst {single['worst']:.1f} ms"
        f" (goal {GOALS['one']}); its {single['statements']:.0f} reading statements alone"
        f" {single['sql']:.1f} ms; recorded and rescored {single['whole']:.1f} ms"
    )
    missed = ratio > GOALS["ratio"] or memory > GOALS["memory"] or single["ms"] > GOALS["one"]
    return 1 if missed else 0


if __name__ == "__main__":
    given = sys.argv[1:]
    if given and given[0].startswith("--"):
        sys.exit(inside(given[0].removeprefix("--"), given[1:]))
    sys.exit(main(float(given[0]) if given else 1.0))
