"""Two at once in the ledger: bookings under a cap, closing and publishing against recording.

Each rule comes as a pair: the same race without our lock breaks, with it it holds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import Any, cast

import pytest
from django.db.models import Sum
from django.utils import timezone

from infoflow.units.models import Unit, UnitKind
from scoring.adoptions.actions import record_facts, withdraw_fact
from scoring.adoptions.models import Fact, FactLine
from scoring.adoptions.rules import FactKind, FactRow, Source
from scoring.closings.models import Closing
from scoring.closings.queries import closed_spans
from scoring.closings.rules import counted_on
from scoring.ledger.actions import rebuild
from scoring.ledger.models import Entry
from scoring.ledger.queries import facts_of
from scoring.rankings.queries import counted_ranking
from scoring.rankings.snapshots import digest_of, snapshot_of, text_of
from scoring.schemes.actions import create_scheme, publish_scheme
from scoring.schemes.engine import FactView, run
from scoring.schemes.models import Scheme
from scoring.schemes.specs import spec_of
from scoring.settling import actions as settling
from scoring.settling.actions import close_period
from scoring.settling.queries import flaws_of
from tests.builders import Office, fresh, superior_bulletin, unit

Together = Callable[..., list[Any]]
DAY = date(2026, 3, 5)
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
QUARTER = (date(2026, 1, 1), date(2026, 3, 31))


@pytest.fixture
def racing(race_db: Together, office: Office) -> tuple[Together, Office]:
    """The starter of races and one unit with its people, in a database that really commits."""
    superior_bulletin()  # here: two who make it at once would meet
    return race_db, office


def row(office: Office, key: str) -> FactRow:
    return FactRow(
        kind=FactKind.ADOPTION,
        date=DAY,
        title=f"某信息{key}",
        units=(office.unit.pk,),
        key=key,
        source=Source.TABLE,
        bulletin=superior_bulletin().pk,
    )


def draft(name: str = "办法", *, cap: str = "", year: int = 2026) -> Scheme:
    """A scheme of 4 points for each adoption, with a cap for the year if wanted."""
    made = create_scheme(
        name=name,
        valid_from=date(year, 1, 1),
        valid_until=date(year, 12, 31),
        rows=[{"kind": "adoption", "target": "all", "points": "4"}],
    )
    if cap:
        limit = {"type": "cap", "id": "cap", "value": {"most": cap, "within": "year"}}
        made.blocks = cast(Any, [*made.blocks.get_prep_value(), limit])
        made.save_revision()
    return made


def total() -> int:
    found: int | None = Entry.objects.aggregate(sum=Sum("hundredths"))["sum"]
    return found or 0


def no_errors(outcomes: list[Any]) -> bool:
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    return True


def write_fact(office: Office, key: str, counted: date = DAY) -> Fact:
    """Store a fact with its line and nothing else: no lock, no booking."""
    bulletin = superior_bulletin()
    fact: Fact = Fact.objects.create(
        kind=FactKind.ADOPTION,
        date=DAY,
        title=key,
        bulletin=bulletin,
        source=Source.TABLE,
        key=key,
        subject=key,
    )
    FactLine.objects.create(
        fact=fact, unit=office.unit, kind=fact.kind, bulletin=bulletin, date=counted, happened=DAY
    )
    return fact


# --- two bookings for one unit under a cap ------------------------------------------------


def test_booking_without_lock_passes_the_cap(racing: tuple[Together, Office]) -> None:
    together, office = racing
    scheme = publish_scheme(scheme_id=draft(cap="6").pk)
    both_looked = threading.Barrier(2)

    def naive(key: str) -> None:
        known = facts_of([office.unit.pk], *YEAR)
        both_looked.wait(timeout=30)
        fact = write_fact(office, key)
        own = FactView(fact.pk, fact.kind, DAY, fact.bulletin_id, "", 3, "", key, (office.unit.pk,))
        for entry in run(spec_of(scheme), [*known, own]):
            Entry.objects.create(
                unit_id=entry.unit_id,
                date=entry.date,
                earned=entry.date,
                hundredths=entry.hundredths,
                about=entry.about,
                fact_id=entry.fact_id,
                scheme=scheme,
                block_id=entry.block_id,
                block_type=entry.block_type,
                sentence=entry.sentence,
                key=f"{key}:{entry.block_id}:{entry.about}",
            )

    assert no_errors(together(lambda: naive("a"), lambda: naive("b")))
    assert total() == 800


def test_two_bookings_at_once_keep_the_cap(racing: tuple[Together, Office]) -> None:
    together, office = racing
    publish_scheme(scheme_id=draft(cap="6").pk)
    rows = [row(office, f"k{n}") for n in range(4)]
    assert no_errors(together(*[lambda one=one: record_facts([one]) for one in rows]))
    assert total() == 600
    assert rebuild(*YEAR).empty


def test_recording_and_withdrawing_at_once_keep_the_cap(racing: tuple[Together, Office]) -> None:
    together, office = racing
    publish_scheme(scheme_id=draft(cap="6").pk)
    made = record_facts([row(office, "old1"), row(office, "old2")])
    assert no_errors(
        together(
            *[
                lambda pk=fact.pk: withdraw_fact(
                    fact_id=pk, person=fresh(office.scorer), reason="重复登记"
                )
                for fact in made
            ],
            *[lambda n=n: record_facts([row(office, f"new{n}")]) for n in range(2)],
        )
    )
    assert total() == 600
    assert rebuild(*YEAR).empty


# --- closing against recording ------------------------------------------------------------


def test_closing_without_lock_misses_what_is_being_recorded(
    racing: tuple[Together, Office],
) -> None:
    together, office = racing
    both_looked, recorded = threading.Barrier(2), threading.Event()

    def close() -> None:
        snapshot = text_of(snapshot_of(counted_ranking(*QUARTER)))
        both_looked.wait(timeout=30)
        recorded.wait(timeout=30)
        Closing.objects.create(
            start=QUARTER[0],
            end=QUARTER[1],
            snapshot=snapshot,
            digest=digest_of(snapshot),
            closed_by=office.scorer,
        )

    def record() -> None:
        closed = closed_spans()
        both_looked.wait(timeout=30)
        write_fact(office, "k", counted_on(DAY, closed, timezone.localdate()))
        recorded.set()

    assert no_errors(together(close, record))
    assert [flaw.what for flaw in flaws_of(Closing.objects.get())]


def test_closing_and_recording_take_turns(racing: tuple[Together, Office]) -> None:
    together, office = racing
    publish_scheme(scheme_id=draft().pk)
    first, last = QUARTER
    outcomes = together(
        lambda: close_period(start=first, end=last, person=fresh(office.scorer)),
        *[lambda n=n: record_facts([row(office, f"k{n}")]) for n in range(4)],
    )
    assert no_errors(outcomes)
    closing = Closing.objects.get()
    assert not list(flaws_of(closing))
    inside = FactLine.objects.filter(date__range=QUARTER).count()
    frozen = counted_ranking(*QUARTER).totals
    assert (frozen.adopted_total, frozen.hundredths) == (inside, inside * 400)
    assert FactLine.objects.count() == 4
    assert total() == 1600


def test_two_close_at_once(racing: tuple[Together, Office]) -> None:
    together, office = racing
    spans = [QUARTER, (QUARTER[1], date(2026, 4, 30)), (QUARTER[0], date(2026, 2, 28))]
    together(
        *[
            lambda a=a, b=b: close_period(start=a, end=b, person=fresh(office.scorer))
            for a, b in spans
        ]
    )
    closed = closed_spans()
    assert closed
    for n, (start, end) in enumerate(closed):
        assert not any(a <= end and start <= b for a, b in closed[n + 1 :])


# --- publishing against recording ---------------------------------------------------------


def test_publishing_without_lock_misses_what_is_being_recorded(
    racing: tuple[Together, Office],
) -> None:
    together, office = racing
    scheme = draft()
    both_looked = threading.Barrier(2)

    def publish() -> None:
        facts = facts_of([office.unit.pk], *YEAR)
        both_looked.wait(timeout=30)
        Scheme.objects.filter(pk=scheme.pk).update(live=True)
        assert not facts  # so it books nothing

    def record() -> None:
        schemes = list(Scheme.objects.in_force_between(*YEAR))
        both_looked.wait(timeout=30)
        write_fact(office, "k")
        assert not schemes  # so it books nothing either

    assert no_errors(together(publish, record))
    assert total() == 0
    assert rebuild(*YEAR, dry_run=True).added == 1


def test_publishing_and_recording_lose_nothing(racing: tuple[Together, Office]) -> None:
    together, office = racing
    scheme = draft()
    outcomes = together(
        lambda: publish_scheme(scheme_id=scheme.pk),
        *[lambda n=n: record_facts([row(office, f"k{n}")]) for n in range(4)],
    )
    assert no_errors(outcomes)
    assert total() == 1600
    assert rebuild(*YEAR).empty


def test_publishing_another_version_does_not_stand_in_the_way_of_booking(
    racing: tuple[Together, Office],
) -> None:
    """Bookings refer to a version that a publication holds, and hold units that it wants."""
    together, office = racing
    publish_scheme(scheme_id=draft().pk)
    other = draft("乙办法", year=2025)
    outcomes = together(
        lambda: publish_scheme(scheme_id=other.pk),
        *[lambda n=n: record_facts([row(office, f"k{n}")]) for n in range(4)],
    )
    assert no_errors(outcomes)
    assert total() == 1600


def test_publishing_books_facts_that_are_being_withdrawn(racing: tuple[Together, Office]) -> None:
    """A publication refers to facts that withdrawals hold, and holds units that they want."""
    together, office = racing
    facts = record_facts([row(office, f"k{n}") for n in range(40)])
    scheme = draft()
    outcomes = together(
        lambda: publish_scheme(scheme_id=scheme.pk),
        *[lambda some=facts[n::4]: withdraw_all(some, office) for n in range(4)],
    )
    assert no_errors(outcomes)
    assert total() == 0
    assert rebuild(*YEAR).empty


def withdraw_all(facts: list[Fact], office: Office) -> None:
    for fact in facts:
        withdraw_fact(fact_id=fact.pk, person=fresh(office.scorer), reason="重复登记")


# --- a unit created while a period is being closed ----------------------------------------


def record_for_a_new_unit() -> None:
    """Create a unit and record a fact for it on a day of the quarter."""
    made = unit("新设的镇")
    wanted = FactRow(
        kind=FactKind.SUBMISSION,
        date=DAY,
        title="新镇的信息",
        units=(made.pk,),
        key="new",
        source=Source.TABLE,
    )
    record_facts([wanted])


def test_closing_without_lock_misses_a_unit_that_is_being_created(
    racing: tuple[Together, Office],
) -> None:
    together, office = racing
    looked, recorded = threading.Event(), threading.Event()

    def close() -> None:
        snapshot = text_of(snapshot_of(counted_ranking(*QUARTER)))
        looked.set()
        assert recorded.wait(timeout=30)
        Closing.objects.create(
            start=QUARTER[0],
            end=QUARTER[1],
            snapshot=snapshot,
            digest=digest_of(snapshot),
            closed_by=office.scorer,
        )

    def create() -> None:
        assert looked.wait(timeout=30)
        record_for_a_new_unit()
        recorded.set()

    assert no_errors(together(close, create))
    assert [flaw.what for flaw in flaws_of(Closing.objects.get())]


def test_a_unit_created_while_a_period_is_closed_waits(
    racing: tuple[Together, Office], monkeypatch: pytest.MonkeyPatch
) -> None:
    together, office = racing
    looked, recorded = threading.Event(), threading.Event()

    def slowly(ranking: Any) -> Any:
        found = snapshot_of(ranking)
        looked.set()
        assert not recorded.wait(timeout=2), "the new unit did not wait"
        return found

    monkeypatch.setattr(settling, "snapshot_of", slowly)

    def create() -> None:
        assert looked.wait(timeout=30)
        record_for_a_new_unit()
        recorded.set()

    first, last = QUARTER
    close = lambda: close_period(start=first, end=last, person=fresh(office.scorer))  # noqa: E731
    assert no_errors(together(close, create))
    assert not list(flaws_of(Closing.objects.get()))
    [line] = FactLine.objects.filter(fact__key="new")
    assert (line.happened, line.date > QUARTER[1]) == (DAY, True)


# --- 直报点 and their county --------------------------------------------------------------


def test_a_direct_point_and_its_county_do_not_wait_for_each_other(
    racing: tuple[Together, Office],
) -> None:
    """Points of the one are booked for the other; joint items name both."""
    together, office = racing
    county = office.unit
    point = unit("一村直报点")
    Unit.objects.filter(pk=point.pk).update(kind=UnitKind.DIRECT, parent=county)
    made = draft()
    credit = {"type": "credit", "id": "credit", "value": {"kinds": ["direct"], "to": "both"}}
    made.blocks = cast(Any, [credit, *made.blocks.get_prep_value()])
    made.save_revision()
    publish_scheme(scheme_id=made.pk)

    def record(name: str, units: tuple[int, ...]) -> None:
        for n in range(10):
            record_facts([row(office, f"{name}{n}")._replace(units=units)])

    outcomes = together(
        lambda: record("a", (point.pk,)),
        lambda: record("b", (county.pk, point.pk)),
        lambda: record("c", (point.pk,)),
        lambda: record("d", (county.pk, point.pk)),
    )
    assert no_errors(outcomes)
    assert rebuild(*YEAR).empty
