"""Random people do random things to texts; what must hold, holds after every step.

`INFOFLOW_MACHINE=500 pytest tests/review/test_machine.py` looks further than CI does.
"""

from __future__ import annotations

import os
from collections import defaultdict
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from wagtail.models import Page, Revision

from cms.bulletins import actions as bulletin_actions
from cms.bulletins.models import IssuePage
from cms.items import actions as item_actions
from cms.items.models import ItemPage
from cms.review import actions, configure, projection, rules
from cms.review.actions import Refused
from cms.review.models import Clearance, ClearanceSheet, Decision, GatedPage, OpenTask
from cms.review.rules import FINAL_VERDICTS, PART_OF_STEP, SHEET_STEPS, Part, Resume, Step, Verdict
from infoflow.units.models import User
from infoflow.units.permissions import has_role, unit_ids_of
from infoflow.units.roles import Role
from tests.builders import Office, own_bulletin, person, plain_sheet

# What people do and how often.
ACTS = [
    ("write", 2),
    ("save_and_send", 4),
    ("withdraw", 1),
    ("move_on", 12),
    ("send_back", 4),
    ("end_it", 1),
    ("anybody_decides_anything", 2),
    ("reopen", 2),
    ("switch_second_level", 1),
    ("claims", 2),
    ("change_behind", 1),
    ("compose", 3),
]
EXAMPLES = int(os.environ.get("INFOFLOW_MACHINE", "8"))
STEPS = 50
ITEMS = 3  # few texts, so that much happens to each


class Cast:
    """People of one unit and the office, some with more roles than is good for a text."""

    def __init__(self) -> None:
        self.office = Office()
        self.bulletin = own_bulletin()
        self.admin = person(Role.SYSTEM_ADMIN)
        unit = self.office.unit
        root = User.objects.create_superuser("root", password="x" * 12, name="超级管理员")
        self.people = [
            self.office.officer,
            self.office.signatory,
            self.office.editor,
            self.office.reviewer,
            self.office.issuer,
            person(Role.OFFICER, Role.EDITOR, Role.REVIEWER, at=unit, name="多面手"),
            person(Role.SIGNATORY, at=unit),
            person(Role.EDITOR, Role.ISSUER),
            # Three confidentiality reviewers in all: with the second level switched on and off
            # in mid-road two of them may have cleared and the third must be left to recheck.
            person(Role.REVIEWER),
            person(Role.REVIEWER),
            person(Role.REVIEWER),
            person(Role.EDITOR),
            person(Role.ISSUER),
            root,
        ]


class Road(RuleBasedStateMachine):
    """One database, rolled back after each run."""

    cast: Cast

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.items: list[int] = []
        self.issues: list[int] = []
        self.behind: set[int] = set()
        self.kept: dict[type, dict[int, Any]] = defaultdict(dict)
        self.texts = 0
        self.acts = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    # --- help -----------------------------------------------------------------------------

    def who(self, chance: Random) -> User:
        return chance.choice(self.cast.people)

    def page(self, chance: Random) -> GatedPage:
        page: GatedPage = Page.objects.get(pk=chance.choice(self.items + self.issues)).specific
        return page

    def waiting(self, chance: Random) -> list[tuple[GatedPage, OpenTask]]:
        """Return one text that waits, with its task; none when nothing waits."""
        tasks = list(OpenTask.objects.filter(page_id__in=self.items + self.issues))
        if not tasks:
            return []
        task = chance.choice(tasks)
        return [(Page.objects.get(pk=task.page_id).specific, task)]

    def draft(self) -> item_actions.Draft:
        self.texts += 1
        return item_actions.Draft(
            title=f"第{self.texts}稿",
            form="news",
            body=f"<p>正文{self.texts}</p>",
            signatory=self.cast.office.signatory,
        )

    def attempt(self, act: Any) -> bool:
        """Do something that may be refused; nothing else may go wrong."""
        try:
            act()
        except Refused:
            return False
        return True

    def able(self, step: Step, acts: set[tuple[int, Part]]) -> list[User]:
        """Who may take a step: `actions.why_not`, with what it reads read once for all."""
        return [
            user
            for user in self.cast.people
            if self.holds(user, step) and not rules.other_part(user.pk, PART_OF_STEP[step], acts)
        ]

    def holds(self, user: User, step: Step) -> bool:
        if step == Step.SIGN:
            return self.cast.office.unit.pk in unit_ids_of(user, Role.SIGNATORY)
        return has_role(user, actions.ROLE_OF_STEP[step])

    def decide(self, page: GatedPage, user: User, verdict: str, **more: Any) -> bool:
        task = OpenTask.objects.filter(page_id=page.pk).first()
        if task is None:
            return False
        if task.step in SHEET_STEPS and verdict == Verdict.PASS:
            more.setdefault("sheet", plain_sheet(page))
        return self.attempt(
            lambda: actions.decide(
                task_state_id=task.task_state_id,
                person=user,
                verdict=verdict,
                reason="理由",
                **more,
            )
        )

    # --- what people do -------------------------------------------------------------------

    @initialize()
    def first_item(self) -> None:
        self.write(Random(0))

    @rule(seed=st.integers(0, 2**32 - 1))
    def something(self, seed: int) -> None:
        """One act. Hypothesis chooses a seed and not the arguments: with those it tries the
        plainest values first and hardly leaves the first step in the time that CI has."""
        chance = Random(seed + self.acts)
        self.acts += 1
        weights = [weight for _name, weight in ACTS]
        name = chance.choices([name for name, _weight in ACTS], weights)[0]
        event(name)
        getattr(self, name)(chance)

    def write(self, chance: Random) -> None:
        if len(self.items) < ITEMS:
            item = item_actions.create_item(
                unit=self.cast.office.unit,
                person=self.cast.office.officer,
                draft=self.draft(),
                submit=True,
            )
            self.items.append(item.pk)

    def save_and_send(self, chance: Random) -> None:
        page = self.page(chance)
        user = chance.choice([self.cast.office.officer, self.cast.office.editor, self.who(chance)])
        if isinstance(page, ItemPage):
            draft = self.draft()
            if chance.random() < 0.5:
                self.attempt(
                    lambda: item_actions.save_item(item_id=page.pk, person=user, draft=draft)
                )
            self.attempt(lambda: item_actions.submit_item(item_id=page.pk, person=user))
        else:
            self.attempt(lambda: bulletin_actions.submit_issue(issue_id=page.pk, person=user))

    def withdraw(self, chance: Random) -> None:
        pk, user = chance.choice(self.items), self.cast.office.officer
        self.attempt(lambda: item_actions.withdraw_item(item_id=pk, person=user))

    def move_on(self, chance: Random) -> None:
        """Somebody who may moves a waiting text on; one who can neither pass nor return it
        would have found a state without a way on."""
        for page, task in self.waiting(chance):
            able = self.able(Step(task.step), actions.acts_on(page))
            user = chance.choice(able)
            assert not actions.why_not(page=page, step=Step(task.step), person=user)
            if task.claimed_by_id is not None:
                actions.take_over(task_state_id=task.task_state_id, person=user)
            moved = self.decide(page, user, Verdict.PASS)
            assert moved or self.decide(page, user, Verdict.RETURN)

    def send_back(self, chance: Random) -> None:
        for page, task in self.waiting(chance):
            user = chance.choice(self.able(Step(task.step), actions.acts_on(page)))
            to, resume = chance.choice(list(Step)), chance.choice(Resume.values)
            self.decide(page, user, Verdict.RETURN, to_step=to, resume=resume)

    def end_it(self, chance: Random) -> None:
        for page, task in self.waiting(chance):
            user = chance.choice(self.able(Step(task.step), actions.acts_on(page)))
            for verdict in FINAL_VERDICTS:
                self.decide(page, user, verdict)

    def anybody_decides_anything(self, chance: Random) -> None:
        self.decide(self.page(chance), self.who(chance), chance.choice(Verdict.values))

    def reopen(self, chance: Random) -> None:
        for pk in self.items + self.issues:
            user = self.who(chance)
            self.attempt(
                lambda pk=pk, user=user: actions.reopen(page_id=pk, person=user, reason="有新情况")
            )

    def switch_second_level(self, chance: Random) -> None:
        configure.set_second_level(on=chance.random() < 0.5, person=self.cast.admin)

    def claims(self, chance: Random) -> None:
        for page, task in self.waiting(chance):
            able = self.able(Step(task.step), actions.acts_on(page))
            user = chance.choice([*able, self.who(chance)])
            act = chance.choice([actions.claim, actions.release, actions.take_over])
            self.attempt(
                lambda act=act, task=task, user=user: act(
                    task_state_id=task.task_state_id, person=user
                )
            )

    def change_behind(self, chance: Random) -> None:
        """The text changes past every action: in place, or as one more revision."""
        page = self.page(chance)
        if not isinstance(page, ItemPage):
            return
        self.texts += 1
        self.behind.add(page.pk)
        body = f"<p>背后改动{self.texts}</p>"
        if chance.random() < 0.5:
            page.body = body
            page.save_revision(clean=False)
        elif page.live:
            ItemPage.objects.filter(pk=page.pk).update(body=body)
        else:
            revision = page.get_latest_revision()
            content = {**revision.content, "body": body}
            Revision.objects.filter(pk=revision.pk).update(content=content)

    def compose(self, chance: Random) -> None:
        ready = [
            item
            for item in ItemPage.objects.in_pool().filter(pk__in=self.items)
            if item.pk not in self.behind
        ]
        if not ready or self.issues:
            return
        editor = chance.choice([user for user in self.cast.people if has_role(user, Role.EDITOR)])
        issue = bulletin_actions.compose(
            person=editor, item_ids=[chance.choice(ready).pk], bulletin=self.cast.bulletin
        )
        self.issues.append(issue.pk)
        self.attempt(lambda: bulletin_actions.submit_issue(issue_id=issue.pk, person=editor))

    # --- what must hold -------------------------------------------------------------------

    @invariant()
    def all_holds(self) -> None:
        ids = self.items + self.issues
        pages: list[GatedPage] = list(Page.objects.filter(pk__in=ids).specific())
        road: dict[int, list[Decision]] = defaultdict(list)
        for decision in Decision.objects.filter(page_id__in=ids).order_by("pk"):
            road[decision.page_id].append(decision)
        waiting = dict(OpenTask.objects.values_list("page_id", "step"))
        for page in pages:
            if page.live:
                self.live_means_cleared(page, road[page.pk])
            acts = actions.acts_on(page, road[page.pk])
            self.nobody_plays_two_parts(acts)
            if not page.live:
                self.has_a_way_on(page, acts, waiting.get(page.pk), road[page.pk])
        self.nothing_is_lost(road)
        assert projection.differences() == set()

    def live_means_cleared(self, page: GatedPage, road: list[Decision]) -> None:
        cleared = Clearance.objects.filter(page_id=page.pk, revision_id=page.live_revision_id)
        digests = set(cleared.values_list("digest", flat=True))
        assert digests, "a live text without its clearance"
        assert page.is_readable() == (page.digest() in digests)
        assert page.is_readable() or page.pk in self.behind
        passed = {
            d.digest
            for d in road
            if d.revision_id == page.live_revision_id
            and d.verdict == Verdict.PASS
            and d.step in SHEET_STEPS
        }
        assert digests <= passed, "a clearance that no reviewer's pass has given"

    def nobody_plays_two_parts(self, acts: set[tuple[int, Part]]) -> None:
        parts = defaultdict(set)
        for who, part in acts:
            parts[who].add(part)
        assert all(len(played) == 1 for played in parts.values())

    def nothing_is_lost(self, road: dict[int, list[Decision]]) -> None:
        ids = self.items + self.issues
        sheets = ClearanceSheet.objects.filter(decision__page_id__in=ids)
        rows: dict[type, dict[int, Any]] = {
            Decision: {d.pk: _values(d) for acts in road.values() for d in acts},
            Clearance: {c.pk: _values(c) for c in Clearance.objects.filter(page_id__in=ids)},
            ClearanceSheet: {sheet.pk: _values(sheet) for sheet in sheets},
            Revision: dict.fromkeys(
                Revision.objects.filter(object_id__in=[str(pk) for pk in ids]).values_list(
                    "pk", flat=True
                ),
                True,
            ),
        }
        for model, now in rows.items():
            for pk, row in self.kept[model].items():
                assert now.get(pk) == row, f"{model.__name__} lost or changed"
            self.kept[model] = now

    def has_a_way_on(
        self,
        page: GatedPage,
        acts: set[tuple[int, Part]],
        step: str | None,
        road: list[Decision],
    ) -> None:
        if step is not None:
            assert self.able(Step(step), acts), f"nobody can take {step}"
        elif road and road[-1].verdict in FINAL_VERDICTS:
            assert self.able(Step(road[-1].step), acts), "nobody can reopen it"
        elif isinstance(page, ItemPage):
            officer = self.cast.office.officer
            assert ItemPage.objects.editable_by(officer).filter(pk=page.pk).exists()
        else:
            editor = self.cast.office.editor
            assert IssuePage.objects.editable_by(editor).filter(pk=page.pk).exists()


def _values(row: Any) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


@pytest.mark.django_db
def test_whatever_people_do() -> None:
    Road.cast = Cast()
    run_state_machine_as_test(
        Road,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize="INFOFLOW_MACHINE" not in os.environ,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
