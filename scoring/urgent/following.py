"""What follows from a report: who is told, and which deadlines run. Inside its transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from infoflow.notices.actions import Announcement, acknowledge, announce_all
from infoflow.notices.models import Notice
from infoflow.notices.people import (
    holders_of,
    officers_by_unit,
    officers_of,
    signatories_by_unit,
    signatories_of,
)
from infoflow.notices.rules import ChainStep
from infoflow.units.roles import Role
from infoflow.worktime.actions_dues import reopen_due, set_due, settle_due
from infoflow.worktime.due_kinds import Reminder
from infoflow.worktime.models_dues import Due
from infoflow.worktime.reckoning import moment_rule
from infoflow.worktime.rules_dues import late_words, point_words
from scoring.duty.queries import leader_on_duty, on_duty

from . import queries
from .models import Report, UrgentEvent
from .rules import Kind, clock_text, label_of
from .rules_clocks import Channel, Clock, RuleRow, Step

if TYPE_CHECKING:
    from infoflow.units.models import User

    from .models import Directive, Finding, PhoneReport

# Kinds of notices.
REPORT, MISSING, BESIDE, WORD, DUE = (
    "urgent-report",
    "urgent-missing",
    "urgent-beside",
    "urgent-word",
    "urgent-due",
)
# Kinds of deadlines.
FIRST_DUE, FOLLOW_DUE = "urgent", "urgent-followup"
# Reminders in minutes before and after a limit.
POINTS = {FIRST_DUE: [-10, 0, 30, 120], FOLLOW_DUE: [-60, 0, 60]}


def url_of(event: UrgentEvent) -> str:
    """Return the address of an event's page."""
    return reverse("urgent_event", args=[event.pk])


def unit_people(unit_id: int) -> list[int]:
    """Return a unit's officers and signatories."""
    return [*officers_of(unit_id), *signatories_of(unit_id)]


def report_key(report: Report) -> str:
    """Return the key of the notice that tells of a report."""
    return f"urgent:report:{report.pk}"


def _told(
    event: UrgentEvent,
    key: str,
    kind: str,
    people: Iterable[int],
    text: str,
    chain: Iterable[ChainStep] = (),
    due_at: datetime | None = None,
) -> Announcement:
    return Announcement(
        key=key,
        kind=kind,
        people=people,
        number=event.number_label,
        text=text,
        url=url_of(event),
        due_at=due_at,
        chain=tuple(step for step in chain if step.people),
    )


def _tell(*told: Any) -> None:
    announce_all([_told(*told)])


def reported(event: UrgentEvent, report: Report) -> None:
    """Announce a report to the duty officers at once; signature and review come beside it."""
    label = label_of(report.kind, report.n)
    said = {"unit": event.unit.name, "label": label}
    editors = holders_of(Role.EDITOR)
    now = timezone.now()
    duty = on_duty(now)
    chain = [ChainStep(3, tuple(holders_of(Role.DUTY))), ChainStep(5, tuple(editors))]
    if report.kind == Kind.FIRST:
        leaders = leader_on_duty(now) or holders_of(Role.LEADER)
        chain.append(ChainStep(15, tuple(leaders)))
    key = report_key(report)
    text = _("%(unit)s报来紧急信息%(label)s，请接报。") % said
    told = [_told(event, key, REPORT, duty or editors, text, chain)]
    if getattr(report, "signature", None) is None and report.via == "system":
        text = _("本单位的紧急信息%(label)s已先行上报，请补签。") % said
        told.append(_told(event, f"{key}:sign", BESIDE, signatories_of(event.unit_id), text))
    text = _("%(unit)s的紧急信息%(label)s已先行流转，请同步作保密审查。") % said
    told.append(_told(event, f"{key}:check", BESIDE, holders_of(Role.REVIEWER), text))
    announce_all(told)
    sync_dues(event.pk)


def phoned(event: UrgentEvent, phone: PhoneReport) -> None:
    """Tell the unit that its call was noted and the written report is due."""
    _tell(
        event,
        f"urgent:phone:{phone.pk}",
        REPORT,
        unit_people(event.unit_id),
        _("值班室已登记电话报告（%(at)s），请尽快补报书面首报。") % {"at": clock_text(phone.at)}
        if not queries.kinds_of(event)
        else _("值班室已登记电话报告（%(at)s）。") % {"at": clock_text(phone.at)},
    )
    sync_dues(event.pk)


def missing(event: UrgentEvent) -> None:
    """Tell the unit that an event of theirs should have been reported."""
    _tell(
        event,
        f"urgent:missing:{event.pk}",
        MISSING,
        officers_of(event.unit_id),
        _("信息科登记了一件贵单位应报未报的紧急信息，请立即核实并报送。"),
        [
            ChainStep(5, tuple(signatories_of(event.unit_id))),
            ChainStep(20, tuple(holders_of(Role.LEADER))),
        ],
    )
    sync_dues(event.pk)


def taken(report: Report, person: User) -> None:
    """Stop the escalation of a report that somebody has acknowledged."""
    notice = Notice.objects.filter(key=report_key(report)).first()
    if notice is not None:
        acknowledge(notice.pk, person)


def directed(event: UrgentEvent, directive: Directive) -> None:
    """Tell the unit that a leader asked for something."""
    people = unit_people(event.unit_id)
    text = _("领导对这件紧急信息作出指示，请落实并反馈。")
    _tell(event, f"urgent:directive:{directive.pk}", WORD, people, text)


def found(event: UrgentEvent, finding: Finding) -> None:
    """Tell the unit of a finding, and that it may object."""
    text = _("信息科对这件紧急信息的报送情况作出认定，有异议的可以申辩。")
    _tell(event, f"urgent:finding:{finding.pk}", WORD, unit_people(event.unit_id), text)


def answered(finding: Finding) -> None:
    """Tell the editors that a unit objects to a finding."""
    event = finding.event
    text = _("%(unit)s对报送情况认定提出申辩，请由另一名编辑复核。") % {"unit": event.unit.name}
    people = holders_of(Role.EDITOR)
    _tell(event, f"urgent:finding:{finding.pk}:answer", WORD, people, text)


def ruled(finding: Finding) -> None:
    """Tell the unit how its finding was ruled on."""
    event = finding.event
    text = _("信息科对报送情况认定作出复核。")
    people = unit_people(event.unit_id)
    _tell(event, f"urgent:finding:{finding.pk}:ruling", WORD, people, text)


# --- deadlines ----------------------------------------------------------------------------


def due_key(event_id: int, clock: Clock) -> str:
    """Return the key of a clock's deadline; each slot of the follow-ups has its own."""
    slot = f":{int(clock.due_at.timestamp())}" if clock.step == Step.FOLLOWUP else ""
    return f"urgent:{event_id}:{clock.rule_id}{slot}"


def clock_label(clock: Clock) -> str:
    """Return what a clock asks for: 电话首报, 书面首报, 续报."""
    if clock.step != Step.FIRST:
        return str(Step(clock.step).label)
    channel = "" if clock.channel == Channel.ANY else str(Channel(clock.channel).label)
    return _("%(channel)s首报") % {"channel": channel}


def _wanted(event: UrgentEvent, rules: Sequence[RuleRow], now: datetime) -> dict[str, Clock]:
    """Return the clocks of an event that want a deadline, by its key."""
    if event.ended_at is not None:
        return {}
    clocks = queries.clocks_for(event, rules, now)
    return {due_key(event.pk, clock): clock for clock in clocks if clock.met_at is None}


def _differ(wanted: Mapping[str, Clock], known: Mapping[str, Due]) -> bool:
    """Tell whether `sync_dues` would change anything."""
    running = {key: due.at for key, due in known.items() if due.settled_at is None}
    return running != {key: clock.due_at for key, clock in wanted.items()}


def out_of_step(ids: Iterable[int], now: datetime) -> list[int]:
    """Return those of some events whose deadlines are not those of their clocks.

    A few queries for all of them; holds nothing, so whoever acts on it looks again.
    """
    events = queries.with_all(UrgentEvent.objects.filter(pk__in=ids)).order_by("pk")
    rules = queries.rule_rows()
    wanted = {event.pk: _wanted(event, rules, now) for event in events}
    known: dict[int, dict[str, Due]] = {pk: {} for pk in wanted}
    open_dues = Due.objects.open().filter(kind__in=POINTS)
    for due in open_dues.filter(unit__in={event.unit_id for event in events}):
        known.get(int(due.key.split(":")[1]), {})[due.key] = due
    return [pk for pk in wanted if _differ(wanted[pk], known[pk])]


def sync_dues(event_id: int, now: datetime | None = None) -> int:
    """Have the deadlines of an event be those of its clocks; return how many changed.

    The caller holds the event. A second call changes nothing.
    """
    now = now or timezone.now()
    event = queries.with_all(UrgentEvent.objects.all()).get(pk=event_id)
    known = {due.key: due for due in Due.objects.filter(key__startswith=f"urgent:{event_id}:")}
    wanted = _wanted(event, queries.rule_rows(), now)
    changed = 0
    for key, clock in wanted.items():
        due = known.get(key)
        if due is not None and due.at == clock.due_at and due.settled_at is None:
            continue
        kind = FOLLOW_DUE if clock.step in (Step.FOLLOWUP, Step.FINAL) else FIRST_DUE
        set_due(
            key=key,
            kind=kind,
            unit=event.unit_id,
            started=clock.starts_at,
            rule=moment_rule(clock_label(clock)),
            at=clock.due_at,
            sentence=clock.sentence[:200],
            provisional=False,
            points=POINTS[kind],
            url=url_of(event),
            now=now,
        )
        if due is not None and due.settled_at is not None:
            # A limit of a grade that holds again.
            reopen_due(key=key, now=now)
        changed += 1
    for key, due in known.items():
        if key not in wanted and due.settled_at is None:
            settle_due(key=key, at=now)
            changed += 1
    return changed


def remind(reminders: Sequence[Reminder], now: datetime) -> None:
    """Tell of limits that are near or over: officer, then signatory, office and leader."""
    ids = {one.due.pk: int(one.due.key.split(":")[1]) for one in reminders}
    events = UrgentEvent.objects.select_related("unit").in_bulk(set(ids.values()))
    units = {event.unit_id for event in events.values()}
    officers, signatories = officers_by_unit(units), signatories_by_unit(units)
    duty, editors = on_duty(now), tuple(holders_of(Role.EDITOR))
    leaders = tuple(holders_of(Role.LEADER))
    told = []
    for one in reminders:
        event, due, stage = events.get(ids[one.due.pk]), one.due, one.stage
        if event is None:
            continue
        theirs = signatories[event.unit_id]
        people = [*officers[event.unit_id], *theirs, *(duty if stage.offset >= 0 else ())]
        chain: tuple[ChainStep, ...] = ()
        if stage.offset == 0:
            chain = (ChainStep(5, tuple(theirs)), ChainStep(10, editors), ChainStep(20, leaders))
        key = f"{due.key}:{int(due.at.timestamp())}:{stage.offset}"
        text = _reminder(event, one, now)
        told.append(_told(event, key, DUE, people, text, chain, due.at))
    announce_all(told)


def _reminder(event: UrgentEvent, one: Reminder, now: datetime) -> str:
    said = {
        "unit": event.unit.name,
        "label": str(one.due.rule.get("event", "")),
        "at": clock_text(one.due.at),
        "when": point_words(one.stage.offset),
        "late": late_words(one.stage, now) if one.late else "",
    }
    if one.stage.offset >= 0:
        return _("%(unit)s的%(label)s应于%(at)s前报送，%(when)s仍未收到%(late)s。") % said
    return _("%(unit)s的%(label)s应于%(at)s前报送，%(when)s%(late)s。") % said
