"""Two units with texts in every state, and one person for every role.

Everything of unit B carries a mark that says what it is. The marks are plain letters, so that
they are found again in HTML, JSON, addresses, file names and workbooks alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils import timezone
from wagtail.models import Page, TaskState

from cms.bulletins import actions as bulletin_actions
from cms.bulletins.models import IssuePage
from cms.items import attach
from cms.items.models import ItemPage
from cms.review.models import GatedPage
from cms.review.rules import Verdict
from infoflow.units import actions as unit_actions
from infoflow.units import handover as unit_handover
from infoflow.units.models import HandOver, Unit, User
from infoflow.units.roles import UNIT_ROLES, Role
from scoring.adoptions import actions as fact_actions
from scoring.adoptions.models import Fact
from scoring.adoptions.rules import FactKind
from scoring.schemes import actions as scheme_actions
from scoring.schemes.models import Scheme
from tests import builders

ANONYMOUS = "匿名"
SUPERUSER = "超级管理员"
VISITORS = (ANONYMOUS, *(str(role) for role in Role), SUPERUSER)
GROUP = "乡镇组"


def label(name: str) -> str:
    """Return a visitor's name in a test's id, which takes plain letters only."""
    if name in (ANONYMOUS, SUPERUSER):
        return "anonymous" if name == ANONYMOUS else "superuser"
    return Role(name).name.lower()


class Mark(StrEnum):
    """What a string of unit B is. One person may see one and not the other."""

    UNIT = "ZBUNITQ"  # its name
    PERSON = "ZBPERSONQ"  # its people: names, telephone numbers
    DRAFT = "ZBDRAFTQ"  # texts that have not left it: title, body, contact
    TITLE = "ZBTITLEQ"  # titles of texts that it has sent in
    BODY = "ZBBODYQ"  # their bodies and contacts
    REASON = "ZBREASONQ"  # why one came back
    POINTS = "ZBPOINTSQ"  # facts and ledger entries without a text
    ISSUED = "ZBISSUEDQ"  # what an issued number carries
    ISSUE_DRAFT = "ZBISSUEDRAFTQ"  # the working title of an issue that nobody has signed
    SCHEME_DRAFT = "ZSCHEMEDRAFTQ"  # a scheme that nobody has published
    HAND_OVER = "ZBHANDQ"  # why and how its people handed over


# In everything of unit A, to see that the search would find what is there.
OWN_MARK = "ZAOWNQ"


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

    office: builders.Office  # unit B with the office's people
    own: builders.Office  # unit A
    people: dict[str, User | None]
    texts: Texts
    own_texts: Texts
    closed: ItemPage
    issue_draft: IssuePage
    issue_sent: IssuePage
    issue: IssuePage
    fact: Fact
    scheme: Scheme
    scheme_draft: Scheme
    handover: HandOver  # of unit B
    own_handover: HandOver

    @property
    def unit(self) -> Unit:
        """The unit that A's people must not see into."""
        return self.office.unit

    def folder(self) -> Page:
        """The page under which unit B's items lie."""
        return Page.objects.get(pk=self.texts.draft.pk).get_parent()


class FilingOffice(builders.Office):
    """An office whose every draft carries a file with the draft's own marks in it."""

    def draft(self, title: str = "", body: str = "") -> ItemPage:
        item = super().draft(title, body)
        words = f"{title}\n{body}"
        attach.add(
            item_id=item.pk,
            person=self.officer,
            uploads=[(f"{title}.txt", words.encode())],
        )
        return ItemPage.objects.get(pk=item.pk)


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


def _texts(office: builders.Office, own: bool) -> Texts:
    def mark(of: Mark) -> str:
        return OWN_MARK if own else of

    draft, title, body = mark(Mark.DRAFT), mark(Mark.TITLE), mark(Mark.BODY)
    issued = mark(Mark.ISSUED)
    return Texts(
        draft=_text(office, "draft", draft, draft),
        submitted=_text(office, "submitted", draft, draft),
        returned=_text(office, "returned", draft, draft, reason=mark(Mark.REASON)),
        signed=_text(office, "signed", title, body),
        screened=_text(office, "screened", title, body),
        pooled=_text(office, "pooled", title, body),
        issued=_text(office, "issued", issued, issued),
    )


def _offices() -> tuple[builders.Office, builders.Office]:
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
    handover, own_handover = _hand_over(other, Mark.HAND_OVER), _hand_over(own, OWN_MARK)
    return World(
        office=other,
        own=own,
        people=people,
        texts=texts,
        own_texts=own_texts,
        closed=_closed(other),
        issue_draft=issue_draft,
        issue_sent=issue_sent,
        issue=issue,
        fact=fact,
        scheme=scheme,
        scheme_draft=scheme_draft,
        handover=handover,
        own_handover=own_handover,
    )


def _hand_over(office: builders.Office, note: str) -> HandOver:
    """A second officer leaves a draft to the first; an account that nobody uses any more."""
    first, second = office.officer, builders.person(Role.OFFICER, at=office.unit)
    mark = Mark.PERSON if note == Mark.HAND_OVER else OWN_MARK
    _rename(second, f"离任{mark}")
    draft = Mark.DRAFT if note == Mark.HAND_OVER else OWN_MARK
    office.officer = builders.fresh(second)
    office.draft(f"关于{draft}的移交", f"一、{draft}情况")
    office.officer = first
    return unit_handover.hand_over(
        unit=office.unit,
        leaver=second,
        successor=first,
        by=builders.fresh(office.signatory),
        note=f"因{note}移交",
    )


def _closed(office: builders.Office) -> ItemPage:
    """A text of unit B that an editor did not take."""
    item = _text(office, "signed", Mark.TITLE, Mark.BODY)
    builders.decide(item, office.editor, Verdict.CLOSE, reason="同类已采用")
    return item


def _issue(office: builders.Office, item: ItemPage, *, name: str) -> IssuePage:
    """An issue that nobody has signed, with a working title that can be told."""
    issue = office.issue(item, name=name)
    issue = issue.get_latest_revision_as_object()
    issue.title = f"{name}{Mark.ISSUE_DRAFT}"
    issue.draft_title = issue.title
    issue.save(clean=False)
    issue.save_revision(user=office.editor, clean=False)
    return IssuePage.objects.get(pk=issue.pk)


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
