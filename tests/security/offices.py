"""Offices whose texts carry marks in every field, in their file and in what is said of them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import pytest
from django.utils import timezone

from cms.items import actions as item_actions
from cms.items import actions_autosave, actions_joint, attach, text
from cms.items.models import ItemPage
from cms.review.rules import Verdict
from cms.scanning import door
from infoflow.notices.actions import announce
from infoflow.notices.actions_channels import save_channel, save_group
from infoflow.notices.kinds import CHANNEL_DOWN
from infoflow.notices.models import Address, Notice
from infoflow.units import handover as unit_handover
from infoflow.units.models import HandOver, User
from infoflow.units.roles import Role
from scoring.adoptions.actions_instructions import answer_instruction, record_instruction
from scoring.adoptions.models import Instruction
from scoring.imports import actions as import_actions
from scoring.imports.models import ImportRun, Upload
from scoring.urgent import actions as urgent_actions
from scoring.urgent import actions_calls as urgent_calls
from scoring.urgent import actions_findings as urgent_findings
from scoring.urgent import actions_office as urgent_office
from scoring.urgent import actions_rules as rule_actions
from scoring.urgent.content import Content
from scoring.urgent.models import UrgentEvent
from scoring.urgent.rules import Fault
from tests import builders
from tests.scoring.imports.tables import xlsx

from .mark import OWN_MARK, Mark


@dataclass(frozen=True)
class Beside:
    """What stands beside a text's title and body."""

    contact: str
    keywords: str
    note: str
    commission: str
    file_name: str
    file_text: str
    finding: str = ""
    opinion: str = "无"

    @classmethod
    def all_of(cls, mark: str) -> Beside:
        """One mark everywhere: a text that nobody outside may know of at all."""
        return cls(mark, mark, mark, mark, mark, mark, opinion=mark)


SENT = Beside(
    contact=Mark.CONTACT,
    keywords=Mark.KEYWORDS,
    note=Mark.NOTE,
    commission=Mark.COMMISSION,
    file_name=Mark.FILE_NAME,
    file_text=Mark.FILE_TEXT,
    finding=Mark.FINDING,
    opinion=Mark.OPINION,
)
# Its body is printed in an issue, so a number that the scan finds must not stand there.
ISSUED = replace(SENT, finding="")


class FilingOffice(builders.Office):
    """An office whose texts carry what `beside` says, and a file."""

    beside = Beside.all_of(OWN_MARK)
    joint: tuple[int, ...] = ()

    def draft(self, title: str = "", body: str = "") -> ItemPage:
        beside = self.beside
        words = f"{body}\n联系电话{beside.finding}" if beside.finding else body
        item = item_actions.create_item(
            unit=self.unit,
            person=self.officer,
            draft=item_actions.Draft(
                title=title,
                form="news",
                body=text.to_html(words),
                contact=beside.contact,
                keywords=beside.keywords,
                note=beside.note,
                commission=beside.commission,
                joint=self.joint,
                signatory=self.signatory,
            ),
        )
        attach.add(
            item_id=item.pk,
            person=self.officer,
            uploads=[(f"{beside.file_name}.txt", f"{title}\n{beside.file_text}".encode())],
        )
        return ItemPage.objects.get(pk=item.pk)

    def pooled(self, title: str = "", body: str = "") -> ItemPage:
        item = self.screened(title, body)
        sheet = replace(builders.plain_sheet(item), opinion=f"经审查，{self.beside.opinion}")
        builders.decide(item, self.reviewer, sheet=sheet)
        return ItemPage.objects.get(pk=item.pk)


def typed(item: ItemPage, person: User, mark: Mark) -> None:
    """Leave something unsaved in a person's form of an item."""
    actions_autosave.keep(
        person=builders.fresh(person),
        form_key=uuid.uuid4(),
        item_id=item.pk,
        data={"title": f"没有保存的{mark}", "body": f"没有保存的{mark}", "form": "news"},
        base_revision=item.latest_revision_id,
    )


def refused_at_the_door(office: FilingOffice) -> None:
    """Try to bring in a text that bears a mark of secrecy."""
    with pytest.raises(door.MarkedSecret) as refusal:
        office.draft(f"绝密★1年 {Mark.REFUSED}", f"一、{Mark.REFUSED}")
    door.keep_record(refusal.value)


def _joint(
    office: FilingOffice, partner: builders.Office, state: str, mark: Mark = Mark.JOINT
) -> ItemPage:
    """A text that a partner is to report too: a "draft", or "submitted"."""
    office.beside, kept = Beside.all_of(mark), office.beside
    office.joint = (partner.unit.pk,)
    make = getattr(office, state)
    item: ItemPage = make(f"关于{mark}的联合报告", f"一、{mark}")
    office.joint, office.beside = (), kept
    return item


def _says(partner: builders.Office, item: ItemPage, agreed: bool) -> None:
    actions_joint.answer(
        item_id=item.pk,
        unit_id=partner.unit.pk,
        person=builders.fresh(partner.signatory),
        agreed=agreed,
        reason="" if agreed else f"数据{Mark.JOINT}不一致",
        seen_digest=item.joint_digest(),
    )


def joint_item(office: FilingOffice, partner: builders.Office) -> ItemPage:
    """A text that waits for a joint unit, which has declined with a reason."""
    item = _joint(office, partner, "submitted")
    _says(partner, item, agreed=False)
    return item


@dataclass(frozen=True)
class Agreed:
    """Texts that a partner was named on or agreed to, and how far each has come."""

    draft: ItemPage  # names the partner and was never sent
    signed: ItemPage  # agreed to, signed by the lead unit: with the office
    rewritten: ItemPage  # agreed to, returned, and being changed by the lead unit
    let_go: ItemPage  # agreed to, and the lead unit reports it alone since


def agreed_items(office: FilingOffice, partner: builders.Office) -> Agreed:
    """Make them; what the partner must not read of them carries the mark of a draft."""
    signed, rewritten = (_joint(office, partner, "submitted", Mark.AGREED) for _n in range(2))
    let_go = _joint(office, partner, "submitted")
    for item in (signed, rewritten, let_go):
        _says(partner, item, agreed=True)
    for item in (signed, rewritten):
        builders.decide(item, office.signatory)
    builders.decide(rewritten, office.editor, Verdict.RETURN, reason="请补充")
    officer = builders.fresh(office.officer)
    changed = replace(
        item_actions.Draft.of(ItemPage.objects.get(pk=rewritten.pk)),
        title=f"改到一半{Mark.DRAFT}",
        body=f"<p>{Mark.DRAFT}</p>",
        note=Mark.DRAFT,
    )
    item_actions.save_item(item_id=rewritten.pk, person=officer, draft=changed)
    item_actions.let_go(item_id=let_go.pk, unit_id=partner.unit.pk, person=officer)
    return Agreed(_joint(office, partner, "draft"), signed, rewritten, let_go)


def not_taken(office: FilingOffice) -> ItemPage:
    """A text of unit B that an editor did not take."""
    item = office.signed(f"关于{Mark.TITLE}的情况", f"一、{Mark.BODY}")
    builders.decide(item, office.editor, Verdict.CLOSE, reason=f"同类已采用{Mark.OFFICE_REASON}")
    return item


def instructed(office: FilingOffice, mark: str) -> Instruction:
    """A leader wrote on an item of the unit, and the unit has answered."""
    fact = record_instruction(
        date=timezone.localdate(),
        title=f"早年稿件{mark}",
        units=[office.unit],
        text=f"请{mark}研究",
        details={"level": 2, "mark": "main", "leader": f"市长{mark}"},
        key=f"form:{mark}",
        person=builders.fresh(office.scorer),
    )
    answer_instruction(
        instruction_id=fact.instruction.pk,
        unit_id=office.unit.pk,
        text=f"已{mark}办理",
        done_on=timezone.localdate(),
        key=f"form:answer:{mark}",
        person=builders.fresh(office.officer),
    )
    return fact.instruction


def imported(office: FilingOffice) -> tuple[ImportRun, Upload]:
    """A table with a fact of the unit that was booked, and once more one that waits."""
    row = ["报送", timezone.localdate().isoformat(), office.unit.name, f"早年稿件{Mark.POINTS}表"]
    data = xlsx([["事项", "日期", "单位", "标题"], row], name=f"表{Mark.POINTS}")
    person = builders.fresh(office.scorer)

    def kept() -> Upload:
        taken = import_actions.take(name=f"{Mark.POINTS}.xlsx", data=data, person=person)
        return import_actions.keep(taken=taken, person=person)

    *_steps, last = import_actions.book_upload(upload_id=kept().pk, person=person)
    assert last.run is not None
    return last.run, kept()


def hand_over(office: FilingOffice, note: str, person: str, draft: str) -> HandOver:
    """A second officer leaves a draft to the first, and the unit."""
    first, second = office.officer, builders.person(Role.OFFICER, at=office.unit)
    User.objects.filter(pk=second.pk).update(name=f"离任{person}")
    office.officer = builders.fresh(second)
    office.beside, kept = Beside.all_of(draft), office.beside
    office.draft(f"关于{draft}的移交", f"一、{draft}情况")
    office.officer, office.beside = first, kept
    return unit_handover.hand_over(
        unit=office.unit,
        leaver=builders.fresh(second),
        successor=first,
        by=builders.fresh(office.signatory),
        note=f"因{note}移交 {timezone.localdate()}",
    )


def told(mark: str, *people: User) -> Notice:
    """A notice to these people whose text carries a mark."""
    made = announce(
        key=f"security:{mark}",
        kind=CHANNEL_DOWN,
        people=[person.pk for person in people],
        number="",
        text=f"请看{mark}",
        url="/",
        urgent=True,
    )
    assert made is not None
    return made


def rule_tables(editor: User) -> None:
    """Load a table of time limits and one of grades for urgent reports."""
    for code in ("province-2021", "grades-493"):
        rule_actions.load_preset(
            code=code,
            jurisdiction="本市",
            document="本市办法",
            valid_from=date(2020, 1, 1),
            person=editor,
        )


def a_group(admin: User | None) -> Address:
    """A channel and a group of the office on it."""
    assert admin is not None
    channel = save_channel(service="webhook", server="http://127.0.0.1:9", person=admin)
    return save_group(
        channel_id=channel.pk, name="值班群", typed="/duty/group", kinds=[], person=admin
    )


def urgent_event(office: FilingOffice, people: Mapping[str, User | None], mark: str) -> UrgentEvent:
    """An urgent event with a report that nobody has taken, a call, an instruction, a finding."""
    duty, editor = people[Role.DUTY], office.editor
    assert duty is not None
    now = timezone.now()
    report = urgent_actions.first_report(
        key=uuid.uuid4(),
        unit=office.unit,
        what=f"事件{mark}",
        place=f"地点{mark}",
        happened_at=now,
        learned_at=now,
        content=Content(facts=f"情况{mark}", commander=f"某{mark}"),
        person=builders.fresh(office.officer),
    )
    event = report.event
    urgent_calls.phone_report(
        key=uuid.uuid4(),
        unit=office.unit,
        caller=f"来电{mark}",
        at=timezone.now(),
        event_id=event.pk,
        person=builders.fresh(duty),
    )
    urgent_office.direct(
        key=uuid.uuid4(),
        event_id=event.pk,
        leader="某领导",
        text=f"指示{mark}",
        given_at=timezone.now(),
        person=builders.fresh(duty),
    )
    urgent_findings.find(
        event_id=event.pk,
        kind=Fault.WRONG,
        # Why a unit has or loses points is told with the points.
        reason=f"理由{Mark.POINTS if mark == Mark.URGENT else mark}",
        evidence=f"证据{mark}",
        person=builders.fresh(editor),
    )
    return event
