"""Two at once about one commission: one wins, nothing is doubled, nothing is lost.

Each rule comes as a pair: the same race without our lock breaks, with it it holds.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from cms.items.models import ItemPage
from cms.review.actions import Refused
from infoflow.notices.models import Notice
from infoflow.worktime import actions_calendar
from infoflow.worktime.actions import load_years
from infoflow.worktime.actions_dues import move, move_due
from infoflow.worktime.models_dues import Due
from scoring.adoptions.models import Fact
from scoring.adoptions.rules import FactKind
from scoring.commissions import actions, actions_office, grace, outside, shared
from scoring.commissions import actions_unit as unit_acts
from scoring.commissions.content import Ask, Content
from scoring.commissions.models import Answer, AskedUnit, Commission, CommissionEvent, Extension
from scoring.commissions.rules import Happening, Reply, Ruling
from tests.builders import Office, asked, commission, decide, fresh

Together = Callable[..., list[Any]]


@pytest.fixture
def racing(race_db: Together, office: Office) -> tuple[Together, Office]:
    """The starter of races and one unit with its people, in a database that really commits."""
    return race_db, office


def refused(outcomes: list[Any]) -> int:
    return sum(isinstance(outcome, Refused) for outcome in outcomes)


def clean(outcomes: list[Any]) -> bool:
    """Whether nobody met anything but a refusal in words."""
    return not any(isinstance(o, Exception) and not isinstance(o, Refused) for o in outcomes)


def test_two_numbers_are_the_same_when_both_look_first(racing: tuple[Together, Office]) -> None:
    """Without the series' lock two drafts that are sent at once want one number."""
    together, office = racing
    looked = threading.Barrier(2)
    now = timezone.now()

    def naive() -> None:
        number = Commission.objects.filter(number__isnull=False).count() + 1
        looked.wait(timeout=30)
        Commission.objects.create(
            year=now.year, number=number, title="x", created_by=office.editor, created_at=now
        )

    outcomes = together(naive, naive)
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == 1


def test_one_draft_is_sent_once_and_two_drafts_get_two_numbers(
    racing: tuple[Together, Office],
) -> None:
    together, office = racing
    editor = fresh(office.editor)
    content = Content(title="春耕", due_at=timezone.now() + timedelta(days=3))
    drafts = [
        actions.create_commission(content=content, asks=[Ask(office.unit.pk)], person=editor)
        for _draft in range(2)
    ]

    def send(pk: int) -> Callable[[], int | None]:
        def call() -> int | None:
            made = actions.send_commission(
                commission_id=pk, person=fresh(office.editor), confirmed=True
            )
            return made.number

        return call

    first, second = (draft.pk for draft in drafts)
    outcomes = together(send(first), send(first), send(second))
    assert clean(outcomes)
    assert {outcomes[0], outcomes[2]} == {1, 2}
    assert outcomes[0] == outcomes[1]
    assert Notice.objects.count() == Due.objects.count() == 2
    assert CommissionEvent.objects.filter(what=Happening.SENT).count() == 2


def test_a_signature_is_lost_when_two_look_first(racing: tuple[Together, Office]) -> None:
    """Without the row's lock the second signature overwrites the first."""
    together, office = racing
    row = asked(office.editor, office.unit)
    looked = threading.Barrier(2)

    def naive(person: Any) -> Callable[[], None]:
        def call() -> None:
            mine = AskedUnit.objects.get(pk=row.pk)
            looked.wait(timeout=30)
            if mine.signed_at is None:
                mine.signed_at, mine.signed_by = timezone.now(), person
                mine.save()
                note = shared.note
                note(Happening.SIGNED, commission=mine.commission, asked=mine, by=person)

        return call

    together(naive(office.officer), naive(office.signatory))
    assert CommissionEvent.objects.filter(what=Happening.SIGNED).count() == 2


def test_a_commission_is_signed_for_once(racing: tuple[Together, Office]) -> None:
    together, office = racing
    row = asked(office.editor, office.unit)
    outcomes = together(
        *(
            lambda who=who: unit_acts.sign_for(asked_id=row.pk, person=fresh(who)).signed_by_id
            for who in (office.officer, office.signatory, office.officer)
        )
    )
    assert clean(outcomes)
    assert len(set(outcomes)) == 1
    assert CommissionEvent.objects.filter(what=Happening.SIGNED).count() == 1


def test_granted_and_refused_at_once_is_one_of_both(racing: tuple[Together, Office]) -> None:
    together, office = racing
    row = unit_acts.sign_for(
        asked_id=asked(office.editor, office.unit).pk, person=fresh(office.officer)
    )
    until = row.due + timedelta(days=2)
    asked_for = unit_acts.ask_extension(
        asked_id=row.pk, until=until, reason="x", person=fresh(office.officer), confirmed=True
    )

    def reply(kind: str) -> Callable[[], Any]:
        return lambda: actions_office.reply_extension(
            extension_id=asked_for.pk, reply=kind, words="说明", person=fresh(office.editor)
        )

    outcomes = together(reply(Reply.GRANTED), reply(Reply.REFUSED))
    assert clean(outcomes)
    assert refused(outcomes) == 1
    said, now = Extension.objects.get(), AskedUnit.objects.get(pk=row.pk)
    wanted = until if said.reply == Reply.GRANTED else row.due
    assert now.due_at == Due.objects.get().at == wanted


def test_one_request_for_time_is_open_however_many_ask(racing: tuple[Together, Office]) -> None:
    together, office = racing
    row = unit_acts.sign_for(
        asked_id=asked(office.editor, office.unit).pk, person=fresh(office.officer)
    )
    until = row.due + timedelta(days=2)

    def ask(who: Any) -> Callable[[], Any]:
        return lambda: unit_acts.ask_extension(
            asked_id=row.pk, until=until, reason="x", person=fresh(who), confirmed=True
        )

    outcomes = together(ask(office.officer), ask(office.signatory))
    assert clean(outcomes)
    assert (refused(outcomes), Extension.objects.count()) == (1, 1)


def test_linking_and_starting_twice_makes_one_of_each(racing: tuple[Together, Office]) -> None:
    together, office = racing
    row = unit_acts.sign_for(
        asked_id=asked(office.editor, office.unit).pk, person=fresh(office.officer)
    )
    item, key = office.signed(), uuid.uuid4()

    def link() -> int:
        made = unit_acts.link_item(asked_id=row.pk, item_id=item.pk, person=fresh(office.officer))
        return made.pk

    def start() -> int:
        made: ItemPage = unit_acts.start_piece(
            asked_id=row.pk, person=fresh(office.officer), form_key=key
        )
        return made.pk

    outcomes = together(link, link, start, start)
    assert clean(outcomes)
    assert outcomes[0] == outcomes[1]
    assert outcomes[2] == outcomes[3]
    assert Answer.objects.count() == 2


def test_accepted_and_unlinked_at_once_leaves_the_count_in_step(
    racing: tuple[Together, Office],
) -> None:
    """Whoever comes first: the fact stands if and only if an accepted piece does."""
    together, office = racing
    row = unit_acts.sign_for(
        asked_id=asked(office.editor, office.unit).pk, person=fresh(office.officer)
    )
    item = office.signed()
    answer = unit_acts.link_item(asked_id=row.pk, item_id=item.pk, person=fresh(office.officer))

    def accept() -> Any:
        return actions_office.rule_on(
            answer_id=answer.pk, ruling=Ruling.ACCEPTED, person=fresh(office.editor)
        )

    def unlink() -> Any:
        return unit_acts.unlink_item(
            answer_id=answer.pk, reason="错了", person=fresh(office.officer)
        )

    outcomes = together(accept, accept, unlink)
    assert clean(outcomes)
    standing = Fact.objects.standing().filter(kind=FactKind.COMMISSION).count()
    answer.refresh_from_db()
    assert standing == (1 if answer.unlinked_at is None else 0)
    settled = Due.objects.get(key=row.due_key).settled_at
    assert (settled is None) == (answer.unlinked_at is not None)


def test_missed_by_two_sweeps_and_signed_at_once(racing: tuple[Together, Office]) -> None:
    """Two sweeps and the unit's signature together: 未报 is booked once at most, nobody waits
    for ever."""
    together, office = racing
    row = unit_acts.sign_for(
        asked_id=asked(office.editor, office.unit, due=timedelta(hours=-5)).pk,
        person=fresh(office.officer),
    )
    item = office.submitted()
    unit_acts.link_item(asked_id=row.pk, item_id=item.pk, person=fresh(office.officer))
    later = timezone.now() + timedelta(days=4)

    def sweep() -> int:
        return grace.run(later, dry=False).done

    outcomes = together(sweep, sweep, lambda: decide(item, office.signatory))
    assert clean(outcomes)
    missed = Fact.objects.filter(kind=FactKind.COMMISSION).count()
    assert missed == outcomes[0] + outcomes[1] <= 1


@pytest.mark.parametrize("held", [False, True])
def test_time_is_granted_while_a_list_of_days_off_is_loaded(
    racing: tuple[Together, Office],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    held: bool,
) -> None:
    """The grant has the asked unit and wants the deadline, the list has the deadline and wants
    the asked unit: on PostgreSQL one of them is thrown out, unless the list takes both in order."""
    together, office = racing
    row = commission(office.editor, office.unit, due_at=None, due_days=250).asked.get()
    unit_acts.sign_for(asked_id=row.pk, person=fresh(office.officer))
    wish = unit_acts.ask_extension(
        asked_id=row.pk,
        until=row.due + timedelta(days=20),
        reason="x",
        person=fresh(office.officer),
        confirmed=True,
    )
    granting, moving = threading.Event(), threading.Event()
    if not held:
        monkeypatch.setattr(actions_calendar, "_hold_owners", list)

    def late_move(**values: Any) -> Any:
        granting.set()
        moving.wait(timeout=1)
        return move_due(**values)

    def seen_move(due: Due, **values: Any) -> Any:
        moving.set()
        return move(due, **values)

    monkeypatch.setattr(outside, "move_due", late_move)
    monkeypatch.setattr(actions_calendar, "move", seen_move)

    def grant() -> Any:
        return actions_office.reply_extension(
            extension_id=wish.pk, reply=Reply.GRANTED, words="", person=fresh(office.editor)
        )

    def load() -> Any:
        granting.wait(timeout=10)
        years = {row.due.year, row.due.year + 1}
        days = {date(year, 3, day): False for year in years for day in range(1, 13)}
        return load_years(days=days, years=frozenset(years), source="测试用")

    outcomes = together(grant, load)
    broken = connection.vendor == "postgresql" and not held
    now = AskedUnit.objects.get(pk=row.pk)
    assert now.due_at == Due.objects.get().at
    assert (not clean(outcomes) or "not reckoned again" in caplog.text) is broken
