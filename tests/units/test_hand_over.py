"""交接: what goes, what stays, who may, what the database holds afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from wagtail.models import ModelLogEntry

from cms.items import actions as item_actions
from cms.items.models import ItemPage
from cms.review import actions as review
from cms.review.actions import Refused
from cms.review.rules import Part, Step, Verdict
from infoflow.units import actions
from infoflow.units.handover import hand_over, holdings
from infoflow.units.models import HandOver, HandOverLine, Officer, Signatory, User
from infoflow.units.permissions import unit_ids_of
from infoflow.units.roles import Role
from infoflow.units.signals import handed_over
from tests.builders import Office, decide, fresh, person, unit

pytestmark = pytest.mark.django_db

Together = Callable[..., list[Any]]


def lines(made: HandOver) -> dict[str, tuple[bool, list[int]]]:
    return {line.kind: (line.moved, line.object_ids) for line in made.lines.all()}


def owner_of(item: ItemPage) -> User | None:
    owner: User | None = ItemPage.objects.get(pk=item.pk).owner
    return owner


def signatory_of(item: ItemPage) -> User | None:
    signatory: User | None = ItemPage.objects.get(pk=item.pk).signatory
    return signatory


def move(office: Office, successor: User, *, by: User | None = None, **more: Any) -> HandOver:
    given: dict[str, Any] = {
        "unit": office.unit,
        "leaver": office.officer,
        "successor": successor,
        "by": fresh(by) if by else None,
        **more,
    }
    return hand_over(**given)


def every_state(office: Office) -> dict[str, ItemPage]:
    found = {
        "draft": office.draft(),
        "submitted": office.submitted(),
        "screened": office.screened(),
        "pooled": office.pooled(),
    }
    for name, verdict in (("returned", Verdict.RETURN), ("closed", Verdict.CLOSE)):
        found[name] = office.signed()
        decide(found[name], office.editor, verdict, reason="理由")
    found["withdrawn"] = office.submitted()
    item_actions.withdraw_item(item_id=found["withdrawn"].pk, person=office.officer)
    return found


def test_unfinished_texts_go_and_the_rest_stays(office: Office) -> None:
    items = every_state(office)
    successor = person()
    made = move(office, successor, note="调任")
    goes = {"draft", "returned", "withdrawn"}
    for name, item in items.items():
        assert owner_of(item) == (successor if name in goes else office.officer), name
    assert lines(made) == {
        "item-draft": (True, [items["draft"].pk]),
        "item-returned": (True, [items["returned"].pk]),
        "item-withdrawn": (True, [items["withdrawn"].pk]),
        "item-under-review": (False, [items["submitted"].pk, items["screened"].pk]),
    }
    assert [line.count for line in made.lines.all()] == [1, 1, 1, 2]


def test_rights_change_at_once(office: Office) -> None:
    successor = person()
    made = move(office, successor)
    leaver = fresh(office.officer)
    assert unit_ids_of(leaver) == frozenset()
    assert not leaver.groups.exists()
    assert not leaver.is_active
    assert made.account_closed
    assert made.appointed
    assert unit_ids_of(fresh(successor), Role.OFFICER) == {office.unit.pk}
    post = Officer.objects.get(user=successor)
    old = Officer.objects.get(user=leaver)
    assert (post.rank, post.since) == (old.rank, timezone.localdate())
    assert old.until == timezone.localdate()
    assert old.ended_at == made.at


@pytest.mark.screens
def test_an_account_with_another_post_or_role_stays_open(office: Office) -> None:
    elsewhere = unit()
    actions.appoint_signatory(unit=elsewhere, user=office.officer, since=date(2020, 1, 1))
    made = move(office, person())
    assert not made.account_closed
    assert unit_ids_of(fresh(office.officer)) == {elsewhere.pk}
    other = Office()
    actions.update_user(user=other.officer, name="甲", phone="", roles=[Role.EDITOR])
    assert not move(other, person()).account_closed
    assert fresh(other.officer).is_active


def test_a_post_that_begins_later_ends_as_well(office: Office) -> None:
    later = timezone.localdate() + timedelta(days=30)
    post = Officer.objects.get(user=office.officer)
    Officer.objects.filter(pk=post.pk).update(until=timezone.localdate() + timedelta(days=5))
    actions.appoint_officer(unit=office.unit, user=office.officer, since=later)
    made = move(office, person())
    assert made.account_closed
    assert not Officer.objects.not_over_on(later).filter(user=office.officer).exists()
    assert not Officer.objects.not_over_on(timezone.localdate()).filter(user=office.officer)


@pytest.mark.screens
def test_a_deputy_takes_the_first_place(office: Office) -> None:
    deputy = person()
    actions.appoint_officer(unit=office.unit, user=deputy, since=date(2024, 1, 1), rank="deputy")
    made = move(office, deputy)
    assert not made.appointed
    post = Officer.objects.get(user=deputy)
    assert (post.rank, post.since) == ("first", date(2024, 1, 1))


def test_the_successor_is_an_author_now_and_the_leaver_remains_one(office: Office) -> None:
    item = office.draft()
    move(office, office.signatory)
    acts = review.acts_on(ItemPage.objects.get(pk=item.pk))
    assert (office.signatory.pk, Part.AUTHOR) in acts
    assert (office.officer.pk, Part.AUTHOR) in acts
    # The new author had been named as its signatory: somebody else must be.
    assert signatory_of(item) is None
    with pytest.raises(Refused, match="审签人"):
        item_actions.submit_item(item_id=item.pk, person=fresh(office.signatory))
    second = person(Role.SIGNATORY, at=office.unit)
    draft = item_actions.Draft.of(ItemPage.objects.get(pk=item.pk))
    item_actions.save_item(
        item_id=item.pk,
        person=fresh(office.signatory),
        draft=item_actions.Draft(**{**vars(draft), "signatory": second}),
    )
    item_actions.submit_item(item_id=item.pk, person=fresh(office.signatory))
    refused = review.why_not(
        page=ItemPage.objects.get(pk=item.pk), step=Step.SIGN, person=fresh(office.signatory)
    )
    assert refused
    assert "撰稿" in refused
    decide(item, second)


@pytest.mark.screens
def test_what_was_handed_over_goes_its_whole_road(office: Office) -> None:
    item = office.draft()
    successor = person()
    move(office, successor)
    item_actions.submit_item(item_id=item.pk, person=fresh(successor))
    for who in (office.signatory, office.editor, office.reviewer):
        decide(item, who)
    live = ItemPage.objects.get(pk=item.pk)
    assert live.live
    assert live.is_readable()
    assert live.owner == successor


def test_a_signatory_is_replaced_on_what_is_not_signed(office: Office) -> None:
    items = every_state(office)
    successor = person()
    made = move(office, successor, leaver=office.signatory, role=Role.SIGNATORY)
    named = {"draft", "submitted", "returned", "withdrawn"}
    for name, item in items.items():
        assert signatory_of(item) == (successor if name in named else office.signatory), name
        assert owner_of(item) == office.officer
    assert lines(made) == {"item-to-sign": (True, sorted(items[n].pk for n in named))}
    assert Signatory.objects.get(user=office.signatory).until is not None
    # The draft's newest revision names the successor, and has made nobody an author.
    newest = ItemPage.objects.get(pk=items["draft"].pk).latest_revision
    assert newest.as_object().signatory == successor
    assert newest.user is None
    # What is under signature is still exactly what was sent, and the successor signs it.
    decide(items["submitted"], successor)


@pytest.mark.screens
def test_a_signatory_who_wrote_the_text_is_not_named(office: Office) -> None:
    draft = office.draft()
    second = person(Role.OFFICER, at=office.unit)
    item_actions.save_item(
        item_id=draft.pk,
        person=second,
        draft=item_actions.Draft(**{**vars(item_actions.Draft.of(draft)), "title": "改过的标题"}),
    )
    made = move(office, second, leaver=office.signatory, role=Role.SIGNATORY)
    assert signatory_of(draft) is None
    assert lines(made) == {"item-no-signatory": (True, [draft.pk])}


def test_every_open_session_is_refused_at_its_next_request(office: Office) -> None:
    # Another post remains, so the account stays open: the sessions end nevertheless.
    actions.appoint_signatory(unit=unit(), user=office.officer, since=date(2020, 1, 1))
    browsers = [Client() for _n in range(3)]
    for browser in browsers:
        browser.force_login(fresh(office.officer))
        assert browser.get("/items/").status_code == 200
    item = office.draft()
    move(office, person())
    for browser in browsers:
        for path in ("/", "/items/", f"/items/{item.pk}/edit/", "/password/"):
            answer = browser.get(path)
            assert answer.status_code == 302, path
            assert answer["Location"].startswith("/login/")
    again = Client()
    again.force_login(fresh(office.officer))
    assert again.get("/items/").status_code == 200


@pytest.mark.screens
def test_changing_the_own_password_keeps_the_own_session(office: Office) -> None:
    browser = Client()
    browser.force_login(office.officer)
    data = {"new_password1": "Chun-geng-2026", "new_password2": "Chun-geng-2026"}
    actions.reset_password(user=office.officer)
    browser.force_login(fresh(office.officer))
    assert browser.post("/password/", data).status_code == 302
    assert browser.get("/items/").status_code == 200


# ---- who may


@pytest.mark.screens
def test_the_units_signatory_hands_over_officers_only(office: Office) -> None:
    colleague = person(Role.OFFICER, at=office.unit)
    made = move(office, colleague, by=office.signatory)
    assert made.by == office.signatory
    with pytest.raises(PermissionDenied):
        move(office, colleague, by=office.signatory, leaver=office.signatory, role=Role.SIGNATORY)


@pytest.mark.screens
@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SYSTEM_ADMIN}))
def test_nobody_else_hands_over(office: Office, role: Role) -> None:
    """Not even an officer of the unit, nor a signatory of another."""
    own = role == Role.OFFICER
    stranger = person(role, at=office.unit if own else unit())
    colleague = person(Role.OFFICER, at=office.unit)
    with pytest.raises(PermissionDenied):
        move(office, colleague, by=stranger)
    assert unit_ids_of(fresh(office.officer)) == {office.unit.pk}
    assert not HandOver.objects.exists()


@pytest.mark.screens
def test_a_signatory_finds_successors_in_the_own_unit_only(office: Office) -> None:
    stranger = person(Role.OFFICER, at=unit())
    with pytest.raises(ValidationError, match="没有任职"):
        move(office, stranger, by=office.signatory)
    admin = person(Role.SYSTEM_ADMIN)
    assert move(office, stranger, by=admin).appointed
    assert unit_ids_of(fresh(stranger), Role.OFFICER) >= {office.unit.pk}


@pytest.mark.screens
def test_unfit_successors_are_refused(office: Office) -> None:
    stopped = person()
    actions.set_active(user=stopped, active=False)
    with pytest.raises(ValidationError, match="停用"):
        move(office, stopped)
    with pytest.raises(ValidationError, match="同一个人"):
        move(office, office.officer)
    with pytest.raises(ValidationError, match="三员分立"):
        move(office, person(Role.AUDITOR))
    with pytest.raises(ValidationError, match="500"):
        move(office, person(), note="长" * 501)
    assert not HandOver.objects.exists()
    assert unit_ids_of(fresh(office.officer)) == {office.unit.pk}


# ---- twice, half-way, at once, back


def test_the_second_time_is_refused_and_changes_nothing(office: Office) -> None:
    office.draft()
    successor = person()
    move(office, successor)
    with pytest.raises(ValidationError, match="已经交接"):
        move(office, person())
    assert HandOver.objects.count() == 1
    assert HandOverLine.objects.count() == 1


def test_half_way_nothing_has_happened(office: Office) -> None:
    item = office.draft()

    def breaks(**kwargs: Any) -> None:
        raise RuntimeError("the light went out")

    handed_over.connect(breaks)
    try:
        with pytest.raises(RuntimeError), transaction.atomic():
            move(office, person())
    finally:
        handed_over.disconnect(breaks)
    assert owner_of(item) == office.officer
    assert unit_ids_of(fresh(office.officer)) == {office.unit.pk}
    assert fresh(office.officer).session_round == 0
    assert not HandOver.objects.exists()
    assert Officer.objects.count() == 1


def test_back_on_the_same_day_is_a_new_hand_over(office: Office) -> None:
    item = office.draft()
    successor = person()
    move(office, successor)
    actions.set_active(user=fresh(office.officer), active=True)
    move(office, fresh(office.officer), leaver=fresh(successor))
    assert owner_of(item) == office.officer
    assert unit_ids_of(fresh(office.officer), Role.OFFICER) == {office.unit.pk}
    assert unit_ids_of(fresh(successor)) == frozenset()
    assert HandOver.objects.count() == 2


def test_an_ended_post_is_not_prolonged(office: Office) -> None:
    move(office, person())
    post = Officer.objects.get(user=office.officer)
    with pytest.raises(ValidationError, match="已经结束"):
        actions.end_appointment(appointment=post, last_day=timezone.localdate() + timedelta(days=9))


def test_records_are_never_changed(office: Office) -> None:
    office.draft()
    made = move(office, person())
    for table, change in ((HandOver, {"note": "x"}), (HandOverLine, {"count": 9})):
        with pytest.raises(IntegrityError), transaction.atomic():
            table._default_manager.update(**change)
        with pytest.raises(IntegrityError), transaction.atomic():
            table._default_manager.all()._raw_delete("default")
    made.refresh_from_db()
    assert made.note == ""


@pytest.mark.screens
def test_the_log_names_people_and_no_text(office: Office) -> None:
    item = office.draft(title="绝不进日志的标题")
    move(office, person(), by=person(Role.SYSTEM_ADMIN))
    entry = ModelLogEntry.objects.get(action="units.hand_over")
    assert item.title not in str(vars(entry))
    assert office.unit.name in entry.label


@pytest.mark.screens
def test_the_cost_does_not_grow_with_the_texts(
    office: Office, django_assert_max_num_queries: Any
) -> None:
    for _n in range(3):
        office.draft()
    with django_assert_max_num_queries(100) as few:
        move(office, person())
    other = Office()
    for _n in range(12):
        other.draft()
    with django_assert_max_num_queries(100) as many:
        move(other, person())
    assert len(few) == len(many)


@pytest.mark.screens
def test_preview_tells_what_will_happen(office: Office) -> None:
    every_state(office)
    told = holdings(unit=office.unit, person=office.officer, role=Role.OFFICER)
    made = move(office, person())
    assert {h.kind: (h.moves, list(h.ids)) for h in told} == lines(made)


def outcomes(results: list[Any]) -> list[str]:
    return sorted(type(result).__name__ for result in results)


def test_two_at_once_to_two_successors(race_db: Together, office: Office) -> None:
    """The loser of the race is told that it has been done."""
    item = office.draft()
    first, second = person(), person()
    results = race_db(lambda: move(office, first), lambda: move(office, second))
    assert outcomes(results) == ["HandOver", "ValidationError"]
    made = HandOver.objects.get()
    assert owner_of(item) == made.successor
    assert Officer.objects.in_force_on(timezone.localdate()).get().user == made.successor


def test_without_the_lock_two_at_once_both_go_through(
    race_db: Together, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pair of the test above: looked at before, both find the post in force."""
    from infoflow.units import handover

    first, second = person(), person()
    posts = list(Officer.objects.filter(user=office.officer).select_related("unit__group"))
    monkeypatch.setattr(handover, "_posts", lambda *args: list(posts))
    results = race_db(lambda: move(office, first), lambda: move(office, second))
    assert outcomes(results) == ["HandOver", "HandOver"]


def test_handing_over_while_the_text_is_sent(race_db: Together, office: Office) -> None:
    """Whoever is first: the text is either the successor's draft, or on its road."""
    item = office.draft()
    successor = person()
    officer = fresh(office.officer)
    results = race_db(
        lambda: move(office, successor),
        lambda: item_actions.submit_item(item_id=item.pk, person=officer),
    )
    assert isinstance(results[0], HandOver)
    sent = isinstance(results[1], object) and not isinstance(results[1], Exception)
    assert sent or isinstance(results[1], Refused)
    moved = owner_of(item) == successor
    assert lines(results[0]) in (
        {"item-draft": (True, [item.pk])},
        {"item-under-review": (False, [item.pk])},
    )
    assert moved is ("item-draft" in lines(results[0]))
