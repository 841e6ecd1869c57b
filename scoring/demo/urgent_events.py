"""Three invented urgent events of the walkthrough: just reported, under way, never reported."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone

from infoflow.units.models import Unit, User
from scoring.urgent.actions import first_report, follow_up
from scoring.urgent.actions_calls import open_missing, phone_report
from scoring.urgent.actions_office import (
    answer_directive,
    clear,
    decide_grade,
    direct,
    note_online,
    sign_afterwards,
    take,
)
from scoring.urgent.content import Content
from scoring.urgent.models import UrgentRule
from scoring.urgent.presets import presets
from scoring.urgent.rules import Clear, Sign
from scoring.urgent.rules_grades import EventClass, Grade

RULES = "province-2021"


def load(units: Mapping[str, Unit], people: Mapping[str, User]) -> None:
    """Load the events with a published table of limits."""
    if not UrgentRule.objects.exists():
        UrgentRule.objects.bulk_create(UrgentRule.of(row) for row in presets()[RULES].rules)
    _under_way(units["县水务局"], people)
    _never_reported(units["北坡乡"], people)
    _just_reported(units["南关镇"], people)


def _just_reported(unit: Unit, people: Mapping[str, User]) -> None:
    """A first report that nobody has taken yet."""
    now = timezone.now()
    first_report(
        key=uuid.uuid4(),
        unit=unit,
        what="石桥村后山滑坡，埋压房屋两间",
        place="南关镇石桥村",
        happened_at=now - timedelta(minutes=12),
        happened_about=True,
        learned_at=now - timedelta(minutes=6),
        content=Content(source="村（社区）", event_class=EventClass.NATURE),
        person=people["xinxi1"],
    )


def _under_way(unit: Unit, people: Mapping[str, User]) -> None:
    """Called, reported, taken, signed, graded, followed up; a leader has asked for something."""
    now, duty = timezone.now(), people["zhiban"]
    happened = now - timedelta(hours=2)
    call = phone_report(
        key=uuid.uuid4(),
        unit=unit,
        caller="周强",
        caller_post="值班室",
        what="东干渠三号闸门处决口，淹没农田",
        place="县东干渠三号闸",
        happened_at=happened,
        at=now - timedelta(minutes=100),
        said="渠水外溢，已关上游闸门，无人员伤亡。",
        person=duty,
    )
    report = first_report(
        key=uuid.uuid4(),
        unit=unit,
        what="东干渠三号闸门处决口，淹没农田约四十亩",
        place="县东干渠三号闸",
        happened_at=happened,
        learned_at=now - timedelta(minutes=110),
        content=Content(
            source="现场人员",
            dead=0,
            missing=0,
            serious=0,
            light=0,
            trapped=0,
            measures="关闭上游闸门，组织抢险队封堵。",
            commander="林涛",
            commander_phone="0000-0000000",
            cause="疑因闸门老化",
            event_class=EventClass.NATURE,
        ),
        person=people["xinxi4"],
        event_id=call.event_id,
    )
    event = report.event
    take(report_id=report.pk, person=duty)
    sign_afterwards(report_id=report.pk, verdict=Sign.AGREED, person=people["shenqian4"])
    clear(
        report_id=report.pk,
        verdict=Clear.PASSED,
        reason="不涉及国家秘密和工作秘密",
        person=people["baomi"],
    )
    decide_grade(
        event_id=event.pk,
        grade=Grade.GENERAL,
        event_class=EventClass.NATURE,
        why="无人员伤亡，损失待核",
        person=duty,
    )
    told = direct(
        key=uuid.uuid4(),
        event_id=event.pk,
        leader="何山",
        text="请水务局尽快封堵，核实受灾面积，妥善安排群众生产。",
        given_at=now - timedelta(minutes=20),
        person=duty,
    )
    answer_directive(
        key=uuid.uuid4(),
        directive_id=told.pk,
        text="决口已封堵，正在逐户核实面积。",
        person=people["xinxi4"],
    )
    follow_up(
        key=uuid.uuid4(),
        event_id=event.pk,
        content=Content(facts="决口已封堵，渠水回落，受淹面积核实为三十八亩。", loss=6),
        person=people["xinxi4"],
    )


def _never_reported(unit: Unit, people: Mapping[str, User]) -> None:
    """Seen on the internet before the unit has said a word."""
    now, duty = timezone.now(), people["zhiban"]
    event = open_missing(
        key=uuid.uuid4(),
        unit=unit,
        what="乡道客车侧翻",
        place="北坡乡岭上村路口",
        happened_at=now - timedelta(minutes=90),
        why="网上已有现场视频，乡里未报。",
        person=duty,
    )
    note_online(
        event_id=event.pk,
        link="某短视频平台“岭上生活”账号",
        first_seen=now - timedelta(minutes=75),
        noticed_by="冯磊",
        person=duty,
    )
