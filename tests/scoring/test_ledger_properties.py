"""The ledger under random schemes: what a withdrawn fact had changed is as it was before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, assume, given, settings

from cms.bulletins.models import Bulletin
from infoflow.units.actions import create_unit
from infoflow.units.models import Unit, UnitKind, User
from infoflow.units.roles import Role
from scoring.adoptions.actions import record_facts, withdraw_fact
from scoring.adoptions.models import Fact
from scoring.adoptions.rules import FactKind, FactRow, Source
from scoring.ledger.actions import rebuild
from scoring.ledger.models import Entry
from scoring.schemes.actions import publish_scheme
from scoring.schemes.engine import FactView
from scoring.schemes.models import Scheme
from scoring.targets.models import Target
from tests.builders import in_group, own_bulletin, person, superior_bulletin
from tests.properties import examples
from tests.scoring.engine.random_settings import BULLETINS, GROUPS
from tests.scoring.engine.strategies import KINDS, PARENTS, UNITS, Case, Config, cases, renumbered

YEAR = 2026
TODAY_AT_MOST = date(YEAR, 10, 31)
DAYS = (date(YEAR, 1, 1), date(YEAR, 12, 31))


class Office:
    """Five units as the strategies number them, three bulletins, a scorer."""

    def __init__(self) -> None:
        self.units: dict[int, Unit] = {}
        for n in sorted(UNITS, key=lambda n: (n != PARENTS[1], n)):
            self.units[n] = create_unit(
                code=f"P{n}",
                name=f"单位{n}",
                kind=KINDS.get(n, UnitKind.TOWN),
                parent=self.units[PARENTS[n]] if n in PARENTS else None,
                order=n,
            )
        groups = {n: in_group(self.units[int(n)], f"第{n}组", YEAR) for n in GROUPS}
        named = (own_bulletin("昨日情况"), superior_bulletin("市刊", 2), superior_bulletin("省刊"))
        self.bulletins: dict[int, Bulletin] = dict(zip(BULLETINS, named, strict=True))
        self.groups = {n: str(group.pk) for n, group in groups.items()}
        self.scorer: User = person(Role.SCORER)

    def number(self, what: str, number: str) -> str:
        """The number in the database for one of the strategies'."""
        return self.groups[number] if what == "group" else str(self.bulletins[int(number)].pk)

    def publish(self, made: list[Config], rounding: str, period: str) -> None:
        """Put a scheme in force; one that is refused is no example."""
        scheme = Scheme(
            name="随机办法",
            valid_from=DAYS[0],
            valid_until=DAYS[1],
            rounding=rounding,
            period=period,
            has_unpublished_changes=True,
            blocks=[
                {"type": kind, "id": block_id, "value": renumbered(config, self.number)}
                for kind, block_id, config in made
            ],
        )
        scheme.save()
        scheme.save_revision()
        try:
            with transaction.atomic():
                publish_scheme(scheme_id=scheme.pk)
        except ValidationError:
            assume(False)

    def record(self, some: list[FactView], start: int = 0) -> list[Fact]:
        return record_facts(
            FactRow(
                kind=fact.kind,
                date=fact.date,
                title=f"信息{fact.id}",
                units=tuple(self.units[pk].pk for pk in fact.units),
                key=f"random:{start + n}",
                source=Source.FORM,
                bulletin=self.bulletins[fact.bulletin_id].pk if fact.bulletin_id else None,
                form=fact.form,
                note=fact.note,
                genre=fact.genre,
                level=fact.level if fact.kind == FactKind.INSTRUCTION else None,
                leader=fact.leader,
                mark=fact.mark,
                check=fact.check,
                words=fact.words,
                hundredths=fact.hundredths,
                traits=tuple(sorted(fact.traits)),
                subject=fact.subject,
            )
            for n, fact in enumerate(some)
        )


@contextmanager
def undone() -> Iterator[None]:
    """One example: whatever it writes is taken back by the database."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


def sums() -> dict[tuple[int, date], int]:
    """The sum of entries by unit and day, with those that take others back."""
    found: Counter[tuple[int, date]] = Counter()
    for unit, day, hundredths in Entry.objects.values_list("unit_id", "date", "hundredths"):
        found[unit, day] += hundredths
    return {place: sum_ for place, sum_ in found.items() if sum_}


def standing() -> set[tuple[Any, ...]]:
    return set(
        Entry.objects.standing().values_list(
            "unit_id", "block_id", "about", "earned", "hundredths", "flag", "fact_id"
        )
    )


@pytest.fixture
def office(db: None) -> Office:
    """The units with their targets; no example changes them."""
    made = Office()
    keys = [(pk, m, p) for pk in (1, 4) for m, p in (("submitted", "quarter"), ("points", "year"))]
    Target.objects.bulk_create(
        Target(unit=made.units[pk], year=YEAR, measure=m, per=p, hundredths=300)
        for pk, m, p in keys
    )
    return made


@settings(examples(8), suppress_health_check=list(HealthCheck))
@given(cases(facts=8, until=TODAY_AT_MOST))
def test_recording_and_withdrawing_restores_the_ledger(office: Office, case: Case) -> None:
    with undone():
        office.publish(case.made, case.rounding, case.period)
        office.record(case.happened)
        before = sums(), standing()
        assert rebuild(*DAYS, dry_run=True).empty
        (fact,) = office.record([case.extra], start=500)
        assert rebuild(*DAYS, dry_run=True).empty
        withdraw_fact(fact_id=fact.pk, person=office.scorer, reason="重复登记")
        assert (sums(), standing()) == before
        assert rebuild(*DAYS).empty
        # In one go and bit by bit is the same.
        for unit in office.units.values():
            assert rebuild(*DAYS, units=[unit.pk], dry_run=True).empty
