"""Two units with texts in every state, and one person for every role.

Everything of unit B carries a mark that says what it is (mark.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from wagtail.models import Page, TaskState

from cms.bulletins import actions as bulletin_actions
from cms.bulletins.models import IssuePage
from cms.items.models import ItemPage
from cms.review.models import GatedPage
from cms.review.rules import Verdict
from infoflow.notices.models import Address, Notice, SweepRun
from infoflow.units import actions as unit_actions
from infoflow.units.models import HandOver, Unit, User
from infoflow.units.roles import UNIT_ROLES, Role
from scoring.adoptions import actions as fact_actions
from scoring.adoptions.models import Fact, Instruction
from scoring.adoptions.rules import FactKind
from scoring.commissions.models import AskedUnit, Commission, RecurringDuty
from scoring.imports.models import ImportRun, Upload
from scoring.ledger.models import Entry
from scoring.objections import actions as objection_actions
from scoring.objections.models import Objection
from scoring.schemes import actions as scheme_actions
from scoring.schemes.models import Scheme
from scoring.urgent.models import UrgentEvent
from tests import builders

from .commissioned import asked_alone, asked_together, drafted, recurring_duty
from .duties import Duties, duties
from .mark import OWN_MARK, Mark
from .offices import (
    ISSUED,
    SENT,
    Agreed,
    Beside,
    FilingOffice,
    a_group,
    agreed_items,
    hand_over,
    imported,
    instructed,
    joint_item,
    not_taken,
    refused_at_the_door,
    rule_tables,
    told,
    typed,
    urgent_event,
)

__all__ = ["OWN_MARK", "Mark"]

ANONYMOUS = "匿名"
SUPERUSER = "超级管理员"
VISITORS = (ANONYMOUS, *(str(role) for role in Role), SUPERUSER)
GROUP = "乡镇组"


def label(name: str) -> str:
    """Return a visitor's name in a test's id, which takes plain letters only."""
    if name in (ANONYMOUS, SUPERUSER):
        return "anonymous" if name == ANONYMOUS else "superuser"
    return Role(name).name.lower()


@dataclass
class Texts:
    """One unit's texts by state."""

    draft: ItemPage
    submitted: ItemPage
    returned: ItemPage
    signed: ItemPage
    screened: ItemPage
    pooled: ItemPage
    issued: ItemPage


@dataclass
class World:
    """Everything that an address can be filled with."""

    office: FilingOffice  # unit B with the office's people
    own: FilingOffice  # unit A
    people: dict[str, User | None]
    texts: Texts
    own_texts: Texts
    closed: ItemPage
    partner: builders.Office  # unit C, which unit B asked to join in
    joint: ItemPage
    agreed: Agreed
    issue_draft: IssuePage
    issue_sent: IssuePage
    issue: IssuePage
    fact: Fact
    objection: Objection  # of unit B
    own_objection: Objection
    asked: AskedUnit  # of unit B
    own_asked: AskedUnit  # of unit A, jointly with unit B
    commission_draft: Commission
    recurring: RecurringDuty
    instruction: Instruction  # on unit B's item
    own_instruction: Instruction
    run: ImportRun  # of a table with a fact of unit B
    upload: Upload  # the same table, waiting
    scheme: Scheme
    scheme_draft: Scheme
    handover: HandOver  # of unit B
    own_handover: HandOver
    duties: Duties  # what unit B said to the duty room
    group: Address  # of the office, on a channel
    urgent: UrgentEvent  # of unit B, with all that can stand beside a report
    own_urgent: UrgentEvent
    notice: Notice  # to unit B's officer
    own_notice: Notice  # to everybody who asks here

    @property
    def unit(self) -> Unit:
        """The unit that A's people must not see into."""
        return self.office.unit

    def folder(self) -> Page:
        """The page under which unit B's items lie."""
        return Page.objects.get(pk=self.texts.draft.pk).get_parent()


def task_of(page: GatedPage) -> TaskState:
    """The task at which a page waits, or the last one it went through."""
    found = TaskState.objects.filter(workflow_state__object_id=str(page.pk)).order_by("-pk")
    return found[0]


def _rename(user: User, name: str) -> None:
    user.name = name
    user.phone = f"0358{name}"
    user.save()


def _text(office: builders.Office, state: str, title: str, body: str, reason: str = "") -> ItemPage:
    """Bring a text to a state; its title, body and the reason of a return carry marks."""
    make = {
        "draft": office.draft,
        "returned": office.submitted,
        "issued": office.pooled,
    }.get(state) or getattr(office, state)
    item: ItemPage = make(f"关于{title}的情况", f"一、{body}情况\n本单位{body}工作进展顺利。")
    if reason:
        builders.decide(item, office.signatory, Verdict.RETURN, reason=f"请补充{reason}数据")
    return item


def _texts(office: FilingOffice, own: bool) -> Texts:
    def mark(of: Mark) -> str:
        return OWN_MARK if own else of

    draft, title, body = mark(Mark.DRAFT), mark(Mark.TITLE), mark(Mark.BODY)
    issued = mark(Mark.ISSUED)
    office.beside = Beside.all_of(draft)
    unsent = {
        "draft": _text(office, "draft", draft, draft),
        "submitted": _text(office, "submitted", draft, draft),
        "returned": _text(office, "returned", draft, draft, reason=mark(Mark.REASON)),
    }
    office.beside = Beside.all_of(OWN_MARK) if own else SENT
    sent = {name: _text(office, name, title, body) for name in ("signed", "screened", "pooled")}
    office.beside = Beside.all_of(OWN_MARK) if own else ISSUED
    return Texts(**unsent, **sent, issued=_text(office, "issued", issued, issued))


def _offices() -> tuple[FilingOffice, FilingOffice]:
    """Units A and B in one group, with one and the same information office."""
    own = FilingOffice(builders.unit(f"甲单位{OWN_MARK}", group=GROUP))
    other = FilingOffice.__new__(FilingOffice)
    other.__dict__.update(own.__dict__)
    other.unit = builders.unit(f"乙单位{Mark.UNIT}", group=GROUP)
    other.officer = builders.person(Role.OFFICER, at=other.unit)
    other.signatory = builders.person(Role.SIGNATORY, at=other.unit)
    for number, user in enumerate((other.officer, other.signatory)):
        _rename(user, f"乙{number}{Mark.PERSON}")
    return own, other


def _people(own: builders.Office) -> dict[str, User | None]:
    people: dict[str, User | None] = {
        ANONYMOUS: None,
        Role.OFFICER: own.officer,
        Role.SIGNATORY: own.signatory,
        Role.EDITOR: own.editor,
        Role.REVIEWER: own.reviewer,
        Role.ISSUER: own.issuer,
        Role.SCORER: own.scorer,
    }
    for role in Role:
        if role not in people and role not in UNIT_ROLES:
            people[role] = builders.person(role)
    superuser, _password = unit_actions.create_user(username="root", name="超级")
    unit_actions.change_own_password(user=superuser, password="Test-pass-root-1")
    superuser.is_superuser = True
    superuser.save()
    people[SUPERUSER] = superuser
    return {str(name): person for name, person in people.items()}


def build() -> World:
    """Build both units through the real actions."""
    # The sweep runs, and will not stop while these tests do: the health page is green.
    SweepRun.objects.create(job="dues", good_at=timezone.now() + timedelta(days=1))
    own, other = _offices()
    people = _people(own)
    scheme, scheme_draft = _schemes(own.scorer)
    own_texts, texts = _texts(own, own=True), _texts(other, own=False)
    issue = other.issued(texts.issued, name="昨日情况")
    issue_draft = _issue(other, texts.pooled, name="政务建议")
    issue_sent = _issue(other, texts.pooled, name="政务参阅")
    bulletin_actions.submit_issue(issue_id=issue_sent.pk, person=other.editor)
    fact = fact_actions.record_fact(
        kind=FactKind.ADOPTION,
        date=timezone.localdate(),
        title=f"早年稿件{Mark.POINTS}",
        bulletin=builders.superior_bulletin(),
        form="single",
        units=[other.unit],
        key="form:security",
        person=own.scorer,
    )
    refused_at_the_door(other)
    rule_tables(own.editor)
    run, upload = imported(other)
    typed(texts.draft, other.officer, Mark.TYPED)
    typed(own_texts.draft, own.officer, Mark.OWN_TYPED)
    partner = builders.Office(builders.unit("丙单位"))
    other.beside = SENT
    return World(
        office=other,
        own=own,
        people=people,
        texts=texts,
        own_texts=own_texts,
        closed=not_taken(other),
        partner=partner,
        joint=joint_item(other, partner),
        agreed=agreed_items(other, partner),
        issue_draft=issue_draft,
        issue_sent=issue_sent,
        issue=issue,
        fact=fact,
        objection=_objection(other, Mark.OBJECTION),
        own_objection=_objection(own, OWN_MARK),
        asked=asked_alone(other, texts.draft),
        own_asked=asked_together(own, other, texts.signed),
        commission_draft=drafted(other),
        recurring=recurring_duty(other),
        instruction=instructed(other, Mark.POINTS),
        own_instruction=instructed(own, OWN_MARK),
        run=run,
        upload=upload,
        scheme=scheme,
        scheme_draft=scheme_draft,
        duties=duties(people[Role.DUTY], other.unit.name, Mark.DUTY),
        handover=hand_over(other, Mark.HAND_OVER, Mark.PERSON, Mark.DRAFT),
        own_handover=hand_over(own, OWN_MARK, OWN_MARK, OWN_MARK),
        group=a_group(people[Role.SYSTEM_ADMIN]),
        urgent=urgent_event(other, people, Mark.URGENT),
        own_urgent=urgent_event(own, people, OWN_MARK),
        notice=told(Mark.TOLD, other.officer),
        own_notice=told(OWN_MARK, *filter(None, people.values())),
    )


def _issue(office: builders.Office, item: ItemPage, *, name: str) -> IssuePage:
    """An issue that nobody has signed, with a working title that can be told."""
    issue = office.issue(item, name=name)
    issue = issue.get_latest_revision_as_object()
    issue.title = f"{name}{Mark.ISSUE_DRAFT}"
    issue.draft_title = issue.title
    issue.save(clean=False)
    issue.save_revision(user=office.editor, clean=False)
    return IssuePage.objects.get(pk=issue.pk)


def _objection(office: FilingOffice, mark: str) -> Objection:
    """An objection of a unit to its first entry."""
    entry = Entry.objects.filter(unit=office.unit).order_by("pk")[0]
    return objection_actions.raise_objection(
        entry_id=entry.pk, text=f"这笔得分有误{mark}", person=builders.fresh(office.officer)
    )


def _schemes(scorer: User) -> tuple[Scheme, Scheme]:
    rows = [
        {"kind": "adoption", "target": "all", "form": "", "points": "4"},
        {"kind": "submission", "target": "all", "form": "", "points": "1"},
    ]
    scheme = scheme_actions.create_scheme(
        name="计分办法", valid_from=date(2020, 1, 1), rows=rows, person=scorer
    )
    scheme = scheme_actions.publish_scheme(scheme_id=scheme.pk, person=scorer)
    draft = scheme_actions.create_scheme(
        name=f"新办法{Mark.SCHEME_DRAFT}", valid_from=date(2020, 1, 1), rows=rows, person=scorer
    )
    return scheme, draft


def move_officer(user: User, start: Unit, goal: Unit) -> None:
    """Move an officer from one unit to another through the real actions, from today."""
    today = timezone.localdate()
    post = user.officer_posts.get(unit=start)
    unit_actions.end_appointment(appointment=post, last_day=date.fromordinal(today.toordinal() - 1))
    unit_actions.appoint_officer(unit=goal, user=user, since=today)
