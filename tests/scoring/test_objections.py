"""异议: a unit says what is wrong with a point; a scorer answers once, in time or late."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, cast

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.review.actions import Refused
from infoflow.units.roles import Role
from infoflow.worktime.queries import calendar
from infoflow.worktime.rules import CHINA, add_working_days
from scoring.adoptions.actions import withdraw_fact
from scoring.adoptions.models import Fact
from scoring.adoptions.rules import FactKind
from scoring.ledger.models import Entry
from scoring.objections import queries
from scoring.objections.actions import answer_objection, raise_objection, save_settings
from scoring.objections.models import Answer, Objection, ObjectionSettings
from scoring.objections.rules import Result, State, state_of
from scoring.schemes.actions import end_scheme, new_version, publish_scheme
from tests.builders import Office, fresh, person, superior_bulletin, unit
from tests.scoring.test_ledger import adopted, scheme_of

pytestmark = pytest.mark.django_db

IN = date(2026, 3, 5)
TEXT = "这篇被两种刊物采用，应计两次。"


@pytest.fixture
def entry(office: Office) -> Entry:
    """An entry of 4 points of the office's unit."""
    bulletin = superior_bulletin()
    publish_scheme(scheme_id=scheme_of(bulletin).pk)
    [made] = adopted(bulletin, office.unit, day=IN)
    found: Entry = made.entries.get()
    return found


def raised(office: Office, entry: Entry, **more: Any) -> Objection:
    who = fresh(more.pop("person", office.officer))
    return raise_objection(entry_id=entry.pk, text=more.pop("text", TEXT), person=who)


def answered(office: Office, objection: Objection, **more: Any) -> Answer:
    values = {"result": Result.REJECTED, "text": "一刊只计一次。", "points": ""} | more
    who = fresh(values.pop("person", office.scorer))
    return answer_objection(objection_id=objection.pk, person=who, **values)


# --- raising ------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["officer", "signatory"])
def test_units_people_object_and_the_deadline_has_its_rule(
    office: Office, entry: Entry, role: str
) -> None:
    made = raised(office, entry, person=getattr(office, role))
    wanted = add_working_days(made.at, 10, calendar(), event="提出异议")
    assert (made.unit, made.answer_by, made.answer_rule) == (
        office.unit,
        wanted.at,
        wanted.sentence,
    )
    assert "10个工作日" in made.answer_rule
    assert made.state() is State.OPEN


def test_an_entry_is_objected_to_once(office: Office, entry: Entry) -> None:
    raised(office, entry)
    with pytest.raises(Refused, match="已经提过异议"):
        raised(office, entry, person=office.signatory)
    assert Objection.objects.count() == 1


@pytest.mark.screens
def test_who_may_not_object(office: Office, entry: Entry) -> None:
    other = Office(unit("乙镇"))
    for who in (other.officer, other.signatory, office.scorer, office.editor, person()):
        with pytest.raises(Refused, match="只有本单位"):
            raised(office, entry, person=who)
    with pytest.raises(Refused, match="写明哪里不对"):
        raised(office, entry, text="  ")
    with pytest.raises(Refused, match="不能超过500字"):
        raised(office, entry, text="字" * 501)


def test_what_was_taken_back_needs_no_objection(office: Office, entry: Entry) -> None:
    assert entry.fact is not None
    withdraw_fact(fact_id=entry.fact.pk, person=office.scorer, reason="上级更正")
    with pytest.raises(Refused, match="已经冲回"):
        raised(office, entry)
    # The taking back itself may be wrong.
    assert raised(office, Entry.objects.get(reverses=entry)).pk


def test_after_the_days_nobody_objects(office: Office, entry: Entry) -> None:
    last = queries.until(entry.at).at
    assert queries.why_not(entry, office.officer, last) == ""
    told = queries.why_not(entry, office.officer, last + timedelta(minutes=1))
    assert "已过提出异议的期限" in told
    assert "10个工作日" in told
    save_settings(raise_days=12, answer_days=5, person=office.scorer)
    assert queries.why_not(entry, office.officer, last + timedelta(minutes=1)) == ""
    assert "5个工作日" in raised(office, entry).answer_rule
    assert ObjectionSettings.history.count() == 1


# --- answering ----------------------------------------------------------------------------


def test_answer_is_given_once(office: Office, entry: Entry) -> None:
    objection = raised(office, entry)
    answered(office, objection)
    with pytest.raises(Refused, match="已经答复过"):
        answered(office, objection, result=Result.UPHELD)
    assert Objection.objects.get().state() is State.REJECTED
    assert not Objection.objects.open().exists()


@pytest.mark.screens
def test_who_may_not_answer_and_what_is_no_answer(office: Office, entry: Entry) -> None:
    objection = raised(office, entry)
    for who in (office.officer, office.editor, office.issuer):
        with pytest.raises(Refused, match="只有计分员"):
            answered(office, objection, person=who)
    for more, told in (
        ({"result": "perhaps"}, "成立或不成立"),
        ({"text": ""}, "请填写答复"),
        ({"points": "2"}, "不成立的不加减分"),
        ({"result": Result.UPHELD, "points": "很多"}, "请填数字"),
        ({"result": Result.UPHELD, "points": "2"}, "没有“加减分”条款"),
    ):
        with pytest.raises(Refused, match=told):
            answered(office, objection, **more)
    assert not Answer.objects.exists()
    assert not Fact.objects.filter(kind=FactKind.ADJUSTMENT).exists()


def test_nobody_answers_what_they_raised(office: Office, entry: Entry) -> None:
    both = person(Role.OFFICER, Role.SCORER, at=office.unit)
    objection = raised(office, entry, person=both)
    with pytest.raises(Refused, match="自己提出的异议"):
        answered(office, objection, person=both)


def test_upheld_books_an_adjustment_with_its_reason(
    office: Office, entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the adjustment earns is the scheme's clause; here only that it is recorded once."""
    monkeypatch.setattr("scoring.objections.actions.can_adjust", lambda day: True)
    answer = answered(
        office, raised(office, entry), result=Result.UPHELD, text="漏计一次。", points="-1.5"
    )
    assert answer.fact is not None
    assert (answer.fact.kind, answer.fact.hundredths, answer.fact.date) == (
        FactKind.ADJUSTMENT,
        -150,
        IN,
    )
    assert answer.fact.note == "异议成立：漏计一次。"
    assert [line.unit for line in answer.fact.lines.all()] == [office.unit]


def test_upheld_without_points_books_nothing(office: Office, entry: Entry) -> None:
    answer = answered(office, raised(office, entry), result=Result.UPHELD, points="0")
    assert answer.fact is None
    assert Objection.objects.get().state() is State.UPHELD


DAY = datetime(2026, 3, 5, 17, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("result", "now", "state"),
    [
        (None, DAY, State.OPEN),
        (None, DAY + timedelta(seconds=1), State.OVERDUE),
        (Result.UPHELD, DAY + timedelta(days=9), State.UPHELD),
        (Result.REJECTED, DAY, State.REJECTED),
    ],
)
def test_states_follow_from_moments(result: str | None, now: datetime, state: State) -> None:
    assert state_of(result, DAY, now) is state


# --- pages --------------------------------------------------------------------------------


def test_the_whole_way_through_the_pages(office: Office, entry: Entry, client: Client) -> None:
    client.force_login(office.officer)
    days = {"start": "2026-03-01", "end": "2026-03-31"}
    details = client.get(reverse("ranking_details", args=[office.unit.pk]), days)
    new = reverse("objection_new", args=[entry.pk])
    assert f'href="{new}"' in details.content.decode()
    assert "请写明哪里不对" in client.post(new, {"text": ""}).content.decode()
    assert client.post(new, {"text": TEXT}).status_code == 302
    objection = Objection.objects.get()
    assert TEXT in client.get(reverse("objection", args=[objection.pk])).content.decode()
    assert "待答复" in client.get(reverse("objections")).content.decode()
    assert "已经提过异议" in client.post(new, {"text": TEXT}).content.decode()
    again = client.get(reverse("ranking_details", args=[office.unit.pk]), days)
    assert f'href="{new}"' not in again.content.decode()

    client.force_login(office.scorer)
    listed = client.get(reverse("objections_office")).content.decode()
    assert entry.sentence in listed
    assert entry.sentence in client.get(reverse("wagtailadmin_home")).content.decode()
    page = reverse("objection_answer", args=[objection.pk])
    assert "没有“加减分”条款" in client.get(page).content.decode()
    empty = client.post(page, {"text": "", "points": ""})
    assert empty.status_code == 200
    assert not Answer.objects.exists()
    assert client.post(page, {"result": "rejected", "text": "只计一次。"}).status_code == 302
    assert "只计一次。" in client.get(page).content.decode()
    assert (
        entry.sentence
        in client.get(f"{reverse('objections_office')}?state=answered").content.decode()
    )

    client.force_login(office.signatory)
    shown = client.get(reverse("objection", args=[objection.pk])).content.decode()
    assert "异议不成立" in shown
    assert "只计一次。" in shown


@pytest.mark.screens
def test_marked_text_is_refused_at_the_door(office: Office, entry: Entry, client: Client) -> None:
    client.force_login(office.officer)
    answer = client.post(reverse("objection_new", args=[entry.pk]), {"text": "机密★5年"})
    assert answer.status_code == 422
    assert not Objection.objects.exists()


def test_overdue_is_told_in_the_office_and_on_the_desk(
    office: Office, entry: Entry, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    objection = raised(office, entry)
    later = objection.answer_by + timedelta(days=1)
    monkeypatch.setattr("scoring.objections.views_office.timezone.now", lambda: later)
    client.force_login(office.scorer)
    assert "超期未答复" in client.get(reverse("objections_office")).content.decode()
    assert "已超期" in client.get(reverse("objection_answer", args=[objection.pk])).content.decode()
    client.force_login(office.officer)
    assert "超期未答复" in client.get(reverse("objections")).content.decode()
    assert not Answer.objects.exists()


@pytest.mark.screens
def test_deadlines_are_set_on_their_page(office: Office, client: Client) -> None:
    client.force_login(office.scorer)
    page = reverse("objection_settings")
    assert client.post(page, {"raise_days": "0", "answer_days": "5"}).status_code == 200
    assert client.post(page, {"raise_days": "7", "answer_days": "5"}).status_code == 302
    assert ObjectionSettings.current().raise_days == 7


@pytest.mark.screens
def test_lists_cost_the_same_for_2_and_12(office: Office, client: Client) -> None:
    bulletin = superior_bulletin()
    publish_scheme(scheme_id=scheme_of(bulletin).pk)
    costs = []
    for number in (2, 10):
        for fact in adopted(bulletin, office.unit, number=number, day=IN):
            raised(office, fact.entries.get())
        for user, name in ((office.scorer, "objections_office"), (office.officer, "objections")):
            client.force_login(user)
            client.get(reverse(name))
            with CaptureQueriesContext(connection) as queries_made:
                client.get(reverse(name))
            costs.append(len(queries_made))
    assert costs[:2] == costs[2:]


@pytest.mark.screens
def test_upheld_objection_gives_points_through_the_pages(
    office: Office, entry: Entry, client: Client
) -> None:
    """The scheme in force has the clause 加减分 with a limit; the unit sees its new points."""
    scheme = entry.scheme
    draft = new_version(scheme_id=scheme.pk)
    end_scheme(scheme_id=scheme.pk, last_day=date(2026, 3, 4), person=fresh(office.scorer))
    draft.valid_from, draft.valid_until = IN, scheme.valid_until
    blocks = [*draft.blocks.get_prep_value(), {"type": "adjustment", "value": {"plus_most": "3"}}]
    draft.blocks = cast(Any, blocks)
    draft.save_revision()
    publish_scheme(scheme_id=draft.pk)
    [standing] = Entry.objects.standing()
    assert (standing.hundredths, standing.scheme_id) == (400, draft.pk)

    client.force_login(office.officer)
    client.post(reverse("objection_new", args=[standing.pk]), {"text": TEXT})
    objection = Objection.objects.get()
    client.force_login(office.scorer)
    page = reverse("objection_answer", args=[objection.pk])
    assert "没有“加减分”条款" not in client.get(page).content.decode()
    given = {"result": "upheld", "text": "漏计一次。", "points": "2.5"}
    assert client.post(page, given).status_code == 302
    made = Entry.objects.get(fact__kind=FactKind.ADJUSTMENT)
    assert (made.unit, made.hundredths, made.date) == (office.unit, 250, IN)
    assert "漏计一次" in made.sentence
    assert client.post(page, given).status_code in (200, 302, 409)
    assert Entry.objects.filter(fact__kind=FactKind.ADJUSTMENT).count() == 1

    client.force_login(office.officer)
    days = {"start": "2026-03-01", "end": "2026-03-31"}
    details = client.get(reverse("ranking_details", args=[office.unit.pk]), days).content.decode()
    assert "漏计一次" in details
    shown = client.get(reverse("objection", args=[objection.pk])).content.decode()
    assert "异议成立" in shown
    assert "2.5" in shown
