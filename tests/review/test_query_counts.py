"""A work screen asks the same number of questions before two rows and before pages of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cms.bulletins.actions import submit_issue
from cms.items.models import ItemPage
from cms.review.models import Decision, OpenTask
from cms.review.queries import SENT_BACK_SHOWN, sent_back_after
from cms.review.rules import Step, Verdict
from infoflow.units.models import User
from tests.bench.library import ROAD, Writer, year_folders
from tests.builders import Office, decide
from tests.desk.pages import browser

pytestmark = [pytest.mark.screens, pytest.mark.django_db]

FEW, MANY = 2, 110  # more than the longest page holds
QUERIES_MAX = 26  # one is the menu's, for unread notices
# Name of a person of the office, address without parameters, query.
SCREENS = [
    ("editor", "wagtailadmin_home", [], ""),
    ("reviewer", "wagtailadmin_home", [], ""),
    ("editor", "review_queue", ["screen"], "?size=100"),
    ("editor", "review_queue", ["screen"], "?whose=free"),
    ("reviewer", "review_queue", ["clear"], "?size=100"),
    ("editor", "review_flow", [], "?period=year"),
    ("editor", "bulletin_pool", [], ""),
    ("editor", "bulletin_pool", [], "?q=南关"),
    ("editor", "office_search", [], "?q=主要做法"),
    ("editor", "office_search", [], "?q=主要做法&state=returned"),
    ("editor", "bulletin_issues", [], ""),
    ("officer", "home", [], ""),
    ("officer", "item_list", [], ""),
    ("officer", "item_list", [], "?state=pool"),
    ("officer", "item_list", [], "?state=adopted"),
    ("officer", "item_list", [], "?state=returned"),
    ("officer", "item_list", [], "?q=主要做法"),
    ("signatory", "home", [], ""),
    ("signatory", "item_signing", [], ""),
    ("scorer", "facts", [], ""),
    ("scorer", "ranking", [], ""),
]


@pytest.fixture
def fill(office: Office) -> Callable[[int], None]:
    """Return `fill(n)`: writes n items of each state, all of one unit."""
    writer = Writer(office, year_folders([timezone.localdate().year - 1]))

    def write(count: int) -> None:
        for state in (*ROAD, "returned", "draft", "pool"):
            for n in range(count):
                writer.item(state, writer.now - timedelta(days=1 + n % 5), own=True)
        writer.flush()

    return write


def queries(person: User, path: str, *, warm: bool = False) -> int:
    """Count the second asking, unless `warm`: the first also fills what a process keeps."""
    client = browser(person)
    if not warm:
        client.get(path)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
    assert answer.status_code == 200, path
    return len(asked)


def test_lists_and_decisions_cost_the_same_with_two_rows_and_with_pages_of_them(
    office: Office, fill: Callable[[int], None]
) -> None:
    def decisions(*, warm: bool) -> list[int]:
        found = []
        for step, person in (("screen", office.editor), ("clear", office.reviewer)):
            task = OpenTask.objects.filter(step=step).order_by("pk")[0]
            path = reverse("review_decide", args=[task.task_state_id])
            found.append(queries(person, path, warm=warm))
        return found

    asked = [
        (getattr(office, who), reverse(name, args=args) + query)
        for who, name, args, query in SCREENS
    ]
    fill(FEW)
    few, few_decided = (
        {path: queries(person, path) for person, path in asked},
        decisions(warm=False),
    )
    fill(MANY - FEW)
    assert OpenTask.objects.filter(step="screen").count() == MANY
    assert ItemPage.objects.filter(live=True).count() >= MANY
    many = {path: queries(person, path, warm=True) for person, path in asked}
    grown = {path: (few[path], many[path]) for path in few if many[path] > few[path]}
    assert not grown
    assert {path: n for path, n in many.items() if n > QUERIES_MAX} == {}
    many_decided = decisions(warm=True)
    assert many_decided == few_decided
    assert max(many_decided) <= QUERIES_MAX


def test_a_decision_beside_alike_texts_keeps_within_the_limit(office: Office) -> None:
    body = "今年以来，我镇扎实推进秋粮收购工作，设立收购点十二个，已入库三万吨，兑付粮款八千万元。"
    for n in range(4):
        office.signed(f"关于秋粮收购的情况之{n}", body)
    task = OpenTask.objects.filter(step=Step.SCREEN).order_by("pk")[0]
    path = reverse("review_decide", args=[task.task_state_id])
    assert "关于秋粮收购的情况之3" in browser(office.editor).get(path).content.decode()
    assert queries(office.editor, path) <= QUERIES_MAX


def test_what_came_back_costs_the_same_with_two_and_with_twenty(
    office: Office, fill: Callable[[int], None]
) -> None:
    """The panels of `sent_back_after`: the editor passed it, the reviewer returned it."""

    def send_back(count: int) -> None:
        sent = Decision.objects.filter(step=Step.SCREEN, verdict=Verdict.PASS)
        back = Decision.objects.filter(step=Step.CLEAR).values("page_id")
        for passed in sent.exclude(page_id__in=back).order_by("-pk")[:count]:
            Decision.objects.create(
                page_id=passed.page_id,
                revision_id=passed.revision_id,
                step=Step.CLEAR,
                verdict=Verdict.RETURN,
                person=office.reviewer,
                reason="请核实数据",
                digest=passed.digest,
            )

    homes = ((office.editor, reverse("wagtailadmin_home")), (office.signatory, reverse("home")))
    fill(25)
    send_back(FEW)
    assert len(sent_back_after(office.editor)) == FEW
    few = [queries(person, path) for person, path in homes]
    send_back(SENT_BACK_SHOWN)
    assert len(sent_back_after(office.editor)) == SENT_BACK_SHOWN
    assert len(sent_back_after(office.signatory)) == SENT_BACK_SHOWN
    many = [queries(person, path, warm=True) for person, path in homes]
    assert many == few
    assert max(many) <= QUERIES_MAX


def test_the_issue_editor_costs_the_same_with_two_and_with_twenty_entries(
    office: Office, fill: Callable[[int], None]
) -> None:
    fill(22)
    pooled = list(ItemPage.objects.in_pool().order_by("pk"))
    issues = (office.issue(*pooled[:2]), office.issue(*pooled[2:22]))
    assert [issue.entries.count() for issue in issues] == [2, 20]
    few, many = (
        queries(office.editor, reverse("wagtailadmin_pages:edit", args=[issue.pk]))
        for issue in issues
    )
    assert many == few
    assert many <= QUERIES_MAX
    # Sent back by the reviewer: the editor is told why.
    submit_issue(issue_id=issues[1].pk, person=office.editor)
    decide(issues[1], office.reviewer, Verdict.RETURN, reason="请核实数据")
    path = reverse("wagtailadmin_pages:edit", args=[issues[1].pk])
    assert queries(office.editor, path) <= QUERIES_MAX
    assert "请核实数据" in browser(office.editor).get(path).content.decode()
