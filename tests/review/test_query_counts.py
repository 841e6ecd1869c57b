"""A work screen asks the same number of questions before two rows and before two hundred."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cms.items.models import ItemPage
from cms.review.models import OpenTask
from infoflow.units.models import User
from tests.bench.library import ROAD, Writer, year_folders
from tests.builders import Office
from tests.desk.pages import browser

pytestmark = pytest.mark.django_db

FEW, MANY = 2, 200
QUERIES_MAX = 25
# Name of a person of the office, address without parameters, query.
SCREENS = [
    ("editor", "wagtailadmin_home", [], ""),
    ("reviewer", "wagtailadmin_home", [], ""),
    ("editor", "review_queue", ["screen"], "?size=100"),
    ("editor", "review_queue", ["screen"], "?whose=free"),
    ("reviewer", "review_queue", ["clear"], "?size=100"),
    ("editor", "review_flow", [], "?period=year"),
    ("editor", "bulletin_pool", [], ""),
    ("editor", "bulletin_issues", [], ""),
    ("officer", "home", [], ""),
    ("officer", "item_list", [], ""),
    ("officer", "item_list", [], "?state=pool"),
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


def queries(person: User, path: str) -> int:
    """Count the second asking: the first also fills what a process keeps."""
    client = browser(person)
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
    assert answer.status_code == 200, path
    return len(asked)


def test_lists_cost_the_same_with_two_and_with_two_hundred_rows(
    office: Office, fill: Callable[[int], None]
) -> None:
    asked = [
        (getattr(office, who), reverse(name, args=args) + query)
        for who, name, args, query in SCREENS
    ]
    fill(FEW)
    few = {path: queries(person, path) for person, path in asked}
    fill(MANY - FEW)
    assert OpenTask.objects.filter(step="screen").count() == MANY
    assert ItemPage.objects.filter(live=True).count() >= MANY
    many = {path: queries(person, path) for person, path in asked}
    grown = {path: (few[path], many[path]) for path in few if many[path] > few[path]}
    assert not grown
    assert {path: n for path, n in many.items() if n > QUERIES_MAX} == {}


def test_a_decision_costs_the_same_beside_two_and_two_hundred(
    office: Office, fill: Callable[[int], None]
) -> None:
    def ask(step: str, person: User) -> int:
        task = OpenTask.objects.filter(step=step).order_by("pk")[0]
        return queries(person, reverse("review_decide", args=[task.task_state_id]))

    fill(FEW)
    few = (ask("screen", office.editor), ask("clear", office.reviewer))
    fill(MANY - FEW)
    many = (ask("screen", office.editor), ask("clear", office.reviewer))
    assert many == few
    assert max(many) <= QUERIES_MAX
