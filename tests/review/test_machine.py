"""Random people do random things to texts; what must hold, holds after every step.

`INFOFLOW_MACHINE=500 pytest tests/review/test_machine.py` looks further than CI does. On
PostgreSQL the first of the same walks is made: the rules were tried on SQLite, there it is
the triggers and locks that count.
"""

from __future__ import annotations

import os
from contextlib import suppress
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, event, settings
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
from cms.items import actions as item_actions
from cms.items import actions_joint, joint
from cms.items.models import ItemPage
from cms.review import actions, configure
from cms.review.actions import Refused
from cms.review.models import GatedPage, OpenTask
from cms.review.rules import FINAL_VERDICTS, SHEET_STEPS, Resume, Step, Verdict
from infoflow.units.models import User
from tests.builders import plain_sheet

from .cast import Cast
from .holds import Checks

# What people do and how often.
ACTS = [
    ("write", 2),
    ("save_and_send", 4),
    ("withdraw", 1),
    ("speak", 2),
    ("let_go", 1),
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
EXAMPLES = int(os.environ.get("INFOFLOW_MACHINE") or (3 if connection.vendor == "sqlite" else 1))
STEPS = 50
ITEMS = 3  # few texts, so that much happens to each


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
        self.checks = Checks(self.cast)
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

    def item(self, chance: Random) -> ItemPage:
        page: ItemPage = ItemPage.objects.get(pk=chance.choice(self.items))
        return page

    def waiting(self, chance: Random) -> list[tuple[GatedPage, OpenTask]]:
        """Return one text that waits, with its task; none when nothing waits."""
        tasks = list(OpenTask.objects.filter(page_id__in=self.items + self.issues))
        if not tasks:
            return []
        task = chance.choice(tasks)
        return [(Page.objects.get(pk=task.page_id).specific, task)]

    def draft(self, unit_id: int, chance: Random) -> item_actions.Draft:
        """A new text of a unit, half of them reported together with the other one."""
        self.texts += 1
        partner = self.cast.other_than(unit_id).unit.pk
        return item_actions.Draft(
            title=f"第{self.texts}稿",
            form="news",
            body=f"<p>正文{self.texts}</p>",
            signatory=self.cast.team_of(unit_id).signatories[0],
            joint=(partner,) if chance.random() < 0.5 else (),
        )

    def able(self, page: GatedPage, task: OpenTask) -> list[User]:
        return self.cast.able(page, Step(task.step), actions.acts_on(page))

    def attempt(self, act: Any) -> bool:
        """Do something that may be refused; nothing else may go wrong."""
        try:
            act()
        except Refused:
            return False
        return True

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
            team = chance.choice(self.cast.teams)
            item = item_actions.create_item(
                unit=team.unit,
                person=chance.choice(team.officers),
                draft=self.draft(team.unit.pk, chance),
                submit=True,
            )
            self.items.append(item.pk)

    def save_and_send(self, chance: Random) -> None:
        page = self.page(chance)
        if isinstance(page, ItemPage):
            officers = self.cast.team_of(page.unit_id).officers
            user = chance.choice([*officers, self.who(chance)])
            draft = self.draft(page.unit_id, chance)
            if chance.random() < 0.5:
                self.attempt(
                    lambda: item_actions.save_item(item_id=page.pk, person=user, draft=draft)
                )
            self.attempt(lambda: item_actions.submit_item(item_id=page.pk, person=user))
        else:
            user = chance.choice([*self.cast.editors, self.who(chance)])
            self.attempt(lambda: bulletin_actions.submit_issue(issue_id=page.pk, person=user))

    def withdraw(self, chance: Random) -> None:
        page = self.item(chance)
        user = chance.choice(self.cast.team_of(page.unit_id).officers)
        self.attempt(lambda: item_actions.withdraw_item(item_id=page.pk, person=user))

    def speak(self, chance: Random) -> None:
        """Somebody answers for a unit: mostly one who may, about the text as it stands."""
        page = self.item(chance)
        team = self.cast.other_than(page.unit_id)
        user = chance.choice([*team.posts, self.who(chance)])
        seen = joint.submitted_text(page).joint_digest() if chance.random() < 0.9 else "0" * 64
        self.attempt(
            lambda: actions_joint.answer(
                item_id=page.pk,
                unit_id=team.unit.pk,
                person=user,
                agreed=chance.random() < 0.6,
                reason="理由",
                seen_digest=seen,
            )
        )

    def let_go(self, chance: Random) -> None:
        page = self.item(chance)
        user = chance.choice([*self.cast.team_of(page.unit_id).officers, self.who(chance)])
        unit_id = self.cast.other_than(page.unit_id).unit.pk
        self.attempt(lambda: item_actions.let_go(item_id=page.pk, unit_id=unit_id, person=user))

    def move_on(self, chance: Random) -> None:
        """Somebody who may moves a waiting text on; one who can neither pass nor return it
        would have found a state without a way on."""
        for page, task in self.waiting(chance):
            able = self.able(page, task)
            user = chance.choice(able)
            assert not actions.why_not(page=page, step=Step(task.step), person=user)
            if task.claimed_by_id is not None:
                actions.take_over(task_state_id=task.task_state_id, person=user)
            if task.step == Step.SIGN:
                self.agree(page, chance)
            moved = self.decide(page, user, Verdict.PASS)
            assert moved or self.decide(page, user, Verdict.RETURN)

    def agree(self, page: GatedPage, chance: Random) -> None:
        """The units that a text names agree to it; each has somebody who may."""
        text = joint.submitted_text(page)
        wrote = set(page.revisions.values_list("user_id", flat=True))
        for unit_id in text.joint:
            posts = [user for user in self.cast.team_of(unit_id).posts if user.pk not in wrote]
            actions_joint.answer(
                item_id=page.pk,
                unit_id=unit_id,
                person=chance.choice(posts),
                agreed=True,
                seen_digest=text.joint_digest(),
            )

    def send_back(self, chance: Random) -> None:
        for page, task in self.waiting(chance):
            user = chance.choice(self.able(page, task))
            to, resume = chance.choice(list(Step)), chance.choice(Resume.values)
            self.decide(page, user, Verdict.RETURN, to_step=to, resume=resume)

    def end_it(self, chance: Random) -> None:
        for page, task in self.waiting(chance):
            user = chance.choice(self.able(page, task))
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
            able = self.able(page, task)
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
        editor = chance.choice(self.cast.editors)
        item_id = chance.choice(ready).pk
        with suppress(Refused):
            issue = bulletin_actions.compose(
                person=editor, item_ids=[item_id], bulletin=self.cast.bulletin
            )
            self.issues.append(issue.pk)
            bulletin_actions.submit_issue(issue_id=issue.pk, person=editor)

    # --- what must hold -------------------------------------------------------------------

    @invariant()
    def all_holds(self) -> None:
        self.checks.all_holds(self.items, self.issues, self.behind)


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
            # A seed means nothing to the shrinker: it would only search for minutes.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
