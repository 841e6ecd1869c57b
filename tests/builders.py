"""Builders for tests. They use the real actions: what they make could exist."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from cms.bulletins import actions as bulletin_actions
from cms.bulletins.models import Bulletin, IssuePage, Level
from cms.items import actions as item_actions
from cms.items import text
from cms.items.models import ItemPage
from cms.review import actions as review
from cms.review.findings import findings_in
from cms.review.models import Decision, GatedPage, OpenTask
from cms.review.rules import SHEET_STEPS, Verdict
from cms.review.sheet_rules import Sheet, stops
from infoflow.units import actions as unit_actions
from infoflow.units.models import Unit, UnitGroup, UnitKind, User
from infoflow.units.roles import ADMIN_ROLES, UNIT_ROLES, Role
from scoring.commissions import actions as commission_actions
from scoring.commissions.content import Ask, Content
from scoring.commissions.models import AskedUnit, Commission

_numbers = itertools.count(1)

BODY = "一、基本情况\n今年以来，本单位扎实推进各项重点工作。\n（一）主要做法\n建立台账，逐项销号。"


def unit(name: str = "", *, group: str = "", year: int | None = None) -> Unit:
    """Make a unit; with `group`, a member of that group in `year` (this year if None)."""
    n = next(_numbers)
    made = unit_actions.create_unit(
        code=f"T{n:04}", name=name or f"测试单位{n}", kind=UnitKind.TOWN, order=n
    )
    if group:
        in_group(made, group, year)
    return made


def in_group(member: Unit, group: str, year: int | None = None) -> UnitGroup:
    """Put a unit into a group, making the group when needed."""
    found, _made = UnitGroup.objects.get_or_create(name=group)
    unit_actions.set_group(unit=member, group=found, year=year or timezone.localdate().year)
    return found


def person(*roles: Role, at: Unit | None = None, name: str = "") -> User:
    """Make a person who has changed the one-time password and holds the roles."""
    n = next(_numbers)
    office = [role for role in roles if role not in UNIT_ROLES]
    made, _password = unit_actions.create_user(
        username=f"u{n:04}", name=name or f"人员{n}", roles=office
    )
    unit_actions.change_own_password(user=made, password=f"Test-pass-{n:04}")
    for role in roles:
        if role in UNIT_ROLES:
            assert at is not None, "a unit role needs a unit"
            appoint: Any = {
                Role.OFFICER: unit_actions.appoint_officer,
                Role.SIGNATORY: unit_actions.appoint_signatory,
            }[role]
            appoint(unit=at, user=made, since=date(2020, 1, 1))
    return fresh(made)


def refusal_under_office(role: Role) -> int:
    """Return how a page under /office/ refuses a role: sent to the first page, or nothing there."""
    return 302 if role in ADMIN_ROLES else 404


def fresh(user: User) -> User:
    """Return the person as a new request would see them (no cached roles)."""
    return User.objects.get(pk=user.pk)


class Office:
    """One unit with its people and the office's people: enough for the whole road."""

    def __init__(self, at: Unit | None = None) -> None:
        self.unit = at or unit()
        self.officer = person(Role.OFFICER, at=self.unit)
        self.signatory = person(Role.SIGNATORY, at=self.unit)
        self.editor = person(Role.EDITOR)
        self.reviewer = person(Role.REVIEWER)
        self.issuer = person(Role.ISSUER)
        self.scorer = person(Role.SCORER)

    def draft(self, title: str = "关于重点工作进展的情况", body: str = BODY) -> ItemPage:
        return item_actions.create_item(
            unit=self.unit,
            person=self.officer,
            draft=item_actions.Draft(
                title=title,
                form="news",
                body=text.to_html(body),
                contact="王某 0358-1234567",
                signatory=self.signatory,
            ),
        )

    def submitted(self, title: str = "关于重点工作进展的情况", body: str = BODY) -> ItemPage:
        item = self.draft(title, body)
        item_actions.submit_item(item_id=item.pk, person=self.officer)
        return item

    def signed(self, title: str = "关于重点工作进展的情况", body: str = BODY) -> ItemPage:
        item = self.submitted(title, body)
        decide(item, self.signatory)
        return item

    def screened(self, title: str = "关于重点工作进展的情况", body: str = BODY) -> ItemPage:
        item = self.signed(title, body)
        decide(item, self.editor)
        return item

    def pooled(self, title: str = "关于重点工作进展的情况", body: str = BODY) -> ItemPage:
        """An item in the pool, read again from the database."""
        item = self.screened(title, body)
        decide(item, self.reviewer)
        return ItemPage.objects.get(pk=item.pk)

    def issue(self, *items: ItemPage, merged: bool = False, name: str = "") -> IssuePage:
        """A composed issue of an own bulletin (made when missing), not yet sent."""
        return bulletin_actions.compose(
            person=self.editor,
            item_ids=[item.pk for item in items or [self.pooled()]],
            bulletin=own_bulletin(name),
            merged=merged,
        )

    def issued(self, *items: ItemPage, merged: bool = False, name: str = "") -> IssuePage:
        """An issue that was cleared and signed, read again from the database."""
        issue = self.issue(*items, merged=merged, name=name)
        bulletin_actions.submit_issue(issue_id=issue.pk, person=self.editor)
        decide(issue, self.reviewer)
        decide(issue, self.issuer)
        return IssuePage.objects.get(pk=issue.pk)


def own_bulletin(name: str = "") -> Bulletin:
    """Return an own bulletin of county level by name, making it when missing."""
    name = name or "昨日情况"
    found = Bulletin.objects.filter(name=name).first()
    return found or bulletin_actions.create_bulletin(name=name, level=Level.COUNTY, own=True)


def superior_bulletin(name: str = "晋政信息·普刊", level: int = Level.PROVINCE) -> Bulletin:
    """Return a superior's bulletin by name, making it when missing."""
    found = Bulletin.objects.filter(name=name).first()
    return found or bulletin_actions.create_bulletin(name=name, level=level)


def task_of(page: GatedPage) -> int:
    """Return the id of the task that a page waits at."""
    state = type(page).objects.get(pk=page.pk).current_workflow_task_state
    assert state is not None, "the page waits at no task"
    pk: int = state.pk
    return pk


def plain_sheet(page: GatedPage, reason: str = "属公开资料") -> Sheet:
    """A complete 保密审查表 for a text that touches nothing; stops are lifted with a reason."""
    sheet = Sheet.nothing_involved(opinion="经审查，同意。", carrier="电子文稿")
    findings = findings_in(page, page.get_latest_revision())
    return replace(sheet, lifted={stop.key: reason for stop in stops(findings)})


def decide(
    page: GatedPage, who: User, verdict: str = Verdict.PASS, reason: str = "", **more: Any
) -> Decision:
    """Decide on the task that a page waits at; a reviewer's pass with a plain form."""
    task = OpenTask.objects.get(page_id=page.pk)
    if task.step in SHEET_STEPS and verdict == Verdict.PASS:
        more.setdefault("sheet", plain_sheet(page))
    return review.decide(
        task_state_id=task.task_state_id,
        person=fresh(who),
        verdict=verdict,
        reason=reason,
        **more,
    )


def commission(
    editor: User, *units: Unit, due: timedelta = timedelta(days=3), asks: Any = (), **content: Any
) -> Commission:
    """A commission that was sent to units, all of them alike unless `asks` says more.

    A deadline that lies behind stands for a commission by telephone, entered afterwards.
    """
    now = timezone.now()
    said = Content(**{"title": "春耕备耕进展情况", "due_at": now + due, **content})
    asked = tuple(asks) or tuple(Ask(unit.pk, phoned_to="值班员") for unit in units)
    who = fresh(editor)
    if due < timedelta():
        return commission_actions.enter_phoned(
            content=said,
            asks=asked,
            caller="信息科赵某",
            called_at=now + due - timedelta(days=2),
            person=who,
            confirmed=True,
        )
    made = commission_actions.create_commission(content=said, asks=asked, person=who)
    return commission_actions.send_commission(commission_id=made.pk, person=who, confirmed=True)


def asked(editor: User, at: Unit, **more: Any) -> AskedUnit:
    """What one unit was asked for, sent a moment ago."""
    return AskedUnit.objects.get(commission=commission(editor, at, **more))
