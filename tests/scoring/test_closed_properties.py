"""A closed period never changes, whatever people do after it was closed."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cms.review.actions import Refused
from scoring.adoptions.actions import record_facts, withdraw_fact
from scoring.adoptions.models import Fact, FactLine
from scoring.adoptions.rules import FactKind, FactRow, Source
from scoring.closings.models import Closing
from scoring.ledger.actions import rebuild, rescore
from scoring.ledger.models import Entry
from scoring.objections.actions import answer_objection, raise_objection
from scoring.objections.models import Objection
from scoring.objections.rules import Result
from scoring.schemes.actions import end_scheme, new_version, publish_scheme
from scoring.schemes.models import Scheme
from scoring.settling.actions import close_period
from scoring.settling.queries import flaws_of
from tests.builders import Office, fresh, superior_bulletin, unit
from tests.properties import examples
from tests.scoring.test_ledger import scheme_of
from tests.scoring.test_ledger_properties import undone

QUARTER = (date(2026, 1, 1), date(2026, 3, 31))
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
BEFORE = st.dates(*QUARTER)
ANY_DAY = st.dates(date(2026, 1, 1), date(2026, 10, 31))
# What people do: the kind of act, a day, a number that picks among what there is.
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["record", "withdraw", "version", "end", "rescore", "object"]),
        ANY_DAY,
        st.integers(0, 999),
    ),
    min_size=3,
    max_size=8,
)


class People:
    """Two units under a scheme with a cap, and those who record, correct and object."""

    def __init__(self) -> None:
        self.office = Office()
        self.other = unit("乙镇")
        self.bulletin = superior_bulletin()
        draft = scheme_of(self.bulletin, points="4", submission="1")
        cap = {"type": "cap", "id": "cap", "value": {"most": "9"}}
        plus = {"type": "adjustment", "id": "plus", "value": {}}
        blocks: Any = [*draft.blocks.get_prep_value(), plus, cap]
        draft.blocks = blocks
        draft.save_revision()
        publish_scheme(scheme_id=draft.pk)

    def record(self, day: date, pick: int) -> None:
        kind = (FactKind.ADOPTION, FactKind.SUBMISSION)[pick % 2]
        both = (self.office.unit.pk, self.other.pk)
        units = (both, both[:1], both[1:])[pick % 3]
        row = FactRow(
            kind=kind,
            date=day,
            title="某信息",
            units=units,
            key=f"k{Fact.objects.count()}",
            source=Source.TABLE,
            bulletin=self.bulletin.pk if kind == FactKind.ADOPTION else None,
        )
        record_facts([row])

    def withdraw(self, day: date, pick: int) -> None:
        standing = Fact.objects.filter(reverses=None, reversed_by=None).order_by("pk")
        if found := list(standing):
            fact = found[pick % len(found)]
            withdraw_fact(fact_id=fact.pk, person=fresh(self.office.scorer), reason="更正")

    def version(self, day: date, pick: int) -> None:
        """Other points from a day on: the old version ends the day before, or is withdrawn."""
        old = Scheme.objects.filter(live=True).order_by("-pk").first()
        if old is None:
            return
        made = new_version(scheme_id=old.pk)
        blocks: Any = made.blocks.get_prep_value()
        for block in blocks:
            if block["type"] == "points_table":
                for row in block["value"]["rows"]:
                    row = row.get("value", row)
                    row["points"] = str(pick % 9)
        made.blocks = blocks
        made.save_revision()
        old.unpublish()
        publish_scheme(scheme_id=made.pk)

    def end(self, day: date, pick: int) -> None:
        if scheme := Scheme.objects.filter(live=True).order_by("-pk").first():
            end_scheme(scheme_id=scheme.pk, last_day=day, person=fresh(self.office.scorer))

    def rescore(self, day: date, pick: int) -> None:
        seen = rebuild(*YEAR, dry_run=True).digest
        scorer = fresh(self.office.scorer)
        rescore(start=YEAR[0], end=YEAR[1], seen_digest=seen, person=scorer)

    def object(self, day: date, pick: int) -> None:
        own = Entry.objects.standing().filter(unit=self.office.unit).order_by("pk")
        if not (found := list(own)):
            return
        entry = found[pick % len(found)]
        raise_objection(entry_id=entry.pk, text="应多计。", person=fresh(self.office.officer))
        answer_objection(
            objection_id=Objection.objects.latest("pk").pk,
            result=Result.UPHELD,
            text="漏计。",
            points="1.5",
            person=fresh(self.office.scorer),
        )

    def act(self, name: str, day: date, pick: int) -> None:
        """Do one thing; a refusal is an answer too."""
        with suppress(Refused):
            getattr(self, name)(day, pick)


def of_the_quarter() -> tuple[Any, ...]:
    """Everything that counts in the closed period, row by row."""
    entries = Entry.objects.filter(date__range=QUARTER).order_by("pk").values_list()
    lines = FactLine.objects.filter(date__range=QUARTER).order_by("pk").values_list()
    closing = Closing.objects.get()
    return list(entries), list(lines), closing.snapshot, closing.digest


@pytest.fixture
def people(db: None) -> People:
    return People()


@settings(examples(8), suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(BEFORE, st.integers(0, 999)), min_size=1, max_size=5), ACTS)
def test_a_closed_period_never_changes(
    people: People, recorded: list[tuple[date, int]], acts: list[tuple[str, date, int]]
) -> None:
    with undone():
        for day, pick in recorded:
            people.record(day, pick)
        first, last = QUARTER
        scorer = fresh(people.office.scorer)
        closing = close_period(start=first, end=last, person=scorer)
        before = of_the_quarter()
        assert before[0]
        for act in acts:
            people.act(*act)
            assert of_the_quarter() == before
        assert not list(flaws_of(closing))
        # Late points and corrections are all there, in the open time.
        assert rebuild(*YEAR, dry_run=True).empty
