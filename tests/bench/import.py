"""Measure importing 50,000 facts: looked through, matched, confirmed, booked and scored.

Run with `bin/bench import [ROWS]`. Builds a library (150 units, 6,000 items) and a workbook of
all columns in the database of DATABASE_URL, or in a temporary SQLite file; on PostgreSQL the
database must be an empty one that may be thrown away. The floor in the same run: calamine reads
the same bytes, and the same facts, lines and entries are written with one prepared statement
for each table. Exit code 1 when the goal is missed.
"""

from __future__ import annotations

import io
import os
import platform
import random
import resource
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from .scorebook import say

ROWS, UNITS, ITEMS = 50_000, 150, 6_000
GOAL = 10.0  # seconds
ROUNDS = 3
KINDS = ("报送", "上报", "采用", "批示")
SHARES = (40, 10, 45, 5)
FORMS = ("单篇", "综合", "要目", "摘报")
HEAD = (
    "事项", "日期", "单位", "标题", "刊物", "采用形式", "期号", "稿件形式", "具体情况",
    "批示领导", "领导级别", "考核项目", "字数", "分值", "特征", "说明",
)  # fmt: skip


# --- the data -----------------------------------------------------------------------------


def clauses(bulletins: list[int]) -> list[dict[str, Any]]:
    """Return a scheme as counties have it: 35 rows, best of several, joint equal, a cap."""
    rows: list[dict[str, Any]] = [
        {"kind": "submission", "target": "all", "points": "0.5"},
        {"kind": "forwarding", "target": "all", "points": "1"},
    ]
    rows += [
        {"kind": "adoption", "target": f"bulletin:{pk}", "form": form, "points": f"{n + 2}.5"}
        for n, pk in enumerate(bulletins[:6])
        for form in ("single", "merged", "headline", "digest")
    ]
    rows += [{"kind": "adoption", "target": f"level:{n}", "points": f"{n * 2}"} for n in (1, 2, 3)]
    rows += [
        {"kind": "instruction", "target": f"level:{level}", "mark": mark, "points": points}
        for level in (1, 2, 3)
        for mark, points in (("main", f"{level * 5}"), ("other", f"{level * 3}"))
    ]
    adopted = {"facts": {"kinds": ["adoption"]}}
    submitted = {"facts": {"kinds": ["submission"]}}
    several = {"name": "多次采用", "way": "best", "best": 1, "within": "year", "whose": adopted}
    cap = {"name": "封顶", "most": "60", "within": "year", "whose": submitted}
    return [
        {
            "type": "points_table",
            "id": "table",
            "value": {"name": "计分表", "rows": rows, "joint": "equal"},
        },
        {"type": "several", "id": "several", "value": several},
        {"type": "cap", "id": "cap", "value": cap},
    ]


def papers_and_scheme(year: int) -> list[str]:
    """Make bulletins and a scheme in force; return the bulletins' names."""
    from cms.bulletins.models import Bulletin, Level
    from scoring.schemes.models import Scheme

    papers = [
        Bulletin.objects.create(name=f"信息专刊{n + 1}", level=list(Level)[n % 4], order=n)
        for n in range(8)
    ]
    scheme = Scheme(
        name="测试办法",
        valid_from=date(year, 1, 1),
        valid_until=date(year, 12, 31),
        blocks=clauses([paper.pk for paper in papers]),
    )
    scheme.save()
    Scheme.objects.filter(pk=scheme.pk).update(live=True)
    return [paper.name for paper in papers]


def workbook(number: int, year: int, papers: list[str]) -> bytes:
    """Return a workbook of so many facts: a twentieth joint, a twentieth with titles of ours."""
    from openpyxl import Workbook

    from cms.items.models import ItemPage
    from infoflow.units.models import Unit

    dice = random.Random(20261126)
    units = list(Unit.objects.values_list("name", flat=True))
    pool = list(ItemPage.objects.in_pool().values_list("title", "unit__name"))
    days = [(date(year, 1, 1) + timedelta(days=n)).isoformat() for n in range(365)]
    book = Workbook(write_only=True)
    sheet = book.create_sheet("事项")
    sheet.append(HEAD)
    for n in range(number):
        kind = dice.choices(KINDS, SHARES)[0]
        title, unit = f"关于第{n}项重点工作推进落实情况的报告", dice.choice(units)
        if dice.random() < 0.05:
            title, unit = dice.choice(pool)
            title += "和下一步打算" if dice.random() < 0.5 else ""
        if dice.random() < 0.05:
            unit += "、" + dice.choice([name for name in units[:9] if name != unit])
        adopted, told = kind == "采用", kind == "批示"
        sheet.append(
            [
                kind,
                dice.choice(days),
                unit,
                title,
                dice.choice(papers) if kind in ("上报", "采用") else None,
                dice.choice(FORMS) if adopted else None,
                f"{year}年第{n % 90}期" if adopted else None,
                "动态",
                dice.choice(("主要领导", "其他领导")) if told else None,
                "副市长" if told else None,
                dice.choice(("县级", "市级", "省级")) if told else None,
                None,
                dice.randrange(300, 3_000),
                None,
                "转载" if adopted and n % 7 == 0 else None,
                f"第{n}号",
            ]
        )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- what is measured ------------------------------------------------------------------------


class Clock:
    """Seconds of the clock and of the processor, step by step."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, float, float]] = []

    def run(self, name: str, work: Callable[[], Any]) -> Any:
        """Do some work and note how long it took."""
        wall, cpu = time.perf_counter(), time.process_time()
        found = work()
        self.steps.append((name, time.perf_counter() - wall, time.process_time() - cpu))
        return found

    @property
    def sums(self) -> tuple[float, float]:
        """All steps together."""
        return sum(step[1] for step in self.steps), sum(step[2] for step in self.steps)

    def tell(self, what: str) -> None:
        """Print what the steps took."""
        for name, wall, cpu in self.steps:
            say(f"  {name:24} {wall:6.2f} s  processor {cpu:6.2f} s")
        wall, cpu = self.sums
        say(f"{what}: {wall:.2f} s, processor {cpu:.2f} s")


def by_command(data: bytes, person: Any) -> Clock:
    """Do what the command does with `--titles same`."""
    from scoring.imports import actions
    from scoring.imports.looks import Choices, look

    clock = Clock()
    name = "事项.xlsx"
    taken = clock.run(
        "looked through and read", lambda: actions.take(name=name, data=data, person=person)
    )
    found = clock.run("checked, titles matched", lambda: look(taken.sheets, Choices()))
    if not found.titles:
        raise SystemExit("no title was matched")
    found.settle_titles(same=True)
    if found.stopped:
        raise SystemExit(f"the table was stopped: {found.sorted_remarks()[:3]}")
    source = actions.Source(name, taken.file.sha256, person)
    clock.run("booked and scored", lambda: list(actions.book(found=found, source=source)))
    return clock


def by_page(data: bytes, person: Any) -> Clock:
    """Send the requests that a browser sends."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client
    from django.urls import reverse

    from scoring.imports.models import Upload
    from tests.scoring.imports.pages import fields_of

    page, clock = Client(), Clock()
    page.force_login(person)
    file = SimpleUploadedFile("事项.xlsx", data)
    clock.run("POST the file", lambda: page.post(reverse("imports"), {"file": file}))
    address = reverse("import_look", args=[Upload.objects.get().pk])
    answer = clock.run("GET the report", lambda: page.get(address))
    fields = fields_of(answer)
    clock.run("POST confirmed titles", lambda: page.post(address, fields | {"look": ""}))
    answer = clock.run("GET the report again", lambda: page.get(address))
    if answer.context["stopping"]:
        raise SystemExit("the page stopped the table")

    def book() -> bytes:
        sent: Any = page.post(address, fields | {"book": ""})
        return b"".join(sent.streaming_content)

    shown = clock.run("POST book, with its bar", book)
    if "新登记" not in shown.decode() and "已登记" not in shown.decode():
        raise SystemExit("the page booked nothing")
    return clock


def forget_counts() -> None:
    """Let SQLite plan as in an office, where nobody runs ANALYZE while the tables are empty.

    The library does so, before the first fact: each line would be compared with every fact.
    """
    from django.db import connection

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM sqlite_stat1 WHERE tbl GLOB 'adoptions_*'")
            cursor.execute("DELETE FROM sqlite_stat1 WHERE tbl GLOB 'ledger_*'")
            cursor.execute("ANALYZE sqlite_schema")


TABLES = ("adoptions_fact", "adoptions_factline", "ledger_entry")
Rows = dict[str, tuple[list[str], list[tuple[Any, ...]]]]


def last_ids() -> dict[str, int]:
    """Return the newest row of each table that a booking writes to."""
    from django.db import connection

    with connection.cursor() as cursor:
        found = {}
        for table in TABLES:
            cursor.execute(f"SELECT COALESCE(MAX(id), 0) FROM {table}")
            found[table] = cursor.fetchone()[0]
    return found


def written_after(last: dict[str, int]) -> Rows:
    """Return the rows that a booking has written, table by table."""
    from django.db import connection

    found = {}
    for table in TABLES:
        with connection.cursor() as cursor:
            sql = f"SELECT * FROM {table} WHERE id > %s ORDER BY id"
            cursor.execute(sql, [last[table]])
            found[table] = ([column[0] for column in cursor.description], cursor.fetchall())
    return found


def floor(data: bytes, rows: Rows) -> Clock:
    """Read the same workbook and write the same rows, and nothing else."""
    from django.db import connection
    from python_calamine import load_workbook

    from infoflow import bulk

    clock = Clock()
    clock.run(
        "calamine",
        lambda: load_workbook(io.BytesIO(data)).get_sheet_by_index(0).to_python(),
    )

    def write() -> None:
        for table, (columns, values) in rows.items():
            bulk.write(connection, table, columns, values)

    clock.run("rows written", write)
    return clock


def undone(work: Callable[[], Any]) -> Any:
    """Do some work in a transaction that is rolled back; return its answer."""
    from django.db import transaction

    with transaction.atomic():
        found = work()
        transaction.set_rollback(True)
    return found


def one_round(data: bytes, person: Any, last: dict[str, int]) -> tuple[Clock, Clock, int]:
    """Print what the command and the floor take, one after the other; nothing remains.

    Returns both, and how many entries were written.
    """
    clock, rows = undone(lambda: (by_command(data, person), written_after(last)))
    clock.tell("as the command does it")
    sizes = ", ".join(f"{len(values)} {table}" for table, (_names, values) in rows.items())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(f"written: {sizes}; the process has {peak:.0f} MB")
    below = undone(lambda: floor(data, rows))
    below.tell("floor")
    return clock, below, len(rows["ledger_entry"][1])


def measure(data: bytes, person: Any) -> bool:
    """Print both ways beside the floor; tell whether the goal was reached.

    The machine is quicker in one minute than in the next: the command's way and the floor by
    turns, and the median of them.
    """
    from django.db import connection

    last = last_ids()
    rounds = [one_round(data, person, last) for _round in range(ROUNDS)]
    page = by_page(data, person)
    page.tell("through the page")
    if len(written_after(last)["ledger_entry"][1]) != rounds[0][2]:
        raise SystemExit("the page has booked something else than the command")
    # SQLite works inside this process; PostgreSQL's own time shows on the clock only.
    n = 1 if connection.vendor == "sqlite" else 0
    taken = statistics.median(clock.sums[n] for clock, _below, _entries in rounds)
    ratio = statistics.median(clock.sums[n] / below.sums[n] for clock, below, _entries in rounds)
    say(
        f"median of the command {taken:.2f} s by the {'processor' if n else 'clock'}, ratio to the"
        f" floor {ratio:.2f}"
    )
    # The page's requests are printed only: between them a person reads and chooses.
    reached = taken <= GOAL
    say(f"goal {GOAL:.0f} s: {'reached' if reached else 'MISSED'}")
    return reached


def main() -> int:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "infoflow.settings.test")
    import django

    django.setup()
    from django.db import connection
    from django.test.utils import setup_test_environment
    from django.utils import timezone

    from tests.bench.library import build

    setup_test_environment()
    began = time.perf_counter()
    library = build(items=ITEMS, units=UNITS, per_step=10)
    forget_counts()
    year = timezone.localdate().year - 1
    data = workbook(number, year, papers_and_scheme(year))
    say(
        f"{number} rows of {len(HEAD)} columns, {len(data) / 2**20:.1f} MB; {UNITS} units,"
        f" {library.items} items; built in {time.perf_counter() - began:.0f} s;"
        f" {os.cpu_count()} cores, Python {platform.python_version()}, {connection.vendor}"
        f" {sqlite3.sqlite_version if connection.vendor == 'sqlite' else ''}"
    )
    return 0 if measure(data, library.office.scorer) else 1


if __name__ == "__main__":
    sys.exit(main())
