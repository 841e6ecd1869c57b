"""Measure the whole life cycle of our item against plain Wagtail's, step by step.

Run with `bin/bench lifecycle`. Both run in the same process, on the same database, by turns:
create, save, submit, three approvals, publication. Ours adds the gate, the two-person rule,
the decisions, the submission's fact and its booking.
"""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROUNDS = 40
WARM_UP = 5
GOAL = 1.0
STEPS = ("create", "submit", "approve 1", "approve 2", "approve 3 + publish")
BODY = "<h2>一、基本情况</h2>" + "<p>今年以来，本单位扎实推进各项重点工作，取得明显成效。</p>" * 26

Measured = dict[str, list[tuple[int, float]]]


def say(text: str = "") -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def set_up() -> None:
    """Make a database with our migrations and one plain page type."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    os.environ["DJANGO_SETTINGS_MODULE"] = "infoflow.settings.test"
    import django
    from django.conf import settings

    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "tests.bench.plain"]
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


@contextmanager
def measured(into: Measured, step: str) -> Iterator[None]:
    """Count the queries and the milliseconds of one step."""
    from django.db import connection

    queries = 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        start = time.perf_counter()
        yield
        spent = (time.perf_counter() - start) * 1_000
    into.setdefault(step, []).append((queries, spent))


def plain_road() -> Callable[[Measured, int], None]:
    """Return one life cycle as plain Wagtail has it."""
    from django.contrib.auth.models import Group
    from wagtail.models import GroupApprovalTask, Page, Workflow, WorkflowTask

    from infoflow.units.models import User
    from tests.bench.plain.models import PlainReport
    from tests.builders import person

    folder = Page(title="普通栏目", slug="plain")
    Page.objects.get(depth=2).add_child(instance=folder)
    workflow = Workflow.objects.create(name="plain")
    people = [person() for _n in range(4)]
    tasks = []
    for n, approver in enumerate(people[1:]):
        group = Group.objects.create(name=f"plain {n}")
        group.user_set.add(approver)
        task = GroupApprovalTask.objects.create(name=f"plain {n}")
        task.groups.add(group)
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=n)
        tasks.append(task)

    def run(into: Measured, n: int) -> None:
        writer, *approvers = [User.objects.get(pk=who.pk) for who in people]
        with measured(into, "create"):
            page = PlainReport(
                title=f"普通稿件{n}", slug=f"p{n}", body=BODY, live=False, owner=writer
            )
            Page.objects.get(pk=folder.pk).add_child(instance=page)
            page.save_revision(user=writer)
        with measured(into, "submit"):
            PlainReport.objects.get(pk=page.pk)
            workflow.start(page, writer)
        for step, approver in zip(STEPS[2:], approvers, strict=True):
            with measured(into, step):
                task_state = PlainReport.objects.get(pk=page.pk).current_workflow_task_state
                task = task_state.task.specific
                if not task.get_actions(page, approver):
                    raise RuntimeError("the approver may not approve")
                task.on_action(task_state, approver, "approve")
        if not PlainReport.objects.get(pk=page.pk).live:
            raise RuntimeError("the plain page did not go live")

    return run


def our_road() -> Callable[[Measured, int], None]:
    """Return one life cycle of an item from the desk to the pool."""
    from cms.items import actions
    from cms.items.models import ItemPage
    from cms.review.actions import decide
    from infoflow.units.models import User
    from tests.builders import Office, plain_sheet

    office = Office()
    office.draft()

    def run(into: Measured, n: int) -> None:
        writer, *approvers = [
            User.objects.get(pk=who.pk)
            for who in (office.officer, office.signatory, office.editor, office.reviewer)
        ]
        draft = actions.Draft(title=f"稿件{n}", form="news", body=BODY, signatory=office.signatory)
        with measured(into, "create"):
            item = actions.create_item(unit=office.unit, person=writer, draft=draft)
        with measured(into, "submit"):
            actions.submit_item(item_id=item.pk, person=writer)
        for step, approver in zip(STEPS[2:], approvers, strict=True):
            with measured(into, step):
                task = ItemPage.objects.get(pk=item.pk).current_workflow_task_state
                sheet = plain_sheet(item) if step == STEPS[-1] else None
                decide(task_state_id=task.pk, person=approver, verdict="pass", sheet=sheet)
        if not ItemPage.objects.get(pk=item.pk).is_readable():
            raise RuntimeError("the item did not go live")

    return run


def median(rows: list[tuple[int, float]], place: int) -> float:
    return statistics.median(row[place] for row in rows)


def total(measure: Measured) -> tuple[float, float]:
    """Return the whole road's queries and milliseconds: medians of the sums."""
    sums = [
        (sum(row[0] for row in rows), sum(row[1] for row in rows))
        for rows in zip(*(measure[step] for step in STEPS), strict=True)
    ]
    return statistics.median(s[0] for s in sums), statistics.median(s[1] for s in sums)


def main() -> int:
    set_up()
    from django.db import connection

    roads: dict[str, Any] = {"plain Wagtail": plain_road(), "ours": our_road()}
    results: dict[str, Measured] = {name: {} for name in roads}
    for n in range(WARM_UP + ROUNDS):
        for name, run in roads.items():
            run(results[name] if n >= WARM_UP else {}, n)
    say(
        f"{connection.vendor} {sqlite3.sqlite_version if connection.vendor == 'sqlite' else ''}, "
        f"Python {platform.python_version()}, {os.cpu_count()} cores, median of {ROUNDS}"
    )
    say(f"{'step':22} {'plain queries':>14} {'ours':>6} {'plain ms':>10} {'ours':>8} {'ratio':>7}")
    plain, ours = results["plain Wagtail"], results["ours"]
    for step in STEPS:
        floor, mine = median(plain[step], 1), median(ours[step], 1)
        say(
            f"{step:22} {median(plain[step], 0):14.0f} {median(ours[step], 0):6.0f}"
            f" {floor:10.1f} {mine:8.1f} {mine / floor:7.2f}"
        )
    floor_q, floor_ms = total(plain)
    mine_q, mine_ms = total(ours)
    ratio = mine_ms / floor_ms
    say(
        f"{'whole life cycle':22} {floor_q:14.0f} {mine_q:6.0f}"
        f" {floor_ms:10.1f} {mine_ms:8.1f} {ratio:7.2f}"
    )
    say(f"goal <= {GOAL}: {'reached' if ratio <= GOAL else 'missed'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
