"""Two bookings that touch the same tallies: the triggers write a row for each unit and year.

Whoever books holds its units first, always in the same order, so nobody waits in a circle.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, transaction

from cms.bulletins import actions as bulletins
from infoflow.units.actions import create_unit
from infoflow.units.models import Unit, UnitKind
from scoring.adoptions.actions import record_facts, withdraw_fact
from scoring.adoptions.models import Fact, FactLine
from scoring.adoptions.rules import FactKind, FactRow, Source
from scoring.ledger.models import Entry
from scoring.tallies import keeping
from tests.builders import Office, decide, fresh, superior_bulletin, unit
from tests.scoring.imports.tables import facts
from tests.scoring.test_credit import in_force

Together = Callable[..., list[Any]]
DAY = date(2026, 3, 5)
ROUNDS = 8
TABLE = ("points_table", {"rows": [{"kind": "adoption", "target": "all", "points": "4"}]})


@pytest.fixture
def racing(race_db: Together) -> Together:
    """The starter of races, in a database that really commits, with a scheme in force."""
    superior_bulletin()
    return race_db


def row(units: Sequence[Unit], key: str) -> FactRow:
    return FactRow(
        kind=FactKind.ADOPTION,
        date=DAY,
        title=f"某信息{key}",
        units=tuple(one.pk for one in units),
        key=key,
        source=Source.TABLE,
        bulletin=superior_bulletin().pk,
    )


def errors(outcomes: list[Any]) -> list[Exception]:
    return [outcome for outcome in outcomes if isinstance(outcome, Exception)]


@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite has one writer at a time: nothing to break"
)
def test_without_the_lock_two_bookings_wait_in_a_circle(racing: Together) -> None:
    a, b = unit("甲镇"), unit("乙镇")
    both_wrote = threading.Barrier(2)

    def naive(key: str, units: Sequence[Unit]) -> None:
        bulletin = superior_bulletin()
        with transaction.atomic():
            fact = Fact.objects.create(
                kind=FactKind.ADOPTION,
                date=DAY,
                title=key,
                bulletin=bulletin,
                source=Source.TABLE,
                key=key,
                subject=key,
            )
            for n, at in enumerate(units):
                if n:
                    both_wrote.wait(timeout=30)
                FactLine.objects.create(
                    fact=fact, unit=at, kind=fact.kind, bulletin=bulletin, date=DAY, happened=DAY
                )

    (told,) = errors(racing(lambda: naive("x", (a, b)), lambda: naive("y", (b, a))))
    assert isinstance(told, OperationalError)
    assert "deadlock" in str(told)
    assert keeping.faults() == []


def test_bookings_of_the_same_units_in_another_order_take_turns(racing: Together) -> None:
    in_force(TABLE)
    scorer = Office().scorer
    units = [unit(f"单位{n}") for n in range(4)]
    old = record_facts([row(units[::-1], f"old{n}") for n in range(ROUNDS)])
    for n in range(ROUNDS):
        orders = (units, units[::-1], units[2:] + units[:2])
        outcomes = racing(
            *[
                lambda o=o, k=k, n=n: record_facts([row(o, f"{n}:{k}")])
                for k, o in enumerate(orders)
            ],
            lambda n=n: withdraw_fact(fact_id=old[n].pk, person=fresh(scorer), reason="重复登记"),
        )
        assert not errors(outcomes), outcomes
    assert Fact.objects.count() == 5 * ROUNDS
    assert sum(Entry.objects.values_list("hundredths", flat=True)) == 3 * ROUNDS * 400 * 4
    assert keeping.faults() == []


def test_an_import_an_issue_and_single_bookings_take_turns(
    racing: Together, tmp_path: Path
) -> None:
    """The table names the units from last to first, the issue and the bookings as they come."""
    in_force(TABLE)
    office, other = Office(unit("甲镇")), Office(unit("乙镇"))
    units = [office.unit, other.unit, unit("丙镇"), unit("丁镇")]
    issue = office.issue(office.pooled(), other.pooled("另一情况"))
    bulletins.submit_issue(issue_id=issue.pk, person=office.editor)
    decide(issue, office.reviewer)
    table = tmp_path / "采用.xlsx"
    names = [at.name for at in reversed(units)]
    paper = superior_bulletin().name
    table.write_bytes(
        facts(*[["采用", "2026-03-05", names[n % 4], f"第{n}条", paper] for n in range(120)])
    )
    before = Fact.objects.count()
    outcomes = racing(
        lambda: call_command("import_facts", str(table), stdout=io.StringIO()),
        lambda: decide(issue, office.issuer),
        *[
            lambda n=n: [record_facts([row(units[n::-1], f"{n}:{k}")]) for k in range(ROUNDS)]
            for n in range(1, 4)
        ],
    )
    assert not errors(outcomes), outcomes
    assert Fact.objects.count() == before + 120 + 2 + 3 * ROUNDS
    assert keeping.faults() == []


def test_a_direct_point_and_its_county_in_one_table_take_turns(racing: Together) -> None:
    """A 直报点's fact books points of the unit above it, which a table may hold already."""
    in_force(("credit", {"kinds": ["direct"], "to": "both"}), TABLE)
    county = unit("某县")
    point = create_unit(code="ZB01", name="某直报点", kind=UnitKind.DIRECT, parent=county)
    for n in range(3 * ROUNDS):
        outcomes = racing(
            lambda n=n: record_facts([row([county], f"{n}a"), row([point], f"{n}b")]),
            lambda n=n: record_facts([row([point], f"{n}c")]),
            lambda n=n: record_facts([row([point, county], f"{n}d")]),
        )
        assert not errors(outcomes), outcomes
    assert keeping.faults() == []
