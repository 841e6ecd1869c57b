"""Who is silent, who is told, who answers: through the pages and the command."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cms.review.actions import Refused
from infoflow.notices.models import Notice
from infoflow.units.actions import set_group
from infoflow.units.models import Unit, UnitGroup
from infoflow.units.roles import Role
from scoring.progress import actions
from scoring.progress.models import ProgressSettings, ZeroReport, ZeroWarning
from scoring.progress.queries import progress, silent_units
from scoring.progress.rules import ZeroState
from scoring.schemes.periods import Span
from scoring.targets.models import Target
from tests.builders import Office, person, superior_bulletin, unit
from tests.scoring.rankings.conftest import fact

pytestmark = pytest.mark.django_db
Q1 = Span(date(2026, 1, 1), date(2026, 3, 31))
TODAY = date(2026, 3, 26)


@pytest.fixture
def group(db: None) -> UnitGroup:
    return UnitGroup.objects.create(name="乡镇街道")


def member(group: UnitGroup, at: Unit | None = None, year: int = 2026) -> Unit:
    at = at or unit()
    set_group(unit=at, group=group, year=year)
    return at


def state_of(at: Unit, span: Span = Q1) -> ZeroState:
    (row,) = progress(span, TODAY, kind="quarter", units=[at.pk])
    return row.state


def test_three_zeros_on_real_facts(group: UnitGroup, office: Office) -> None:
    bulletin = superior_bulletin()
    refused, silent, old, busy = (member(group) for _n in range(4))
    fact(refused, kind="submission", day=TODAY)
    fact(old, bulletin=bulletin, day=TODAY)
    fact(busy, kind="submission", day=TODAY)
    fact(busy, bulletin=bulletin, day=TODAY)
    assert state_of(refused) == ZeroState.NO_ADOPTION
    assert state_of(silent) == ZeroState.BOTH
    assert state_of(old) == ZeroState.NO_SUBMISSION
    assert state_of(busy) == ZeroState.ACTIVE
    assert {pk for pk, _name in silent_units(Q1)} == {silent.pk, old.pk}


def test_withdrawn_submission_leaves_a_zero(group: UnitGroup, office: Office) -> None:
    from scoring.adoptions.actions import withdraw_fact

    at = member(group)
    (made,) = fact(at, kind="submission", day=TODAY)
    withdraw_fact(fact_id=made.pk, person=office.scorer, reason="重复登记")
    assert state_of(at) == ZeroState.BOTH


def test_zero_report_is_an_answer_and_said_once(group: UnitGroup, office: Office) -> None:
    at = member(group, office.unit)
    made = actions.report_zero(unit=at, reason="本季度无新情况", person=office.officer, today=TODAY)
    assert (made.start, made.end) == Q1
    assert state_of(at) == ZeroState.REPORTED
    with pytest.raises(Refused, match="已经作过"):
        actions.report_zero(unit=at, reason="再说一遍", person=office.officer, today=TODAY)
    assert ZeroReport.objects.count() == 1


def test_zero_report_is_refused_where_it_is_wrong(group: UnitGroup, office: Office) -> None:
    at = member(group, office.unit)
    for reason, message in (("  ", "原因"), ("长" * 201, "不能超过")):
        with pytest.raises(Refused, match=message):
            actions.report_zero(unit=at, reason=reason, person=office.officer, today=TODAY)
    with pytest.raises(Refused, match="自己的单位"):
        actions.report_zero(unit=unit(), reason="无", person=office.officer, today=TODAY)
    fact(at, kind="submission", day=TODAY)
    with pytest.raises(Refused, match="已有报送"):
        actions.report_zero(unit=at, reason="无", person=office.officer, today=TODAY)


def test_warned_once_a_day_mark_however_often_the_job_runs(group: UnitGroup) -> None:
    silent, busy = member(group), member(group)
    fact(busy, kind="submission", day=TODAY)
    assert [w.unit for w in actions.warn_silent(TODAY)] == [silent]
    assert actions.warn_silent(TODAY) == []
    assert actions.warn_silent(TODAY + timedelta(days=1)) == []
    assert [w.days for w in actions.warn_silent(date(2026, 3, 30))] == [1]
    assert ZeroWarning.objects.count() == 2
    assert actions.warn_silent(date(2026, 4, 1)) == []


def test_the_units_people_are_told_of_a_warning(office: Office, group: UnitGroup) -> None:
    member(group, office.unit)
    actions.warn_silent(TODAY)
    actions.warn_silent(TODAY)
    notice = Notice.objects.get()
    left = (Q1.end - TODAY).days
    assert notice.text == (
        f"{Q1.text}还没有报送信息，距期末还有{left}天；没有信息可报的，请作零报告。"
    )
    told = set(notice.recipients.values_list("person_id", flat=True))
    assert told == {office.officer.pk, office.signatory.pk}


def test_units_outside_every_group_are_not_warned(group: UnitGroup) -> None:
    unit()
    assert actions.warn_silent(TODAY) == []


def test_command_says_what_it_did(group: UnitGroup) -> None:
    out = io.StringIO()
    ProgressSettings.objects.create(pk=1, period="year", warn_before="60")
    call_command("warn_zero", stdout=out)
    today = timezone.localdate()
    told = (date(today.year, 12, 31) - today).days <= 60
    assert ("没有需要" in out.getvalue()) or told


def test_periods_in_a_row_over_the_year(group: UnitGroup) -> None:
    at = member(group)
    fact(at, kind="submission", day=date(2026, 2, 1))
    (row,) = progress(
        Span(date(2026, 7, 1), date(2026, 9, 30)), date(2026, 9, 1), kind="quarter", units=[at.pk]
    )
    assert row.in_a_row == 2


def test_target_stands_against_time(group: UnitGroup) -> None:
    at = member(group)
    for day in (date(2026, 1, 5), date(2026, 2, 5)):
        fact(at, kind="submission", day=day)
    Target.objects.create(unit=at, year=2026, measure="submitted", per="quarter", hundredths=400)
    Target.objects.create(unit=at, year=2026, measure="submitted", per="year", hundredths=200)
    (row,) = progress(Q1, date(2026, 4, 30), kind="quarter", units=[at.pk])
    quarter, year = row.targets
    assert (quarter.pace.percent, quarter.pace.shortfall) == ("50", 200)
    assert (year.pace.percent, year.pace.shortfall) == ("100", 0)
    assert row.finished_on == date(2026, 2, 5)
    assert row.plain is not None


# --- pages --------------------------------------------------------------------------------


def test_desk_warns_and_offers_a_zero_report(
    client: Client, office: Office, group: UnitGroup
) -> None:
    today = timezone.localdate()
    member(group, office.unit, today.year)
    ProgressSettings.objects.create(pk=1, period="year", warn_before="0")
    span = actions.current_span(today)
    client.force_login(office.officer)
    assert "本期还没有报送" not in client.get(reverse("home")).content.decode()
    ZeroWarning.objects.create(unit=office.unit, start=span.start, end=span.end, days=10)
    assert "本期还没有报送" in client.get(reverse("home")).content.decode()
    response = client.post(reverse("zero_report"), {"unit": office.unit.pk, "reason": "无新情况"})
    assert response.status_code == 302
    assert ZeroReport.objects.get().reason == "无新情况"
    home = client.get(reverse("home")).content.decode()
    assert "本期还没有报送" not in home
    assert "已作" in home


def test_zero_report_page_names_what_is_wrong(client: Client, office: Office) -> None:
    client.force_login(office.officer)
    response = client.post(reverse("zero_report"), {"unit": office.unit.pk, "reason": ""})
    assert response.status_code == 422
    assert "没有信息可报的原因" in response.content.decode()
    stranger = unit()
    response = client.post(reverse("zero_report"), {"unit": stranger.pk, "reason": "无"})
    assert not ZeroReport.objects.exists()
    assert stranger.name not in response.content.decode()


def test_office_sees_all_units_and_filters(client: Client, office: Office) -> None:
    today = timezone.localdate()
    towns = UnitGroup.objects.create(name="乡镇")
    silent, busy = member(towns, year=today.year), member(towns, year=today.year)
    fact(busy, kind="submission", day=today)
    client.force_login(office.scorer)
    page = client.get(reverse("progress"), {"group": "乡镇"})
    assert {row.unit for row, *_more in page.context["rows"]} == {silent.name, busy.name}
    page = client.get(reverse("progress"), {"group": "乡镇", "state": "both"})
    assert [row.unit for row, *_more in page.context["rows"]] == [silent.name]
    page = client.get(reverse("progress"), {"period": "nonsense", "state": "nonsense"})
    assert page.status_code == 200


def test_scorer_sets_when_to_warn(client: Client, office: Office) -> None:
    client.force_login(office.scorer)
    values = {"period": "month", "warn_before": "7、3", "rush_days": 20, "silent_days": 90}
    assert client.post(reverse("progress_settings"), values).status_code == 302
    assert ProgressSettings.current().days == (7, 3)
    page = client.post(reverse("progress_settings"), values | {"warn_before": "早点"})
    assert "请填1到6个天数" in page.content.decode()


def test_others_stay_outside(client: Client, office: Office) -> None:
    client.force_login(office.editor)
    assert client.get(reverse("progress_settings")).status_code in (302, 403)
    client.force_login(person(Role.SYSTEM_ADMIN))
    assert client.get(reverse("progress")).status_code in (302, 403)
    client.force_login(office.editor)
    assert client.get(reverse("zero_report")).status_code == 403


@pytest.mark.screens
def test_page_costs_the_same_for_few_and_many_units(client: Client, office: Office) -> None:
    today = timezone.localdate()
    towns = UnitGroup.objects.create(name="乡镇")
    member(towns, year=today.year)
    client.force_login(office.scorer)
    client.get(reverse("progress"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("progress"))
    for _n in range(30):
        member(towns, year=today.year)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("progress"))
    assert len(many) == len(few)
