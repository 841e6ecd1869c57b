"""Measure what the triggers of the tallies cost: a booking, a withdrawal, an import; and what a
comparison and a rebuild take on a million facts.

Run with `bin/bench tallies [--on sqlite|postgresql]`. Uses the library of `bin/bench ranking`;
everything measured is taken back. Tells and judges nothing.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from . import scorebook, servers
from .scorebook import say

SINGLE, ROUNDS, BULK = 40, 3, 5_000
DAY = date(2025, 11, 3)


class _TakenBack(Exception):
    """Ends a transaction."""


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def row(number: int, unit: int, bulletin: int) -> Any:
    from scoring.adoptions.rules import FactRow

    return FactRow(
        kind="adoption",
        date=DAY,
        title=f"新来的信息{number}",
        units=(unit,),
        key=f"tallies:{number}",
        source="table",
        bulletin=bulletin,
        form="single",
        genre="news",
    )


def _record(rows: list[Any], made: list[Any]) -> None:
    from scoring.adoptions.actions import record_facts

    made += record_facts(rows)


def bookings(units: list[int], bulletin: int, person: Any, *, triggers: bool) -> dict[str, float]:
    """Return milliseconds of single acts (median) and of a table in bulk; take all back."""
    from django.db import transaction

    from scoring.adoptions.actions import withdraw_fact

    found: dict[str, float] = {}
    try:
        with transaction.atomic():
            if not triggers:
                scorebook.drop_triggers()
            booked, gone = [], []
            for n in range(SINGLE):
                one, made = row(n, units[n], bulletin), list[Any]()
                booked.append(seconds(partial(_record, [one], made)))
                take = partial(withdraw_fact, fact_id=made[0].pk, person=person, reason="重复")
                gone.append(seconds(take))
            found["one fact"] = statistics.median(booked) * 1000
            found["one withdrawal"] = statistics.median(gone) * 1000
            rows = [row(SINGLE + n, units[n % len(units)], bulletin) for n in range(BULK)]
            found[f"{BULK} facts"] = seconds(partial(_record, rows, [])) * 1000
            raise _TakenBack
    except _TakenBack:
        return found


def measure(kind: str) -> int:
    """Measure on one database and print."""
    with scorebook.library(kind):
        from django.db import connection

        from cms.bulletins.models import Bulletin
        from infoflow.units.models import Unit, User
        from scoring.tallies import keeping

        version = ".".join(map(str, connection.get_database_version()))
        say(
            f"{connection.vendor} {version}: {scorebook.FACTS} facts, load {os.getloadavg()[0]:.1f}"
        )
        units = list(Unit.objects.order_by("pk").values_list("pk", flat=True))
        bulletin = Bulletin.objects.order_by("pk").values_list("pk", flat=True)[0]
        scorer = User.objects.get()  # the library has one person
        runs: dict[bool, list[dict[str, float]]] = {True: [], False: []}
        for _round in range(ROUNDS):
            for triggers, some in runs.items():
                some.append(bookings(units, bulletin, scorer, triggers=triggers))
        for name in runs[True][0]:
            having, without = (
                statistics.median(run[name] for run in runs[triggers]) for triggers in (True, False)
            )
            say(
                f"{name:16} {having:8.1f} ms, without the triggers {without:8.1f} ms:"
                f" {having / without:.2f}"
            )
        found: list[Any] = []
        say(f"comparing everything {seconds(lambda: found.extend(keeping.faults())):.1f} s")
        if found or keeping.missing():
            raise SystemExit(f"the tallies are not what the rows say: {found[:5]}")
        say(f"tallies --rebuild    {seconds(keeping.rebuild):.1f} s")
    return 0


def main() -> int:
    """Measure on every database, each in a process of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--on", choices=servers.KINDS)
    kind = parser.parse_args().on
    return measure(kind) if kind else servers.on_each("tests.bench.tallies", [])


if __name__ == "__main__":
    sys.exit(main())
