"""An event from the first report to its end: numbers, who is told, limits, facts, refusals."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from cms.review.actions import Refused
from cms.scanning.door import MarkedSecret
from infoflow.notices.models import Escalation, Notice, Recipient
from infoflow.units.roles import Role
from infoflow.worktime.models_dues import Due
from scoring.adoptions.models import Fact
from scoring.adoptions.rules import FactKind, Mark
from scoring.urgent import (
    actions_calls,
    actions_findings,
    actions_office,
    following,
    queries,
    rules,
    sweeping,
)
from scoring.urgent.content import Content
from scoring.urgent.models import PhoneReport, Report, UrgentEvent
from scoring.urgent.rules import Clear, Fault, Happened, Sign, State
from tests.builders import Office, fresh, person, unit
from tests.scoring.urgent import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def duty(office: Office) -> Any:
    """A duty officer, with the province's limits in force."""
    make.rules()
    return make.duty_officer()


def told(key: str) -> set[int]:
    return set(Recipient.objects.filter(notice__key=key).values_list("person_id", flat=True))


def event_of(report: Report) -> UrgentEvent:
    found: UrgentEvent = queries.with_all(UrgentEvent.objects.all()).get(pk=report.event_id)
    return found


# --- reporting ----------------------------------------------------------------------------


def test_first_report_gets_a_number_and_tells_the_duty_officers_at_once(
    office: Office, duty: Any
) -> None:
    report = make.first(office)
    event = event_of(report)
    assert event.number_label == f"紧急〔{timezone.localdate().year}〕1号"
    assert event.state() is State.OPEN
    notice = Notice.objects.get(key=following.report_key(report))
    assert (notice.urgent, notice.number) == (True, event.number_label)
    assert told(notice.key) == {duty.pk}
    assert make.WHAT not in notice.text
    steps = Escalation.objects.filter(notice=notice).order_by("step")
    assert [list(step.people) for step in steps] == [[duty.pk], [office.editor.pk]]
    # Signature and review come beside it.
    assert told(f"{notice.key}:sign") == {office.signatory.pk}
    assert told(f"{notice.key}:check") == {office.reviewer.pk}
    assert make.first(office).event.number == 2


def test_same_form_again_is_the_same_report(office: Office, duty: Any) -> None:
    key = uuid.uuid4()
    one, two = make.first(office, key=key), make.first(office, key=key)
    assert one.pk == two.pk
    follow_key = uuid.uuid4()
    assert (
        make.follow(office, one.event, key=follow_key).pk
        == make.follow(office, one.event, "别的", key=follow_key).pk
    )
    assert (UrgentEvent.objects.count(), Report.objects.count()) == (1, 2)
    with pytest.raises(Refused, match="他人"):
        make.first(office, key=key, person=office.signatory)


def test_the_chain_is_numbered_and_ends(office: Office, duty: Any) -> None:
    event = make.first(office).event
    labels = [make.follow(office, event).label for _n in range(2)] + [
        make.final(office, event).label
    ]
    assert labels == ["续报一", "续报二", "终报"]
    with pytest.raises(Refused, match="不能再报一次"):
        make.final(office, event)
    with pytest.raises(Refused, match="不能再续报"):
        make.follow(office, event)
    actions_office.end(event_id=event.pk, person=fresh(duty))
    with pytest.raises(Refused, match="已经办结"):
        make.follow(office, event)
    assert event_of(Report.objects.get(kind="first")).state() is State.ENDED


def test_what_nobody_said_again_still_holds(office: Office, duty: Any) -> None:
    report = make.first(office, content=Content(dead=0, trapped=3, measures="组织搜救"))
    make.follow(office, report.event, content=Content(trapped=1))
    holds = queries.standing_of(event_of(report))
    assert (holds.told["dead"], holds.told["trapped"], holds.told["measures"]) == (0, 1, "组织搜救")


@pytest.mark.screens
@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"happened_at": -5}, "happened_at", "事发时间晚于现在"),
        ({"happened_at": 60 * 24 * 400}, "happened_at", "一年以前"),
        ({"learned_at": -5}, "learned_at", "获悉时间晚于现在"),
        ({"happened_about": False, "learned_at": 11}, "learned_at", "勾选“大约”"),
        ({"learned_at": 10 + 61}, "learned_at", "早于事发时间"),
        ({"what": " "}, "what", "发生了什么"),
        ({"place": ""}, "place", "在哪里"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(
    office: Office, duty: Any, values: dict[str, Any], field: str, words: str
) -> None:
    given: dict[str, Any] = {n: make.ago(v) if type(v) is int else v for n, v in values.items()}
    with pytest.raises(ValidationError) as caught:
        make.first(office, **given)
    assert words in caught.value.message_dict[field][0]
    assert not UrgentEvent.objects.exists()


def test_about_ten_may_have_been_known_before_ten(office: Office, duty: Any) -> None:
    report = make.first(office, happened_about=True, learned_at=make.ago(10 + 59))
    learned = queries.standing_of(event_of(report)).learned_at
    assert learned is not None
    assert learned < report.event.happened_at
    # Corrected, it is no longer about: the correction binds what comes after.
    moment = make.ago(8)
    follow = make.follow(office, report.event, content=Content(happened_at=moment))
    assert queries.happened(follow.event) == Happened(moment, about=False)


def test_a_fax_is_not_received_before_the_event(office: Office, duty: Any) -> None:
    event = make.missing(office, duty)
    more: dict[str, Any] = {"event_id": event.pk, "person": duty, "via": rules.Via.FAX}
    with pytest.raises(ValidationError) as caught:
        make.first(office, received_at=make.ago(20), happened_about=False, **more)
    assert "收到时间早于事发时间" in caught.value.message_dict["received_at"][0]
    report = make.first(office, received_at=make.ago(8), **more)
    # The paper bears its signature.
    assert not told(f"{following.report_key(report)}:sign")


def test_nothing_comes_before_the_first_report(office: Office, duty: Any) -> None:
    event = make.missing(office, duty)
    with pytest.raises(Refused, match="还没有书面首报"):
        make.follow(office, event)
    report = make.first(office, event_id=event.pk)
    assert report.event_id == event.pk
    with pytest.raises(Refused, match="已经报过"):
        make.first(office, event_id=event.pk)
    with pytest.raises(ValidationError, match="无变化"):
        make.follow(office, event, content=Content())


def test_a_marked_secret_is_refused_and_leaves_nothing(office: Office, duty: Any) -> None:
    with pytest.raises(MarkedSecret):
        make.first(office, content=Content(facts="机密★1年"))
    assert not UrgentEvent.objects.exists()


@pytest.mark.screens
def test_strangers_neither_report_nor_take(office: Office, duty: Any) -> None:
    other = Office(unit("乙镇"))
    report = make.first(office)
    for who in (other.officer, office.scorer, duty):
        with pytest.raises(Refused):
            make.follow(office, report.event, person=who)
    assert not UrgentEvent.objects.visible_to(other.officer).exists()
    for who in (office.officer, duty, office.editor, person(Role.LEADER)):
        assert UrgentEvent.objects.visible_to(who).exists()
    with pytest.raises(Refused, match="值班员和编辑"):
        actions_office.take(report_id=report.pk, person=fresh(office.officer))


# --- calls and what the office opens ------------------------------------------------------


def test_a_call_opens_the_event_and_the_unit_is_told(office: Office, duty: Any) -> None:
    key = uuid.uuid4()
    values: dict[str, Any] = {
        "unit": office.unit,
        "caller": "王某",
        "what": make.WHAT,
        "place": make.PLACE,
        "happened_at": make.ago(10),
        "at": make.ago(2),
        "key": key,
        "person": duty,
    }
    phone = actions_calls.phone_report(**values)
    assert actions_calls.phone_report(**values).pk == phone.pk
    event = queries.with_all(UrgentEvent.objects.all()).get()
    assert event.state() is State.PHONED
    assert told(f"urgent:phone:{phone.pk}") == {office.officer.pk, office.signatory.pk}
    assert PhoneReport.objects.count() == 1
    for moment, words in ((make.ago(120), "早于事发时间"), (make.ago(-3), "晚于现在")):
        with pytest.raises(ValidationError, match=words):
            actions_calls.phone_report(**values | {"key": uuid.uuid4(), "at": moment})
    with pytest.raises(Refused, match="值班员和编辑"):
        actions_calls.phone_report(**values | {"key": uuid.uuid4(), "person": office.officer})


def test_the_office_opens_what_nobody_has_reported(office: Office, duty: Any) -> None:
    event = make.missing(office, duty)
    assert told(f"urgent:missing:{event.pk}") == {office.officer.pk}
    assert Due.objects.filter(key__startswith=f"urgent:{event.pk}:", settled_at=None).exists()
    # Nothing is booked by itself for what never came.
    actions_office.end(event_id=event.pk, why="误传", person=fresh(duty))
    assert not Fact.objects.filter(kind=FactKind.URGENT).exists()


# --- what the office does -----------------------------------------------------------------


def test_a_report_is_taken_once(office: Office, duty: Any) -> None:
    report = make.first(office)
    take = actions_office.take(report_id=report.pk, person=fresh(duty))
    assert actions_office.take(report_id=report.pk, person=fresh(duty)).pk == take.pk
    with pytest.raises(Refused, match="已经接报"):
        actions_office.take(report_id=report.pk, person=fresh(office.editor))
    # Nobody else is woken.
    assert not Escalation.objects.filter(
        notice__key=following.report_key(report), told_at=None, stopped_at=None
    ).exists()


def test_the_leader_signs_afterwards_and_the_reviewer_may_stop_it(
    office: Office, duty: Any
) -> None:
    report = make.first(office)
    with pytest.raises(Refused, match="审签人"):
        actions_office.sign_afterwards(
            report_id=report.pk, verdict=Sign.AGREED, person=fresh(office.officer)
        )
    with pytest.raises(Refused, match="哪里须更正"):
        actions_office.sign_afterwards(
            report_id=report.pk, verdict=Sign.OBJECTED, person=fresh(office.signatory)
        )
    actions_office.sign_afterwards(
        report_id=report.pk, verdict=Sign.AGREED, person=fresh(office.signatory)
    )
    with pytest.raises(Refused, match="已经补签"):
        actions_office.sign_afterwards(
            report_id=report.pk, verdict=Sign.AGREED, person=fresh(office.signatory)
        )
    actions_office.clear(
        report_id=report.pk,
        verdict=Clear.STOPPED,
        reason="涉及内部部署",
        person=fresh(office.reviewer),
    )
    assert queries.is_hidden(event_of(report))
    actions_office.clear(
        report_id=report.pk,
        verdict=Clear.PASSED,
        reason="已核实可公开",
        person=fresh(office.reviewer),
    )
    assert not queries.is_hidden(event_of(report))
    # Who leads the unit and reports himself has signed by that.
    assert make.first(office, person=office.signatory).signature.verdict == Sign.AGREED


def test_the_internet_was_ahead(office: Office, duty: Any) -> None:
    event = make.first(office, happened_at=make.ago(40), learned_at=make.ago(5)).event
    values: dict[str, Any] = {"event_id": event.pk, "noticed_by": "值班员", "person": fresh(duty)}
    actions_office.note_online(link="某短视频平台", first_seen=make.ago(30), **values)
    full = queries.with_all(UrgentEvent.objects.all()).get()
    assert queries.online_gap(full, queries.facts_of(full).first_at) in (29, 30)
    for moment, words in ((make.ago(110), "早于事发时间"), (make.ago(-2), "晚于现在")):
        with pytest.raises(ValidationError, match=words):
            actions_office.note_online(link="别处", first_seen=moment, **values)
    with pytest.raises(ValidationError, match="已经登记过"):
        actions_office.note_online(link="某短视频平台", first_seen=make.ago(30), **values)


# --- limits -------------------------------------------------------------------------------


def test_limits_follow_the_grade_and_are_settled_by_reports(office: Office, duty: Any) -> None:
    event = make.missing(office, duty, happened_at=make.ago(5))
    actions_office.decide_grade(
        event_id=event.pk, grade="general", why="无伤亡", person=fresh(duty)
    )
    general = set(
        Due.objects.filter(settled_at=None, key__startswith=f"urgent:{event.pk}:").values_list(
            "at", flat=True
        )
    )
    actions_office.decide_grade(
        event_id=event.pk, grade="major", why="死亡10人", person=fresh(duty)
    )
    major = Due.objects.filter(settled_at=None, key__startswith=f"urgent:{event.pk}:")
    assert min(due.at for due in major) < min(general)
    make.first(office, event_id=event.pk, happened_at=make.ago(5), learned_at=make.ago(4))
    left = {due.rule["event"] for due in major.all()}
    assert left == {"电话首报", "续报"} or left == {"续报"}
    make.final(office, event)
    actions_office.end(event_id=event.pk, person=fresh(duty))
    assert not Due.objects.filter(settled_at=None, key__startswith=f"urgent:{event.pk}:").exists()


def test_the_sweep_gives_the_next_slot_its_deadline_once(office: Office, duty: Any) -> None:
    event = make.first(office).event
    actions_office.decide_grade(
        event_id=event.pk, grade="major", why="死亡10人", person=fresh(duty)
    )
    before = Due.objects.filter(kind=following.FOLLOW_DUE).count()
    later = timezone.now() + timedelta(days=1)
    assert sweeping.run(later, False).done > 0
    assert Due.objects.filter(kind=following.FOLLOW_DUE).count() > before
    assert sweeping.run(later, False).done == 0


def test_a_missing_follow_up_is_told_to_unit_and_duty_once(office: Office, duty: Any) -> None:
    from infoflow.notices.sweep import sweep

    event = make.first(office).event
    actions_office.decide_grade(
        event_id=event.pk, grade="major", why="死亡10人", person=fresh(duty)
    )
    due = Due.objects.filter(kind=following.FOLLOW_DUE).order_by("at").first()
    assert due is not None
    for _time in range(2):
        sweep(due.at + timedelta(seconds=30))
    notices = Notice.objects.filter(kind=following.DUE, key__startswith=f"{due.key}:")
    assert notices.filter(key__endswith=":0").count() == 1
    people = told(notices.get(key__endswith=":0").key)
    assert {duty.pk, office.officer.pk, office.signatory.pk} <= people


# --- facts for the scheme -----------------------------------------------------------------


def facts() -> list[str]:
    standing = Fact.objects.standing().filter(kind=FactKind.URGENT).order_by("pk")
    return list(standing.values_list("mark", flat=True))


def test_late_is_booked_once_at_the_end_and_corrected_by_withdrawal(
    office: Office, duty: Any
) -> None:
    event = make.first(office, happened_at=make.ago(150), learned_at=make.ago(149)).event
    actions_office.decide_grade(
        event_id=event.pk, grade="serious", why="死亡3人", person=fresh(duty)
    )
    make.final(office, event)
    assert facts() == []
    ending = actions_office.end(event_id=event.pk, person=fresh(duty))
    assert actions_office.end(event_id=event.pk, person=fresh(duty)).pk == ending.pk
    assert facts() == [Mark.LATE]
    fact = Fact.objects.standing().get(kind=FactKind.URGENT)
    assert fact.title == event.number_label
    assert "迟" in fact.note
    with pytest.raises(Refused, match="请由编辑办理"):
        actions_office.decide_grade(
            event_id=event.pk, grade="general", why="核减", person=fresh(duty)
        )
    actions_office.decide_grade(
        event_id=event.pk, grade="general", why="核减为无伤亡", person=fresh(office.editor)
    )
    assert facts() == [Mark.DONE]
    assert Fact.objects.filter(kind=FactKind.URGENT).count() == 3


def test_only_a_person_finds_omission_and_a_second_one_may_lift_it(
    office: Office, duty: Any
) -> None:
    event = make.missing(office, duty)
    values: dict[str, Any] = {"event_id": event.pk, "kind": Fault.OMITTED, "reason": "至今未报"}
    with pytest.raises(Refused, match="理由和证据"):
        actions_findings.find(evidence=" ", person=fresh(office.editor), **values)
    with pytest.raises(Refused, match="只有编辑"):
        actions_findings.find(evidence="截图", person=fresh(duty), **values)
    finding = actions_findings.find(evidence="网页截图", person=fresh(office.editor), **values)
    with pytest.raises(Refused, match="同样的认定"):
        actions_findings.find(evidence="网页截图", person=fresh(office.editor), **values)
    assert facts() == [Mark.OMITTED]
    actions_findings.answer_finding(
        finding_id=finding.pk, text="当时通信中断", person=fresh(office.officer)
    )
    rule: dict[str, Any] = {"finding_id": finding.pk, "lifted": True, "why": "情况属实"}
    with pytest.raises(Refused, match="自己作出"):
        actions_findings.rule_on(person=fresh(office.editor), **rule)
    second = person(Role.EDITOR)
    actions_findings.rule_on(person=fresh(second), **rule)
    assert facts() == []
    with pytest.raises(Refused, match="已经复核"):
        actions_findings.rule_on(person=fresh(second), **rule)


@pytest.mark.parametrize(
    ("n", "words"),
    [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (99, "九十九"), (100, "100")],
)
def test_numerals(n: int, words: str) -> None:
    assert rules.numeral(n) == words
