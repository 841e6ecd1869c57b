"""Measure the sweep over 100,000 open deadlines: nothing due, some due, very many due.

Run with `bin/bench sweep [--on sqlite|postgresql]`. The floor writes the rows that a telling
leaves (the point, the notice, its recipients, the deadline's next look) as bare SQL in
transactions of the same size. Goals, of which a missed one is told and makes the exit code 1: a
run over 100,000 takes 2 s at most, whether nothing is due, 100 or 1,000 are told, or all are due
and only counted (a dry run); and the memory of telling 10,000 is that of telling 1,000.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from . import servers
from .scorebook import say

OPEN = 100_000
SOME, MANY, VERY_MANY = 100, 1_000, 10_000
PEOPLE = 2
POINTS = [-1440, -120, 0, 60]
ROUNDS = 3
GOAL = 2.0
# A batch's objects, and what the allocator keeps: a run may grow by so much.
MEMORY_GOAL = 4 * 1024 * 1024
KIND = "trial"


@contextmanager
def database(kind: str) -> Iterator[None]:
    """Set Django up on an empty, migrated database."""
    servers.end_in_order()
    folder = Path(os.environ["INFOFLOW_VAR"]).resolve() / "sweep" / kind
    folder.mkdir(parents=True, exist_ok=True)
    for place in (folder.parent.parent, folder.parent, folder):
        place.chmod(0o711)
    with servers.database(kind, folder) as address:
        os.environ["INFOFLOW_VAR"] = str(folder)
        os.environ["DATABASE_URL"] = address
        import django
        from django.core.management import call_command
        from django.db import connections

        django.setup()
        try:
            call_command("migrate", verbosity=0)
            yield
        finally:
            connections.close_all()


def people() -> list[int]:
    from infoflow.units.models import User

    if not User.objects.exists():
        User.objects.bulk_create(
            User(username=f"p{n}", name=f"人{n}", is_active=True) for n in range(PEOPLE)
        )
    return list(User.objects.values_list("pk", flat=True)[:PEOPLE])


def build(now: datetime) -> None:
    """Make OPEN deadlines, none of them due for a day."""
    from infoflow.worktime.models import Due
    from infoflow.worktime.reckoning import moment_rule

    if Due.objects.exists():
        return
    rows = (
        Due(
            key=f"trial:{n}",
            kind=KIND,
            started=now,
            rule=moment_rule("下达"),
            at=now + timedelta(days=3, minutes=n % 5_000),
            sentence="约定的时刻",
            points=POINTS,
            known_at=now,
            handled_to=now,
            next_at=now + timedelta(days=2, minutes=n % 5_000),
        )
        for n in range(OPEN)
    )
    Due.objects.bulk_create(rows, batch_size=2_000)


def make_due(first: int, count: int, now: datetime) -> None:
    """Let the deadline of some rows have come half a minute ago."""
    from infoflow.worktime.models import Due

    keys = [f"trial:{n}" for n in range(first, first + count)]
    at = now - timedelta(seconds=30)
    for start in range(0, count, 5_000):
        Due.objects.filter(key__in=keys[start : start + 5_000]).update(
            at=at, known_at=at - timedelta(days=9), handled_to=at - timedelta(hours=1), next_at=at
        )


def remind(asked: list[int]) -> Callable[..., None]:
    from infoflow.notices.actions import Announcement, announce_all

    def tell(reminders: Any, now: datetime) -> None:
        announce_all(
            Announcement(
                key=f"{one.due.key}:{one.stage.offset}:{one.due.at:%Y%m%d%H%M}",
                kind=KIND,
                people=asked,
                number="试〔2026〕1号",
                text="约稿〔2026〕1号到期",
                url="/",
                due_at=one.due.at,
            )
            for one in reminders
        )

    return tell


def floor(count: int, now: datetime, asked: list[int]) -> None:
    """Write what `count` tellings leave, as many in a transaction as a sweep takes."""
    from django.db import connection, transaction

    from infoflow.notices.job_dues import BATCH
    from infoflow.notices.models import Notice, Recipient
    from infoflow.worktime.models import Due, DuePoint

    ids = list(Due.objects.order_by("pk").values_list("pk", flat=True)[OPEN // 2 :][:count])
    quote = connection.ops.quote_name
    moment = connection.ops.adapt_datetimefield_value(now)

    def insert(cursor: Any, model: Any, values: dict[str, Any]) -> None:
        columns = ", ".join(quote(model._meta.get_field(name).column) for name in values)
        marks = ", ".join(["%s"] * len(values))
        table = quote(model._meta.db_table)
        cursor.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(values.values()))

    first = (Notice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1_000_000
    for start in range(0, count, BATCH):
        with transaction.atomic(), connection.cursor() as cursor:
            for n, pk in enumerate(ids[start : start + BATCH], start=first + start):
                insert(
                    cursor,
                    DuePoint,
                    {"due": pk, "offset": 0, "moment": moment, "at": moment, "skipped": False},
                )
                notice: dict[str, Any] = {"id": n, "key": f"floor:{n}", "kind": KIND}
                notice |= {"number": "试〔2026〕1号", "text": "到期", "url": "/"}
                notice |= {"due_at": moment, "urgent": False, "at": moment}
                insert(cursor, Notice, notice)
                for person in asked:
                    insert(
                        cursor,
                        Recipient,
                        {"notice": n, "person": person, "at": moment, "step": 0},
                    )
                cursor.execute(
                    f"UPDATE {quote(Due._meta.db_table)} SET handled_to = %s WHERE id = %s",
                    [moment, pk],
                )


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def peak(work: Callable[[], object]) -> int:
    """Return by how many bytes the process grew at most while working."""
    Path("/proc/self/clear_refs").write_text("5")
    before = _status("VmRSS")
    work()
    return max(0, _status("VmHWM") - before)


def _status(name: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    raise LookupError(name)


def measure(kind: str) -> int:
    """Measure on one database; 1 when a goal is missed."""
    with database(kind):
        from django.db import connection
        from django.utils import timezone

        from infoflow.notices import sweep
        from infoflow.notices.kinds import register_kind
        from infoflow.worktime.due_kinds import register_due_kind

        version = ".".join(map(str, connection.get_database_version()))
        asked, now = people(), timezone.now()
        register_kind(KIND, "试")
        register_due_kind(KIND, label="试", remind=remind(asked))
        sweep._jobs = {"dues": sweep._jobs["dues"]}
        built = seconds(lambda: build(now))
        say(
            f"{connection.vendor} {version}: {OPEN} open deadlines (made in {built:.0f} s),"
            f" {PEOPLE} people told of each, load {os.getloadavg()[0]:.1f}"
        )

        def run(expected: int, dry: bool = False) -> None:
            (ran,) = sweep.sweep(timezone.now(), dry=dry)
            if ran.outcome.done != expected or ran.failure:
                raise SystemExit(f"{ran.outcome.done} told instead of {expected}, {ran.failure}")

        found = {"nothing due": min(seconds(lambda: run(0)) for _round in range(ROUNDS))}
        say(f"nothing due            {found['nothing due'] * 1000:9.1f} ms")
        found |= _rounds(run, asked)
        grown = {}
        for count, first in ((MANY, 20_000), (VERY_MANY, 30_000)):
            make_due(first, count, timezone.now())
            grown[count] = peak(partial(run, count))
            say(f"telling {count:6} grows by {grown[count] / 1024 / 1024:5.1f} MiB at most")
        make_due(0, OPEN, timezone.now())
        found["dry run"] = min(seconds(lambda: run(OPEN, dry=True)) for _round in range(ROUNDS))
        say(f"all {OPEN} due, dry run {found['dry run']:6.2f} s")
    missed = [f"{name} {took:.2f} s" for name, took in found.items() if took > GOAL]
    if grown[VERY_MANY] - grown[MANY] > MEMORY_GOAL:
        missed.append("memory")
    if missed:
        say(f"missed: {', '.join(missed)}")
    return int(bool(missed))


def _rounds(run: Callable[[int], None], asked: list[int]) -> dict[str, float]:
    """Tell SOME and MANY, with their floors in turn; return the seconds of both."""
    from django.utils import timezone

    found: dict[str, float] = {}
    first = 0
    for count in (SOME, MANY):
        ours, bare = [], []
        for _round in range(ROUNDS):
            make_due(first, count, timezone.now())
            first += count
            ours.append(seconds(partial(run, count)))
            bare.append(seconds(partial(floor, count, timezone.now(), asked)))
        found[f"{count} told"] = min(ours)
        say(
            f"{count:6} of them told      {min(ours):9.3f} s, floor {min(bare):7.3f} s:"
            f" {min(ours) / min(bare):.1f}"
        )
    return found


def main() -> int:
    """Measure on every database, each in a process of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--on", choices=servers.KINDS)
    kind = parser.parse_args().on
    return measure(kind) if kind else servers.on_each("tests.bench.sweep", [])


if __name__ == "__main__":
    sys.exit(main())
